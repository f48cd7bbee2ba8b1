# Stands in for nixpkgs where Snowmelt's own flake.nix is evaluated: hands out the names that exist
# in nixpkgs and that a flake like ours uses. An attribute that is not listed is an error, as it is
# in nixpkgs; nothing can be built from it. lib/ is put beside this file by the check: it is the
# stand-in's module merger.
{
  outputs =
    { self }:
    let
      inherit (builtins)
        attrNames
        functionArgs
        intersectAttrs
        listToAttrs
        pathExists
        readFile
        ;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      base = import ./lib;

      lib = base // {
        inherit nixosSystem;
        importTOML = path: fromTOML (readFile path);
        makeBinPath = base.concatMapStringsSep ":" (package: "${package}/bin");
        licenses.gpl3Plus.spdxId = "GPL-3.0-or-later";
        platforms.linux = systems;
        fileset = {
          # The real one refuses files that don't exist, too.
          unions = map (path: if pathExists path then path else throw "lib.fileset.unions: ${toString path} does not exist");
          toSource = { root, fileset }: builtins.deepSeq fileset root;
        };
      };

      packageNames = [
        "appstream"
        "btrfs-progs"
        "cargo"
        "cargo-nextest"
        "clippy"
        "coreutils"
        "cryptsetup"
        "desktop-file-utils"
        "gettext"
        "glib"
        "gtk4"
        "iso-codes"
        "kbd"
        "gtksourceview5"
        "libadwaita"
        "librsvg"
        "libxkbcommon"
        "libxml2"
        "mandoc"
        "mkpasswd"
        "nix"
        "nixfmt"
        "nixos-install-tools"
        "openssh"
        "pkg-config"
        "rust-analyzer"
        "rustc"
        "rustfmt"
        "shellcheck"
        "systemd"
        "util-linux"
        "wrapGAppsHook4"
        "xkeyboard-config"
      ];

      derivationLike =
        system: attrs:
        attrs
        // derivation {
          name = attrs.name or "${attrs.pname}-${attrs.version}";
          inherit system;
          builder = "/none";
          # Everything that the real builder would read is read here, too.
          seen = builtins.toJSON (removeAttrs attrs [ "meta" ]);
        };

      pkgsFor =
        system:
        let
          pkgs =
            listToAttrs (
              map (name: {
                inherit name;
                value = derivationLike system {
                  pname = name;
                  version = "0";
                };
              }) packageNames
            )
            // {
              inherit lib callPackage;
              stdenv.hostPlatform = {
                inherit system;
                rust.cargoShortTarget = "${base.removeSuffix "-linux" system}-unknown-linux-gnu";
              };
              rustPlatform.buildRustPackage =
                attrs: derivationLike system (attrs // { lock = readFile attrs.cargoLock.lockFile; });
              mkShell = attrs: derivationLike system (attrs // { name = "shell"; });
            };
          callPackage =
            path: given:
            let
              make = import path;
              wanted = functionArgs make;
              # An argument that has a default may be missing.
              needed = builtins.filter (name: !wanted.${name}) (attrNames wanted);
              missing = builtins.filter (name: !((pkgs // given) ? ${name})) needed;
            in
            if missing != [ ] then
              throw "Function called without required argument \"${builtins.head missing}\" at ${toString path}"
            else
              make (intersectAttrs wanted (pkgs // given));
        in
        pkgs;

      nixosSystem =
        { modules }:
        let
          evaluated = base.evalModules {
            modules = [ ./options.nix ] ++ modules;
            specialArgs = {
              inherit lib;
              modulesPath = "${self}/nixos/modules";
              pkgs = pkgsFor evaluated.config.nixpkgs.hostPlatform;
            };
          };
        in
        {
          inherit (evaluated) config options;
        };
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs systems pkgsFor;
    };
}
