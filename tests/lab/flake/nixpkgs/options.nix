# The options that our module and our image set. The last one exists from 26.11 on.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    environment.systemPackages = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    isoImage.edition = mkOption { type = types.str; };
    nixpkgs.hostPlatform = mkOption { type = types.str; };
    security.polkit = {
      enable = mkOption {
        type = types.bool;
        default = false;
      };
      enablePkexecWrapper = mkOption {
        type = types.bool;
        default = false;
      };
      extraConfig = mkOption {
        type = types.lines;
        default = "";
      };
    };
    services.udisks2.enable = mkOption {
      type = types.bool;
      default = false;
    };
    system.build = mkOption { type = types.attrsOf types.anything; };
  };
  config.system.build.isoImage = {
    inherit (config.isoImage) edition;
    packages = map (package: package.drvPath) config.environment.systemPackages;
  };
}
