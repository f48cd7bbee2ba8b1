//! The Nix printer: whatever a person types comes out of Nix as they typed it, and `nixfmt` would
//! change nothing in what is printed.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that can’t go on fails")]

use proptest::prelude::*;
use rnix::ast::{Attr, AttrSet, Expr, HasEntry as _, InterpolPart, Str};
use snowmelt::pure::nix::{Attrs, Item, Path, Value, print};

fn parse(source: &str) -> Expr {
    let parsed = rnix::Root::parse(source);
    assert!(parsed.errors().is_empty(), "{:?} in:\n{source}", parsed.errors());
    parsed.tree().expr().expect("an expression")
}

/// What a string literal without interpolation evaluates to.
fn text(string: &Str) -> String {
    let parts = string.normalized_parts();
    parts
        .into_iter()
        .map(|part| match part {
            InterpolPart::Literal(text) => text,
            InterpolPart::Interpolation(_) => panic!("{string} has an interpolation"),
        })
        .collect()
}

fn evaluate(value: &Value) -> String {
    match parse(&print(&[], value)) {
        Expr::Str(string) => text(&string),
        other => panic!("{other} is no string"),
    }
}

fn is_fixed_point(source: &str) -> Result<(), TestCaseError> {
    let formatted = nixfmt_rs::format(source).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
    prop_assert_eq!(formatted, source);
    Ok(())
}

/// Pieces of which hostile strings are made, and ordinary ones.
fn piece() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "${", "$", "{", "}", "\"", "\\", "''", "'", "\n", "\r", "\r\n", "\t", " ", "  ", "$$", "$${", "'${",
        "''${", "''\\", "\\${", "\\n", "#", "/*", "*/", ";", "\u{1}", "\u{7f}", "\u{2028}", "ß", "𝕏",
        "\u{202e}",
    ]);
    prop_oneof![3 => hostile.prop_map(str::to_owned), 1 => "[a-z0-9.:/-]{1,8}"]
}

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![hostile(), any::<String>().prop_map(|text| text.replace('\0', ""))]
}

fn short() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.chars().take(12).collect())
}

/// Values with lines of less than 100 columns: with longer ones `nixfmt` has more rules, which
/// depend on the name before the value.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(|number| Value::Int(number.into())),
        short().prop_map(Value::Text),
        short().prop_map(Value::Lines),
        "[a-z$'{}\\\\]{1,9}\n( {0,4}[a-z$'{}\\\\]{1,9}\n|\n){0,5}[a-z]\n".prop_map(Value::Lines),
        Just(Value::Raw("./disk.nix")),
        Just(Value::Raw("pkgs.btrfs-progs")),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let comment = prop::sample::select(vec!["", "", "Why it is so."]);
        let item = (comment.clone(), inner.clone()).prop_map(|(comment, value)| Item { comment, value });
        let entry = (comment, short(), inner, any::<bool>());
        prop_oneof![
            prop::collection::vec(item, 0..4).prop_map(Value::List),
            prop::collection::vec(entry, 0..4).prop_map(|entries| {
                let entries = entries.into_iter().enumerate();
                let attrs =
                    entries.fold(Attrs::new(), |attrs, (number, (comment, name, value, is_default))| {
                        let comment: &[&'static str] = if comment.is_empty() { &[] } else { &[comment] };
                        let value = if is_default { Value::apply("lib.mkDefault", value) } else { value };
                        attrs.explain(comment, Path::from("some.set").key(&format!("{name}{number}")), value)
                    });
                Value::Attrs(attrs)
            }),
        ]
    })
}

proptest! {
    // The file that proptest would write belongs to no one; a failure prints its input.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_what_was_typed(typed in any_text()) {
        prop_assert_eq!(evaluate(&Value::Text(typed.clone())), typed);
    }

    #[test]
    fn lines_are_what_was_given(given in any_text()) {
        prop_assert_eq!(evaluate(&Value::Lines(given.clone())), given);
    }

    #[test]
    fn lines_of_a_script_are_what_was_given(given in "([-a-z$'{}\\\\;\"] {0,3}[-a-z$'{}\\\\;\"]\n| {0,9}[-a-z$'{}\\\\]{1,4}\n|\n){0,9}") {
        prop_assert_eq!(evaluate(&Value::Lines(given.clone())), given);
    }

    #[test]
    fn a_name_is_what_was_typed(typed in prop_oneof![any_text(), "[a-z'_-]{1,8}"]) {
        let set = Attrs::new().set(Path::from("users.users").key(&typed), true);
        let Expr::AttrSet(set) = parse(&print(&[], &set.into())) else { panic!("a set stays a set") };
        prop_assert_eq!(names(&set), ["users".to_owned(), "users".to_owned(), typed]);
    }

    #[test]
    fn nixfmt_changes_nothing(value in tree()) {
        is_fixed_point(&print(&["A comment", "in front"], &value))?;
    }

    #[test]
    fn nixfmt_changes_nothing_in_long_lines(long in "[ -~]{30,200}") {
        let attrs = Attrs::new()
            .set("description", long.as_str())
            .set("one.of-them", Value::list([long.as_str()]))
            .set("both", Value::list([long.as_str(), long.as_str()]));
        is_fixed_point(&print(&[], &attrs.into()))?;
    }

    #[test]
    fn nixfmt_changes_nothing_in_a_module(value in tree()) {
        let body = Attrs::new().set("a", value.clone()).explain(&["Why."], "b", value);
        is_fixed_point(&print(&[], &Value::function(&["lib", "pkgs"], body.clone())))?;
        is_fixed_point(&print(&[], &Attrs::new().set("f", Value::function(&["pkgs"], body)).into()))?;
    }
}

fn names(set: &AttrSet) -> Vec<String> {
    let entry = set.attrpath_values().next().expect("an entry");
    let path = entry.attrpath().expect("a name");
    path.attrs()
        .map(|part| match part {
            Attr::Ident(name) => name.to_string(),
            Attr::Str(name) => text(&name),
            Attr::Dynamic(_) => panic!("{path} has an interpolation"),
        })
        .collect()
}

#[test]
fn keywords_and_odd_names_are_quoted() {
    for odd in ["else", "with", "or", "inherit", "1st", "", "a b", "-x", "ä", "a.b", "${x}"] {
        let printed = print(&[], &Attrs::new().set(Path::default().key(odd), true).into());
        assert!(printed.contains('"'), "{printed}");
    }
    for plain in ["enc", "_x", "my-disk", "x'", "true", "elsewhere"] {
        let printed = print(&[], &Attrs::new().set(Path::default().key(plain), true).into());
        assert_eq!(printed, format!("{{\n  {plain} = true;\n}}\n"));
    }
}

#[test]
fn a_script_is_printed_as_lines() {
    let script = "if [ -e '${x}' ]; then\n  echo ''\n\nfi\n";
    let set = Attrs::new().set("script", Value::Lines(script.to_owned()));
    let printed = print(&[], &set.into());
    assert!(
        printed.contains("''\n    if [ -e ''\\'''${x}' ]; then\n      echo '''\n\n    fi\n  '';"),
        "{printed}"
    );
}
