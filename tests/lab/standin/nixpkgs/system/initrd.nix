# The segment of the initrd that comes from the configuration: its units and scripts, the
# tables of encrypted devices and mounts, and nothing else.
{ config, lib, pkgs, artifacts, tables }:
let
  cfg = config.boot.initrd.systemd;
  units = import ./units.nix {
    inherit lib;
    known = artifacts.initrdUnits;
    scriptsDir = "/etc/systemd/scripts";
    # Stage-1 services have no default PATH: the manager's /bin:/sbin holds.
    defaultPath = [ ];
  } cfg;

  # Tools that only a unit's path, initrdBin or extraBin names. The prepared initrd keeps them
  # where no PATH leads, so that a script that forgets to name them fails here as it would there.
  aside = "/usr/lib/standin/tools";
  toolLinks = package: lib.listToAttrs (map
    (program: lib.nameValuePair "${lib.removePrefix "/" (builtins.unsafeDiscardStringContext "${package}")}/bin/${program}" "${aside}/${program}")
    (package.programs or [ ]));
  binLinks = lib.concatMap (package: map (program: lib.nameValuePair "usr/bin/${program}" "${aside}/${program}") (package.programs or [ ]))
    (lib.filter (p: !(lib.elem (p.pname or "") [ "btrfs-progs" "coreutils" "bash" "kmod" "systemd" ])) cfg.initrdBin);

  access = cfg.emergencyAccess;
  password = if builtins.isString access then access else if access == true then "" else "*";
  enabledContents = lib.filterAttrs (_: c: c.enable && c.text != null) cfg.contents;
in
{
  files = lib.mapAttrs' (n: v: lib.nameValuePair "etc/${n}" v) units.files // {
    "etc/crypttab" = tables.crypttab;
    "etc/sysroot-fstab" = tables.sysrootFstab;
    "etc/hostname" = config.networking.hostName + "\n";
    "etc/vconsole.conf" = import ./vconsole.nix { inherit config lib; };
    "etc/shadow" = "root:${password}:::::::\n";
    "etc/systemd/system.conf" = ''
      [Manager]
      DefaultEnvironment=PATH=/bin:/sbin
      ManagerEnvironment=PATH=/bin:/sbin SYSTEMD_SYSROOT_FSTAB=/etc/sysroot-fstab
    '';
    "etc/tmpfiles.d/nixos.conf" = import ./tmpfiles.nix { inherit lib; } cfg.tmpfiles.settings;
  } // lib.mapAttrs' (n: c: lib.nameValuePair (lib.removePrefix "/" n) c.text) enabledContents;
  executables = map (n: "etc/${n}") units.executables;
  links = lib.mapAttrs' (n: v: lib.nameValuePair "etc/${n}" v) units.links
    // lib.foldl' (a: p: a // toolLinks p) { } (lib.filter (p: p ? programs) (units.packages ++ cfg.initrdBin ++ cfg.storePaths))
    // lib.listToAttrs binLinks
    // lib.mapAttrs' (n: v: lib.nameValuePair "usr/bin/${n}" "${aside}/${baseNameOf (builtins.unsafeDiscardStringContext v)}") cfg.extraBin;
}
