{
  description = "Stand-in for preservation";
  outputs = { self }: { nixosModules = rec { preservation = ./nixos.nix; default = preservation; }; };
}
