# The disk: the encrypted volume with its subvolumes, and the partitions beside it.
# Written by Snowmelt 0.1.0 and yours from now on.
{
  boot.initrd.luks.devices.enc = {
    device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
  };

  # The volume is named by /dev/mapper: by-uuid systemd would stop waiting for it while the
  # prompt still waits for the passphrase.
  fileSystems = {
    "/" = {
      device = "/dev/mapper/enc";
      fsType = "btrfs";
      options = [
        "subvol=root"
        "compress=zstd"
        "noatime"
      ];
    };
    "/home" = {
      device = "/dev/mapper/enc";
      fsType = "btrfs";
      options = [
        "subvol=home"
        "compress=zstd"
        "noatime"
      ];
    };
    "/nix" = {
      device = "/dev/mapper/enc";
      fsType = "btrfs";
      options = [
        "subvol=nix"
        "compress=zstd"
        "noatime"
      ];
    };
    "/persist" = {
      device = "/dev/mapper/enc";
      fsType = "btrfs";
      options = [
        "subvol=persist"
        "compress=zstd"
        "noatime"
      ];
      neededForBoot = true;
    };
    "/var/log" = {
      device = "/dev/mapper/enc";
      fsType = "btrfs";
      options = [
        "subvol=log"
        "compress=zstd"
        "noatime"
      ];
      neededForBoot = true;
    };
    "/boot" = {
      device = "/dev/disk/by-uuid/FDED-3BCF";
      fsType = "vfat";

      # Readable for root alone: the seed of the random generator is kept there.
      options = [
        "fmask=0077"
        "dmask=0077"
      ];
    };
  };

  swapDevices = [
    {
      # Not by-uuid: with each boot's new key the swap space has a new UUID.
      device = "/dev/disk/by-partuuid/0d1fc824-623b-4bb8-bf7b-63a3e657889d";

      randomEncryption.enable = true;
    }
  ];

  # udev may not see the swap space that is made as soon as this is open. It is told to look
  # again: systemd would wait a minute and a half for it, and start without swap.
  systemd.services.mkswap-dev-disk-byx2dpartuuid-0d1fc824x2d623bx2d4bb8x2dbf7bx2d63a3e657889d = {
    postStart = "udevadm trigger /dev/mapper/dev-disk-byx2dpartuuid-0d1fc824x2d623bx2d4bb8x2dbf7bx2d63a3e657889d";
  };
}
