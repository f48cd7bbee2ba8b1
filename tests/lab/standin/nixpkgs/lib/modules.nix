# The module system in small: collects modules, sorts their definitions to the declared
# options, settles priorities and conditions, and refuses what no option declares.
{ lib }:
let
  inherit (builtins)
    attrNames concatLists concatMap concatStringsSep elem filter foldl' functionArgs genericClosure
    head isAttrs isFunction isList isPath isString length listToAttrs map mapAttrs sort tail
    toString;

  showPath = loc: concatStringsSep "." (map lib.showName loc);

  isModulePath = m: isPath m || isString m || (isAttrs m && m ? outPath && !(m ? config || m ? options));

  # One module as { file; imports; options; config; }.
  load = args: parent: m:
    if isModulePath m then
      let
        given = if isAttrs m then m.outPath else m;
        dir = given + "/default.nix";
        file = if lib.hasSuffix ".nix" (toString given) then given else dir;
      in
      load args (toString file) (import file)
    else if isFunction m then
      let wanted = functionArgs m; in
      load args parent (m (if wanted == { } then args else
        mapAttrs
          (name: optional: args.${name} or (throw "attribute '${name}' missing: the module `${parent}' asks for the argument `${name}', which no specialArgs gives"))
          (lib.filterAttrs (name: optional: !optional || args ? ${name}) wanted)))
    else if !isAttrs m then throw "Expected a module, but found a value of type ${builtins.typeOf m} in `${parent}'"
    else if m ? _value then load args m._file m._value
    else
      let
        file = toString (m._file or parent);
        structured = m ? config || m ? options;
        alien = filter (n: !(elem n [ "_file" "key" "imports" "options" "config" "disabledModules" "meta" "freeformType" ])) (attrNames m);
      in
      if structured && alien != [ ] then throw ''
        Module `${file}' has an unsupported attribute `${head alien}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${concatStringsSep " " alien}) into the explicit `config' attribute.''
      else {
        inherit file;
        imports = m.imports or [ ];
        options = m.options or { };
        freeform = m.freeformType or null;
        config = if structured then m.config or { } else removeAttrs m [ "_file" "key" "imports" "disabledModules" "freeformType" ];
      };

  # A path that is imported twice counts once.
  collect = args: modules:
    let
      go = seen: parent: ms: foldl'
        (acc: m:
          let
            key = if isModulePath m then toString (m.outPath or m) else null;
            loaded = load args parent m;
          in
          if key != null && elem key acc.seen then acc
          else
            let inner = go (acc.seen ++ lib.optional (key != null) key) loaded.file loaded.imports; in
            { seen = inner.seen; list = acc.list ++ inner.list ++ [ loaded ]; })
        { inherit seen; list = [ ]; }
        ms;
    in
    (go [ ] "<unknown-file>" modules).list;

  isOption = v: isAttrs v && v._type or null == "option";

  mergeOptions = loc: a: b:
    if isOption a || isOption b then throw "The option `${showPath loc}' is already declared."
    else a // mapAttrs (n: v: if a ? ${n} then mergeOptions (loc ++ [ n ]) a.${n} v else v) b;

  isA = type: v: isAttrs v && v._type or null == type;

  # Pushes mkIf, mkMerge and mkOverride of an attribute set down to its attributes.
  pushDown = def:
    let v = def.value; in
    if isA "merge" v then concatMap (x: pushDown (def // { value = x; })) v.contents
    else if isA "if" v then map (mapAttrs (_: d: d // { value = lib.mkIf v.condition d.value; })) (pushDown (def // { value = v.content; }))
    else if isA "override" v then map (mapAttrs (_: d: d // { value = lib.mkOverride v.priority d.value; })) (pushDown (def // { value = v.content; }))
    else if isAttrs v then [ (mapAttrs (_: value: { inherit (def) file; inherit value; }) v) ]
    else throw "In `${def.file}': expected a set of option definitions, got ${lib.showValue v}";

  byName = defs: builtins.zipAttrsWith (_: ds: ds) (concatMap pushDown defs);

  # All definitions of one option, conditions and merges resolved, with priority and order.
  discharge = prio: order: def:
    let v = def.value; in
    if isA "merge" v then concatMap (x: discharge prio order (def // { value = x; })) v.contents
    else if isA "if" v then (if v.condition then discharge prio order (def // { value = v.content; }) else [ ])
    else if isA "override" v then discharge v.priority order (def // { value = v.content; })
    else if isA "order" v then discharge prio v.priority (def // { value = v.content; })
    else [ { inherit (def) file; value = v; inherit prio order; } ];

  settle = defs:
    let
      flat = concatMap (discharge 100 1000) defs;
      best = foldl' (a: d: if d.prio < a then d.prio else a) 9999 flat;
      winners = filter (d: d.prio == best) flat;
    in
    if lib.any (d: d.order != 1000) winners then sort (a: b: a.order < b.order) winners else winners;

  mergeDefs = loc: type: defs: mergeSettled loc type (settle defs);

  mergeSettled = loc: type: defs:
    let bad = filter (d: !type.check d.value) defs; in
    if bad != [ ] then throw ''
      A definition for option `${showPath loc}' is not of type `${type.name}'. Definition values:
      ${lib.showDefs bad}''
    else type.merge loc defs;

  # Attribute sets merged name by name; a name whose definitions are all conditioned away is absent.
  mergeAttrDefs = loc: defs: mergeOne:
    let
      named = byName defs;
      live = lib.filterAttrs (_: ds: settle ds != [ ]) named;
    in
    mapAttrs (n: ds: mergeOne (loc ++ [ n ]) ds) live;

  evalOption = loc: opt: defs:
    let
      all = defs ++ lib.optional (opt ? default) { file = "<default>"; value = lib.mkOverride 1500 opt.default; };
      settled = settle all;
      value =
        if settled == [ ] then throw "The option `${showPath loc}' was accessed but has no value defined. Try setting the option."
        else mergeSettled loc opt.type settled;
    in
    (opt.apply or (v: v)) value;

  # { value; unknown; }: the values of an options tree, and the definitions that match no option.
  evalTree = freeform: loc: tree: defs:
    let
      named = byName defs;
      declared = mapAttrs
        (n: o:
          if isOption o then { value = evalOption (loc ++ [ n ]) o (named.${n} or [ ]); unknown = [ ]; }
          else evalTree null (loc ++ [ n ]) o (named.${n} or [ ]))
        tree;
      undeclared = removeAttrs named (attrNames tree);
      free = lib.filterAttrs (n: ds: settle ds != [ ]) undeclared;
    in
    {
      value = mapAttrs (_: d: d.value) declared
        // lib.optionalAttrs (freeform != null) (mapAttrs (n: ds: mergeDefs (loc ++ [ n ]) freeform ds) free);
      unknown = concatLists (map (d: d.unknown) (builtins.attrValues declared))
        ++ lib.optionals (freeform == null)
        (lib.mapAttrsToList (n: ds: { loc = loc ++ [ n ]; inherit ds; }) undeclared);
    };

  evalModules = { modules, specialArgs ? { }, prefix ? [ ] }:
    let
      loaded = collect (specialArgs // { inherit config options lib; }) modules;
      options = foldl' (a: m: mergeOptions prefix a m.options) { } loaded;
      freeforms = filter (f: f != null) (map (m: m.freeform) loaded);
      result = evalTree (if freeforms == [ ] then null else head freeforms) prefix options
        (map (m: { inherit (m) file; value = m.config; }) loaded);
      complain = u: ''
        The option `${showPath u.loc}' does not exist. Definition values:
        ${lib.showDefs u.ds}'';
      config = if result.unknown == [ ] then result.value else throw (complain (head result.unknown));
    in
    { inherit config options; };
in
{ inherit evalModules mergeDefs mergeAttrDefs; }
