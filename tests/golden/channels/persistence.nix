# What survives the rollback, beside /home, /nix and /var/log: all this is kept in /persist.
# Written by Snowmelt 0.1.0 and yours from now on.
# To let go of a path, take it out here; what was kept of it stays in /persist until it is deleted.
let
  # Always the same, whatever is newest. For another one put its commit into the address, and
  # as sha256 what this prints for it: nix-prefetch-url --unpack ADDRESS
  impermanence = fetchTarball {
    url = "https://github.com/nix-community/impermanence/archive/7b1d382faf603b6d264f58627330f9faa5cba149.tar.gz";
    sha256 = "1iip4kjrk09mnha9jhafvcg61g1d0g6pqnljzdp08zz6zk38jzyk";
  };
in
{
  imports = [ "${impermanence}/nixos.nix" ];

  environment.persistence."/persist" = {
    # Keeps all these mounts out of file managers.
    hideMounts = true;

    directories = [
      # This configuration.
      "/etc/nixos"
      # Which user and group has which id; without it files could change their owner.
      "/var/lib/nixos"
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
      "/etc/machine-id"
      # Others know the machine by these when they connect with SSH.
      "/etc/ssh/ssh_host_ed25519_key"
      "/etc/ssh/ssh_host_ed25519_key.pub"
      "/etc/ssh/ssh_host_rsa_key"
      "/etc/ssh/ssh_host_rsa_key.pub"
      # Which channels root is subscribed to: NixOS’s own, and what nix-channel adds.
      "/root/.nix-channels"
    ];
  };
}
