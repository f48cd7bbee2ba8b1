# environment, i18n, networking, nix, security, system, systemd, time and the rest that a
# generated or a person's own configuration may set. A service that only has to exist
# for the values to be read has its `enable` here and no effect.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  opt = type: default: mkOption { inherit type default; };
  flag = opt types.bool false;
  on = opt types.bool true;
  any = opt types.anything { };
  strings = opt (types.listOf types.str) [ ];
  packages = opt (types.listOf types.package) [ ];
  maybe = t: opt (types.nullOr t) null;
  enable = { enable = flag; };
  units = import ./units.nix { inherit lib; };

  etcFile = { name, ... }: {
    options = {
      enable = on; target = opt types.str name;
      text = maybe types.lines; source = maybe types.path;
      mode = opt types.str "symlink"; user = opt types.str "+0"; group = opt types.str "+0";
    };
  };
  hostKey = types.submodule { options = { path = mkOption { type = types.str; }; type = mkOption { type = types.str; }; bits = maybe types.int; rounds = maybe types.int; comment = opt types.str ""; }; };
  desktop = { enable = flag; extraPackages = packages; };
in
{
  options = {
    assertions = opt (types.listOf types.raw) [ ];
    warnings = strings;
    meta = any;

    environment = {
      systemPackages = packages; defaultPackages = packages;
      etc = opt (types.attrsOf (types.submodule etcFile)) { };
      variables = any; sessionVariables = any; shellAliases = any; pathsToLink = strings;
      gnome.excludePackages = packages; plasma6.excludePackages = packages; cosmic.excludePackages = packages;
      xfce.excludePackages = packages;
    };
    i18n = {
      defaultLocale = opt types.str "en_US.UTF-8";
      extraLocales = opt (types.either (types.listOf types.str) (types.enum [ "all" ])) [ ];
      extraLocaleSettings = opt (types.attrsOf types.str) { };
      supportedLocales = strings;
      defaultCharset = opt types.str "UTF-8";
      inputMethod = { enable = flag; type = maybe types.str; ibus.engines = packages; };
    };
    networking = {
      hostName = opt (types.strMatching "$^|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?") "nixos";
      domain = maybe types.str; hostId = maybe types.str;
      useDHCP = on; useNetworkd = flag; dhcpcd.enable = on; enableIPv6 = on;
      interfaces = opt (types.attrsOf types.anything) { };
      networkmanager = { enable = flag; wifi = any; plugins = packages; };
      wireless = { enable = flag; iwd.enable = flag; userControlled = any; networks = any; };
      firewall = { enable = on; allowedTCPPorts = opt (types.listOf types.port) [ ]; allowedUDPPorts = opt (types.listOf types.port) [ ]; allowPing = on; };
      nameservers = strings; timeServers = strings; extraHosts = opt types.lines ""; proxy = any;
    };
    nix = {
      enable = on; package = maybe types.package;
      settings = opt (types.attrsOf types.anything) { };
      gc = { automatic = flag; dates = opt (types.either types.str (types.listOf types.str)) "03:15"; options = opt types.str ""; persistent = on; };
      optimise = { automatic = flag; dates = opt (types.either types.str (types.listOf types.str)) [ "03:45" ]; };
      extraOptions = opt types.lines ""; channel.enable = on; registry = any; nixPath = strings;
    };
    nixpkgs = { hostPlatform = opt types.raw { }; buildPlatform = opt types.raw { }; config = any; overlays = opt (types.listOf types.raw) [ ]; };
    security = {
      sudo = { enable = on; wheelNeedsPassword = on; extraRules = opt (types.listOf types.anything) [ ]; extraConfig = opt types.lines ""; };
      polkit = { enable = flag; extraConfig = opt types.lines ""; enablePkexecWrapper = flag; };
      rtkit = enable; apparmor = enable; pam = any; tpm2 = { enable = flag; pkcs11.enable = flag; };
    };
    system = {
      stateVersion = opt (types.strMatching "[0-9]{2}\\.[0-9]{2}") "26.05";
      autoUpgrade = any; copySystemConfiguration = flag; rebuild = any; nixos = any; name = maybe types.str;
      # Read-only results, in the place where nixos-install looks for them.
      build = opt (types.attrsOf types.raw) { };
    };
    systemd = {
      inherit (units) services timers paths sockets targets mounts automounts;
      tmpfiles = { rules = strings; settings = opt (types.attrsOf types.anything) { }; };
      user = { inherit (units) services timers paths; };
      settings.Manager = any; coredump.enable = on; oomd.enable = on; network.enable = flag; sleep.extraConfig = opt types.lines "";
      packages = packages; suppressedSystemUnits = strings; enableEmergencyMode = on;
    };
    time = { timeZone = maybe types.str; hardwareClockInLocalTime = flag; };
    services = {
      openssh = {
        enable = flag; startWhenNeeded = flag; openFirewall = on; ports = opt (types.listOf types.port) [ 22 ];
        settings = opt (types.attrsOf types.anything) { };
        extraConfig = opt types.lines ""; authorizedKeysInHomedir = on;
        hostKeys = opt (types.listOf hostKey) [
          { type = "rsa"; bits = 4096; path = "/etc/ssh/ssh_host_rsa_key"; }
          { type = "ed25519"; path = "/etc/ssh/ssh_host_ed25519_key"; }
        ];
      };
      btrfs.autoScrub = { enable = flag; interval = opt types.str "monthly"; fileSystems = strings; };
      fstrim = { enable = on; interval = opt types.str "weekly"; };
      timesyncd = any; resolved = any; journald = any; udev = any; dbus = any; logind = any; getty = any;
      xserver = {
        enable = flag; videoDrivers = strings; excludePackages = packages;
        xkb = { layout = opt types.str "us"; variant = opt types.str ""; options = opt types.commas ""; model = opt types.str "pc104"; };
        desktopManager = { xfce = desktop; mate = desktop; cinnamon = desktop; lxqt = desktop; budgie = desktop; pantheon = desktop; };
        displayManager.lightdm.enable = flag;
        windowManager.i3 = desktop;
      };
      desktopManager = { gnome = desktop; plasma6 = desktop; cosmic = desktop; lomiri = desktop; };
      displayManager = { gdm.enable = flag; sddm = { enable = flag; wayland.enable = flag; }; cosmic-greeter.enable = flag; ly.enable = flag; autoLogin = { enable = flag; user = maybe types.str; }; };
      pipewire = { enable = flag; pulse.enable = flag; alsa = { enable = flag; support32Bit = flag; }; jack.enable = flag; };
      pulseaudio.enable = flag; printing = { enable = flag; drivers = packages; }; avahi = any; libinput.enable = flag;
      flatpak.enable = flag; fwupd.enable = flag; power-profiles-daemon.enable = flag; upower.enable = flag; tlp.enable = flag;
      udisks2.enable = flag; gvfs.enable = flag; blueman.enable = flag; tailscale.enable = flag; spice-vdagentd.enable = flag; qemuGuest.enable = flag;
      gnome = any; orca.enable = flag; speechd.enable = flag; userborn.enable = flag; snapper = any;
    };
    programs = {
      bash = any; zsh.enable = flag; fish.enable = flag; git = any; firefox.enable = flag; neovim = any; vim = any; nano.enable = on;
      nix-ld.enable = flag; sway.enable = flag; hyprland.enable = flag; niri.enable = flag; dconf.enable = flag; gnupg = any; mtr.enable = flag; steam.enable = flag; fuse.userAllowOther = flag; less = any; nh = any;
    };
    documentation = { enable = on; nixos.enable = on; man.enable = on; };
    fonts = { packages = packages; fontconfig.enable = on; enableDefaultPackages = flag; };
    virtualisation = { docker.enable = flag; podman.enable = flag; libvirtd.enable = flag; fileSystems = any; hypervGuest.enable = flag; virtualbox.guest.enable = flag; };
    xdg = {
      portal = { enable = flag; extraPortals = packages; configPackages = packages; config = any; wlr.enable = flag; xdgOpenUsePortal = flag; };
      autostart = any; icons = any; menus = any; mime = any; sounds = any; terminal-exec = any;
    };
    qt = any; gtk = any;
  };
}
