//! The layers of `src/lib.rs` may only look down, and the pure one touches nothing.

#![allow(clippy::unwrap_used, clippy::string_slice, clippy::indexing_slicing, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// Layers from the bottom up; modules of one entry stand side by side and must not use each other.
const LAYERS: [&[&str]; 4] = [&["pure"], &["boundary"], &["engine", "helper"], &["cli", "ui"]];

/// What the pure layer must not name: each reaches the world, or draws.
const WORLD: [&str; 13] = [
    "std::fs",
    "std::env",
    "std::process",
    "std::time",
    "std::net",
    "std::io",
    "std::thread",
    "zbus",
    "udisks2",
    "tokio",
    "rustix",
    "relm4",
    "gtk",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file, without comments and without what follows `#[cfg(test)]`.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

#[test]
fn a_layer_uses_only_those_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (height, modules) in LAYERS.iter().enumerate() {
        for module in *modules {
            let mut files = Vec::new();
            sources(&src.join(module), &mut files);
            for file in files {
                for used in code_of(&file).split("crate::").skip(1) {
                    let used: String =
                        used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    seen += 1;
                    let upwards = layer_of(&used).is_some_and(|other| other > height);
                    let sideways = layer_of(&used) == Some(height) && used != *module;
                    if upwards || sideways {
                        wrong.push(format!("{} uses crate::{used}", file.display()));
                    }
                }
            }
        }
    }
    assert!(seen > 0, "no use of another module was found: the test looks at nothing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_layer_touches_nothing() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pure"), &mut files);
    assert!(files.len() > 5);
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let code = code_of(file);
            WORLD
                .iter()
                .filter(move |name| {
                    code.match_indices(**name).any(|(at, _)| {
                        !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                            && code[at + name.len()..].starts_with("::")
                    })
                })
                .map(move |name| format!("{} names {name}", file.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
