# The options of disko that a description of a disk may name, with their types, as disko's own
# lib/types have them (March 2026). What no option of these is called is refused. It makes nothing.
{ lib, ... }:
let
  inherit (lib) mkOption types;

  option = type: default: mkOption { inherit type default; };
  required = type: mkOption { inherit type; };
  hooks = lib.genAttrs
    [ "preCreateHook" "postCreateHook" "preMountHook" "postMountHook" "preUnmountHook" "postUnmountHook" ]
    (_: option types.lines "");
  pathname = types.strMatching "/.*";
  texts = types.listOf types.str;
  sub = options: types.submodule { options = options // hooks; };

  # What is on a device, by its `type`.
  content = kinds: {
    name = "content of a device";
    check = v: builtins.isAttrs v && builtins.elem (v.type or "") kinds;
    merge = loc: defs: lib.mergeDefs loc contents.${(builtins.head defs).value.type} defs;
  };
  device = content [ "table" "gpt" "btrfs" "filesystem" "luks" "swap" ];

  contents = {
    gpt = sub {
      type = required (types.enum [ "gpt" ]);
      efiGptPartitionFirst = option types.bool true;
      partitions = option
        (types.attrsOf (types.submodule {
          options = {
            type = option (types.either (types.strMatching "[A-Fa-f0-9]{4}") (types.strMatching "[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}")) "8300";
            size = option (types.either (types.enum [ "100%" ]) (types.strMatching "[0-9]+[KMGTP]?")) "0";
            label = option (types.nullOr types.str) null;
            uuid = option (types.nullOr types.str) null;
            priority = option (types.nullOr types.int) null;
            start = option types.str "0";
            content = option (types.nullOr device) null;
          };
        }))
        { };
    };

    filesystem = sub {
      type = required (types.enum [ "filesystem" ]);
      format = required types.str;
      extraArgs = option texts [ ];
      mountpoint = option (types.nullOr pathname) null;
      mountOptions = option texts [ "defaults" ];
    };

    swap = sub {
      type = required (types.enum [ "swap" ]);
      extraArgs = option texts [ ];
      discardPolicy = option (types.nullOr (types.enum [ "once" "pages" "both" ])) null;
      priority = option (types.nullOr types.int) null;
      randomEncryption = option types.bool false;
      resumeDevice = option types.bool false;
    };

    luks = sub {
      type = required (types.enum [ "luks" ]);
      name = required types.str;
      passwordFile = option (types.nullOr pathname) null;
      askPassword = option types.bool true;
      settings = option (types.attrsOf types.anything) { };
      additionalKeyFiles = option (types.listOf pathname) [ ];
      initrdUnlock = option types.bool true;
      extraFormatArgs = option texts [ ];
      extraOpenArgs = option texts [ ];
      content = option (types.nullOr device) null;
    };

    btrfs = sub {
      type = required (types.enum [ "btrfs" ]);
      extraArgs = option texts [ ];
      mountpoint = option (types.nullOr pathname) null;
      mountOptions = option texts [ "defaults" ];
      subvolumes = option
        (types.attrsOf (types.submodule {
          options = {
            extraArgs = option texts [ ];
            mountpoint = option (types.nullOr pathname) null;
            mountOptions = option texts [ "defaults" ];
            swap = option swapFiles { };
          };
        }))
        { };
      swap = option swapFiles { };
    };
  };

  swapFiles = types.attrsOf (types.submodule ({ name, ... }: {
    options = {
      size = required (types.strMatching "([0-9]+[KMGTP])?");
      path = option types.str name;
      priority = option (types.nullOr types.int) null;
      options = option texts [ "defaults" ];
    };
  }));
in
{
  options.disko.devices = {
    disk = option
      (types.attrsOf (sub {
        type = option (types.enum [ "disk" ]) "disk";
        device = required pathname;
        destroy = option types.bool true;
        content = option (types.nullOr device) null;
      }))
      { };
    nodev = option
      (types.attrsOf (sub {
        fsType = required types.str;
        device = option types.str "none";
        mountOptions = option texts [ "defaults" ];
      }))
      { };
  };

  # disko gives the filesystems that it describes to NixOS; here only the rest of what stands in the
  # description is to be read.
  options.boot.resumeDevice = option types.str "";
  options.boot.kernelParams = option texts [ ];
  options.fileSystems = option (types.attrsOf (types.submodule { options.neededForBoot = option types.bool false; })) { };
}
