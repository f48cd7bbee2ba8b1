# The types of systemd units, for both stages. Stage 1 has no restart and reload triggers.
{ lib }:
let
  inherit (lib) mkOption types;
  opt = type: default: mkOption { inherit type default; };
  names = opt (types.listOf types.str) [ ];
  unitValue = types.oneOf [ types.bool types.int types.path types.str (types.listOf (types.oneOf [ types.bool types.int types.path types.str ])) ];
  sectionOption = opt (types.attrsOf unitValue) { };

  unit = {
    enable = opt types.bool true;
    description = opt types.singleLineStr "";
    documentation = names;
    after = names; before = names; requires = names; requisite = names; wants = names; upholds = names;
    bindsTo = names; partOf = names; conflicts = names; onFailure = names; onSuccess = names;
    wantedBy = names; requiredBy = names; upheldBy = names; aliases = names;
    unitConfig = sectionOption;
    startLimitBurst = opt (types.nullOr types.int) null;
    startLimitIntervalSec = opt (types.nullOr types.int) null;
    overrideStrategy = opt (types.enum [ "asDropinIfExists" "asDropin" ]) "asDropinIfExists";
  };
  service = unit // {
    environment = opt (types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.int ]))) { };
    path = opt (types.listOf (types.oneOf [ types.package types.path types.str ])) [ ];
    serviceConfig = sectionOption;
    script = opt types.lines ""; scriptArgs = opt types.str "";
    preStart = opt types.lines ""; postStart = opt types.lines ""; preStop = opt types.lines ""; postStop = opt types.lines "";
    reload = opt types.lines "";
    enableStrictShellChecks = opt types.bool false;
  };
  stage2 = {
    restartTriggers = opt (types.listOf types.anything) [ ];
    reloadTriggers = opt (types.listOf types.anything) [ ];
    restartIfChanged = opt types.bool true; reloadIfChanged = opt types.bool false;
    stopIfChanged = opt types.bool true; startAt = opt (types.coercedTo types.str lib.toList (types.listOf types.str)) [ ];
  };
  mount = unit // {
    what = mkOption { type = types.str; }; where = mkOption { type = types.str; };
    type = opt types.str ""; options = opt types.commas ""; mountConfig = sectionOption;
  };
  of = options: types.submodule { inherit options; };
  set = options: opt (types.attrsOf (of options)) { };
in
{
  services = set (service // stage2);
  initrdServices = set service;
  timers = set (unit // { timerConfig = sectionOption; });
  paths = set (unit // { pathConfig = sectionOption; });
  sockets = set (unit // { socketConfig = sectionOption; listenStreams = names; });
  targets = set unit;
  mounts = opt (types.listOf (of mount)) [ ];
  automounts = opt (types.listOf (of (unit // { where = mkOption { type = types.str; }; automountConfig = sectionOption; }))) [ ];
}
