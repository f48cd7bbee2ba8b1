//! `flake.nix`

use crate::pure::answers::Answers;
use crate::pure::nix::{Attrs, Path, Value};

pub(super) fn value(answers: &Answers, release: &str) -> Value {
    let inputs = Attrs::new()
        .set("nixpkgs.url", format!("github:NixOS/nixpkgs/nixos-{release}"))
        .set("impermanence.url", "github:nix-community/impermanence")
        .explain(
            &["Only its own tests use these; the module needs neither."],
            "impermanence.inputs",
            Attrs::new().set("nixpkgs.follows", "nixpkgs").set("home-manager.follows", ""),
        );
    let system = Value::apply(
        "nixpkgs.lib.nixosSystem",
        Attrs::new().set(
            "modules",
            Value::list([
                Value::Raw("./configuration.nix"),
                Value::Raw("impermanence.nixosModules.impermanence"),
            ]),
        ),
    );
    let outputs = Attrs::new().set(Path::from("nixosConfigurations").key(&answers.system.host_name), system);
    Attrs::new()
        .set("description", "A NixOS system whose root is rolled back at every boot")
        .set("inputs", inputs)
        .set("outputs", Value::function(&["nixpkgs", "impermanence"], outputs))
        .into()
}
