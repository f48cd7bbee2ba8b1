# Where everything comes from, pinned by flake.lock beside it.
# Written by Snowmelt 0.1.0 and yours from now on.
{
  description = "A NixOS system whose root is rolled back at every boot";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    impermanence.url = "github:nix-community/impermanence";

    # Only its own tests use these; the module needs neither.
    impermanence.inputs = {
      nixpkgs.follows = "nixpkgs";
      home-manager.follows = "";
    };
  };

  outputs =
    { nixpkgs, impermanence, ... }:
    {
      nixosConfigurations.snowdrop = nixpkgs.lib.nixosSystem {
        modules = [
          ./configuration.nix
          impermanence.nixosModules.impermanence
        ];
      };
    };
}
