# The part of the system that NixOS adds by itself: stage 1's own units, swap with a random
# key, host keys for SSH, the activation's order, and the derivation of it all.
{ config, lib, pkgs, extendModules, ... }:
let
  inherit (lib) mkIf mkMerge mkOption types;
  sshd = config.services.openssh;
  failed = map (a: a.message) (lib.filter (a: !a.assertion) config.assertions);
  refused = "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (m: "- ${m}") failed}";
  warned = x: lib.foldl' (acc: w: builtins.trace "evaluation warning: ${w}" acc) x config.warnings;

  toplevel = import ./toplevel.nix { inherit config lib pkgs specialisations; inherit (pkgs) artifacts; };
  # Each is the whole configuration anew with what it adds, as in NixOS.
  specialisations = lib.mapAttrs
    (_: s: (extendModules [ s.configuration { specialisation = lib.mkForce { }; } ]).config.system.build.toplevel)
    config.specialisation;

  randomSwap = lib.filter (s: s.randomEncryption.enable) config.swapDevices;
in
{
  options.specialisation = mkOption {
    default = { };
    type = types.attrsOf (types.submodule { options.configuration = mkOption { type = types.raw; default = { }; }; });
  };
  options.system.activationScripts = mkOption {
    default = { };
    type = types.attrsOf (types.coercedTo types.str (text: { inherit text; }) (types.submodule {
      options = {
        text = mkOption { type = types.lines; default = ""; };
        deps = mkOption { type = types.listOf types.str; default = [ ]; };
        supportsDryActivation = mkOption { type = types.bool; default = false; };
      };
    }));
  };

  config = {
    system.build.toplevel = if failed == [ ] then warned toplevel else throw refused;

    users.groups = mkIf config.networking.networkmanager.enable { networkmanager = { }; };

    # The mount of stage 1 that holds /run/current-system over the change of roots.
    boot.initrd.systemd.mounts = [
      {
        where = "/sysroot/run"; what = "/run"; options = "bind";
        unitConfig.DefaultDependencies = false;
        requiredBy = [ "initrd-fs.target" ]; before = [ "initrd-fs.target" ];
      }
    ];
    boot.initrd.systemd.services = {
      initrd-find-nixos-closure = {
        description = "Find NixOS closure";
        unitConfig = { RequiresMountsFor = "/sysroot/nix/store"; DefaultDependencies = false; };
        before = [ "initrd.target" "shutdown.target" ];
        conflicts = [ "shutdown.target" ];
        requiredBy = [ "initrd.target" ];
        serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
        script = builtins.readFile ./find-closure.sh;
      };
      initrd-nixos-activation = {
        description = "NixOS Activation";
        after = [ "initrd-switch-root.target" ];
        requiredBy = [ "initrd-switch-root.service" ];
        before = [ "initrd-switch-root.service" ];
        unitConfig = { DefaultDependencies = false; AssertPathExists = "/etc/initrd-release"; RequiresMountsFor = [ "/sysroot/run" ]; };
        serviceConfig.Type = "oneshot";
        script = builtins.readFile ./activate-in-initrd.sh;
      };
      # nixos/modules/system/boot/systemd/tmpfiles.nix
      systemd-tmpfiles-setup-sysroot = {
        description = "Create Files and Directories in the Real Root";
        unitConfig.DefaultDependencies = false;
        after = [ "initrd-fs.target" ];
        wantedBy = [ "initrd.target" ];
        before = [ "initrd.target" ];
        serviceConfig = { Type = "oneshot"; RemainAfterExit = true; ExecStart = "systemd-tmpfiles --prefix=/sysroot --create --boot"; SuccessExitStatus = "DATAERR CANTCREAT"; };
      };
      # An empty last argument keeps systemd from looking at init= again.
      initrd-switch-root.serviceConfig.ExecStart = [ "" "systemctl --no-block switch-root /sysroot ''" ];
      # Where the root and its companions are listed; stage 2's own table must not be read here.
      initrd-parse-etc.environment.SYSTEMD_SYSROOT_FSTAB = "/etc/sysroot-fstab";
    };

    systemd.services = mkMerge ([
      # nixos/modules/config/zram.nix, without the generator.
      (mkIf config.zramSwap.enable {
        zram-swap = {
          description = "Swap in compressed memory";
          wantedBy = [ "multi-user.target" ];
          serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
          script = ''
            PATH=/usr/sbin:/usr/bin
            modprobe zram
            # The lab's kernel has one algorithm only.
            echo ${config.zramSwap.algorithm} >/sys/block/zram0/comp_algorithm || true
            read -r _ kib _ </proc/meminfo
            echo $((kib * 1024 * ${toString config.zramSwap.memoryPercent} / 100)) >/sys/block/zram0/disksize
            mkswap /dev/zram0
            swapon --priority ${toString config.zramSwap.priority} /dev/zram0
          '';
        };
      })
      (mkIf sshd.enable {
        sshd-keygen = {
          description = "SSH Host Keys Generation";
          wantedBy = [ "multi-user.target" ];
          before = [ "ssh.service" ];
          serviceConfig.Type = "oneshot";
          path = [ pkgs.openssh ];
          # A key that is kept elsewhere is a link here: it is written through, not replaced.
          script = lib.concatMapStrings
            (k: ''
              if ! [ -s "${k.path}" ]; then
                  if ! [ -h "${k.path}" ]; then
                      rm -f "${k.path}"
                  fi
                  mkdir -p "$(dirname "${k.path}")"
                  ssh-keygen -t "${k.type}" ${lib.optionalString (k.bits != null) "-b ${toString k.bits}"} -f "${k.path}" -N ""
              fi
            '')
            sshd.hostKeys;
        };
      })
    ] ++ map
      (s: {
        "mkswap-${s.deviceName}" = {
          description = "Initialisation of swap device ${s.device}";
          wantedBy = [ "${lib.systemd.escapePath s.realDevice}.swap" ];
          before = [ "${lib.systemd.escapePath s.realDevice}.swap" "shutdown.target" ];
          after = [ "${lib.systemd.escapePath s.device}.device" ];
          requires = [ "${lib.systemd.escapePath s.device}.device" ];
          conflicts = [ "shutdown.target" ];
          path = [ pkgs.util-linux pkgs.cryptsetup ];
          environment.DEVICE = s.device;
          script = ''
            cryptsetup plainOpen -c ${s.randomEncryption.cipher} -d ${s.randomEncryption.source} ${lib.concatStringsSep " " (
              lib.optional s.randomEncryption.allowDiscards "--allow-discards"
              ++ lib.optional (s.randomEncryption.keySize != null) "--key-size=${toString s.randomEncryption.keySize}"
              ++ lib.optional (s.randomEncryption.sectorSize != null) "--sector-size=${toString s.randomEncryption.sectorSize}"
            )} ${s.device} ${s.deviceName}
            mkswap ${s.realDevice}
          '';
          unitConfig = { RequiresMountsFor = [ (dirOf s.device) ]; DefaultDependencies = false; };
          serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
          preStop = "cryptsetup close ${s.deviceName} || true";
        };
      })
      randomSwap);
  };
}
