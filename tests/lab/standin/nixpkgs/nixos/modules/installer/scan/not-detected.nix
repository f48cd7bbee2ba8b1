# What a generated hardware configuration imports by this name: firmware for devices that the scan does not know.
{ lib, ... }:
{
  hardware.enableRedistributableFirmware = lib.mkDefault true;
}
