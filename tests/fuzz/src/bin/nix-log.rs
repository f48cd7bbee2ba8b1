//! What is made of anything that Nix, or a builder in it, may say.

#![no_main]

use libfuzzer_sys::fuzz_target;
use snowmelt::pure::nix_log::{self, State};

fuzz_target!(|text: &str| {
    let mut state = State::default();
    let mut before = 0.0;
    for line in text.lines() {
        let _said = state.hear(nix_log::parse(line));
        let fraction = state.fraction();
        assert!((before..=1.0).contains(&fraction), "{fraction} after {before}");
        before = fraction;
        let _activity = state.activity();
    }
    let _errors = state.errors();
});
