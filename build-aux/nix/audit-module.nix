# snowmelt-audit on an installed system: the program, the mark at the end of the boot, and a notice
# on the desktop when something new would not survive the next one.
self:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.programs.snowmelt-audit;
  program = lib.getExe cfg.package;
in
{
  options.programs.snowmelt-audit = {
    enable = lib.mkEnableOption "snowmelt-audit, which tells what the next rollback of the root would delete";
    notices = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether a notice on the desktop tells of new state that would be deleted.";
    };
    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.snowmelt-audit;
      defaultText = lib.literalExpression "snowmelt.packages.\${system}.snowmelt-audit";
      description = "The package that is installed.";
    };
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      {
        environment.systemPackages = [ cfg.package ];
        systemd.services.snowmelt-audit-mark = {
          description = "Remember what the boot has made on the root";
          wantedBy = [ "multi-user.target" ];
          # It is through when everything that the boot starts has been started.
          after = [ "multi-user.target" ];
          # Another one in the same boot would take what was made meanwhile for the boot's own.
          restartIfChanged = false;
          serviceConfig = {
            Type = "oneshot";
            RemainAfterExit = true;
            ExecStart = "${program} mark";
          };
        };
      }
      (lib.mkIf cfg.notices {
        systemd.services.snowmelt-audit-watch = {
          description = "Look for new state that would not survive a restart";
          after = [ "snowmelt-audit-mark.service" ];
          serviceConfig = {
            Type = "oneshot";
            ExecStart = "${program} watch";
            CPUSchedulingPolicy = "idle";
            IOSchedulingClass = "idle";
          };
        };
        systemd.timers.snowmelt-audit-watch = {
          wantedBy = [ "timers.target" ];
          timerConfig.OnBootSec = "10min";
          timerConfig.OnUnitActiveSec = "1h";
        };
        # In the session, so that root talks to no session's bus.
        systemd.user.paths.snowmelt-audit-notify = {
          wantedBy = [ "graphical-session.target" ];
          pathConfig.PathChanged = "/run/snowmelt-audit/notice";
        };
        systemd.user.services.snowmelt-audit-notify = {
          description = "Tell of new state that would not survive a restart";
          wantedBy = [ "graphical-session.target" ];
          after = [ "graphical-session.target" ];
          serviceConfig.Type = "oneshot";
          serviceConfig.ExecStart = "${program} notify";
        };
      })
    ]
  );
}
