//! The graphical app.

fn main() {}
