# The system itself. Rebuild after a change with: nixos-rebuild switch
# Written by Snowmelt 0.1.0 and yours from now on.
{ pkgs, ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./disk.nix
    ./rollback.nix
    ./persistence.nix
  ];

  boot.loader = {
    systemd-boot.enable = true;

    # Whoever can edit the kernel's command line can become root without a password.
    systemd-boot.editor = false;

    # As many generations as surely fit on the boot partition.
    systemd-boot.configurationLimit = 10;

    efi.canTouchEfiVariables = true;
  };

  networking.hostName = "snowdrop";
  networking.networkmanager.enable = true;
  time.timeZone = "Europe/Berlin";
  i18n.defaultLocale = "en_GB.UTF-8";

  # Also at the prompt for the disk's passphrase.
  console.keyMap = "us";

  # /etc/shadow is rolled back with the root, so passwords are set from here only.
  users.mutableUsers = false;

  users.users.ada = {
    isNormalUser = true;
    extraGroups = [
      "wheel"
      "networkmanager"
    ];

    # To change it, write to this file what this prints: nix-shell -p mkpasswd --run mkpasswd
    hashedPasswordFile = "/persist/passwords/ada";
  };

  # The release whose defaults this system's data was made with. It stays as it is when
  # the system is upgraded.
  system.stateVersion = "26.05";
}
