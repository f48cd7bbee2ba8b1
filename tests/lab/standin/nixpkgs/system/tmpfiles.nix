# tmpfiles.d(5) lines from systemd.tmpfiles.settings: { FILE.PATH.TYPE = { mode; user; group; age; argument; }; },
# quoted as nixos/modules/system/boot/systemd/tmpfiles.nix does: in single quotes, save the argument.
{ lib }:
settings:
let
  quoted = text: "'${text}'";
  escaped = builtins.replaceStrings [ "\\" " " "\t" ] [ "\\x5c" "\\x20" "\\x09" ];
in
lib.concatStringsSep "\n" (lib.flatten (lib.mapAttrsToList
  (_: paths: lib.mapAttrsToList
    (path: types: lib.mapAttrsToList
      (type: rule: lib.concatStringsSep " " [
        (quoted type) (quoted path) (quoted (rule.mode or "-")) (quoted (rule.user or "-")) (quoted (rule.group or "-"))
        (quoted (rule.age or "-")) (escaped (rule.argument or ""))
      ])
      types)
    paths)
  settings)) + "\n"
