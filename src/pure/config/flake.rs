//! `flake.nix`

use crate::pure::answers::{Answers, PersistModule, RootKind};
use crate::pure::nix::{Attrs, Path, Value};

pub(super) fn value(answers: &Answers, release: &str) -> Value {
    let inputs = Attrs::new().set("nixpkgs.url", format!("github:NixOS/nixpkgs/nixos-{release}"));
    let (name, inputs, module) = match answers.persist.module {
        PersistModule::Impermanence => (
            "impermanence",
            inputs.set("impermanence.url", "github:nix-community/impermanence").explain(
                &["Only its own tests use these; the module needs neither."],
                "impermanence.inputs",
                Attrs::new().set("nixpkgs.follows", "nixpkgs").set("home-manager.follows", ""),
            ),
            "impermanence.nixosModules.impermanence",
        ),
        PersistModule::Preservation => (
            "preservation",
            inputs.set("preservation.url", "github:nix-community/preservation"),
            "preservation.nixosModules.default",
        ),
    };
    let system = Value::apply(
        "nixpkgs.lib.nixosSystem",
        Attrs::new().set("modules", Value::list([Value::Raw("./configuration.nix"), Value::Raw(module)])),
    );
    let outputs = Attrs::new().set(Path::from("nixosConfigurations").key(&answers.system.host_name), system);
    Attrs::new()
        .set("description", about(answers.root.kind))
        .set("inputs", inputs)
        .set("outputs", Value::function(&["nixpkgs", name], outputs))
        .into()
}

fn about(root: RootKind) -> &'static str {
    match root {
        RootKind::Rollback => "A NixOS system whose root is rolled back at every boot",
        RootKind::Tmpfs => "A NixOS system whose root is in memory",
        RootKind::Keep => "A NixOS system that keeps its state in one place",
    }
}
