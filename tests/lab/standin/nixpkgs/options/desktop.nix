# What the desktops' modules turn on by themselves, so that a configuration is seen to need no more
# than it says. Nothing of it starts here.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkDefault mkIf mkMerge;
  inherit (config) services;
  isGraphical = services.xserver.enable || lib.any (m: m.enable) (lib.attrValues { inherit (services.displayManager) gdm sddm; });
in
{
  config = mkMerge [
    # config/console.nix
    (mkIf config.console.useXkbConfig { console.keyMap = "/nix/store/xkb-console-keymap"; })
    # services/misc/graphical-desktop.nix
    (mkIf isGraphical {
      services.pipewire = { enable = mkDefault true; pulse.enable = mkDefault true; alsa.enable = mkDefault true; };
    })
    # services/desktop-managers/gnome.nix
    (mkIf services.desktopManager.gnome.enable {
      hardware.bluetooth.enable = mkDefault true;
      security.polkit.enable = true;
      security.rtkit.enable = mkDefault true;
      networking.networkmanager.enable = mkDefault true;
      services.udisks2.enable = true;
      xdg.portal = { enable = true; extraPortals = [ pkgs.xdg-desktop-portal-gnome pkgs.xdg-desktop-portal-gtk ]; };
    })
    # services/desktop-managers/plasma6.nix
    (mkIf services.desktopManager.plasma6.enable {
      services.udisks2.enable = true;
      services.displayManager.sddm.wayland.enable = mkDefault true;
      xdg.portal = { enable = true; extraPortals = [ pkgs.xdg-desktop-portal-gtk ]; };
    })
    # services/x11/desktop-managers/xfce.nix
    (mkIf services.xserver.desktopManager.xfce.enable {
      security.polkit.enable = true;
      services.udisks2.enable = true;
    })
  ];
}
