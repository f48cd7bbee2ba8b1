//! What the helper makes of any bytes at all: it answers in events, and never panics.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use snowmelt::boundary::command::Tools;
use snowmelt::helper::{Surroundings, converse};
use snowmelt::pure::protocol::Event;
use tempfile::TempDir;

/// The target: a folder of its own. No program can be found, so none is run.
static TARGET: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|bytes: &[u8]| {
    let surroundings =
        Surroundings { tools: Tools::on_path("/nonexistent"), target: TARGET.path().to_owned() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut said = Vec::new();
    runtime.block_on(converse(bytes, &mut said, surroundings)).expect("memory can be written to");
    for line in said.split_inclusive(|byte| *byte == b'\n') {
        let _event: Event = serde_json::from_slice(line).expect("an event on a line of its own");
    }
});
