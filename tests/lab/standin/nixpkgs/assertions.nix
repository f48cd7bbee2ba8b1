# What NixOS refuses, or warns of, in the options that an installer writes. Each entry names the
# module of nixpkgs it stands for.
{ config, lib, ... }:
let
  inherit (lib) any attrValues concatMap filter hasPrefix length mapAttrsToList optional;
  cfg = config.boot.initrd;
  inherit (config) users fileSystems swapDevices;

  passwordOptions = u: filter (n: u.${n} != null)
    [ "hashedPassword" "password" "hashedPasswordFile" "initialHashedPassword" "initialPassword" ];
  mayLogIn = u: passwordOptions u != [ ] || u.openssh.authorizedKeys.keys != [ ] || u.openssh.authorizedKeys.keyFiles != [ ];
  # A password file counts as a password for the check of mutableUsers = false, an empty hash doesn't.
  isAdmin = name: u: name == "root" || lib.elem "wheel" u.extraGroups || lib.elem name users.groups.wheel.members;

  underLuks = fs: any (d: fs.device == d) (concatMap (d: [ d.device ]) (attrValues cfg.luks.devices));

  # boot/systemd/initrd.nix, luksroot.nix
  scripted = lib.mapAttrsToList
    (name: text: {
      assertion = !cfg.systemd.enable || text == "";
      message = "systemd stage 1 does not support 'boot.initrd.${name}'. Please convert it to analogous systemd units in 'boot.initrd.systemd'.";
    })
    { inherit (cfg) preFailCommands preDeviceCommands preLVMCommands postDeviceCommands postResumeCommands postMountCommands extraUdevRulesCommands extraUtilsCommands extraUtilsCommandsTest; "network.postCommands" = cfg.network.postCommands; };
  luks = concatMap
    (d: lib.optionals cfg.systemd.enable [
      { assertion = d.preLVM; message = "boot.initrd.luks.devices.${d.name}.preLVM is not used by systemd stage 1."; }
      { assertion = !d.fallbackToPassword; message = "boot.initrd.luks.devices.${d.name}.fallbackToPassword is implied by systemd stage 1."; }
      { assertion = d.preOpenCommands == "" && d.postOpenCommands == ""; message = "boot.initrd.luks.devices.${d.name}.{pre,post}OpenCommands is not supported by systemd stage 1. Please bind a service to cryptsetup.target or cryptsetup-pre.target instead."; }
    ])
    (attrValues cfg.luks.devices);

  # tasks/filesystems.nix
  filesystems = [
    { assertion = fileSystems ? "/"; message = "The ‘fileSystems’ option does not specify your root file system."; }
  ] ++ mapAttrsToList
    (path: fs: { assertion = fs.device != null || fs.label != null; message = "The file system ‘${path}’ has neither a device nor a label."; })
    fileSystems
  # Release notes of 26.05: by-uuid times out while the prompt waits.
  ++ mapAttrsToList
    (path: fs: {
      assertion = cfg.luks.devices == { } || !(lib.elem path [ "/" "/nix" "/home" "/persist" "/var/log" ]) || fs.fsType != "btrfs" || hasPrefix "/dev/mapper/" fs.device;
      message = "fileSystems.\"${path}\".device is ‘${toString fs.device}’: a filesystem on a LUKS device must name it as /dev/mapper/NAME.";
    })
    fileSystems
  ++ mapAttrsToList
    (path: fs: { assertion = !(underLuks fs); message = "fileSystems.\"${path}\".device is the encrypted partition itself."; })
    fileSystems
  ++ mapAttrsToList
    (path: fs: {
      assertion = !(hasPrefix "/dev/mapper/" (toString fs.device)) || cfg.luks.devices ? ${lib.removePrefix "/dev/mapper/" (toString fs.device)};
      message = "fileSystems.\"${path}\".device is ‘${toString fs.device}’, which no boot.initrd.luks.devices opens.";
    })
    fileSystems;

  # config/swap.nix
  swap = concatMap
    (s: lib.optionals s.randomEncryption.enable [
      {
        assertion = !(hasPrefix "/dev/disk/by-uuid" s.device || hasPrefix "/dev/disk/by-label" s.device);
        message = "swapDevices: ${s.device} is encrypted with a random key, and its UUID and label are lost at every boot: use by-partuuid (or by-partlabel).";
      }
      { assertion = config.boot.resumeDevice == ""; message = "boot.resumeDevice is set, but swap on ${s.device} is encrypted with a random key: it can't hold a hibernated system."; }
    ])
    swapDevices;

  # config/users-groups.nix
  accounts = [
    {
      assertion = users.mutableUsers || users.allowNoPasswordLogin || any (n: isAdmin n users.users.${n} && mayLogIn users.users.${n}) (lib.attrNames users.users);
      message = "Neither the root account nor any wheel user has a password or SSH authorized key. You must set one to prevent being locked out of your system. If you really want to be locked out of your system, set users.allowNoPasswordLogin = true;";
    }
  ] ++ concatMap
    (u: [
      {
        assertion = u.name == "root" || u.isSystemUser != u.isNormalUser;
        message = "Exactly one of users.users.${u.name}.isSystemUser and users.users.${u.name}.isNormalUser must be set.";
      }
      { assertion = u.group != ""; message = "users.users.${u.name}.group is unset. This used to default to nogroup, but this is unsafe. For example you can create a group for this user with: users.users.${u.name}.group = \"${u.name}\"; users.groups.${u.name} = {};"; }
    ])
    (attrValues users.users);

  # system/boot/loader
  loader = [
    {
      assertion = config.boot.loader.systemd-boot.enable || config.boot.loader.grub.enable || config.boot.lanzaboote.enable;
      message = "No boot loader is enabled.";
    }
    { assertion = !(config.boot.loader.systemd-boot.enable && config.boot.loader.grub.enable); message = "Two boot loaders are enabled."; }
    {
      assertion = !config.boot.loader.systemd-boot.enable || fileSystems ? ${config.boot.loader.efi.efiSysMountPoint};
      message = "boot.loader.efi.efiSysMountPoint is ‘${config.boot.loader.efi.efiSysMountPoint}’, which fileSystems does not mount.";
    }
  ];

  network = [
    { assertion = !(config.networking.networkmanager.enable && config.networking.wireless.enable); message = "You can not use networking.networkmanager with networking.wireless. Except if you mark some interfaces as <literal>unmanaged</literal> by NetworkManager."; }
  ];

  inherit (config.services) displayManager xserver;
  managers = filter (name: { inherit (displayManager) gdm sddm; inherit (xserver.displayManager) lightdm; }.${name}.enable) [ "gdm" "sddm" "lightdm" ];
  desktop = [
    # services/desktops/flatpak.nix
    { assertion = config.services.flatpak.enable -> config.xdg.portal.enable; message = "To use Flatpak you must enable XDG Desktop Portals with xdg.portal.enable."; }
    # config/xdg/portal.nix
    { assertion = config.xdg.portal.enable -> config.xdg.portal.extraPortals != [ ]; message = "Setting xdg.portal.enable to true requires a portal implementation in xdg.portal.extraPortals such as xdg-desktop-portal-gtk or xdg-desktop-portal-kde."; }
    # services/display-managers/sddm.nix
    { assertion = displayManager.sddm.enable -> xserver.enable || displayManager.sddm.wayland.enable; message = "SDDM requires either services.xserver.enable or services.displayManager.sddm.wayland.enable to be true"; }
    # services/x11/display-managers/lightdm.nix
    { assertion = xserver.displayManager.lightdm.enable -> xserver.enable; message = "LightDM requires services.xserver.enable to be true"; }
    # services/display-managers/default.nix
    { assertion = displayManager.autoLogin.enable -> displayManager.autoLogin.user != null; message = "services.displayManager.autoLogin.enable requires services.displayManager.autoLogin.user to be set"; }
    # Their commands are one option's conflicting definitions.
    { assertion = length managers < 2; message = "Two display managers are enabled: ${lib.concatStringsSep ", " managers}."; }
    # services/desktops/pipewire/pipewire.nix
    { assertion = config.services.pipewire.pulse.enable -> !config.services.pulseaudio.enable; message = "Using PipeWire as the sound server conflicts with PulseAudio. This option requires `services.pulseaudio.enable` to be set to false"; }
  ];
in
{
  assertions = scripted ++ luks ++ filesystems ++ swap ++ accounts ++ loader ++ network ++ desktop;
  warnings = concatMap
    (u: optional (length (passwordOptions u) > 1) "The user '${u.name}' has multiple of the options `${lib.concatStringsSep "`, `" (passwordOptions u)}` set to a non-null value.")
    (attrValues users.users);
}
