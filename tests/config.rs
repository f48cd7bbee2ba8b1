//! The generated configuration as a whole: it parses, `nixfmt` would change nothing, and what a
//! person typed comes out as they typed it.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use snowmelt::pure::answers::{self, Answers};
use snowmelt::pure::config::{Devices, files};
use snowmelt::pure::layout::Layout;
use snowmelt::pure::machine::Machine;
use snowmelt::pure::protocol::ConfigFile;
use snowmelt::pure::size::GIB;

fn machine() -> Machine {
    Machine {
        uefi: true,
        memory: 8 * GIB,
        nixos_release: Some("25.11".to_owned()),
        nix_system: "x86_64-linux".to_owned(),
    }
}

fn generate(answers: &Answers) -> Vec<ConfigFile> {
    let layout = Layout::new(answers, 100 * GIB, 8 * GIB);
    files(answers, &layout, &machine(), &Devices::unknown())
}

#[test]
fn nixfmt_would_change_nothing() {
    let answers = answers::read(include_str!("../data/examples/answers.toml")).expect("no problem");
    for file in generate(&answers) {
        assert_eq!(nixfmt_rs::format(&file.text).expect("parses"), file.text, "{}", file.name.file_name());
    }
}
