# What survives the rollback, beside /home, /nix and /var/log: all this is kept in /persist.
# Written by Snowmelt 0.1.0 and yours from now on.
# To let go of a path, take it out here; what was kept of it stays in /persist until it is deleted.
{
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
      # Root’s own files: shell history, known SSH hosts, caches.
      {
        directory = "/root";
        mode = "0700";
      }
      # Keys for Secure Boot, once you make some: where sbctl keeps them now, and did before.
      {
        directory = "/var/lib/sbctl";
        mode = "0700";
      }
      "/etc/secureboot"
      # Keys that programs made in the security chip.
      "/var/lib/tpm2-tss"
      {
        directory = "/etc/tpm2_pkcs11";
        mode = "0770";
      }
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
      # Wi-Fi networks that iwd knows, with their passwords.
      {
        directory = "/var/lib/iwd";
        mode = "0700";
      }
      # Addresses that dhcpcd was given.
      "/var/lib/dhcpcd"
      # The machine’s key in the Tailscale network.
      {
        directory = "/var/lib/tailscale";
        mode = "0700";
      }
      # Private keys of WireGuard tunnels.
      {
        directory = "/etc/wireguard";
        mode = "0700";
      }
      # The machine’s identity in ZeroTier networks, and those it joined.
      {
        directory = "/var/lib/zerotier-one";
        mode = "0700";
      }
      # The account and settings of Mullvad VPN.
      "/etc/mullvad-vpn"
      "/var/cache/mullvad-vpn"
      # Paired devices.
      {
        directory = "/var/lib/bluetooth";
        mode = "0700";
      }
      # Fingerprints that unlock the machine.
      {
        directory = "/var/lib/fprint";
        mode = "0700";
      }
      # Thunderbolt devices that may connect.
      "/var/lib/boltd"
      # USB devices that may connect.
      {
        directory = "/var/lib/usbguard";
        mode = "0700";
      }
      # How batteries charged and drained, for estimates and graphs.
      "/var/lib/upower"
      # Whether the machine saves power or is fast.
      "/var/lib/power-profiles-daemon"
      # History and downloaded lists of firmware updates.
      "/var/lib/fwupd"
      "/var/cache/fwupd"
      # Printers that were added by hand, and their settings.
      "/var/lib/cups"
      # Volume of each sound card.
      "/var/lib/alsa"
      # Settings of disks that UDisks applies when one is plugged in.
      "/var/lib/udisks2"
      # Profiles of coloured lights.
      "/var/lib/OpenRGB"
      # Each user’s picture, language and last session.
      {
        directory = "/var/lib/AccountsService";
        mode = "0775";
      }
      # Colour profiles of screens and printers.
      "/var/lib/colord"
      # Settings of GNOME’s login screen.
      "/var/lib/gdm"
      # The user and session that Plasma’s login screen saw last.
      {
        directory = "/var/lib/sddm";
        mode = "0750";
      }
      # The user and session that LightDM, Xfce’s login screen, saw last.
      {
        directory = "/var/lib/lightdm";
        mode = "0770";
      }
      {
        directory = "/var/lib/lightdm-data";
        mode = "0775";
      }
      # Apps that were installed with Flatpak for everybody.
      "/var/lib/flatpak"
      # What GeoClue keeps of where the machine was.
      "/var/lib/geoclue"
      # Docker’s images, containers and volumes.
      {
        directory = "/var/lib/docker";
        mode = "0710";
      }
      # Images, containers and volumes that Podman runs as root.
      "/var/lib/containers"
      # Virtual machines with their disks and security chips.
      "/var/lib/libvirt"
      "/var/lib/swtpm-localca"
      # Incus’s containers and virtual machines.
      {
        directory = "/var/lib/incus";
        mode = "0711";
      }
      # The Android system that Waydroid runs.
      "/var/lib/waydroid"
      # The root directories of NixOS containers.
      "/var/lib/nixos-containers"
      # Machines and images of systemd-nspawn and machinectl.
      {
        directory = "/var/lib/machines";
        mode = "0700";
      }
      # The cluster’s state, and the volumes of its pods.
      "/var/lib/rancher"
      "/etc/rancher/node"
      "/var/lib/kubelet"
      # What services with dynamic users keep, each below a name of its own.
      {
        directory = "/var/lib/private";
        mode = "0700";
      }
      # TLS certificates that were issued by Let’s Encrypt and others, and the account with them.
      "/var/lib/acme"
      # Certificates that Caddy asked for.
      "/var/lib/caddy"
      # Addresses that are banned.
      {
        directory = "/var/lib/fail2ban";
        mode = "0750";
      }
      # PostgreSQL’s databases.
      "/var/lib/postgresql"
      # Databases of MySQL or MariaDB.
      {
        directory = "/var/lib/mysql";
        mode = "0700";
      }
      # Measurements that Prometheus gathered.
      {
        directory = "/var/lib/prometheus2";
        mode = "0700";
      }
      # Grafana’s dashboards and users.
      "/var/lib/grafana"
      # The device’s Syncthing identity, its settings, and folders kept there.
      {
        directory = "/var/lib/syncthing";
        mode = "0700";
      }
      # Samba’s users and passwords.
      "/var/lib/samba"
      # Which machines use the exported folders.
      "/var/lib/nfs"
      # Jellyfin’s library, users and pictures.
      {
        directory = "/var/lib/jellyfin";
        mode = "0700";
      }
      {
        directory = "/var/cache/jellyfin";
        mode = "0700";
      }
      # Nextcloud’s files, apps and settings.
      {
        directory = "/var/lib/nextcloud";
        mode = "0750";
      }
      # Vaultwarden’s passwords and keys.
      {
        directory = "/var/lib/vaultwarden";
        mode = "0700";
      }
      # Forgejo’s repositories, issues and users.
      {
        directory = "/var/lib/forgejo";
        mode = "0750";
      }
      # Home Assistant’s devices, automations and history.
      {
        directory = "/var/lib/hass";
        mode = "0700";
      }
      # Data that Redis keeps.
      {
        directory = "/var/lib/redis";
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
    ];
  };
}
