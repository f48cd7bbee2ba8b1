//! The desktop and the services of `configuration.nix`.
//!
//! The options are those that NixOS 25.11, 26.05 and 26.11 have in common. What their modules turn
//! on by themselves stays out: sound through PipeWire with every desktop
//! (`nixos/modules/services/misc/graphical-desktop.nix`), and with GNOME rtkit and Bluetooth
//! (`nixos/modules/services/desktop-managers/gnome.nix`).

use crate::pure::answers::{Answers, Desktop, SystemAnswers};
use crate::pure::nix::{Attrs, Value};

pub(super) fn add(attrs: Attrs, answers: &Answers) -> Attrs {
    let system = &answers.system;
    let attrs = desktop(attrs, system.desktop);
    let attrs = if answers.user.automatic_login {
        attrs
            .set("services.displayManager.autoLogin.enable", true)
            .set("services.displayManager.autoLogin.user", answers.user.name.as_str())
    } else {
        attrs
    };
    services(attrs, system)
}

fn desktop(attrs: Attrs, desktop: Desktop) -> Attrs {
    let attrs = match desktop {
        Desktop::None => return attrs,
        Desktop::Gnome => {
            return attrs
                .set("services.displayManager.gdm.enable", true)
                .set("services.desktopManager.gnome.enable", true);
        }
        Desktop::Plasma => attrs
            .set("services.displayManager.sddm.enable", true)
            .explain(
                &["So that the login screen needs no X server either."],
                "services.displayManager.sddm.wayland.enable",
                true,
            )
            .set("services.desktopManager.plasma6.enable", true),
        Desktop::Xfce => attrs
            .set("services.xserver.enable", true)
            .set("services.xserver.displayManager.lightdm.enable", true)
            .set("services.xserver.desktopManager.xfce.enable", true),
    };
    attrs.explain(
        &["Lets PipeWire, which plays the sound, go before other programs when the machine is busy."],
        "security.rtkit.enable",
        true,
    )
}

fn services(mut attrs: Attrs, system: &SystemAnswers) -> Attrs {
    let is_xfce = system.desktop == Desktop::Xfce;
    if system.unfree {
        attrs = attrs.set("nixpkgs.config.allowUnfree", true);
    }
    if system.ssh {
        attrs = attrs.explain(
            &["Users log in with their password or a key, root with a key only."],
            "services.openssh.enable",
            true,
        );
    }
    if system.printing {
        attrs = attrs.set("services.printing.enable", true);
    }
    if system.bluetooth && system.desktop != Desktop::Gnome {
        attrs = attrs.set("hardware.bluetooth.enable", true);
        if is_xfce {
            attrs = attrs.explain(
                &["Xfce's own settings have no page for Bluetooth."],
                "services.blueman.enable",
                true,
            );
        }
    }
    if system.flatpak {
        attrs = attrs.explain(
            &[
                "Where its applications come from is yet to be said, once:",
                "flatpak remote-add flathub https://dl.flathub.org/repo/flathub.flatpakrepo",
            ],
            "services.flatpak.enable",
            true,
        );
        if is_xfce {
            attrs = attrs
                .explain(
                    &["Flatpak's applications open files through it; Xfce brings none of its own."],
                    "xdg.portal.enable",
                    true,
                )
                .set("xdg.portal.extraPortals", Value::list([Value::Raw("pkgs.xdg-desktop-portal-gtk")]));
        }
    }
    if system.firmware_updates {
        attrs = attrs.set("services.fwupd.enable", true);
    }
    attrs
}
