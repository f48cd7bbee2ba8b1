# The disk: the filesystem with its subvolumes, and the partitions beside it.
# Written by Snowmelt 0.1.0 and yours from now on.
{
  # Nothing of it is encrypted: whoever has the disk can read it.
  fileSystems = {
    "/" = {
      device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
      fsType = "btrfs";
      options = [
        "subvol=root"
        "compress=zstd"
        "noatime"
      ];
    };
    "/home" = {
      device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
      fsType = "btrfs";
      options = [
        "subvol=home"
        "compress=zstd"
        "noatime"
      ];
    };
    "/nix" = {
      device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
      fsType = "btrfs";
      options = [
        "subvol=nix"
        "compress=zstd"
        "noatime"
      ];
    };
    "/persist" = {
      device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
      fsType = "btrfs";
      options = [
        "subvol=persist"
        "compress=zstd"
        "noatime"
      ];
      neededForBoot = true;
    };
    "/swap" = {
      device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
      fsType = "btrfs";
      options = [
        "subvol=swap"
        "noatime"
      ];
    };
    "/var/log" = {
      device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
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

  # Not encrypted: whoever has the disk can read what was in memory.
  swapDevices = [
    {
      device = "/swap/swapfile";
    }
  ];

  # Where a hibernated system lies. A new swap file lies elsewhere; this tells the number:
  # btrfs inspect-internal map-swapfile -r /swap/swapfile
  # To do without hibernation, remove these two.
  boot.resumeDevice = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";

  boot.kernelParams = [ "resume_offset=269568" ];
}
