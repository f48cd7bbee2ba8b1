# The cases of the self-test. A value is { found; expected; }; a refusal is the sample with
# modules added that NixOS would refuse, and part of what is said then.
{ nixpkgs, impermanence, sample, catalogue }:
let
  inherit (nixpkgs) lib;
  inputs.impermanence.nixosModules.impermanence = impermanence;
  system = modules: lib.nixosSystem { specialArgs = { inherit inputs; }; modules = [ (sample + "/configuration.nix") ] ++ modules; };
  config = modules: (system modules).config;
  tables = modules: import (nixpkgs + "/system/tables.nix") { inherit lib; config = config modules; };
  units = modules: import (nixpkgs + "/system/units.nix")
    { inherit lib; known = [ "initrd-parse-etc.service" ]; scriptsDir = "/scripts"; defaultPath = [ ]; }
    (config modules).boot.initrd.systemd;

  is = found: expected: { inherit found expected; };
  timeout = modules: (config modules).boot.loader.timeout;
  groups = modules: (config modules).users.users.alice.extraGroups;
  zone = "Europe/Berlin";

  gnome.services = { displayManager.gdm.enable = true; desktopManager.gnome.enable = true; };
  plasma.services = { displayManager.sddm.enable = true; desktopManager.plasma6.enable = true; };

  # What Snowmelt writes where everything that it knows of is to persist.
  everything.environment.persistence = force (import catalogue).environment.persistence;

  refused = message: modules: { inherit message; run = (config modules).system.build.toplevel.drvPath; };
  force = lib.mkForce;
in
{
  values = {
    "an option's default" = is (timeout [ ]) 5;
    "mkDefault beats the default" = is (timeout [ { boot.loader.timeout = lib.mkDefault 7; } ]) 7;
    "a plain definition beats mkDefault" = is (timeout [ { boot.loader.timeout = lib.mkDefault 7; } { boot.loader.timeout = 8; } ]) 8;
    "mkForce beats a plain definition" = is (timeout [ { boot.loader.timeout = 8; } { boot.loader.timeout = force 9; } ]) 9;
    "equal definitions agree" = is (timeout [ { boot.loader.timeout = 8; } { boot.loader.timeout = 8; } ]) 8;
    "mkIf false defines nothing" = is (timeout [ { boot.loader.timeout = lib.mkIf false 8; } ]) 5;
    "mkIf reads another option" = is (timeout [ ({ config, ... }: { config = lib.mkIf config.services.openssh.enable { boot.loader.timeout = 8; }; }) ]) 8;
    "mkMerge" = is (groups [ { users.users.alice = lib.mkMerge [ { extraGroups = lib.mkAfter [ "a" ]; } (lib.mkIf false { extraGroups = [ "b" ]; }) ]; } ]) [ "wheel" "networkmanager" "a" ];
    "lists concatenate" = is (lib.length (groups [ { users.users.alice.extraGroups = [ "audio" ]; } ])) 3;
    "mkBefore and mkAfter" = is (groups [ { users.users.alice.extraGroups = lib.mkAfter [ "z" ]; } { users.users.alice.extraGroups = lib.mkBefore [ "a" ]; } ]) [ "a" "wheel" "networkmanager" "z" ];
    "a mkForce on a list replaces it" = is (groups [ { users.users.alice.extraGroups = force [ "wheel" ]; } ]) [ "wheel" ];
    "a module that is imported twice counts once" = is (groups [ { imports = [ (sample + "/configuration.nix") ]; } ]) [ "wheel" "networkmanager" ];
    "lines join" = is (config [ { services.openssh.extraConfig = "a"; } { services.openssh.extraConfig = lib.mkBefore "b"; } ]).services.openssh.extraConfig "b\na";
    "modulesPath has what a hardware scan imports" = is (config [ ]).hardware.enableRedistributableFirmware true;

    "the root's line" = is (lib.head (lib.splitString "\n" (tables [ ]).sysrootFstab)) "/dev/mapper/enc / btrfs x-initrd.mount,subvol=root,compress=zstd,noatime 0 0";
    "what stage 1 mounts" = is
      (map (l: lib.elemAt (lib.splitString " " l) 1) (lib.filter (l: l != "") (lib.splitString "\n" (tables [ ]).sysrootFstab)))
      [ "/" "/nix" "/persist" "/var/log" ];
    "persistence that stage 1 mounts" = is
      (units [ ]).files."systemd/system/sysroot-var-lib-nixos.mount"
      "[Unit]\nBefore=initrd-nixos-activation.service\nDefaultDependencies=false\n\n[Mount]\nOptions=bind,x-gvfs-hide\nType=none\nWhat=/sysroot/persist/var/lib/nixos\nWhere=/sysroot/var/lib/nixos\n\n";
    "a suppressed unit is masked" = is (units [ ]).links."systemd/system/systemd-machine-id-commit.service" "/dev/null";
    "the encrypted device" = is (tables [ ]).crypttab "enc /dev/disk/by-partlabel/cryptroot - x-initrd.attach\n";
    "discards and work queues" = is (tables [ { boot.initrd.luks.devices.enc = { allowDiscards = true; bypassWorkqueues = true; }; } ]).crypttab
      "enc /dev/disk/by-partlabel/cryptroot - x-initrd.attach,discard,no-read-workqueue,no-write-workqueue\n";
    "random-key swap has a mapped device" = is (lib.head (config [ ]).swapDevices).realDevice "/dev/mapper/dev-disk-byx2dpartlabel-swap";
    "a space in a mount point" = is
      (lib.any (lib.hasPrefix "/dev/mapper/enc /srv/a\\040b btrfs ")
        (lib.splitString "\n" (tables [ { fileSystems."/srv/a b" = { device = "/dev/mapper/enc"; fsType = "btrfs"; }; } ]).fstab))
      true;

    "systemd's escaping of paths" = is (map lib.systemd.escapePath [ "/" "/dev/mapper/my-enc" "/var//lib/a b" "/.hidden/x" ]) [ "-" "dev-mapper-my\\x2denc" "var-lib-a\\x20b" "\\x2ehidden-x" ];
    "a script runs under set -e" = is (lib.hasPrefix "#!/bin/bash\nset -e\n\nmkdir -p /btrfs\n" (units [ ]).files."systemd/scripts/rollback-start") true;
    "stage 1 has no default PATH" = is (builtins.match ".*Environment=.*" (units [ ]).files."systemd/system/rollback.service" != null) false;
    "a unit's path is its PATH" = is
      (builtins.match ".*Environment=\"PATH=/nix/store/[a-z0-9]*-gnugrep/bin:/nix/store/[a-z0-9]*-gnugrep/sbin\".*"
        (units [ ({ pkgs, ... }: { boot.initrd.systemd.services.rollback.path = [ pkgs.gnugrep ]; }) ]).files."systemd/system/rollback.service" != null)
      true;
    "units are enabled by links" = is (units [ ]).links."systemd/system/initrd.target.requires/rollback.service" "../rollback.service";
    "a unit of systemd's own gets a drop-in" = is ((units [ ]).files ? "systemd/system/initrd-parse-etc.service.d/overrides.conf") true;
    "a desktop brings sound" = is (config [ gnome ]).services.pipewire.pulse.enable true;
    "GNOME brings Bluetooth and portals" = is (with config [ gnome ]; [ hardware.bluetooth.enable xdg.portal.enable ]) [ true true ];
    "Plasma's login screen needs no X server" = is (config [ plasma ]).services.displayManager.sddm.wayland.enable true;
    "everything in Snowmelt's catalogue can persist at once" = is (builtins.isString (config [ everything ]).system.build.toplevel.drvPath) true;
    "and each of its directories is mounted" = is
      (lib.length (config [ everything ]).systemd.mounts)
      (lib.length (import catalogue).environment.persistence."/persist".directories);
    "two password options warn" = is (lib.length (config [ { users.users.alice.initialPassword = "x"; } ]).warnings) 1;
  };

  refusals = {
    "an option that does not exist" = refused "The option `services.opensh' does not exist." [ { services.opensh.enable = true; } ];
    "an option that does not exist in a submodule" = refused "The option `fileSystems.\"/\".mountOptions' does not exist." [ { fileSystems."/".mountOptions = [ ]; } ];
    "a unit's attribute that does not exist" = refused "The option `boot.initrd.systemd.services.rollback.scripts' does not exist." [ { boot.initrd.systemd.services.rollback.scripts = ""; } ];
    "restart triggers in stage 1" = refused "restartTriggers' does not exist." [ { boot.initrd.systemd.services.rollback.restartTriggers = [ ]; } ];
    "a value of the wrong type" = refused "is not of type `null or signed integer'" [ { boot.loader.timeout = "5"; } ];
    "definitions in conflict" = refused "The option `time.timeZone' has conflicting definition values:" [ { time.timeZone = "Asia/Tokyo"; } ];
    "definitions beside config" = refused "has an unsupported attribute `time'" [ { config = { }; time.timeZone = force zone; } ];
    "a filesystem without a type" = refused "The option `fileSystems.\"/srv\".fsType' was accessed but has no value defined." [ { fileSystems."/srv".device = "/dev/mapper/enc"; } ];
    "a host name with a dot" = refused "A definition for option `networking.hostName' is not of type" [ { networking.hostName = force "a.b"; } ];
    "a state version of one digit" = refused "A definition for option `system.stateVersion'" [ { system.stateVersion = force "26.5"; } ];

    "commands of the scripted stage 1" = refused "systemd stage 1 does not support 'boot.initrd.postDeviceCommands'" [ { boot.initrd.postDeviceCommands = "true"; } ];
    "opening commands of LUKS" = refused "OpenCommands is not supported by systemd stage 1" [ { boot.initrd.luks.devices.enc.postOpenCommands = "true"; } ];
    "a missing root" = refused "does not specify your root file system" [ { fileSystems = force { }; environment.persistence = force { }; } ];
    "a root by UUID on LUKS" = refused "a filesystem on a LUKS device must name it as /dev/mapper/NAME" [ { fileSystems."/".device = force "/dev/disk/by-uuid/0000"; } ];
    "a mapped device that nothing opens" = refused "which no boot.initrd.luks.devices opens" [ { fileSystems."/home".device = force "/dev/mapper/encc"; } ];
    "random-key swap by UUID" = refused "use by-partuuid" [ { swapDevices = force [ { device = "/dev/disk/by-uuid/0000"; randomEncryption.enable = true; } ]; } ];
    "hibernation to random-key swap" = refused "it can't hold a hibernated system" [ { boot.resumeDevice = "/dev/disk/by-partlabel/swap"; } ];
    "nobody who can log in" = refused "Neither the root account nor any wheel user has a password" [ { users.users.alice.hashedPasswordFile = force null; } ];
    "an administrator outside of wheel" = refused "Neither the root account nor any wheel user has a password" [ { users.users.alice.extraGroups = force [ ]; } ];
    "a user of two kinds" = refused "Exactly one of users.users.alice.isSystemUser" [ { users.users.alice.isSystemUser = force true; } ];
    "no boot loader" = refused "No boot loader is enabled." [ { boot.loader.systemd-boot.enable = force false; } ];
    "two kinds of wireless networks" = refused "You can not use networking.networkmanager with networking.wireless." [ { networking.wireless.enable = true; } ];
    "GNOME by its old name" = refused "The option `services.xserver.desktopManager.gnome' does not exist." [ { services.xserver.desktopManager.gnome.enable = true; } ];
    "GDM by its old name" = refused "The option `services.xserver.displayManager.gdm' does not exist." [ { services.xserver.displayManager.gdm.enable = true; } ];
    "Flatpak without portals" = refused "To use Flatpak you must enable XDG Desktop Portals" [ { services.flatpak.enable = true; } ];
    "portals without one" = refused "requires a portal implementation in xdg.portal.extraPortals" [ { xdg.portal.enable = true; } ];
    "SDDM without anything to show it" = refused "SDDM requires either services.xserver.enable" [ { services.displayManager.sddm.enable = true; } ];
    "two display managers" = refused "Two display managers are enabled: gdm, sddm." [ gnome plasma ];
    "automatic login of nobody" = refused "autoLogin.enable requires" [ gnome { services.displayManager.autoLogin.enable = true; } ];
    "a keymap beside a layout" = refused "The option `console.keyMap' has conflicting definition values:" [ { console.useXkbConfig = true; } ];
    "persistence on a filesystem that is mounted late" = refused "All filesystems used for persistent storage must" [ { fileSystems."/persist".neededForBoot = force false; } ];
    "persistence below a filesystem that is mounted late" = refused "All filesystems used for ephemeral storage must" [ { environment.persistence."/persist".users.alice.directories = [ "Music" ]; } ];
    "a directory that persists twice" = refused "The following directories were specified two or more" [ { environment.persistence."/persist".directories = [ "/etc/secureboot" ]; } ];
    "a file that persists twice" = refused "The following files were specified two or more" [ { environment.persistence."/persist".files = [ "/etc/machine-id" ]; } ];
    "an option that impermanence removed" = refused "defaultDirectoryMethod' does not exist" [ { environment.persistence."/persist".defaultDirectoryMethod = "bindfs"; } ];
  };
}
