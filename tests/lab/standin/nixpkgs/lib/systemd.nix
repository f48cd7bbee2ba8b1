# systemd's own escapings and the text of units, as systemd.unit(5), systemd-escape(1) and
# systemd.syntax(7) describe them.
{ lib }:
let
  inherit (builtins) concatStringsSep elem filter isBool isList length map stringLength substring;

  hexDigits = "0123456789abcdef";
  printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  codeOf = lib.listToAttrs (builtins.genList (i: { name = substring i 1 printable; value = i + 32; }) (stringLength printable));
  hex = n: substring (n / 16) 1 hexDigits + substring (n - n / 16 * 16) 1 hexDigits;
  chars = s: builtins.genList (i: substring i 1 s) (stringLength s);

  escapeChar = first: c:
    if c == "/" then "-"
    else if builtins.match "[a-zA-Z0-9:_.]" c != null && !(first && c == ".") then c
    else "\\x" + hex (codeOf.${c} or (throw "systemd-escape: the stand-in escapes ASCII only"));

  escapeName = s: lib.concatMapStrings (x: x) (lib.imap (i: escapeChar (i == 1)) (chars s));

  # systemd-escape --path
  escapePath = p:
    let parts = filter (x: x != "") (lib.splitString "/" (toString p)); in
    if parts == [ ] then "-" else escapeName (concatStringsSep "/" parts);

  value = v: if isBool v then lib.boolToString v else toString v;
  # A list gives one line for each entry.
  line = name: v: lib.concatMapStrings (x: "${name}=${value x}\n") (if isList v then v else [ v ]);
  section = name: attrs:
    let body = lib.concatMapStrings (n: if attrs.${n} == null then "" else line n attrs.${n}) (builtins.attrNames attrs); in
    lib.optionalString (body != "") "[${name}]\n${body}\n";

  list = name: xs: lib.optionalAttrs (xs != [ ]) { ${name} = concatStringsSep " " xs; };
  ordering = u:
    list "After" u.after // list "Before" u.before // list "Requires" u.requires // list "Requisite" u.requisite
    // list "Wants" u.wants // list "BindsTo" u.bindsTo // list "PartOf" u.partOf // list "Conflicts" u.conflicts
    // list "OnFailure" u.onFailure // list "OnSuccess" u.onSuccess
    // lib.optionalAttrs (u.description != "") { Description = u.description; }
    // lib.optionalAttrs (u.startLimitBurst != null) { StartLimitBurst = u.startLimitBurst; }
    // lib.optionalAttrs (u.startLimitIntervalSec != null) { StartLimitIntervalSec = u.startLimitIntervalSec; };

  quote = s: "\"" + builtins.replaceStrings [ "\\" "\"" "%" ] [ "\\\\" "\\\"" "%%" ] (toString s) + "\"";
in
{
  inherit escapeName escapePath section;

  unitSection = u: section "Unit" (ordering u // u.unitConfig);

  # scriptPath: kind -> the path that the unit runs for `script`, `preStart` and the like.
  serviceText = u: environment: scriptPath:
    section "Unit" (ordering u // u.unitConfig)
    + "[Service]\n"
    + lib.concatMapStrings (n: "Environment=${quote "${n}=${value environment.${n}}"}\n")
      (filter (n: environment.${n} != null) (builtins.attrNames environment))
    + lib.optionalString (u.script != "") "ExecStart=${scriptPath "start"} ${u.scriptArgs}\n"
    + lib.optionalString (u.preStart != "") "ExecStartPre=${scriptPath "pre-start"}\n"
    + lib.optionalString (u.postStart != "") "ExecStartPost=${scriptPath "post-start"}\n"
    + lib.optionalString (u.preStop != "") "ExecStop=${scriptPath "pre-stop"}\n"
    + lib.optionalString (u.postStop != "") "ExecStopPost=${scriptPath "post-stop"}\n"
    + lib.concatMapStrings (n: line n u.serviceConfig.${n}) (builtins.attrNames u.serviceConfig)
    + "\n";
}
