# The tables that systemd's generators read: fstab(5) of both stages, crypttab(5).
{ config, lib }:
let
  inherit (lib) concatStringsSep elem filter hasPrefix;

  # fstab(5): spaces and tabs as octal.
  field = s: builtins.replaceStrings [ "\\" " " "\t" ] [ "\\134" "\\040" "\\011" ] (toString s);

  # A directory comes before what is mounted below it.
  ordered = builtins.sort (a: b: a.mountPoint < b.mountPoint) (filter (fs: fs.enable) (lib.attrValues config.fileSystems));

  # tasks/filesystems.nix: what fsck does not look at.
  skipCheck = fs: fs.noCheck || fs.device == "none" || elem fs.fsType [ "none" "auto" "bindfs" "btrfs" "overlay" "tmpfs" "zfs" "squashfs" "nfs" ]
    || elem "bind" fs.options;
  pass = fs: if skipCheck fs then "0" else if fs.mountPoint == "/" then "1" else "2";
  device = fs: if fs.device != null then fs.device else "/dev/disk/by-label/${fs.label}";

  mountLine = fs: concatStringsSep " " [ (field (device fs)) (field fs.mountPoint) fs.fsType (field (concatStringsSep "," fs.options)) "0" (pass fs) ];

  swapLine = s:
    let
      options = s.options
        ++ lib.optional (s.priority != null) "pri=${toString s.priority}"
        ++ lib.optional (s.discardPolicy != null) "discard${lib.optionalString (s.discardPolicy != "both") "=${s.discardPolicy}"}";
    in
    "${field s.realDevice} none swap ${concatStringsSep "," options} 0 0";

  luksLine = d:
    let
      options = lib.optional d.allowDiscards "discard"
        ++ lib.optionals d.bypassWorkqueues [ "no-read-workqueue" "no-write-workqueue" ]
        ++ lib.optional (d.header != null) "header=${d.header}"
        ++ d.crypttabExtraOpts;
    in
    "${d.name} ${field d.device} ${if d.keyFile != null then d.keyFile else "-"} ${concatStringsSep "," ([ "x-initrd.attach" ] ++ options)}";
  lines = xs: lib.concatMapStrings (x: x + "\n") xs;
in
{
  fstab = lines (map mountLine ordered ++ map swapLine config.swapDevices);
  # Stage 1 mounts these below /sysroot by itself.
  sysrootFstab = lines (map mountLine (filter (fs: elem "x-initrd.mount" fs.options) ordered));
  crypttab = lines (map luksLine (lib.attrValues config.boot.initrd.luks.devices));
}
