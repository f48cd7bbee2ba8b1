# The system itself. Rebuild after a change with: nixos-rebuild switch
# Written by Snowmelt 0.1.0 and yours from now on.
{ pkgs, ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./disk.nix
    # Add ./rollback.nix to this list to begin every boot with a blank root.
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

  # So that nothing is lost in /etc/shadow when the root is rolled back one day.
  users.mutableUsers = false;

  users.users.ada = {
    isNormalUser = true;
    extraGroups = [
      "wheel"
      "networkmanager"
    ];

    # To change it, write to this file what this prints: nix run nixpkgs#mkpasswd
    hashedPasswordFile = "/persist/passwords/ada";
  };

  nix.settings.experimental-features = [
    "nix-command"
    "flakes"
  ];

  # The release whose defaults this system's data was made with. It stays as it is when
  # the system is upgraded.
  system.stateVersion = "26.05";
}
