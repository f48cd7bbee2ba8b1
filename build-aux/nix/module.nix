# Snowmelt in a live session.
self:
{
  config,
  lib,
  options,
  pkgs,
  ...
}:
let
  cfg = config.programs.snowmelt;
in
{
  options.programs.snowmelt = {
    enable = lib.mkEnableOption "Snowmelt, the installer, in this live session";
    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.snowmelt;
      defaultText = lib.literalExpression "snowmelt.packages.\${system}.snowmelt";
      description = "The package that is installed.";
    };
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      {
        environment.systemPackages = [ cfg.package ];
        services.udisks2.enable = true;
        security.polkit = {
          enable = true;
          # The policy itself asks for an administrator's password. The live user has none, and
          # whoever sits at a live session may do all that the helper does anyway.
          extraConfig = ''
            polkit.addRule(function (action, subject) {
              if (action.id == "org.snowmelt.Installer.helper" && subject.local && subject.active && subject.isInGroup("wheel")) {
                return polkit.Result.YES;
              }
            });
          '';
        };
      }
      # From 26.11 on pkexec has no setuid wrapper unless it is asked for.
      (lib.optionalAttrs (options.security.polkit ? enablePkexecWrapper) {
        security.polkit.enablePkexecWrapper = true;
      })
    ]
  );
}
