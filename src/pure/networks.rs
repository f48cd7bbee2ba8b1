//! What NetworkManager knows of a network, in the form of its files (`nm-settings-keyfile(5)`).

use super::secret::Secret;

const ENDING: &str = ".nmconnection";
/// Both names of Wi-Fi (`connection.type` in `nm-settings-keyfile(5)`).
const WIFI: [&str; 2] = ["wifi", "802-11-wireless"];

/// The name of a file, if it is one that NetworkManager reads.
#[must_use]
pub fn file_name(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(ENDING)?;
    (!stem.is_empty() && !name.starts_with('.') && !name.contains('/')).then_some(name)
}

/// The file of a Wi-Fi network as another system's users can use it; `None` where it is about
/// something else. Who may use it is left out, because the live session's user is not there.
#[must_use]
pub fn taken_along(file: &Secret) -> Option<Secret> {
    let mut group = "";
    let mut is_wifi = false;
    // As long as it can become, so that no copy of a password is left where it grew.
    let mut kept = String::with_capacity(file.expose().len() + 1);
    for line in file.expose().lines() {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            group = name;
        }
        let (key, value) =
            trimmed.split_once('=').map_or((trimmed, ""), |(key, value)| (key.trim(), value.trim()));
        let is_about_it = group == "connection";
        is_wifi |= is_about_it && key == "type" && WIFI.contains(&value);
        if !(is_about_it && key == "permissions") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let kept = Secret::new(kept);
    is_wifi.then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<String> {
        taken_along(&Secret::new(text.to_owned())).map(|network| network.expose().to_owned())
    }

    #[test]
    fn a_network_is_for_everybody_afterwards() {
        let file = "[connection]\nid=Café\ntype=wifi\npermissions=user:nixos:;\n\n[wifi]\nssid=Café\n\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=permissions=x\n";
        assert_eq!(taken(file).unwrap(), file.replace("permissions=user:nixos:;\n", ""));
        assert_eq!(
            taken("[connection]\ntype = 802-11-wireless").unwrap(),
            "[connection]\ntype = 802-11-wireless\n"
        );
    }

    #[test]
    fn nothing_but_wifi_is_taken() {
        for other in [
            "",
            "type=wifi\n",
            "[connection]\ntype=vpn\n[vpn]\ntype=wifi\n",
            "[connection]\nid=type=wifi\ntype=ethernet\n",
            "[connection]\n#type=wifi\n",
        ] {
            assert_eq!(taken(other), None, "{other:?}");
        }
    }

    #[test]
    fn only_files_that_networkmanager_reads() {
        assert_eq!(file_name("Café de Flore.nmconnection"), Some("Café de Flore.nmconnection"));
        for other in ["x", ".nmconnection", ".x.nmconnection", "x.nmconnection~", "a/b.nmconnection"] {
            assert_eq!(file_name(other), None);
        }
    }
}
