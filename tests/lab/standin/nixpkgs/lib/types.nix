# Option types: what a definition must look like and how several of them become one value.
# A type is { name; check; merge; } where merge takes the option's path and a list of { file; value; }.
{ lib, evalModules }:
let
  inherit (builtins)
    all any attrNames concatLists concatStringsSep elem filter head isAttrs isBool isFunction
    isInt isList isPath isString length map match tail typeOf;

  show = lib.showValue;
  path = loc: concatStringsSep "." (map lib.showName loc);

  conflict = loc: defs: throw ''
    The option `${path loc}' has conflicting definition values:
    ${lib.showDefs defs}
    Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.'';

  mergeEqual = loc: defs:
    if all (d: d.value == (head defs).value) (tail defs) then (head defs).value else conflict loc defs;

  simple = name: check: { inherit name check; merge = mergeEqual; };

  # A value that no option describes: attribute sets merge, lists concatenate, the rest must agree.
  mergeAnything = loc: defs:
    let values = map (d: d.value) defs; in
    if all isAttrs values && !(any (v: v ? outPath) values) then
      lib.mergeAttrDefs loc defs (l: ds: lib.mergeDefs l types.anything ds)
    else if all isList values then concatLists values
    else mergeEqual loc defs;

  types = {
    bool = simple "boolean" isBool;
    int = simple "signed integer" isInt;
    ints.unsigned = simple "unsigned integer, meaning >=0" (v: isInt v && v >= 0);
    ints.positive = simple "positive integer, meaning >0" (v: isInt v && v > 0);
    port = simple "16 bit unsigned integer; between 0 and 65535 (both inclusive)" (v: isInt v && v >= 0 && v < 65536);
    str = simple "string" isString;
    nonEmptyStr = simple "non-empty string" (v: isString v && match "[[:space:]]*" v == null);
    singleLineStr = simple "(optionally newline-terminated) single-line string" (v: isString v && match "[^\n]*\n?" v != null);
    passwdEntry = simple "string, not containing newlines or colons" (v: isString v && match "[^\n:]*" v != null);
    strMatching = pattern: simple "string matching the pattern ${pattern}" (v: isString v && match pattern v != null);
    path = simple "absolute path" (v: isPath v || (isString v && match "/.*" v != null) || v ? outPath);
    package = simple "package" (v: isAttrs v && v ? outPath);
    enum = values: simple "one of ${concatStringsSep ", " (map show values)}" (v: elem v values);
    number = simple "number" (v: isInt v || typeOf v == "float");
    raw = { name = "raw value"; check = _: true; merge = loc: defs: if length defs == 1 then (head defs).value else conflict loc defs; };
    anything = { name = "anything"; check = _: true; merge = mergeAnything; };

    separatedString = sep: {
      name = "strings concatenated with ${show sep}";
      check = isString;
      merge = _: defs: concatStringsSep sep (map (d: d.value) defs);
    };
    lines = types.separatedString "\n";
    commas = types.separatedString ",";

    nullOr = t: {
      name = "null or ${t.name}";
      check = v: v == null || t.check v;
      merge = loc: defs:
        if all (d: d.value == null) defs then null
        else if any (d: d.value == null) defs then conflict loc defs
        else t.merge loc defs;
    };
    either = a: b: {
      name = "${a.name} or ${b.name}";
      check = v: a.check v || b.check v;
      merge = loc: defs:
        if all (d: a.check d.value) defs then a.merge loc defs
        else if all (d: b.check d.value) defs then b.merge loc defs
        else conflict loc defs;
    };
    oneOf = ts: builtins.foldl' types.either (head ts) (tail ts);
    coercedTo = from: f: to: {
      name = "${to.name} or ${from.name} convertible to it";
      check = v: (from.check v && to.check (f v)) || to.check v;
      merge = loc: defs: to.merge loc (map (d: d // { value = if from.check d.value then f d.value else d.value; }) defs);
    };
    listOf = t: {
      name = "list of ${t.name}";
      check = isList;
      merge = loc: defs: concatLists (map
        (d: lib.imap (i: v: lib.mergeDefs (loc ++ [ "[definition ${toString i}-entry]" ]) t [ { inherit (d) file; value = v; } ]) d.value)
        defs);
    };
    attrsOf = t: {
      name = "attribute set of ${t.name}";
      check = v: isAttrs v && !(v ? outPath);
      merge = loc: defs: lib.mergeAttrDefs loc defs (l: ds: lib.mergeDefs l t ds);
    };
    # declaration: an options module, or a function of { name, config, … } that gives one.
    # A value that is a set defines options only: one of them may be called `options`.
    submodule = declaration: {
      name = "submodule";
      check = v: isAttrs v || isFunction v;
      merge = loc: defs:
        (evalModules {
          prefix = loc;
          specialArgs = { name = lib.last loc; inherit lib; };
          modules = [ declaration ] ++ map
            (d: if isFunction d.value then { _file = d.file; _value = d.value; } else { _file = d.file; config = d.value; })
            defs;
        }).config;
    };
  };
in
types
