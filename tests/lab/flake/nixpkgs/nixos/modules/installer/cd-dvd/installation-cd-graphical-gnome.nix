{ lib, ... }:
{
  isoImage.edition = lib.mkDefault "gnome";
}
