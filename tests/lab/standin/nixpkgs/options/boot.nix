# boot.*, console.* and what else the boot reads.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  opt = type: default: mkOption { inherit type default; };
  flag = opt types.bool false;
  strings = opt (types.listOf types.str) [ ];
  units = import ./units.nix { inherit lib; };
  # A set of names, given as a list or as name = bool.
  nameSet = opt (types.coercedTo (types.listOf types.str) (xs: lib.genAttrs xs (_: true)) (types.attrsOf types.bool)) { };

  luksDevice = { name, ... }: {
    options = {
      name = opt types.str name;
      device = mkOption { type = types.path; };
      allowDiscards = flag;
      bypassWorkqueues = flag;
      header = opt (types.nullOr types.str) null;
      keyFile = opt (types.nullOr types.str) null;
      keyFileSize = opt (types.nullOr types.int) null;
      keyFileOffset = opt (types.nullOr types.int) null;
      keyFileTimeout = opt (types.nullOr types.int) null;
      preLVM = opt types.bool true;
      fallbackToPassword = flag;
      tryEmptyPassphrase = flag;
      preOpenCommands = opt types.lines "";
      postOpenCommands = opt types.lines "";
      crypttabExtraOpts = strings;
    };
  };
in
{
  options.boot = {
    loader = {
      timeout = opt (types.nullOr types.int) 5;
      grub = { enable = flag; device = opt types.str ""; efiSupport = flag; };
      efi = { canTouchEfiVariables = flag; efiSysMountPoint = opt types.str "/boot"; };
      systemd-boot = {
        enable = flag;
        editor = opt types.bool true;
        configurationLimit = opt (types.nullOr types.int) null;
        consoleMode = opt (types.enum [ "0" "1" "2" "5" "auto" "max" "keep" ]) "keep";
        graceful = flag;
        memtest86.enable = flag;
        edk2-uefi-shell.enable = flag;
        extraEntries = opt (types.attrsOf types.lines) { };
        xbootldrMountPoint = opt (types.nullOr types.str) null;
      };
    };
    initrd = {
      enable = opt types.bool true;
      verbose = opt types.bool true;
      availableKernelModules = nameSet;
      kernelModules = nameSet;
      supportedFilesystems = nameSet;
      preFailCommands = opt types.lines ""; preDeviceCommands = opt types.lines ""; preLVMCommands = opt types.lines "";
      postDeviceCommands = opt types.lines ""; postResumeCommands = opt types.lines ""; postMountCommands = opt types.lines "";
      extraUdevRulesCommands = opt types.lines ""; extraUtilsCommands = opt types.lines ""; extraUtilsCommandsTest = opt types.lines "";
      network.postCommands = opt types.lines "";
      network.enable = flag;
      compressor = opt types.str "zstd"; compressorArgs = strings;
      secrets = opt (types.attrsOf (types.nullOr types.path)) { };
      luks = {
        devices = opt (types.attrsOf (types.submodule luksDevice)) { };
        reusePassphrases = opt types.bool true;
        mitigateDMAAttacks = opt types.bool true;
        cryptoModules = strings;
        forceLuksSupportInInitrd = flag;
        fido2Support = flag; gpgSupport = flag; yubikeySupport = flag;
      };
      systemd = {
        # On by default since 26.05.
        enable = opt types.bool true;
        emergencyAccess = opt (types.oneOf [ types.bool (types.nullOr types.passwdEntry) ]) false;
        root = opt (types.nullOr (types.enum [ "fstab" "gpt-auto" ])) "fstab";
        initrdBin = opt (types.listOf types.package) [ ];
        extraBin = opt (types.attrsOf types.path) { };
        storePaths = opt (types.listOf types.anything) [ ];
        contents = opt (types.attrsOf (types.submodule { options = { enable = opt types.bool true; text = opt (types.nullOr types.lines) null; source = opt (types.nullOr types.path) null; }; })) { };
        tmpfiles.settings = opt (types.attrsOf types.anything) { };
        managerEnvironment = opt (types.attrsOf (types.nullOr types.str)) { };
        settings.Manager = opt (types.attrsOf types.anything) { };
        suppressedUnits = strings; additionalUpstreamUnits = strings;
        tpm2.enable = opt types.bool true; fido2.enable = opt types.bool true; dmVerity.enable = flag;
        services = units.initrdServices;
        inherit (units) targets mounts automounts timers paths sockets;
      };
    };
    kernelModules = nameSet;
    extraModulePackages = opt (types.listOf types.package) [ ];
    extraModprobeConfig = opt types.lines "";
    blacklistedKernelModules = strings;
    kernelPackages = opt types.raw { };
    kernelParams = strings;
    kernel.sysctl = opt (types.attrsOf (types.nullOr (types.oneOf [ types.bool types.int types.str ]))) { };
    consoleLogLevel = opt types.int 4;
    supportedFilesystems = nameSet;
    resumeDevice = opt types.str "";
    tmp = { useTmpfs = flag; cleanOnBoot = flag; tmpfsSize = opt (types.either types.str types.int) "50%"; };
    plymouth.enable = flag;
    swraid.enable = flag;
    isContainer = flag;
    lanzaboote = { enable = flag; pkiBundle = opt types.str ""; };
  };
  options.console = {
    enable = opt types.bool true;
    keyMap = opt (types.either types.path types.str) "us";
    font = opt (types.nullOr (types.either types.str types.path)) null;
    useXkbConfig = flag;
    earlySetup = flag;
    colors = strings;
    packages = opt (types.listOf types.package) [ ];
  };
  options.powerManagement = { enable = opt types.bool true; cpuFreqGovernor = opt (types.nullOr types.str) null; powertop.enable = flag; };
  options.hardware = {
    enableRedistributableFirmware = flag; enableAllFirmware = flag;
    cpu.intel.updateMicrocode = flag; cpu.amd.updateMicrocode = flag;
    bluetooth = { enable = flag; powerOnBoot = opt types.bool true; };
    graphics.enable = flag;
    firmware = opt (types.listOf types.package) [ ];
  };
}
