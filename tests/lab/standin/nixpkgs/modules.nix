# The modules that every system has: what may be set, what is refused, what is built.
[
  ./options/boot.nix
  ./options/filesystems.nix
  ./options/users.nix
  ./options/system.nix
  ./options/desktop.nix
  ./assertions.nix
  ./system/module.nix
]
