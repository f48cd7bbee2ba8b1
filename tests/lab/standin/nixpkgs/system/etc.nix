# /etc of the running system, over the userland's own.
{ config, lib, pkgs, artifacts, tables, self }:
let
  inherit (lib) concatStringsSep mapAttrsToList optionalAttrs optionalString;
  sshd = config.services.openssh;
  unitsOf = more: import ./units.nix ({
    inherit lib;
    scriptsDir = "${self}/etc/systemd/scripts";
    defaultPath = with pkgs; [ coreutils findutils gnugrep gnused systemd ];
  } // more);
  units = unitsOf { known = artifacts.userlandUnits; } config.systemd;
  userUnits = unitsOf { known = [ ]; where = "systemd/user"; } config.systemd.user;

  files = lib.filterAttrs (_: f: f.enable) config.environment.etc;
  texts = lib.filterAttrs (_: f: f.text != null) files;
  sources = lib.filterAttrs (_: f: f.text == null && f.source != null) files;

  sshValue = v: if builtins.isBool v then (if v then "yes" else "no") else if builtins.isList v then concatStringsSep "," v else toString v;
  off = [ "ssh.service" "ssh.socket" ];
  # nixos/modules/config/nix-channel.nix
  channels = lib.optional config.nix.channel.enable "f /root/.nix-channels - - - - https://channels.nixos.org/nixos-${config.system.stateVersion} nixos\\n";
in
{
  inherit (units) executables;
  files = units.files // userUnits.files // {
    fstab = tables.fstab;
    hostname = config.networking.hostName + "\n";
    hosts = "127.0.0.1 localhost\n::1 localhost\n127.0.0.2 ${config.networking.hostName}\n";
    "locale.conf" = "LANG=${config.i18n.defaultLocale}\n"
      + concatStringsSep "" (mapAttrsToList (n: v: "${n}=${v}\n") config.i18n.extraLocaleSettings);
    "vconsole.conf" = import ./vconsole.nix { inherit config lib; };
    os-release = ''
      ID=nixos
      ID_LIKE=debian
      NAME=NixOS
      PRETTY_NAME="NixOS ${config.system.stateVersion} (stand-in)"
      VERSION_ID="${config.system.stateVersion}"
    '';
    "sysctl.d/60-nixos.conf" = concatStringsSep "" (mapAttrsToList (n: v: optionalString (v != null) "${n}=${if builtins.isBool v then (if v then "1" else "0") else toString v}\n") config.boot.kernel.sysctl);
    "tmpfiles.d/00-nixos.conf" = concatStringsSep "\n" (config.systemd.tmpfiles.rules ++ channels) + "\n" + import ./tmpfiles.nix { inherit lib; } config.systemd.tmpfiles.settings;
    # The way in for tests: see the README beside the stand-in.
    "systemd/system/standin-shell.service" = builtins.readFile ./standin-shell.service;
    "systemd/standin-shell" = builtins.readFile ./standin-shell.sh;
  } // optionalAttrs config.security.sudo.enable {
    "sudoers.d/nixos" = "%wheel ALL=(ALL:ALL) ${optionalString (!config.security.sudo.wheelNeedsPassword) "NOPASSWD: "}SETENV: ALL\n${config.security.sudo.extraConfig}";
  } // optionalAttrs sshd.enable {
    "ssh/sshd_config.d/10-nixos.conf" =
      lib.concatMapStrings (p: "Port ${toString p}\n") sshd.ports
      + lib.concatMapStrings (k: "HostKey ${k.path}\n") sshd.hostKeys
      + concatStringsSep "" (mapAttrsToList (n: v: "${n} ${sshValue v}\n") sshd.settings)
      + sshd.extraConfig;
  } // lib.mapAttrs' (_: f: lib.nameValuePair f.target f.text) texts;

  links = units.links // userUnits.links // lib.mapAttrs' (_: f: lib.nameValuePair f.target "${f.source}") sources // {
    "systemd/system/default.target" = "/usr/lib/systemd/system/multi-user.target";
    "systemd/system/getty.target.wants/console-getty.service" = "/usr/lib/systemd/system/console-getty.service";
    # One login on the console: the generator would start a second on a serial one.
    "systemd/system/serial-getty@ttyS0.service" = "/dev/null";
    "systemd/system/sysinit.target.wants/standin-shell.service" = "../standin-shell.service";
  } // optionalAttrs (config.time.timeZone != null) {
    localtime = "/usr/share/zoneinfo/${config.time.timeZone}";
  } // (if sshd.enable
  then { "systemd/system/multi-user.target.wants/ssh.service" = "/usr/lib/systemd/system/ssh.service"; }
  else lib.genAttrs (map (u: "systemd/system/${u}") off) (_: "/dev/null"));
}
