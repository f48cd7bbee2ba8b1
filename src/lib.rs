//! Snowmelt: a graphical installer for NixOS.
