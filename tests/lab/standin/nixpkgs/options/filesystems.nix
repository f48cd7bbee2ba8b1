# fileSystems, swapDevices and zramSwap.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  opt = type: default: mkOption { inherit type default; };
  flag = opt types.bool false;
  # Mounted by stage 1 whether or not neededForBoot says so (nixos/lib/utils.nix: pathsNeededForBoot).
  early = [ "/" "/nix" "/nix/store" "/var" "/var/log" "/var/lib" "/var/lib/nixos" "/etc" "/usr" ];

  fileSystem = { name, config, ... }: {
    options = {
      mountPoint = opt types.nonEmptyStr name;
      enable = opt types.bool true;
      device = opt (types.nullOr types.nonEmptyStr) null;
      label = opt (types.nullOr types.nonEmptyStr) null;
      # No default: a module that forgets it must be told. A bind mount's is filled in below.
      fsType = mkOption { type = types.nonEmptyStr; };
      options = mkOption { type = types.listOf types.nonEmptyStr; default = [ ]; apply = xs: if xs == [ ] then [ "defaults" ] else xs; };
      depends = opt (types.listOf types.nonEmptyStr) [ ];
      neededForBoot = flag;
      noCheck = flag;
      autoFormat = flag;
      autoResize = flag;
      formatOptions = opt (types.nullOr types.str) null;
    };
    config.options = lib.mkMerge [
      (lib.mkIf (config.neededForBoot || builtins.elem config.mountPoint early) [ "x-initrd.mount" ])
      (map (d: "x-systemd.requires-mounts-for=${d}") config.depends)
    ];
  };

  randomEncryption = types.submodule {
    options = {
      enable = flag;
      cipher = opt types.str "aes-xts-plain64";
      keySize = opt (types.nullOr types.int) null;
      sectorSize = opt (types.nullOr types.int) null;
      source = opt types.str "/dev/urandom";
      allowDiscards = flag;
    };
  };
  swap = { config, ... }: {
    options = {
      device = mkOption { type = types.nonEmptyStr; };
      label = opt (types.nullOr types.str) null;
      size = opt (types.nullOr types.int) null;
      priority = opt (types.nullOr types.int) null;
      discardPolicy = opt (types.nullOr (types.enum [ "once" "pages" "both" ])) null;
      options = opt (types.listOf types.nonEmptyStr) [ "defaults" ];
      randomEncryption = opt (types.coercedTo types.bool (enable: { inherit enable; }) randomEncryption) { };
      # Filled in from device.
      deviceName = mkOption { type = types.str; };
      realDevice = mkOption { type = types.path; };
    };
    config = {
      deviceName = builtins.replaceStrings [ "\\" ] [ "" ] (lib.systemd.escapePath config.device);
      realDevice = if config.randomEncryption.enable then "/dev/mapper/${config.deviceName}" else config.device;
    };
  };
in
{
  options.fileSystems = opt (types.attrsOf (types.submodule fileSystem)) { };
  options.swapDevices = opt (types.listOf (types.submodule swap)) [ ];
  options.zramSwap = { enable = flag; memoryPercent = opt types.int 50; algorithm = opt types.str "zstd"; priority = opt types.int 5; swapDevices = opt types.int 1; };
}
