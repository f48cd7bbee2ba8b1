//! Nix values and their printed form.
//!
//! A file is built as a tree of [`Value`]s and printed by [`print()`] as `nixfmt` (RFC 166) would
//! lay it out. What a person typed is only ever a [`Value::Text`] or a key made by [`Path::key`],
//! so the two functions of `escape` are the only way by which it gets into a file.

mod escape;
mod print;
mod value;

pub use print::print;
pub use value::{Attrs, Entry, Function, Item, Path, Value};
