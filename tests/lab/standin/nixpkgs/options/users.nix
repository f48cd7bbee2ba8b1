# users.*.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  opt = type: default: mkOption { inherit type default; };
  flag = opt types.bool false;
  maybe = t: opt (types.nullOr t) null;
  name = types.strMatching "[a-zA-Z0-9_.][a-zA-Z0-9_.-]*[$]?";

  user = { name, config, ... }: {
    options = {
      enable = opt types.bool true;
      name = opt types.passwdEntry name;
      description = opt types.passwdEntry "";
      uid = maybe types.int;
      isSystemUser = flag;
      isNormalUser = flag;
      group = mkOption { type = types.str; default = ""; };
      extraGroups = opt (types.listOf types.str) [ ];
      home = opt types.path "/var/empty";
      homeMode = opt (types.strMatching "[0-7]{1,5}") "700";
      createHome = flag;
      shell = maybe (types.either types.package types.path);
      useDefaultShell = flag;
      ignoreShellProgramCheck = flag;
      hashedPassword = maybe types.passwdEntry;
      password = maybe types.str;
      hashedPasswordFile = maybe types.str;
      initialHashedPassword = maybe types.passwdEntry;
      initialPassword = maybe types.str;
      packages = opt (types.listOf types.package) [ ];
      linger = flag;
      autoSubUidGidRange = flag;
      openssh.authorizedKeys = { keys = opt (types.listOf types.singleLineStr) [ ]; keyFiles = opt (types.listOf types.path) [ ]; };
    };
    config = lib.mkIf config.isNormalUser {
      group = lib.mkDefault "users";
      createHome = lib.mkDefault true;
      home = lib.mkDefault "/home/${config.name}";
      useDefaultShell = lib.mkDefault true;
      isSystemUser = lib.mkDefault false;
    };
  };
  group = { name, ... }: {
    options = { name = opt types.passwdEntry name; gid = maybe types.int; members = opt (types.listOf types.passwdEntry) [ ]; };
  };
in
{
  options.users = {
    mutableUsers = opt types.bool true;
    allowNoPasswordLogin = flag;
    defaultUserShell = opt (types.either types.path types.package) "/bin/bash";
    users = opt (types.attrsOf (types.submodule user)) { };
    groups = opt (types.attrsOf (types.submodule group)) { };
    motd = maybe types.lines;
  };
  config.users.users.root = {
    uid = 0; group = "root"; home = lib.mkDefault "/root"; description = "System administrator"; isSystemUser = lib.mkDefault true;
    shell = lib.mkDefault "/bin/bash";
  };
  config.users.groups = { root.gid = 0; wheel.gid = 1; users.gid = 100; };
}
