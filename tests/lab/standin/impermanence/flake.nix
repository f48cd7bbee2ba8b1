{
  description = "Stand-in for impermanence";
  outputs = { self }: { nixosModules = rec { impermanence = ./nixos.nix; default = impermanence; }; };
}
