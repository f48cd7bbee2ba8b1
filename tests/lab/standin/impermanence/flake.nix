{
  description = "Stand-in for impermanence";
  # As the real one has them, for its own tests.
  inputs = {
    nixpkgs.url = "github:nixos/nixpkgs/nixos-unstable";
    home-manager.url = "github:nix-community/home-manager";
    home-manager.inputs.nixpkgs.follows = "nixpkgs";
  };

  outputs = { self, ... }: { nixosModules = rec { impermanence = ./nixos.nix; default = impermanence; }; };
}
