{
  description = "Stand-in for nixpkgs: merges a configuration's modules and builds a bootable system from Debian's packages";

  outputs = { self }:
    let
      lib = import ./lib;
      nixosSystem = import ./nixos/lib/eval-config.nix;
    in
    {
      lib = lib // { inherit nixosSystem; };
      legacyPackages.x86_64-linux = (nixosSystem { modules = [ ]; }).pkgs;
    };
}
