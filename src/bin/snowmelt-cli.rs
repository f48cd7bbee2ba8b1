//! The program `snowmelt-cli`.

fn main() {}
