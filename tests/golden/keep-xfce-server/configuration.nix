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

  # Dates, numbers, money and paper follow another country's habits than the language.
  i18n.extraLocaleSettings = {
    LC_ADDRESS = "de_DE.UTF-8";
    LC_IDENTIFICATION = "de_DE.UTF-8";
    LC_MEASUREMENT = "de_DE.UTF-8";
    LC_MONETARY = "de_DE.UTF-8";
    LC_NAME = "de_DE.UTF-8";
    LC_NUMERIC = "de_DE.UTF-8";
    LC_PAPER = "de_DE.UTF-8";
    LC_TELEPHONE = "de_DE.UTF-8";
    LC_TIME = "de_DE.UTF-8";
  };

  # Also at the prompt for the disk's passphrase.
  console.keyMap = "us";

  services.xserver.enable = true;
  services.xserver.displayManager.lightdm.enable = true;
  services.xserver.desktopManager.xfce.enable = true;

  # Lets PipeWire, which plays the sound, go before other programs when the machine is busy.
  security.rtkit.enable = true;

  # Users log in with their password or a key, root with a key only.
  services.openssh.enable = true;

  # So that nothing is lost in /etc/shadow when the root is rolled back one day.
  users.mutableUsers = false;

  users.users.ada = {
    isNormalUser = true;
    extraGroups = [ "networkmanager" ];

    # To change it, write to this file what this prints: nix run nixpkgs#mkpasswd
    hashedPasswordFile = "/persist/passwords/ada";
  };

  # Nobody else may act as root: “su” asks for this password, which at first is the user's.
  users.users.root.hashedPasswordFile = "/persist/passwords/root";

  nix.settings.experimental-features = [
    "nix-command"
    "flakes"
  ];

  # The release whose defaults this system's data was made with. It stays as it is when
  # the system is upgraded.
  system.stateVersion = "26.05";
}
