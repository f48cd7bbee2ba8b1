# environment.persistence with impermanence's options, assertions and order of work (January 2026),
# written anew: mount units for directories, the activation for files.
{ config, lib, ... }:
let
  inherit (lib) attrNames attrValues concatMap concatMapStrings duplicates escapeShellArgs filter mkIf mkOption optional types unique;
  opt = type: default: mkOption { inherit type default; };

  perms = { user = "root"; group = "root"; mode = "0755"; };
  permOptions = p: { user = opt types.str p.user; group = opt types.str p.group; mode = opt types.str p.mode; };

  fileType = p: types.coercedTo types.str (file: { inherit file; }) (types.submodule ({ config, ... }: {
    options = {
      file = mkOption { type = types.str; };
      method = opt (types.enum [ "auto" "symlink" ]) "auto";
      parentDirectory = opt (types.submodule { options = { directory = opt types.str (dirOf config.file); } // permOptions p; }) { };
    };
  }));
  directoryType = p: types.coercedTo types.str (directory: { inherit directory; })
    (types.submodule { options = { directory = mkOption { type = types.str; }; } // permOptions p; });

  userType = types.submodule ({ name, ... }: {
    options = {
      files = opt (types.listOf (fileType (perms // { user = name; group = "users"; }))) [ ];
      directories = opt (types.listOf (directoryType (perms // { user = name; group = "users"; }))) [ ];
    };
  });

  locationType = types.submodule ({ name, ... }: {
    options = {
      enable = opt types.bool true;
      persistentStoragePath = opt types.path name;
      hideMounts = opt types.bool false;
      allowTrash = opt types.bool false;
      enableWarnings = opt types.bool true;
      enableDebugging = opt types.bool false;
      files = opt (types.listOf (fileType perms)) [ ];
      directories = opt (types.listOf (directoryType perms)) [ ];
      users = opt (types.attrsOf userType) { };
    };
  });

  locations = filter (l: l.enable) (attrValues config.environment.persistence);
  homeOf = user: config.users.users.${user}.home;

  # Every directory and file with its full path, where it is kept, and the home it is in.
  directories = concatMap
    (l: map (d: d // { path = d.directory; home = null; location = l; }) l.directories
      ++ concatMap (u: map (d: d // { path = "/home/${u}/${d.directory}"; home = "/home/${u}"; location = l; }) l.users.${u}.directories) (attrNames l.users))
    locations;
  files = concatMap
    (l: map (f: f // { path = f.file; home = null; location = l; }) l.files
      ++ concatMap (u: map (f: f // { path = "/home/${u}/${f.file}"; home = "/home/${u}"; location = l; }) l.users.${u}.files) (attrNames l.users))
    locations;

  # /a/b/c -> [ "/a" "/a/b" ]
  parentsOf = path:
    let parts = filter (p: p != "") (lib.splitString "/" path); in
    builtins.genList (i: "/" + lib.concatStringsSep "/" (builtins.genList (j: builtins.elemAt parts j) (i + 1))) (builtins.length parts - 1);

  mkdir = location: path: p: "create_directory ${escapeShellArgs [ location.persistentStoragePath path p.user p.group p.mode ]}\n";
  homes = unique (map (d: { inherit (d) home user location; }) (filter (d: d.home != null) (directories ++ map (f: f // { inherit (f.parentDirectory) user; }) files)));

  createAll =
    concatMapStrings (h: concatMapStrings (p: mkdir h.location p perms) (parentsOf h.home) + mkdir h.location h.home { inherit (h) user; group = "users"; mode = "0700"; }) homes
    + concatMapStrings (d: concatMapStrings (p: mkdir d.location p (if d.home == null then perms else { inherit (d) user group; mode = "0755"; }))
      (filter (p: d.home == null || (lib.hasPrefix d.home p && p != d.home)) (parentsOf d.path))) directories
    + concatMapStrings (d: mkdir d.location d.path d) directories
    + concatMapStrings (f: concatMapStrings (p: mkdir f.location p perms) (filter (_: f.home == null) (parentsOf (dirOf f.path))) + mkdir f.location (dirOf f.path) f.parentDirectory) files;

  fileSystems = config.fileSystems;
  locationPaths = attrNames config.environment.persistence;
  notEarly = filter (p: fileSystems ? ${p} && !fileSystems.${p}.neededForBoot);
  # Separate filesystems above what is persisted, whose content a bind mount would be hidden by.
  above = unique (filter (p: fileSystems ? ${p} && !(lib.elem p (map (d: d.path) directories)))
    (concatMap (x: parentsOf x.path) (directories ++ files)));

  kept = map (d: d.path) directories;
  keepsMachineId = lib.any (f: f.path == "/etc/machine-id") files;

  # nixos/lib/utils.nix: pathsNeededForBoot
  early = [ "/" "/nix" "/nix/store" "/var" "/var/log" "/var/lib" "/var/lib/nixos" "/etc" "/usr" ];
  bind = d: root: {
    where = root + d.path;
    what = root + d.location.persistentStoragePath + d.path;
    type = "none";
    unitConfig.DefaultDependencies = false;
    options = lib.concatStringsSep "," ([ "bind" ]
      ++ optional d.location.hideMounts "x-gvfs-hide" ++ optional d.location.allowTrash "x-gvfs-trash");
  };
in
{
  options.environment.persistence = opt (types.attrsOf locationType) { };

  config = mkIf (locations != [ ]) {
    # Stage 1 makes the mounts that its activation relies on, stage 2 all of them.
    boot.initrd.systemd.mounts = map
      (d: bind d "/sysroot" // { wantedBy = [ "initrd.target" ]; before = [ "initrd-nixos-activation.service" ]; })
      (filter (d: lib.elem d.path early) directories);
    systemd.mounts = map (d: bind d "" // { wantedBy = [ "local-fs.target" ]; before = [ "local-fs.target" ]; }) directories;

    # Once the id is stored, what saves a transient one fails at the bind mount.
    boot.initrd.systemd.suppressedUnits = optional keepsMachineId "systemd-machine-id-commit.service";
    systemd.services = mkIf keepsMachineId { systemd-machine-id-commit.unitConfig.ConditionFirstBoot = true; };

    system.activationScripts = {
      createPersistentStorageDirs = {
        deps = [ "users" "groups" ];
        text = builtins.readFile ./create-directory.sh + createAll;
      };
      persist-files = {
        deps = [ "createPersistentStorageDirs" ];
        text = builtins.readFile ./persist-file.sh + concatMapStrings
          (f: "persist_file ${escapeShellArgs [ f.path (f.location.persistentStoragePath + f.path) f.method ]} || failed=1\n")
          files + "return $failed";
      };
    };

    assertions = [
      {
        assertion = notEarly locationPaths == [ ];
        message = ''
          environment.persistence:
              All filesystems used for persistent storage must
              have the option "neededForBoot" set to true.

              Please fix the following filesystems:
                ${lib.concatStringsSep "\n      " (notEarly locationPaths)}'';
      }
      {
        assertion = notEarly above == [ ];
        message = ''
          environment.persistence:
              All filesystems used for ephemeral storage must
              have the option "neededForBoot" set to true.

              Please fix the following filesystems:
                ${lib.concatStringsSep "\n      " (notEarly above)}'';
      }
      {
        assertion = duplicates (map (f: f.path) files) == [ ];
        message = "environment.persistence:\n    The following files were specified two or more times:\n      ${lib.concatStringsSep "\n      " (duplicates (map (f: f.path) files))}";
      }
      {
        assertion = duplicates kept == [ ];
        message = "environment.persistence:\n    The following directories were specified two or more times:\n      ${lib.concatStringsSep "\n      " (duplicates kept)}";
      }
    ] ++ concatMap
      (l: map
        (u: { assertion = homeOf u == "/home/${u}"; message = "environment.persistence:\n    Users and home doesn't match:\n      ${u}: /home/${u} != ${homeOf u}"; })
        (attrNames l.users))
      locations;

    warnings =
      let withoutId = attrNames (lib.filterAttrs (_: u: u.uid == null) config.users.users) ++ attrNames (lib.filterAttrs (_: g: g.gid == null) config.users.groups); in
      optional
        (lib.any (l: l.enableWarnings) locations && withoutId != [ ] && !(lib.any (p: lib.elem p kept) [ "/var" "/var/lib" "/var/lib/nixos" ]) && !(fileSystems ? "/var/lib/nixos"))
        ''
          environment.persistence:
              Neither /var/lib/nixos nor any of its parents are
              persisted. This means all users/groups without
              specified uids/gids will have them reassigned on
              reboot.
              The following are missing an id: ${lib.concatStringsSep " " withoutId}'';
  };
}
