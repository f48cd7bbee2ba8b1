//! What is made of any receipt at all: one that is refused, or one with its answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use snowmelt::pure::receipt::Receipt;

fuzz_target!(|text: &str| {
    if let Err(useless) = Receipt::read(text) {
        assert!(!useless.to_string().is_empty(), "what is refused has a reason");
    }
});
