# What our image has beyond NixOS's own graphical one.
{ lib, ... }:
{
  programs.snowmelt.enable = true;
  isoImage.edition = lib.mkOverride 500 "snowmelt";
}
