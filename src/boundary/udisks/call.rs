//! Carries out the calls that a plan shows, exactly as it shows them.

use std::collections::HashMap;

use zbus::{OwnedObjectPath, Structure, Variant};

use super::{SERVICE, Udisks, UdisksError, from_bus};
use crate::pure::call::{DbusCall, Object, Value};
use crate::pure::layout::Role;
use crate::pure::secret::Secret;

/// The objects that earlier calls have made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    made: Vec<(Role, String)>,
}

impl Context {
    /// Nothing is made yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers the object path of the partition that was made for `role`.
    pub fn insert(&mut self, role: Role, object: String) {
        self.made.retain(|(other, _)| *other != role);
        self.made.push((role, object));
    }

    /// The object path of the partition that was made for `role`.
    #[must_use]
    pub fn get(&self, role: Role) -> Option<&str> {
        self.made.iter().find(|(other, _)| *other == role).map(|(_, object)| object.as_str())
    }
}

impl Udisks {
    /// Carries out a call and waits for its end, however long it takes: formatting may take
    /// minutes, and polkit may ask the person first.
    ///
    /// Gives the object path that the method returns: that of the new partition for
    /// `CreatePartition` and `CreatePartitionAndFormat`, of the cleartext device for `Unlock`.
    ///
    /// # Errors
    /// When the call needs a passphrase or a partition that is not given, and when UDisks2 fails;
    /// then with its own error name and text.
    pub async fn call(
        &self,
        call: &DbusCall,
        context: &Context,
        passphrase: Option<&Secret>,
    ) -> Result<Option<String>, UdisksError> {
        let object = match &call.object {
            Object::Disk(path) => path.as_str(),
            Object::Made(role) => context.get(*role).ok_or_else(|| UdisksError::Incomplete {
                what: format!("partition “{}”", role.word()),
            })?,
        };
        let body = body(&call.arguments, passphrase)?;
        let method =
            self.connection.call_method(Some(SERVICE), object, Some(call.interface), call.method, &body);
        let answer = method.await.map_err(from_bus)?;
        // The passphrase is in the message; it goes as early as can be.
        drop(body);
        if answer.body().signature().to_string_no_parens() != "o" {
            return Ok(None);
        }
        let path: OwnedObjectPath = answer.body().deserialize().map_err(from_bus)?;
        Ok(Some(path.to_string()))
    }
}

/// The arguments as a D-Bus message body.
fn body<'a>(arguments: &'a [Value], passphrase: Option<&'a Secret>) -> Result<Structure<'a>, UdisksError> {
    let mut body = Structure::builder();
    for argument in arguments {
        body = body.append_field(variant(argument, passphrase)?);
    }
    body.build().map_err(from_bus)
}

fn variant<'a>(value: &'a Value, passphrase: Option<&'a Secret>) -> Result<Variant<'a>, UdisksError> {
    Ok(match value {
        Value::U64(number) => Variant::from(*number),
        Value::U32(number) => Variant::from(*number),
        Value::Bool(yes) => Variant::from(*yes),
        Value::Text(text) => Variant::from(text.as_str()),
        Value::Passphrase => match passphrase {
            Some(secret) => Variant::from(secret.expose()),
            None => return Err(UdisksError::Incomplete { what: "passphrase".to_owned() }),
        },
        Value::Options(options) => {
            let mut all: HashMap<&str, Variant<'a>> = HashMap::with_capacity(options.len());
            for (key, value) in options {
                let _replaced = all.insert(*key, variant(value, passphrase)?);
            }
            Variant::from(all)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(arguments: &[Value], passphrase: Option<&Secret>) -> Result<String, UdisksError> {
        body(arguments, passphrase).map(|body| body.signature().to_string_no_parens())
    }

    #[test]
    fn arguments_have_the_types_that_udisks_asks_for() {
        let secret = Secret::new("open sesame".to_owned());
        let arguments = [
            Value::U64(1 << 20),
            Value::U64(0),
            Value::Text("type".to_owned()),
            Value::Text("name".to_owned()),
            Value::Options(Vec::new()),
            Value::Text("btrfs".to_owned()),
            Value::Options(vec![
                ("encrypt.passphrase", Value::Passphrase),
                ("encrypt.memory", Value::U32(32)),
                ("update-partition-type", Value::Bool(true)),
            ]),
        ];
        assert_eq!(signature(&arguments, Some(&secret)).as_deref(), Ok("ttssa{sv}sa{sv}"));
        assert_eq!(
            signature(&arguments, None),
            Err(UdisksError::Incomplete { what: "passphrase".to_owned() })
        );
    }

    #[test]
    fn an_option_is_wrapped_once() {
        let options = [Value::Options(vec![("label", Value::Text("BOOT".to_owned()))])];
        let body = body(&options, None).unwrap();
        let Variant::Dict(dict) = &body.fields()[0] else { panic!("not a dictionary") };
        let label: Option<Variant<'_>> = dict.get(&"label").unwrap();
        assert_eq!(label, Some(Variant::from("BOOT")));
    }

    #[test]
    fn the_latest_object_of_a_role_counts() {
        let mut context = Context::new();
        assert_eq!(context.get(Role::Esp), None);
        context.insert(Role::Esp, "/one".to_owned());
        context.insert(Role::Esp, "/two".to_owned());
        context.insert(Role::Volume, "/three".to_owned());
        assert_eq!(context.get(Role::Esp), Some("/two"));
    }
}
