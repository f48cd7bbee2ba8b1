# What survives the rollback, beside /home, /nix and /var/log: all this is kept in /persist.
# Written by Snowmelt 0.1.0 and yours from now on.
# To let go of a path, take it out here; what was kept of it stays in /persist until it is deleted.
{ config, ... }:
let
  # Always the same, whatever is newest. For another one put its commit into the address, and
  # as sha256 what this prints for it: nix-prefetch-url --unpack ADDRESS
  preservation = fetchTarball {
    url = "https://github.com/nix-community/preservation/archive/93416f4614ad2dfed5b0dcf12f27e57d27a5ab11.tar.gz";
    sha256 = "0im42hnghfcp0bzlkngkdd7a93fh2dm0y82sllz7ryflm4hkvhlq";
  };
in
{
  imports = [ "${preservation}/module.nix" ];
  preservation.enable = true;

  preservation.preserveAt."/persist" = {
    # Keeps all these mounts out of file managers.
    commonMountOptions = [ "x-gvfs-hide" ];

    directories = [
      # This configuration.
      "/etc/nixos"
      # Which user and group has which id; without it files could change their owner.
      {
        directory = "/var/lib/nixos";
        inInitrd = true;
      }
      # The clock, the random seed, and when timers last ran.
      "/var/lib/systemd"
      # Who has had sudo’s lecture already.
      {
        directory = "/var/db/sudo";
        mode = "0711";
      }
      # Keys for Secure Boot, once you make some: where sbctl keeps them now, and did before.
      {
        directory = "/var/lib/sbctl";
        mode = "0700";
      }
      "/etc/secureboot"
      # Saved networks with their passwords.
      {
        directory = "/etc/NetworkManager/system-connections";
        mode = "0700";
      }
      # Leases, and the key of stable addresses.
      {
        directory = "/var/lib/NetworkManager";
        mode = "0700";
      }
      # Paired devices.
      {
        directory = "/var/lib/bluetooth";
        mode = "0700";
      }
    ];
    files = [
      # The journal and DHCP know the machine by it.
      {
        file = "/etc/machine-id";
        how = "symlink";
        inInitrd = true;
      }
      # Others know the machine by these when they connect with SSH.
      {
        file = "/etc/ssh/ssh_host_ed25519_key";
        how = "symlink";
      }
      {
        file = "/etc/ssh/ssh_host_ed25519_key.pub";
        how = "symlink";
      }
      {
        file = "/etc/ssh/ssh_host_rsa_key";
        how = "symlink";
      }
      {
        file = "/etc/ssh/ssh_host_rsa_key.pub";
        how = "symlink";
      }
      # Which channels root is subscribed to: NixOS’s own, and what nix-channel adds.
      "/root/.nix-channels"
    ];
  };

  # The module itself doesn't look.
  assertions = [
    {
      assertion = config.fileSystems."/persist".neededForBoot;
      message = "/persist must be mounted in stage 1 (neededForBoot), or nothing appears in its place.";
    }
  ];

  # The default since NixOS 26.05; the module makes its mounts there.
  boot.initrd.systemd.enable = true;
}
