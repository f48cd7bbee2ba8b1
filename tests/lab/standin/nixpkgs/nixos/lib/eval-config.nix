# A system from its modules, as nixosSystem of the flake and nixos/default.nix both make it.
{ modules, specialArgs ? { }, system ? null, ... }:
let
  lib = import ../../lib;
  platform = "x86_64-linux";
  artifacts = import ../../artifacts.nix { inherit lib; system = platform; };
  pkgs = import ../../pkgs.nix { inherit lib artifacts; system = platform; };
  evaluate = modules: lib.evalModules {
    specialArgs = {
      inherit pkgs lib;
      modulesPath = toString ../modules;
      utils = { inherit (lib.systemd) escapePath; escapeSystemdPath = lib.systemd.escapePath; };
      extendModules = more: evaluate (modules ++ more);
    } // specialArgs;
    modules = import ../../modules.nix ++ modules;
  };
  inherit (evaluate modules) config options;
in
{ inherit config options pkgs lib; }
