# Packages by nixpkgs' names: real tools where the userland has them, and for what a
# configuration only mentions a value that evaluates and is never built.
{ lib, system, artifacts }:
let
  builder = artifacts.paths.builder;

  build = name: attrs: script: derivation ({
    inherit name system;
    __structuredAttrs = true;
    builder = "${builder}/bin/bash";
  } // attrs // { args = [ "-euc" ''
    . "$NIX_ATTRS_SH_FILE"; out=''${outputs[out]}; export PATH=${builder}/bin
    ${script}'' ]; });

  executable = "#!/bin/bash\n";
  mentioned = name: {
    type = "derivation";
    inherit name;
    pname = name;
    version = "0";
    outPath = builtins.toFile name "${name} stands for a package that the lab does not have";
    meta = { };
  };
  names = lib.filter (n: n != "") (lib.splitString "\n" (builtins.readFile ./package-names));
in
lib.genAttrs names mentioned // artifacts.packages // {
  inherit lib system artifacts;
  stdenv.hostPlatform.system = system;
  writeText = name: text: build name { inherit text; } ''printf %s "$text" > "$out"'';
  writeShellScript = name: text: build name { text = executable + text + "\n"; } ''printf %s "$text" > "$out"; chmod +x "$out"'';
  writeShellScriptBin = name: text: build name { text = executable + text + "\n"; }
    ''mkdir -p "$out/bin"; printf %s "$text" > "$out/bin/${name}"; chmod +x "$out/bin/${name}"'' // { pname = name; };
  runtimeShell = "/bin/bash";
  bashInteractive = artifacts.packages.bash;
  linuxPackages = { };
  linuxPackages_latest = { };
  linuxPackages_zen = { };
  kdePackages = lib.genAttrs [ "kate" "konsole" "dolphin" "plasma-browser-integration" "elisa" ] mentioned;
  gnomeExtensions = { };
  python3 = mentioned "python3";
}
