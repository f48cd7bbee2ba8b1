//! One line of Nix's log.
//!
//! Source of the form: `src/libutil/logging.cc` (`JSONLogger`) and `logging.hh` (`ActivityType`,
//! `ResultType`) of Nix 2.26; the numbers have been the same since 2.4.

use serde::Deserialize;
use serde_json::Value;

/// What stands before each line of the format.
const PREFIX: &str = "@nix ";
/// The least important message that a person is shown (`lvlInfo` of `Verbosity`).
pub(super) const INFO: u64 = 3;

/// What an activity is about (`ActivityType`), as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A store path is copied or downloaded; its progress counts bytes.
    CopyPath,
    /// A file is downloaded; its progress counts bytes.
    FileTransfer,
    /// All paths of one realisation; its progress counts them.
    CopyPaths,
    /// All builds of one realisation; its progress counts them.
    Builds,
    /// One derivation is built.
    Build,
    /// A flake's input is fetched.
    FetchTree,
    /// Anything else.
    Other,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An activity begins.
    Start {
        /// Its number.
        id: u64,
        /// What it is about.
        kind: Kind,
        /// How important its text is: 0 an error, 3 for everybody.
        level: u64,
        /// What a person would be shown.
        text: String,
        /// Its texts, such as the store path and where it comes from.
        fields: Vec<String>,
    },
    /// An activity has ended.
    Stop {
        /// Its number.
        id: u64,
    },
    /// How far an activity has come.
    Progress {
        /// Its number.
        id: u64,
        /// So much is done.
        done: u64,
        /// Of so much, as far as it is known by now.
        expected: u64,
    },
    /// An activity expects so much of another kind.
    Expected {
        /// Its number.
        id: u64,
        /// The other kind.
        kind: Kind,
        /// How much.
        count: u64,
    },
    /// A builder has written a line.
    Built {
        /// The build's number.
        id: u64,
        /// The line.
        line: String,
    },
    /// A message.
    Message {
        /// How important it is.
        level: u64,
        /// Its text, maybe of several lines.
        text: String,
    },
    /// Something that does not matter here.
    Nothing,
    /// A line that is not in the format: a program that Nix has started wrote it.
    Plain(String),
}

#[derive(Deserialize)]
struct Raw {
    action: String,
    #[serde(default)]
    id: u64,
    #[serde(default)]
    level: u64,
    #[serde(default, rename = "type")]
    kind: u64,
    #[serde(default)]
    text: String,
    #[serde(default)]
    msg: String,
    #[serde(default)]
    fields: Vec<Value>,
}

/// Reads one line. Whatever it is, it says something: what is broken says [`Said::Nothing`].
#[must_use]
pub fn parse(line: &str) -> Said {
    let Some(json) = line.strip_prefix(PREFIX) else { return Said::Plain(plain(line)) };
    let Ok(raw) = serde_json::from_str::<Raw>(json) else { return Said::Nothing };
    let number = |at: usize| raw.fields.get(at).and_then(Value::as_u64);
    let text = |at: usize| raw.fields.get(at).and_then(Value::as_str).map(plain);
    match (raw.action.as_str(), raw.kind) {
        ("start", kind) => Said::Start {
            id: raw.id,
            kind: Kind::of(kind),
            level: raw.level,
            text: plain(&raw.text),
            fields: (0..raw.fields.len()).filter_map(text).collect(),
        },
        ("stop", _) => Said::Stop { id: raw.id },
        ("msg", _) => Said::Message { level: raw.level, text: plain(&raw.msg) },
        ("result", 105) => match (number(0), number(1)) {
            (Some(done), Some(expected)) => Said::Progress { id: raw.id, done, expected },
            _ => Said::Nothing,
        },
        ("result", 106) => match (number(0), number(1)) {
            (Some(kind), Some(count)) => Said::Expected { id: raw.id, kind: Kind::of(kind), count },
            _ => Said::Nothing,
        },
        ("result", 101 | 107) => match text(0) {
            Some(line) => Said::Built { id: raw.id, line },
            None => Said::Nothing,
        },
        _ => Said::Nothing,
    }
}

impl Kind {
    fn of(number: u64) -> Self {
        match number {
            100 => Self::CopyPath,
            101 => Self::FileTransfer,
            103 => Self::CopyPaths,
            104 => Self::Builds,
            105 => Self::Build,
            112 => Self::FetchTree,
            _ => Self::Other,
        }
    }
}

/// The text without colours and other control characters, save line breaks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            // A control sequence (ECMA-48, 5.4): it ends with a byte from @ to ~.
            '\u{1b}' if characters.as_str().starts_with('[') => {
                let _end = characters.by_ref().skip(1).find(|end| ('@'..='~').contains(end));
            }
            '\n' => plain.push('\n'),
            '\t' => plain.push(' '),
            control if control.is_control() => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nix_says_is_understood() {
        let start = r#"@nix {"action":"start","fields":["/nix/store/abc-hello","https://cache.nixos.org","/mnt"],"id":42,"level":3,"parent":7,"text":"copying path '/nix/store/abc-hello'","type":100}"#;
        assert_eq!(
            parse(start),
            Said::Start {
                id: 42,
                kind: Kind::CopyPath,
                level: 3,
                text: "copying path '/nix/store/abc-hello'".to_owned(),
                fields: ["/nix/store/abc-hello", "https://cache.nixos.org", "/mnt"]
                    .map(str::to_owned)
                    .to_vec(),
            }
        );
        assert_eq!(parse(r#"@nix {"action":"stop","id":42}"#), Said::Stop { id: 42 });
        assert_eq!(
            parse(r#"@nix {"action":"result","fields":[3,9,1,0],"id":1,"type":105}"#),
            Said::Progress { id: 1, done: 3, expected: 9 }
        );
        assert_eq!(
            parse(r#"@nix {"action":"result","fields":[101,4096],"id":1,"type":106}"#),
            Said::Expected { id: 1, kind: Kind::FileTransfer, count: 4096 }
        );
        assert_eq!(
            parse(r#"@nix {"action":"msg","level":0,"msg":"\u001b[31;1merror:\u001b[0m no\tspace\nleft"}"#),
            Said::Message { level: 0, text: "error: no space\nleft".to_owned() }
        );
        assert_eq!(
            parse(r#"@nix {"action":"result","fields":["gcc -c x.c"],"id":5,"type":101}"#),
            Said::Built { id: 5, line: "gcc -c x.c".to_owned() }
        );
    }

    #[test]
    fn what_is_not_of_the_format_is_a_line_or_nothing() {
        assert_eq!(parse("warning: x"), Said::Plain("warning: x".to_owned()));
        for junk in [
            "@nix ",
            "@nix {}",
            "@nix {\"action\":\"start\"",
            "@nix {\"action\":\"stop\",\"id\":-1}",
            "@nix {\"action\":\"result\",\"fields\":[\"x\"],\"id\":1,\"type\":105}",
            "@nix {\"action\":\"dance\"}",
            "@nix []",
        ] {
            assert_eq!(parse(junk), Said::Nothing, "{junk}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(text in "(@nix )?\\PC*") {
            let _said = parse(&text);
        }
    }
}
