# The same disk for disko: to erase it and make it anew, run disko with this file. It then stands in
# the place of disk.nix in the configuration, beside disko's own module.
# Written by Snowmelt 0.1.0 and yours from now on.
{
  disko.devices.disk.main = {
    type = "disk";
    device = "/dev/nvme0n1";
    content = {
      type = "gpt";
      partitions = {
        ESP = {
          size = "1024M";
          type = "EF00";
          content = {
            type = "filesystem";
            format = "vfat";
            extraArgs = [
              "-F"
              "32"
              "-n"
              "BOOT"
            ];
            mountpoint = "/boot";

            # Readable for root alone: the seed of the random generator is kept there.
            mountOptions = [
              "fmask=0077"
              "dmask=0077"
            ];
          };
        };
        swap = {
          size = "8192M";
          type = "8308";
          content = {
            type = "swap";
            randomEncryption = true;
          };
        };
        nixos = {
          size = "100%";
          type = "8309";
          content = {
            type = "luks";
            name = "enc";
            extraFormatArgs = [
              "--type"
              "luks2"
              "--pbkdf"
              "argon2id"
              "--pbkdf-memory"
              "1048576"
              "--pbkdf-parallel"
              "4"
              "--iter-time"
              "2000"
            ];
            content = {
              type = "btrfs";
              extraArgs = [
                "--label"
                "NIXOS"
              ];
              subvolumes = {
                root = {
                  mountpoint = "/";
                  mountOptions = [
                    "compress=zstd:3"
                    "noatime"
                  ];
                };
                home = {
                  mountpoint = "/home";
                  mountOptions = [
                    "compress=zstd:3"
                    "noatime"
                  ];
                };
                nix = {
                  mountpoint = "/nix";
                  mountOptions = [
                    "compress=zstd:3"
                    "noatime"
                  ];
                };
                persist = {
                  mountpoint = "/persist";
                  mountOptions = [
                    "compress=zstd:3"
                    "noatime"
                  ];
                };
                log = {
                  mountpoint = "/var/log";
                  mountOptions = [
                    "compress=zstd:3"
                    "noatime"
                  ];
                };
                games = {
                  mountpoint = "/home/ada/games";
                  mountOptions = [
                    "compress=zstd:3"
                    "noatime"
                  ];
                };
              };

              # What a rollback returns to: a snapshot that is taken while nothing was written yet.
              postCreateHook = ''
                top=$(mktemp -d)
                mount -t btrfs -o subvolid=5 "$device" "$top"
                trap 'umount "$top"; rmdir "$top"' EXIT
                if ! [ -e "$top/root-blank" ] && [ -z "$(ls -A "$top/root")" ]; then
                  btrfs subvolume snapshot -r "$top/root" "$top/root-blank"
                fi
                if ! [ -e "$top/home-blank" ] && [ -z "$(ls -A "$top/home")" ]; then
                  btrfs subvolume snapshot -r "$top/home" "$top/home-blank"
                fi
              '';
            };
          };
        };
      };
    };
  };

  # disko knows nothing of what stage 1 needs.
  fileSystems."/home".neededForBoot = true;

  fileSystems."/persist".neededForBoot = true;
  fileSystems."/var/log".neededForBoot = true;
}
