# tmpfiles.d(5) lines from systemd.tmpfiles.settings: { FILE.PATH.TYPE = { mode; user; group; age; argument; }; }.
{ lib }:
settings:
lib.concatStringsSep "\n" (lib.flatten (lib.mapAttrsToList
  (_: paths: lib.mapAttrsToList
    (path: types: lib.mapAttrsToList
      (type: rule: lib.concatStringsSep " " [
        type path (rule.mode or "-") (rule.user or "-") (rule.group or "-") (rule.age or "-") (rule.argument or "")
      ])
      types)
    paths)
  settings)) + "\n"
