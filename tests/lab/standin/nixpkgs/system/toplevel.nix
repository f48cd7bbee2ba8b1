# The system as one store path: etc/, the scripts that prepare a root, the segment of the
# initrd that depends on the configuration, and links to what was prepared beforehand.
{ config, lib, pkgs, artifacts, specialisations }:
let
  inherit (lib) concatStringsSep optionalString;
  inherit (artifacts) paths;
  self = builtins.placeholder "out";
  tables = import ./tables.nix { inherit config lib; };
  initrd = import ./initrd.nix { inherit config lib pkgs artifacts tables; };
  etc = import ./etc.nix { inherit config lib pkgs artifacts tables self; };
  activation = import ./activation.nix { inherit config lib; };

  fill = names: values: file: builtins.replaceStrings (map (n: "@${n}@") names) values (builtins.readFile file);
  boot = config.boot.loader.systemd-boot;
in
derivation {
  name = "nixos-system-${config.networking.hostName}-${config.system.stateVersion}";
  system = "x86_64-linux";
  __structuredAttrs = true;
  builder = "${paths.builder}/bin/bash";
  args = [ "-euo" "pipefail" ./build.sh ];
  tools = "${paths.builder}/bin";

  files = lib.mapAttrs' (n: v: lib.nameValuePair "etc/${n}" v) etc.files // {
    activate = fill [ "system" "snippets" ] [ self activation.snippets ] ./activate.sh;
    prepare-root = fill [ "system" ] [ self ] ./prepare-root.sh;
    mount-userland = builtins.readFile ./mount-userland.sh;
    "bin/switch-to-configuration" = fill
      [ "esp" "timeout" "editor" "consoleMode" ]
      [
        config.boot.loader.efi.efiSysMountPoint
        (optionalString (config.boot.loader.timeout != null) "timeout ${toString config.boot.loader.timeout}\n")
        (optionalString (!boot.editor) "editor 0\n")
        boot.consoleMode
      ] ./switch-to-configuration.sh;
    nixos-version = config.system.stateVersion;
    kernel-params = concatStringsSep " " (config.boot.kernelParams
      ++ [ "root=${config.boot.initrd.systemd.root}" "loglevel=${toString config.boot.consoleLogLevel}" ]
      ++ lib.optional (config.boot.resumeDevice != "") "resume=${config.boot.resumeDevice}");
    inherit (activation) users groups;
  };
  executables = map (n: "etc/${n}") etc.executables ++ [ "activate" "prepare-root" "mount-userland" "bin/switch-to-configuration" ];
  links = lib.mapAttrs' (n: v: lib.nameValuePair "etc/${n}" v) etc.links // {
    init = "/usr/lib/systemd/systemd";
    "sw/bin" = "/usr/bin";
    userland = "${paths.userland}";
    "kernels/uml" = "${paths.kernel-uml}";
    "kernels/debian" = "${paths.kernel-debian}";
  } // lib.mapAttrs' (n: system: lib.nameValuePair "specialisation/${n}" "${system}") specialisations;

  initrdFiles = initrd.files;
  initrdExecutables = initrd.executables;
  initrdLinks = initrd.links;
}
