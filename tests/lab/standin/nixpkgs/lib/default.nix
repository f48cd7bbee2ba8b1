# The names of nixpkgs' lib that a configuration uses.
let
  inherit (builtins)
    attrNames concatStringsSep elem filter genList hasAttr isAttrs isBool isFunction isInt isList
    isString length listToAttrs map mapAttrs match replaceStrings stringLength substring toJSON;

  lib = rec {
    inherit (builtins)
      all any attrNames attrValues concatLists concatMap concatStringsSep elem elemAt filter foldl'
      genList head isAttrs isBool isFunction isInt isList isString length listToAttrs map mapAttrs
      replaceStrings removeAttrs stringLength substring tail toJSON trace;

    # Marks on definitions.
    mkIf = condition: content: { _type = "if"; inherit condition content; };
    mkMerge = contents: { _type = "merge"; inherit contents; };
    mkOverride = priority: content: { _type = "override"; inherit priority content; };
    mkOrder = priority: content: { _type = "order"; inherit priority content; };
    mkOptionDefault = mkOverride 1500;
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;
    mkBefore = mkOrder 500;
    mkAfter = mkOrder 1500;
    mkOption = attrs: attrs // { _type = "option"; type = attrs.type or types.anything; };
    mkEnableOption = name: mkOption { type = types.bool; default = false; };

    id = x: x;
    optional = cond: x: if cond then [ x ] else [ ];
    optionals = cond: xs: if cond then xs else [ ];
    optionalString = cond: s: if cond then s else "";
    optionalAttrs = cond: s: if cond then s else { };
    imap = f: xs: genList (i: f (i + 1) (builtins.elemAt xs i)) (length xs);
    last = xs: builtins.elemAt xs (length xs - 1);
    toList = x: if isList x then x else [ x ];
    flatten = x: if isList x then builtins.concatMap flatten x else [ x ];
    unique = builtins.foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
    duplicates = xs: filter (x: length (filter (y: y == x) xs) > 1) (unique xs);
    filterAttrs = pred: set: listToAttrs (builtins.concatMap
      (n: if pred n set.${n} then [ { name = n; value = set.${n}; } ] else [ ]) (attrNames set));
    mapAttrsToList = f: set: map (n: f n set.${n}) (attrNames set);
    nameValuePair = name: value: { inherit name value; };
    mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
    genAttrs = names: f: listToAttrs (map (n: { name = n; value = f n; }) names);
    recursiveUpdate = a: b:
      if isAttrs a && isAttrs b then a // mapAttrs (n: v: if a ? ${n} then recursiveUpdate a.${n} v else v) b else b;

    hasPrefix = p: s: substring 0 (stringLength p) s == p;
    hasSuffix = p: s: stringLength s >= stringLength p && substring (stringLength s - stringLength p) (stringLength p) s == p;
    removePrefix = p: s: if hasPrefix p s then substring (stringLength p) (stringLength s - stringLength p) s else s;
    removeSuffix = p: s: if hasSuffix p s then substring 0 (stringLength s - stringLength p) s else s;
    concatMapStrings = f: xs: concatStringsSep "" (map f xs);
    concatMapStringsSep = sep: f: xs: concatStringsSep sep (map f xs);
    splitString = sep: s: filter isString (builtins.split (escapeRegex sep) s);
    escapeRegex = s: replaceStrings
      (map (c: c) [ "\\" "[" "{" "(" ")" "^" "$" "?" "*" "+" "|" "." ])
      (map (c: "\\" + c) [ "\\" "[" "{" "(" ")" "^" "$" "?" "*" "+" "|" "." ]) s;
    escapeShellArg = s: "'" + replaceStrings [ "'" ] [ "'\\''" ] (toString s) + "'";
    escapeShellArgs = args: concatStringsSep " " (map escapeShellArg args);
    boolToString = b: if b then "true" else "false";
    fileContents = f: removeSuffix "\n" (builtins.readFile f);
    versionAtLeast = a: b: builtins.compareVersions a b >= 0;
    getExe = p: "${p}/bin/${p.meta.mainProgram or p.pname}";
    getExe' = p: n: "${p}/bin/${n}";
    literalExpression = text: { _type = "literalExpression"; inherit text; };
    systems.flakeExposed = [ "x86_64-linux" "aarch64-linux" ];

    # For messages.
    showName = n: if match "[a-zA-Z_][a-zA-Z0-9_'-]*" n != null then n else toJSON n;
    showValue = v:
      if isFunction v then "<function>"
      else if isList v then "[ ${concatStringsSep " " (map showValue v)} ]"
      else if isAttrs v && v ? outPath then "<derivation>"
      else if isAttrs v then "{ ${concatStringsSep " " (mapAttrsToList (n: x: "${showName n} = ${showValue x};") v)} }"
      else if builtins.isPath v then toString v
      else toJSON v;
    showDefs = defs: concatStringsSep "\n" (map (d: "- In `${d.file}': ${showValue (strip d.value)}") defs);
    strip = v: if isAttrs v && v ? _type && v ? content then strip v.content else v;

    inherit (import ./modules.nix { inherit lib; }) evalModules mergeDefs mergeAttrDefs;
    types = import ./types.nix { inherit lib evalModules; };
    systemd = import ./systemd.nix { inherit lib; };
  };
in
lib
