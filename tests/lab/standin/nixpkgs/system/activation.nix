# What the activation script needs to know: the users and groups as tables, and the
# snippets in the order of their dependencies.
{ config, lib }:
let
  inherit (lib) attrValues concatStringsSep filter;
  orDash = x: if x == null then "-" else toString x;
  row = concatStringsSep "\t";
  rows = xs: lib.concatMapStrings (r: r + "\n") xs;
  # An empty field would vanish: the shell takes several tabs for one.
  text = s: if s == "" then " " else s;

  password = u:
    if u.hashedPasswordFile != null then [ "file" u.hashedPasswordFile ]
    else if u.hashedPassword != null then [ "hash" (text u.hashedPassword) ]
    else if u.password != null then [ "plain" (text u.password) ]
    else if u.initialHashedPassword != null then [ "hash" (text u.initialHashedPassword) ]
    else if u.initialPassword != null then [ "plain" (text u.initialPassword) ]
    else [ "none" "-" ];

  flag = b: if b then "1" else "0";
  groupsOf = u: u.extraGroups ++ map (g: g.name) (filter (g: lib.elem u.name g.members) (attrValues config.users.groups));
  own = {
    etc = { text = "step etc"; deps = [ ]; };
    groups = { text = "step groups"; deps = [ "etc" ]; };
    users = { text = "step users"; deps = [ "groups" ]; };
  };
  snippets = lib.mapAttrs (n: s: s // { text = "step_${n}() {\n${s.text}\n}\nstep ${n}"; }) config.system.activationScripts // own;
  # Depth first: each snippet after those that it names.
  order = lib.foldl' visit [ ] (lib.attrNames snippets);
  visit = done: n:
    if lib.elem n done then done
    else if !(snippets ? ${n}) then throw "system.activationScripts: the snippet `${n}' does not exist"
    else lib.foldl' visit done snippets.${n}.deps ++ [ n ];
in
{
  snippets = lib.concatMapStringsSep "\n" (n: "# ${n}\n${snippets.${n}.text}") order;
  groups = rows (map (g: row [ g.name (orDash g.gid) ]) (attrValues config.users.groups));
  users = rows (map
    (u: row ([
      u.name (orDash u.uid) u.group (text (concatStringsSep "," (groupsOf u))) u.home u.homeMode
      (flag u.createHome) (flag u.isNormalUser)
      (if builtins.isString u.shell then u.shell else "/bin/bash")
      (text u.description)
    ] ++ password u))
    (filter (u: u.enable) (attrValues config.users.users)));
}
