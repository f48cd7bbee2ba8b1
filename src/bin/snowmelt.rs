//! The program `snowmelt`.

fn main() {}
