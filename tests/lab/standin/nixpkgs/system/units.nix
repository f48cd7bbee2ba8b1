# Units of one stage as files, scripts and links below /etc/systemd, from the values of the options.
# known: the names that the userland (or the initrd) brings itself; a definition of the same
# name becomes a drop-in, as in NixOS.
# where: which manager they are for.
{ lib, known, scriptsDir, defaultPath, where ? "systemd/system" }:
let
  inherit (lib) attrValues concatMap filter listToAttrs mapAttrsToList optional;

  pathOf = packages: lib.concatStringsSep ":" (map (p: "${p}/bin") packages ++ map (p: "${p}/sbin") packages);

  scriptKinds = { start = "script"; pre-start = "preStart"; post-start = "postStart"; pre-stop = "preStop"; post-stop = "postStop"; };

  linksOf = file: u:
    map (t: lib.nameValuePair "${where}/${t}.wants/${file}" "../${file}") u.wantedBy
    ++ map (t: lib.nameValuePair "${where}/${t}.requires/${file}" "../${file}") u.requiredBy
    ++ map (t: lib.nameValuePair "${where}/${t}.upholds/${file}" "../${file}") u.upheldBy
    ++ map (a: lib.nameValuePair "${where}/${a}" file) u.aliases
    ++ optional (!u.enable) (lib.nameValuePair "${where}/${file}" "/dev/null");

  place = file: u:
    if u.overrideStrategy == "asDropin" || lib.elem file known
    then "${where}/${file}.d/overrides.conf" else "${where}/${file}";

  service = name: u:
    let
      file = "${name}.service";
      packages = u.path ++ defaultPath;
      environment = lib.optionalAttrs (packages != [ ]) { PATH = pathOf packages; } // u.environment;
      scripts = lib.filterAttrs (_: option: u.${option} != "") scriptKinds;
    in
    {
      files = lib.optionalAttrs u.enable { ${place file u} = lib.systemd.serviceText u environment (kind: "${scriptsDir}/${name}-${kind}"); }
        # A drop-in for a unit that only the links mention is not wanted.
        // lib.mapAttrs' (kind: option: lib.nameValuePair "systemd/scripts/${name}-${kind}" "#!/bin/bash\nset -e\n\n${u.${option}}\n") scripts;
      executables = mapAttrsToList (kind: _: "systemd/scripts/${name}-${kind}") scripts;
      links = listToAttrs (linksOf file u);
    };

  plain = type: sectionName: body: name: u:
    let file = "${name}.${type}"; in
    {
      files = lib.optionalAttrs u.enable { ${place file u} = lib.systemd.unitSection u + lib.systemd.section sectionName (body u); };
      executables = [ ];
      links = listToAttrs (linksOf file u);
    };

  mountBody = u: { What = u.what; Where = u.where; } // lib.optionalAttrs (u.type != "") { Type = u.type; }
    // lib.optionalAttrs (u.options != "") { Options = u.options; } // u.mountConfig;

  startAt = name: u: {
    files."${where}/${name}.timer" = lib.systemd.section "Timer" { OnCalendar = u.startAt; };
    executables = [ ];
    links."${where}/timers.target.wants/${name}.timer" = "../${name}.timer";
  };
in
cfg:
let
  all =
    mapAttrsToList service cfg.services
    ++ mapAttrsToList startAt (lib.filterAttrs (_: u: u.startAt or [ ] != [ ]) cfg.services)
    ++ mapAttrsToList (plain "target" "Target" (_: { })) (cfg.targets or { })
    ++ mapAttrsToList (plain "timer" "Timer" (u: u.timerConfig)) cfg.timers
    ++ mapAttrsToList (plain "path" "Path" (u: u.pathConfig)) cfg.paths
    ++ mapAttrsToList (plain "socket" "Socket" (u: lib.optionalAttrs (u.listenStreams != [ ]) { ListenStream = u.listenStreams; } // u.socketConfig)) (cfg.sockets or { })
    ++ map (u: plain "mount" "Mount" mountBody (lib.systemd.escapePath u.where) u) (cfg.mounts or [ ])
    ++ map (u: plain "automount" "Automount" (a: { Where = a.where; } // a.automountConfig) (lib.systemd.escapePath u.where) u) (cfg.automounts or [ ]);
in
{
  files = lib.foldl' (a: u: a // u.files) { } all;
  links = lib.foldl' (a: u: a // u.links) { } all
    // lib.genAttrs (map (n: "${where}/${n}") (cfg.suppressedUnits or [ ] ++ cfg.suppressedSystemUnits or [ ])) (_: "/dev/null");
  executables = concatMap (u: u.executables) all;
  # Packages whose tools the units name.
  packages = lib.unique (concatMap (u: u.path) (attrValues cfg.services));
}
