{
  description = "Stand-in for preservation";
  outputs = { self }: { nixosModules = rec { preservation = ./module.nix; default = preservation; }; };
}
