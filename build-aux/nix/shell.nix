# What is needed to work on Snowmelt on NixOS. The lab brings its own systems.
{
  mkShell,
  snowmelt,
  cargo,
  cargo-nextest,
  clippy,
  rustc,
  rustfmt,
  rust-analyzer,
  mandoc,
  nixfmt,
  shellcheck,
}:
mkShell {
  inputsFrom = [ snowmelt ];
  packages = [
    cargo
    cargo-nextest
    clippy
    mandoc
    nixfmt
    rust-analyzer
    rustc
    rustfmt
    shellcheck
  ];
}
