//! What is made of any answers at all: problems that are named, or a configuration that Nix can parse.

#![no_main]

use libfuzzer_sys::fuzz_target;
use snowmelt::pure::answers;
use snowmelt::pure::config::{Devices, files};
use snowmelt::pure::layout::Layout;
use snowmelt::pure::machine::Machine;

fuzz_target!(|text: &str| {
    let read = match answers::read(text) {
        Ok(read) => read,
        Err(problems) => {
            assert!(!problems.is_empty(), "what is refused has a reason");
            assert!(problems.iter().all(|problem| !problem.sentence.is_empty()));
            return;
        }
    };
    let written = answers::write(&read);
    assert_eq!(answers::read(&written).as_ref(), Ok(&read), "what is written is read again: {written}");
    let machine = Machine {
        uefi: true,
        memory: 8 << 30,
        nixos_release: None,
        channel: None,
        nix_system: "x86_64-linux".to_owned(),
    };
    let layout = Layout::new(&read, 100 << 30, machine.memory);
    for file in files(&read, &layout, &machine, &Devices::unknown()) {
        let parsed = rnix::Root::parse(&file.text);
        assert!(parsed.errors().is_empty(), "{:?} in {}", parsed.errors(), file.text);
    }
});
