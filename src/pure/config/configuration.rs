//! `configuration.nix`

use super::{desktop, region};
use crate::pure::answers::{Answers, RootKind};
use crate::pure::nix::{Attrs, Item, Path, Value};
use crate::pure::plan::{ROOT_USER, installed_password_path};
use crate::pure::size::MIB;

/// Room on the EFI system partition that one generation may need, in bytes: a kernel of some
/// 15 MiB and an initrd that grows to several times that with firmware and graphics drivers.
const GENERATION: u64 = 100 * MIB;

pub(super) fn value(answers: &Answers, release: &str) -> Value {
    let system = &answers.system;
    let attrs = Attrs::new()
        .set("imports", imports(answers.root.kind))
        .set("boot.loader", boot_loader(answers.disk.esp_size))
        .set("networking.hostName", system.host_name.as_str())
        .set("networking.networkmanager.enable", true);
    let attrs = region::add(attrs, answers);
    let attrs = desktop::add(attrs, answers);
    let features = (!answers.uses_channel()).then(|| Value::list(["nix-command", "flakes"]));
    let attrs = users(attrs, answers).set_some("nix.settings.experimental-features", features).explain(
        &[
            "The release whose defaults this system's data was made with. It stays as it is when",
            "the system is upgraded.",
        ],
        "system.stateVersion",
        release,
    );
    // The first thing that most people add is a package.
    Value::function(&["pkgs"], attrs)
}

/// The other files. Where the root is kept, one line more begins to roll it back.
fn imports(root: RootKind) -> Value {
    let import = |file: &'static str| Item { comment: "", value: Value::Raw(file) };
    let mut files = vec![import("./hardware-configuration.nix"), import("./disk.nix")];
    if root == RootKind::Rollback {
        files.push(import("./rollback.nix"));
    }
    let comment = if root == RootKind::Keep {
        "Add ./rollback.nix to this list to begin every boot with a blank root."
    } else {
        ""
    };
    files.push(Item { comment, ..import("./persistence.nix") });
    Value::List(files)
}

fn boot_loader(esp_size: u64) -> Attrs {
    Attrs::new()
        .set("systemd-boot.enable", true)
        .explain(
            &["Whoever can edit the kernel's command line can become root without a password."],
            "systemd-boot.editor",
            false,
        )
        .explain(
            &["As many generations as surely fit on the boot partition."],
            "systemd-boot.configurationLimit",
            generations(esp_size),
        )
        .set("efi.canTouchEfiVariables", true)
}

/// How many generations fit on an EFI system partition of `esp_size` bytes; never fewer than two,
/// because an upgrade needs the one before it.
fn generations(esp_size: u64) -> i64 {
    i64::try_from(esp_size / GENERATION).unwrap_or(i64::MAX).clamp(2, 50)
}

fn users(attrs: Attrs, answers: &Answers) -> Attrs {
    let user = &answers.user;
    let mut groups = vec!["networkmanager"];
    if user.administrator {
        groups.insert(0, "wheel");
    }
    let account = Attrs::new()
        .set("isNormalUser", true)
        .set_some("description", Some(user.full_name.as_str()).filter(|name| !name.is_empty()))
        .set("extraGroups", Value::list(groups))
        .explain(
            if answers.uses_channel() {
                &["To change it, write to this file what this prints: nix-shell -p mkpasswd --run mkpasswd"]
            } else {
                &["To change it, write to this file what this prints: nix run nixpkgs#mkpasswd"]
            },
            "hashedPasswordFile",
            installed_password_path(&user.name),
        );
    let shadow: &[&str] = match answers.root.kind {
        RootKind::Rollback => {
            &["/etc/shadow is rolled back with the root, so passwords are set from here only."]
        }
        RootKind::Tmpfs => {
            &["/etc/shadow is gone with the root at each boot, so passwords are set from here only."]
        }
        RootKind::Keep => &["So that nothing is lost in /etc/shadow when the root is rolled back one day."],
    };
    let attrs = attrs
        .explain(shadow, "users.mutableUsers", false)
        .set(Path::from("users.users").key(&user.name), account);
    if user.administrator {
        return attrs;
    }
    attrs.explain(
        &["Nobody else may act as root: “su” asks for this password, which at first is the user's."],
        "users.users.root.hashedPasswordFile",
        installed_password_path(ROOT_USER),
    )
}

#[cfg(test)]
mod tests {
    use super::generations;
    use crate::pure::size::{GIB, MIB};

    #[test]
    fn the_number_of_generations_follows_the_boot_partition() {
        assert_eq!(generations(GIB), 10);
        assert_eq!(generations(2 * GIB), 20);
        assert_eq!(generations(100 * MIB), 2);
        assert_eq!(generations(u64::MAX), 50);
    }
}
