# What <nixpkgs/nixos> is: the system whose configuration NIX_PATH names.
{ configuration ? <nixos-config>, system ? builtins.currentSystem }:
let
  eval = import ./lib/eval-config.nix { inherit system; modules = [ configuration ]; };
in
{
  inherit (eval) pkgs config options;
  system = eval.config.system.build.toplevel;
}
