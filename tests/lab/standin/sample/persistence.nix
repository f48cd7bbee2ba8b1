{ inputs, lib, ... }:

{
  imports = [ inputs.impermanence.nixosModules.impermanence ];

  boot.initrd.systemd = {
    enable = true;
    services.rollback = {
      description = "Roll the root back to its blank snapshot";
      requiredBy = [ "initrd.target" ];
      requires = [ "dev-mapper-enc.device" ];
      after = [ "dev-mapper-enc.device" "local-fs-pre.target" ];
      before = [ "sysroot.mount" ];
      unitConfig.DefaultDependencies = "no";
      serviceConfig.Type = "oneshot";
      script = ''
        mkdir -p /btrfs
        mount -o subvol=/ /dev/mapper/enc /btrfs
        if [ -e /btrfs/root ]; then
          mkdir -p /btrfs/old-roots
          mv /btrfs/root "/btrfs/old-roots/$(date --utc +%Y%m%dT%H%M%SZ)"
        fi
        btrfs subvolume snapshot /btrfs/root-blank /btrfs/root
        umount /btrfs
      '';
    };
  };

  environment.persistence."/persist" = {
    hideMounts = true;
    directories = [
      "/etc/nixos"
      { directory = "/etc/NetworkManager/system-connections"; mode = "0700"; }
      "/etc/secureboot"
      "/var/db/sudo"
      "/var/lib/nixos"
    ];
    files = [
      "/etc/machine-id"
      "/etc/ssh/ssh_host_ed25519_key"
      "/etc/ssh/ssh_host_ed25519_key.pub"
      "/etc/ssh/ssh_host_rsa_key"
      "/etc/ssh/ssh_host_rsa_key.pub"
    ];
  };
}
