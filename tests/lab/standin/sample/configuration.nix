{ pkgs, ... }:

{
  imports = [
    ./hardware-configuration.nix
    ./disk.nix
    ./persistence.nix
  ];

  boot.loader = {
    systemd-boot = {
      enable = true;
      editor = false;
      configurationLimit = 10;
    };
    efi.canTouchEfiVariables = true;
  };

  networking.hostName = "sample";
  networking.networkmanager.enable = true;
  time.timeZone = "Europe/Berlin";
  i18n.defaultLocale = "de_DE.UTF-8";
  console.keyMap = "de";

  users.mutableUsers = false;
  users.users.alice = {
    isNormalUser = true;
    description = "Alice";
    extraGroups = [ "wheel" "networkmanager" ];
    hashedPasswordFile = "/persist/passwords/alice";
  };

  services.openssh.enable = true;
  environment.systemPackages = with pkgs; [ git vim ];

  system.stateVersion = "26.05";
}
