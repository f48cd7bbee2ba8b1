{
  description = "Stand-in for nixpkgs: merges a configuration's modules and builds a bootable system from Debian's packages";

  outputs = { self }:
    let
      lib = import ./lib;
      system = "x86_64-linux";
      artifacts = import ./artifacts.nix { inherit lib system; };
      pkgs = import ./pkgs.nix { inherit lib system artifacts; };
      modulesPath = "${self}/nixos/modules";

      nixosSystem = { modules, specialArgs ? { }, system ? null, ... }:
        let
          evaluate = modules: lib.evalModules {
            specialArgs = {
              inherit pkgs lib modulesPath;
              utils = { inherit (lib.systemd) escapePath; escapeSystemdPath = lib.systemd.escapePath; };
              extendModules = more: evaluate (modules ++ more);
            } // specialArgs;
            modules = import ./modules.nix ++ modules;
          };
          inherit (evaluate modules) config options;
        in
        { inherit config options pkgs lib; };
    in
    {
      lib = lib // { inherit nixosSystem; };
      legacyPackages.${system} = pkgs;
    };
}
