//! Every message reaches the translators, and every translation fits its message.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use snowmelt::pure::catalogue;

/// The functions that take a message, with the number of messages that each takes.
const FUNCTIONS: [(&str, usize); 3] = [("gettext", 1), ("gettext_f", 1), ("ngettext_f", 2)];

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All sources but the one that defines the functions.
fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&top().join("src"), &mut found);
    found.retain(|path| !path.ends_with("src/i18n.rs"));
    found.sort();
    found
}

/// The messages in a source, or what stands where a literal should.
fn messages(tokens: TokenStream, found: &mut Vec<Result<String, String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            messages(group.stream(), found);
        }
        let TokenTree::Ident(name) = token else { continue };
        let Some((_, count)) = FUNCTIONS.iter().find(|(function, _)| name == function) else { continue };
        let Some(TokenTree::Group(arguments)) = tokens.get(index + 1) else { continue };
        if arguments.delimiter() != Delimiter::Parenthesis {
            continue;
        }
        let arguments: Vec<TokenTree> = arguments.stream().into_iter().collect();
        for argument in arguments
            .split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ','))
            .take(*count)
        {
            found.push(match argument {
                [TokenTree::Literal(literal)] if literal.to_string().starts_with('"') => {
                    Ok(literal.to_string())
                }
                other => Err(other.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")),
            });
        }
    }
}

fn messages_of(path: &Path) -> Vec<Result<String, String>> {
    let text = fs::read_to_string(path).expect("a source");
    let mut found = Vec::new();
    messages(text.parse().expect("Rust"), &mut found);
    found
}

/// `(message ids, translations)` of each entry of a PO file that has a translation.
fn entries(po: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let mut entries = Vec::new();
    for block in po.split("\n\n") {
        let (mut ids, mut texts): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let mut in_texts = false;
        for line in block.lines().filter(|line| !line.starts_with('#')) {
            let Some((keyword, rest)) = line.split_once('"') else { continue };
            let part = rest.strip_suffix('"').expect("a closed text");
            let list = if keyword.starts_with("msgid") {
                in_texts = false;
                ids.push(String::new());
                &mut ids
            } else if keyword.starts_with("msgstr") {
                in_texts = true;
                texts.push(String::new());
                &mut texts
            } else if in_texts {
                &mut texts
            } else {
                &mut ids
            };
            list.last_mut().expect("one was begun").push_str(part);
        }
        if ids.first().is_some_and(|id| !id.is_empty()) && texts.iter().all(|text| !text.is_empty()) {
            entries.push((ids, texts));
        }
    }
    entries
}

fn languages() -> Vec<String> {
    let list = fs::read_to_string(top().join("po/LINGUAS")).expect("po/LINGUAS");
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(ToOwned::to_owned).collect()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_message_is_a_literal() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for path in sources() {
        for message in messages_of(&path) {
            match message {
                // xgettext and Rust must read it alike.
                Ok(text) if text.contains("\\u") || text.contains("\\x") || text.contains('\n') => {
                    wrong.push(format!("{}: {text}", path.display()));
                }
                Ok(_) => count += 1,
                Err(other) => wrong.push(format!("{}: {other}", path.display())),
            }
        }
    }
    assert!(count > 100, "only {count} messages were found: the test looks at too little");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_with_a_message_is_listed() {
    let listed = fs::read_to_string(top().join("po/POTFILES.in")).expect("po/POTFILES.in");
    let listed: BTreeSet<PathBuf> = listed.lines().map(|line| top().join(line)).collect();
    let missing: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|path| !messages_of(path).is_empty() && !listed.contains(path))
        .collect();
    assert!(missing.is_empty(), "add to po/POTFILES.in: {missing:?}");
    let gone: Vec<&PathBuf> = listed.iter().filter(|path| !path.is_file()).collect();
    assert!(gone.is_empty(), "take out of po/POTFILES.in: {gone:?}");
}

#[test]
fn what_the_translators_get_is_what_the_sources_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = folder.path().join("snowmelt.pot");
    let gathered = Command::new(top().join("build-aux/pot"))
        .arg("--output")
        .arg(&template)
        .status()
        .expect("build-aux/pot needs Python and xgettext of gettext");
    assert!(gathered.success());
    let template = fs::read_to_string(template).expect("the messages").replace("msgstr \"\"", "msgstr \"x\"");
    let template =
        template.replace("msgstr[0] \"\"", "msgstr[0] \"x\"").replace("msgstr[1] \"\"", "msgstr[1] \"x\"");
    let given: BTreeSet<String> = entries(&template).into_iter().flat_map(|(ids, _)| ids).collect();
    let said: BTreeSet<String> = sources()
        .iter()
        .flat_map(|path| messages_of(path))
        .flatten()
        .filter_map(|literal| Some(literal.strip_prefix('"')?.strip_suffix('"')?.to_owned()))
        .chain(catalogue::messages().map(str::to_owned))
        .collect();
    assert_eq!(given, said);
}

#[test]
fn translations_have_the_placeholders_of_their_messages() {
    let mut wrong = Vec::new();
    for language in languages() {
        let po = fs::read_to_string(top().join(format!("po/{language}.po"))).expect("a translation");
        let entries = entries(&po);
        assert!(entries.len() > 100, "{language}: only {} translated messages were found", entries.len());
        for (ids, texts) in entries {
            let last = ids.last().expect("a message");
            let forms = texts.len();
            for (form, text) in texts.into_iter().enumerate() {
                // A form for exactly one or two may say the number as a word.
                let as_word = ids.len() > 1 && form + 1 < forms && !text.contains("{count}");
                let wanted = if as_word { last.replace("{count}", "") } else { last.clone() };
                if placeholders(&text) != placeholders(&wanted) {
                    wrong.push(format!("{language}: {last}\n    {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In a sentence from right to left a path's first slash and a command's options would go to the other
/// side, so each stands between U+2066 and U+2069.
#[test]
fn arabic_keeps_paths_and_commands_in_their_place() {
    let po = fs::read_to_string(top().join("po/ar.po")).expect("a translation");
    let mut wrong = Vec::new();
    let mut kept = 0;
    for text in entries(&po).into_iter().flat_map(|(_, texts)| texts) {
        let mut rest = text.as_str();
        let mut open = String::new();
        while let Some((before, after)) = rest.split_once('\u{2066}') {
            open.push_str(before);
            kept += 1;
            rest = after.split_once('\u{2069}').expect("an end to each beginning").1;
        }
        open.push_str(rest);
        let is_path = open.match_indices('/').any(|(at, _)| {
            let (before, after) = open.split_at(at);
            let is_start = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '}');
            is_start && after.chars().nth(1).is_some_and(|letter| letter.is_ascii_lowercase())
        });
        if is_path || open.contains(" --") {
            wrong.push(text);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(kept > 30, "only {kept} were found");
}
