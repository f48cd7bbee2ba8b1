# vconsole.conf(5), the same in both stages.
{ config, lib }:
let xkb = config.services.xserver.xkb; in
# NixOS makes the keymap from the layout; here it is only looked at, for definitions in conflict.
builtins.seq config.console.keyMap (if config.console.useXkbConfig then ''
  XKBLAYOUT=${xkb.layout}
  XKBVARIANT=${xkb.variant}
'' else ''
  KEYMAP=${toString config.console.keyMap}
'') + lib.optionalString (config.console.font != null) "FONT=${toString config.console.font}\n"
