//! What the running UDisks2 can do.

use zbus::{OwnedVariant, Variant};

use super::{ROOT, SERVICE, Udisks, UdisksError, from_bus};

/// The first release whose `Format` takes the options for the cost of a passphrase
/// (`encrypt.pbkdf`, `encrypt.memory` and so on; NEWS of udisks 2.10.90). Earlier ones ignore them
/// without a word and let libcryptsetup measure.
const FIRST_WITH_PBKDF: [u32; 3] = [2, 10, 90];

impl Udisks {
    /// The daemon's version, such as `2.10.1` (`Manager.Version`).
    ///
    /// # Errors
    /// When UDisks2 can't be reached.
    pub async fn version(&self) -> Result<String, UdisksError> {
        let manager = format!("{ROOT}/Manager");
        let question = ("org.freedesktop.UDisks2.Manager", "Version");
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer =
            self.connection.call_method(Some(SERVICE), manager.as_str(), properties, "Get", &question);
        let answer = answer.await.map_err(from_bus)?;
        let version: OwnedVariant = answer.body().deserialize().map_err(from_bus)?;
        match &*version {
            Variant::Str(version) => Ok(version.as_str().to_owned()),
            other => Err(UdisksError::Answer { cause: format!("a version that is no text: {other:?}") }),
        }
    }

    /// Whether the daemon applies the cost of a passphrase that a `Format` call asks for. One that
    /// does not makes the volume with libcryptsetup's own measured cost, and says nothing.
    ///
    /// # Errors
    /// When UDisks2 can't be reached.
    pub async fn applies_pbkdf(&self) -> Result<bool, UdisksError> {
        Ok(applies_pbkdf(&self.version().await?))
    }
}

fn applies_pbkdf(version: &str) -> bool {
    let numbers: Vec<u32> = version
        .split('.')
        .map_while(|part| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok())
        .collect();
    numbers.as_slice() >= FIRST_WITH_PBKDF.as_slice()
}

#[cfg(test)]
mod tests {
    use super::applies_pbkdf;

    #[test]
    fn versions_are_compared_as_numbers() {
        for version in ["2.10.90", "2.10.91", "2.11.0", "2.11", "3.0.0", "2.12.0~dev"] {
            assert!(applies_pbkdf(version), "{version}");
        }
        for version in ["2.9.4", "2.10.1", "2.10.2", "2.10", "", "unknown"] {
            assert!(!applies_pbkdf(version), "{version}");
        }
    }
}
