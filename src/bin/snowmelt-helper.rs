//! The program `snowmelt-helper`.

fn main() {}
