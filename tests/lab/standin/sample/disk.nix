{ ... }:

let
  subvolume = name: {
    device = "/dev/mapper/enc";
    fsType = "btrfs";
    options = [ "subvol=${name}" "compress=zstd" "noatime" ];
  };
in
{
  boot.initrd.luks.devices."enc".device = "/dev/disk/by-partlabel/cryptroot";

  fileSystems."/" = subvolume "root";
  fileSystems."/home" = subvolume "home";
  fileSystems."/nix" = subvolume "nix";
  fileSystems."/persist" = subvolume "persist" // { neededForBoot = true; };
  fileSystems."/var/log" = subvolume "log" // { neededForBoot = true; };
  fileSystems."/boot" = {
    device = "/dev/disk/by-partlabel/ESP";
    fsType = "vfat";
    options = [ "fmask=0077" "dmask=0077" ];
  };

  swapDevices = [
    {
      device = "/dev/disk/by-partlabel/swap";
      randomEncryption.enable = true;
    }
  ];
}
