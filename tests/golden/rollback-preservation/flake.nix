# Where everything comes from, pinned by flake.lock beside it.
# Written by Snowmelt 0.1.0 and yours from now on.
{
  description = "A NixOS system whose root is rolled back at every boot";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    preservation.url = "github:nix-community/preservation";
  };

  outputs =
    { nixpkgs, preservation, ... }:
    {
      nixosConfigurations.snowdrop = nixpkgs.lib.nixosSystem {
        modules = [
          ./configuration.nix
          preservation.nixosModules.default
        ];
      };
    };
}
