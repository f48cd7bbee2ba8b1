{
  description = "A graphical installer for NixOS with an encrypted disk and a root that cleans itself at every boot";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      forEachSystem = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      isoFor =
        system:
        lib.nixosSystem {
          modules = [
            "${nixpkgs}/nixos/modules/installer/cd-dvd/installation-cd-graphical-gnome.nix"
            self.nixosModules.default
            ./build-aux/nix/iso.nix
            { nixpkgs.hostPlatform = system; }
          ];
        };
    in
    {
      packages = forEachSystem (
        pkgs:
        let
          snowmelt = pkgs.callPackage ./build-aux/nix/package.nix { };
        in
        {
          inherit snowmelt;
          snowmelt-audit = pkgs.callPackage ./build-aux/nix/audit.nix { };
          default = snowmelt;
          iso = (isoFor pkgs.stdenv.hostPlatform.system).config.system.build.isoImage;
        }
      );

      apps = forEachSystem (pkgs: {
        default = {
          type = "app";
          program = lib.getExe self.packages.${pkgs.stdenv.hostPlatform.system}.snowmelt;
        };
      });

      devShells = forEachSystem (pkgs: {
        default = pkgs.callPackage ./build-aux/nix/shell.nix {
          inherit (self.packages.${pkgs.stdenv.hostPlatform.system}) snowmelt;
        };
      });

      # For a live session: the app, its polkit policy, and pkexec.
      nixosModules.default = import ./build-aux/nix/module.nix self;
      # For an installed system: what the next rollback would delete.
      nixosModules.audit = import ./build-aux/nix/audit-module.nix self;

      nixosConfigurations = {
        iso-x86_64 = isoFor "x86_64-linux";
        iso-aarch64 = isoFor "aarch64-linux";
      };

      # The package's own check phase runs the tests that need neither a disk nor root.
      checks = forEachSystem (pkgs: {
        inherit (self.packages.${pkgs.stdenv.hostPlatform.system}) snowmelt;
      });

      formatter = forEachSystem (pkgs: pkgs.nixfmt);
    };
}
