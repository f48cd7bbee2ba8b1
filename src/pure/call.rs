//! The calls and commands behind a step: built here once, shown by the plan, and carried out as
//! they are by UDisks2's side and by the helper.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::layout::Role;

/// One thing that a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Call {
    /// A method of UDisks2.
    Dbus(DbusCall),
    /// A program, run by the helper as root.
    Command(Command),
    /// A program, run without any privileges.
    Unprivileged(Command),
    /// A file, written by the helper as root.
    Write {
        /// Path on the target.
        path: String,
        /// Permission bits, such as `0o600`.
        mode: u32,
    },
    /// A check that changes nothing.
    Check {
        /// What is checked.
        what: String,
    },
}

/// A call of UDisks2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DbusCall {
    /// The object that is called.
    pub object: Object,
    /// Its interface, such as `org.freedesktop.UDisks2.Block`.
    pub interface: &'static str,
    /// The method.
    pub method: &'static str,
    /// The arguments in their order.
    pub arguments: Vec<Value>,
}

/// An object of UDisks2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Object {
    /// The chosen disk, by its object path.
    Disk(String),
    /// A partition that an earlier step has made.
    Made(Role),
}

/// An argument of a D-Bus call, with the D-Bus type that it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// `t`
    U64(u64),
    /// `u`
    U32(u32),
    /// `s`
    Text(String),
    /// `b`
    Bool(bool),
    /// `s`: the passphrase, put in only when the call is made.
    Passphrase,
    /// `a{sv}`
    Options(Vec<(&'static str, Value)>),
}

/// A program with its arguments. There is no shell anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Command {
    /// The program's name, looked up on the helper's own fixed PATH.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Where it puts temporary files, as its `TMPDIR`; `None` leaves that to the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary: Option<String>,
}

/// An argument of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Argument {
    /// A text known beforehand.
    Text(String),
    /// The path of the disk.
    Disk,
    /// The path of what the filesystem lies on: the opened volume, or the partition itself where
    /// nothing is encrypted.
    Volume,
    /// The path of the EFI system partition.
    Esp,
    /// The path of the partition that the encrypted volume lies on.
    EncryptedPartition,
    /// The store path of the system that an earlier command has built.
    System,
    /// Where an unprivileged command puts the copy of the person's flake.
    Copy,
    /// The configurations in that copy, as a flake's reference.
    Hosts,
}

/// Where the devices of an installation are, as the helper found them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// The disk, such as `/dev/nvme0n1`.
    pub disk: String,
    /// The opened volume, such as `/dev/mapper/enc`, or the filesystem's partition.
    pub volume: String,
    /// The EFI system partition.
    pub esp: String,
    /// The partition that the volume lies on; the same as the volume where nothing is encrypted.
    pub encrypted_partition: String,
    /// The store path of the new system; empty until it is built.
    pub system: String,
}

impl Command {
    /// A command whose arguments are all known beforehand.
    #[must_use]
    pub fn new<const COUNT: usize>(program: &str, arguments: [&str; COUNT]) -> Self {
        Self {
            program: program.to_owned(),
            arguments: arguments.into_iter().map(|text| Argument::Text(text.to_owned())).collect(),
            temporary: None,
        }
    }

    /// Has it put temporary files there.
    #[must_use]
    pub fn with_temporary(mut self, directory: &str) -> Self {
        self.temporary = Some(directory.to_owned());
        self
    }

    /// Adds arguments that are known beforehand.
    #[must_use]
    pub fn with_all<const COUNT: usize>(self, texts: [&str; COUNT]) -> Self {
        texts.into_iter().fold(self, |command, text| command.with(Argument::Text(text.to_owned())))
    }

    /// The arguments of an unprivileged command, with the folder of the copy filled in.
    #[must_use]
    pub fn resolve_copy(&self, copy: &str) -> Vec<String> {
        self.arguments
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => text.clone(),
                Argument::Hosts => format!("{copy}#nixosConfigurations"),
                _ => copy.to_owned(),
            })
            .collect()
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, argument: Argument) -> Self {
        self.arguments.push(argument);
        self
    }

    /// The arguments with the devices filled in.
    #[must_use]
    pub fn resolve(&self, paths: &Paths) -> Vec<String> {
        self.arguments
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => text.clone(),
                Argument::Disk => paths.disk.clone(),
                Argument::Volume => paths.volume.clone(),
                Argument::Esp => paths.esp.clone(),
                Argument::EncryptedPartition => paths.encrypted_partition.clone(),
                Argument::System => paths.system.clone(),
                // No command of the helper's has these.
                Argument::Copy | Argument::Hosts => String::new(),
            })
            .collect()
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dbus(call) => call.fmt(formatter),
            Self::Command(command) => command.fmt(formatter),
            Self::Unprivileged(command) => write!(formatter, "as yourself: {command}"),
            Self::Write { path, mode } => write!(formatter, "write {path} (mode {mode:04o})"),
            Self::Check { what } => write!(formatter, "check {what}"),
        }
    }
}

impl fmt::Display for DbusCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interface = self.interface.strip_prefix("org.freedesktop.").unwrap_or(self.interface);
        write!(formatter, "{interface}.{}(", self.method)?;
        for (index, argument) in self.arguments.iter().enumerate() {
            if index > 0 {
                formatter.write_str(", ")?;
            }
            argument.fmt(formatter)?;
        }
        match &self.object {
            Object::Disk(path) => write!(formatter, ") on {path}"),
            Object::Made(role) => write!(formatter, ") on the new partition “{}”", role.word()),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::U64(number) => write!(formatter, "{number}"),
            Self::U32(number) => write!(formatter, "{number}"),
            Self::Text(text) => write!(formatter, "{text:?}"),
            Self::Bool(yes) => write!(formatter, "{yes}"),
            Self::Passphrase => formatter.write_str("‹passphrase›"),
            Self::Options(options) => {
                formatter.write_str("{")?;
                for (index, (key, value)) in options.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(formatter, "{comma}{key:?}: {value}")?;
                }
                formatter.write_str("}")
            }
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(directory) = &self.temporary {
            write!(formatter, "TMPDIR={} ", shown(directory))?;
        }
        formatter.write_str(&self.program)?;
        for argument in &self.arguments {
            match argument {
                Argument::Text(text) => write!(formatter, " {}", shown(text))?,
                Argument::Disk => formatter.write_str(" ‹disk›")?,
                Argument::Volume => formatter.write_str(" ‹volume›")?,
                Argument::Esp => formatter.write_str(" ‹EFI system partition›")?,
                Argument::EncryptedPartition => formatter.write_str(" ‹encrypted partition›")?,
                Argument::Copy => formatter.write_str(" ‹copy›")?,
                Argument::Hosts => formatter.write_str(" ‹copy›#nixosConfigurations")?,
                Argument::System => formatter.write_str(" ‹the system that was built›")?,
            }
        }
        Ok(())
    }
}

/// An argument as a shell would take it, for reading only: nothing is ever run from this text.
fn shown(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@#+%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
