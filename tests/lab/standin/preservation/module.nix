# preservation.* with the options and the order of work of preservation (September 2025), written
# anew: tmpfiles' rules and mount units in both stages, nothing at activation.
{ config, lib, ... }:
let
  inherit (lib) attrValues concatMap filter mkIf mkOption optional types;
  opt = type: default: mkOption { inherit type default; };
  flag = opt types.bool false;

  common = owner: {
    how = opt (types.enum [ "bindmount" "symlink" ]) "bindmount";
    user = opt types.str owner;
    group = opt types.str (if owner == "root" then "root" else "users");
    configureParent = flag;
    parent = opt (types.submodule { options = { user = opt types.str owner; group = opt types.str "root"; mode = opt types.str "0755"; }; }) { };
    mountOptions = opt (types.listOf types.str) [ ];
    createLinkTarget = flag;
    inInitrd = flag;
  };
  directoryType = owner: types.coercedTo types.str (directory: { inherit directory; })
    (types.submodule { options = { directory = mkOption { type = types.str; }; mode = opt types.str "0755"; } // common owner; });
  # The mode is laid upon a file that is there already, too.
  fileType = owner: types.coercedTo types.str (file: { inherit file; })
    (types.submodule { options = { file = mkOption { type = types.str; }; mode = opt types.str "0644"; } // common owner; });

  paths = owner: {
    directories = opt (types.listOf (directoryType owner)) [ ];
    files = opt (types.listOf (fileType owner)) [ ];
    commonMountOptions = opt (types.listOf types.str) [ ];
  };
  userType = types.submodule ({ name, ... }: { options = paths name // { username = opt types.str name; }; });
  locationType = types.submodule ({ name, ... }: {
    options = paths "root" // { persistentStoragePath = opt types.path name; users = opt (types.attrsOf userType) { }; };
  });

  cfg = config.preservation;
  # Everything that is kept, with its full path and where it is kept.
  of = location: home: x:
    let
      base = if home == null then "" else "${home}/";
      entry = isFile: e: e // {
        inherit isFile home location;
        path = base + (if isFile then e.file else e.directory);
        options = [ "bind" ] ++ optional (!isFile) "X-fstrim.notrim" ++ location.commonMountOptions ++ x.commonMountOptions ++ e.mountOptions;
      };
    in
    map (entry false) x.directories ++ map (entry true) x.files;
  all = concatMap
    (l: of l null l ++ concatMap (u: of l config.users.users.${u.username}.home u) (attrValues l.users))
    (attrValues cfg.preserveAt);
  inStage = early: filter (e: e.inInitrd == early) all;
  rootOf = early: if early then "/sysroot" else "";

  owned = e: { inherit (e) user group mode; };
  # Directories between a home and what is kept in it are the user's.
  between = e:
    if e.home == null then [ ]
    else
      let parts = filter (p: p != "") (lib.splitString "/" (lib.removePrefix e.home e.path)); in
      builtins.genList (i: e.home + "/" + lib.concatStringsSep "/" (builtins.genList (builtins.elemAt parts) (i + 1))) (builtins.length parts - 1);
  rules = early: concatMap
    (e:
      let
        root = rootOf early;
        stored = root + e.location.persistentStoragePath + e.path;
        kind = if e.isFile then "f" else "d";
        rule = path: type: value: { name = path; value.${type} = value; };
      in
      map (p: rule (root + p) "d" { inherit (e) user group; mode = "0755"; }) (between e)
      ++ map (p: rule (root + e.location.persistentStoragePath + p) "d" { inherit (e) user group; mode = "0755"; }) (between e)
      ++ optional (e.home != null) (rule (root + e.location.persistentStoragePath + e.home) "d" { inherit (e) user group; mode = "0700"; })
      ++ (if e.how == "symlink"
      then [ (rule (root + e.path) "L" { argument = e.location.persistentStoragePath + e.path; }) ] ++ optional e.createLinkTarget (rule stored kind (owned e))
      else [ (rule stored kind (owned e)) (rule (root + e.path) kind (owned e)) ])
      ++ lib.optionals e.configureParent [ (rule (dirOf stored) "d" { inherit (e.parent) user group mode; }) (rule (root + dirOf e.path) "d" { inherit (e.parent) user group mode; }) ])
    (inStage early);

  mount = early: e:
    let
      root = rootOf early;
      tmpfiles = if early then "systemd-tmpfiles-setup-sysroot.service" else "systemd-tmpfiles-setup.service";
      target = if early then "initrd-preservation.target" else "preservation.target";
    in
    {
      where = root + e.path;
      what = root + e.location.persistentStoragePath + e.path;
      type = "none";
      options = lib.concatStringsSep "," (e.options ++ optional early "x-initrd.mount");
      unitConfig = { DefaultDependencies = false; } // lib.optionalAttrs e.isFile { ConditionPathExists = root + e.location.persistentStoragePath + e.path; };
      conflicts = [ "umount.target" ];
      wantedBy = [ target ];
      after = optional e.isFile tmpfiles;
      before = optional (!e.isFile) tmpfiles ++ [ target ];
    };
  mounts = early: map (mount early) (filter (e: e.how == "bindmount") (inStage early));
in
{
  options.preservation = { enable = flag; preserveAt = opt (types.attrsOf locationType) { }; };

  config = mkIf cfg.enable {
    assertions = [{ assertion = config.boot.initrd.systemd.enable; message = "This module cannot be used with scripted initrd."; }];
    boot.initrd.systemd = {
      targets.initrd-preservation = { description = "Initrd Preservation Mounts"; before = [ "initrd.target" ]; wantedBy = [ "initrd.target" ]; };
      tmpfiles.settings.preservation = builtins.listToAttrs (rules true);
      mounts = mounts true;
    };
    systemd = {
      targets.preservation = { description = "Preservation Mounts"; before = [ "sysinit.target" ]; wantedBy = [ "sysinit.target" ]; };
      tmpfiles.settings.preservation = builtins.listToAttrs (rules false);
      mounts = mounts false;
    };
  };
}
