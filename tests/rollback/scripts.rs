//! The scripts, taken out of the generated file as Nix reads it.

use rnix::ast::{AttrSet, AttrpathValue, Expr, HasEntry as _, InterpolPart};
use snowmelt::pure::answers::{self, OldRoots};
use snowmelt::pure::config::{Devices, files};
use snowmelt::pure::layout::Layout;
use snowmelt::pure::machine::Machine;
use snowmelt::pure::protocol::ConfigFileName;
use snowmelt::pure::size::GIB;

/// The script of the service in the initrd.
pub(crate) fn rollback() -> String {
    script("boot.initrd.systemd.services.rollback", OldRoots::Days(14))
}

/// The script of the service in the initrd that is about `/home`.
pub(crate) fn rollback_home() -> String {
    script("boot.initrd.systemd.services.rollback-home", OldRoots::Days(14))
}

/// The script of the service that deletes old roots.
pub(crate) fn cleanup(old_roots: OldRoots) -> String {
    script("systemd.services.old-roots-cleanup", old_roots)
}

fn script(service: &str, old_roots: OldRoots) -> String {
    let file = rnix::Root::parse(&generated(old_roots)).ok().expect("the file parses");
    let Some(Expr::Lambda(function)) = file.expr() else { panic!("the file is a function") };
    let Some(Expr::AttrSet(module)) = function.body() else { panic!("it returns a module") };
    let Expr::AttrSet(service) = value(&module, service) else { panic!("a service is an attribute set") };
    let Expr::Str(script) = value(&service, "script") else { panic!("a script is a string") };
    match <[InterpolPart<String>; 1]>::try_from(script.normalized_parts()) {
        Ok([InterpolPart::Literal(text)]) => text,
        other => panic!("a script without interpolation, not {other:?}"),
    }
}

fn value(set: &AttrSet, path: &str) -> Expr {
    set.attrpath_values()
        .find(|entry| name(entry) == path)
        .and_then(|entry| entry.value())
        .expect("the attribute is there")
}

fn name(entry: &AttrpathValue) -> String {
    entry.attrpath().map(|path| path.to_string()).unwrap_or_default()
}

fn generated(old_roots: OldRoots) -> String {
    let mut answers = answers::read(include_str!("../../data/examples/answers.toml")).expect("no problem");
    answers.root.old_roots = old_roots;
    let machine = Machine {
        uefi: true,
        memory: 8 * GIB,
        nixos_release: None,
        channel: None,
        nix_system: "x86_64-linux".to_owned(),
    };
    let layout = Layout::new(&answers, 100 * GIB, machine.memory);
    files(&answers, &layout, &machine, &Devices::unknown())
        .into_iter()
        .find(|file| file.name == ConfigFileName::Rollback)
        .expect("the file is generated")
        .text
}
