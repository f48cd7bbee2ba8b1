//! The persistence modules without a flake: pinned by their hash, because nothing else would keep a
//! rebuild from taking whatever is newest.

use crate::pure::answers::{Answers, PersistModule};
use crate::pure::nix::{Attrs, Value};

/// What is fetched, and what of it is imported.
struct Source {
    name: &'static str,
    url: &'static str,
    /// Of the unpacked archive, as `nix-prefetch-url --unpack` prints it.
    sha256: &'static str,
    import: Value,
}

/// The newest commits when they were last looked at, in November 2026: impermanence of 27 January
/// 2026, preservation of 9 September 2025.
fn source(module: PersistModule) -> Source {
    match module {
        PersistModule::Impermanence => Source {
            name: "impermanence",
            url: "https://github.com/nix-community/impermanence/archive/7b1d382faf603b6d264f58627330f9faa5cba149.tar.gz",
            sha256: "1iip4kjrk09mnha9jhafvcg61g1d0g6pqnljzdp08zz6zk38jzyk",
            import: Value::Raw("\"${impermanence}/nixos.nix\""),
        },
        PersistModule::Preservation => Source {
            name: "preservation",
            url: "https://github.com/nix-community/preservation/archive/93416f4614ad2dfed5b0dcf12f27e57d27a5ab11.tar.gz",
            sha256: "0im42hnghfcp0bzlkngkdd7a93fh2dm0y82sllz7ryflm4hkvhlq",
            import: Value::Raw("\"${preservation}/module.nix\""),
        },
    }
}

/// The attributes with the module that they are for, where that doesn't come with a flake.
pub(super) fn imported(answers: &Answers, attrs: Attrs) -> Value {
    if !answers.uses_channel() {
        return attrs.into();
    }
    let Source { name, url, sha256, import } = source(answers.persist.module);
    let archive = Value::apply("fetchTarball", Attrs::new().set("url", url).set("sha256", sha256));
    let names = Attrs::new().explain(
        &[
            "Always the same, whatever is newest. For another one put its commit into the address, and",
            "as sha256 what this prints for it: nix-prefetch-url --unpack ADDRESS",
        ],
        name,
        archive,
    );
    let mut all = Attrs::new().set("imports", Value::list([import]));
    all.entries.extend(attrs.entries);
    Value::with_names(names, all)
}
