//! Takes values out of a TOML table, and remembers where each stood and what was wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::form::{example_if_required, likely_meant, names_in};
use super::lines::Lines;
use super::{Place, Problem};
use crate::i18n::{gettext, gettext_f};
use crate::pure::size;

/// A table of the form; without entries where the text has none.
pub(super) struct Table<'a> {
    entries: Option<&'a DeTable<'a>>,
    /// Its path with the real places in lists, empty for the file itself.
    path: String,
    /// Its path with `[]` for every place in a list.
    form: String,
    place: Option<Place>,
}

impl<'a> Table<'a> {
    /// The file itself.
    pub(super) fn root(entries: &'a DeTable<'a>) -> Self {
        Self { entries: Some(entries), path: String::new(), form: String::new(), place: None }
    }

    fn key(&self, name: &str) -> String {
        join(&self.path, name)
    }

    fn form(&self, name: &str) -> String {
        join(&self.form, name)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Reads values, and gathers problems on the way.
pub(super) struct Reader<'text> {
    lines: Lines<'text>,
    text_of_broken_lines: Vec<(usize, String)>,
    places: BTreeMap<String, Place>,
    problems: Vec<Problem>,
}

impl<'text> Reader<'text> {
    pub(super) fn new(lines: Lines<'text>, errors: &[toml::de::Error]) -> Self {
        let mut text_of_broken_lines = Vec::new();
        let mut problems = Vec::new();
        for error in errors {
            let place = error.span().map(|span: Range<usize>| lines.place(span.start));
            if let Some(place) = place {
                text_of_broken_lines.push((place.line, lines.line(place.line).to_owned()));
            }
            let sentence =
                gettext_f("This is not valid TOML: {cause}.", &[("cause", error.message().trim())]);
            problems.push(Problem { key: String::new(), place, sentence });
        }
        Self { lines, text_of_broken_lines, places: BTreeMap::new(), problems }
    }

    /// Reports a problem of the key at `key`, at its place if it has one.
    pub(super) fn report(&mut self, key: &str, sentence: String) {
        let place = self.places.get(key).copied();
        self.problems.push(Problem { key: key.to_owned(), place, sentence });
    }

    /// Takes over a broken rule, unless its key has a problem already: its value is a stand-in then.
    pub(super) fn broken_rule(&mut self, problem: Problem) {
        if !self.problems.iter().any(|known| known.key == problem.key) {
            let place = self.nearest_place(&problem.key);
            self.problems.push(Problem { place, ..problem });
        }
    }

    /// All problems in the order of the text; those without a place come last.
    ///
    /// What is said of a line that is no valid TOML is left out: it is guessed from a repaired line.
    pub(super) fn problems(self) -> Vec<Problem> {
        let broken = |place: Place| self.text_of_broken_lines.iter().any(|(line, _)| *line == place.line);
        let mut problems: Vec<Problem> = self
            .problems
            .into_iter()
            .filter(|problem| problem.key.is_empty() || !problem.place.is_some_and(broken))
            .collect();
        problems.sort_by_key(|problem| problem.place.map_or((usize::MAX, 0), |at| (at.line, at.column)));
        problems
    }

    /// The problems of the whole text and those of one key.
    pub(super) fn only(mut self, key: &str) -> Vec<Problem> {
        self.problems.retain(|problem| problem.key.is_empty() || problem.key == key);
        self.problems()
    }

    /// Reports every name in `table` that the form does not know.
    pub(super) fn unknown(&mut self, table: &Table) {
        let known = names_in(&table.form);
        for (name, _) in table.entries.into_iter().flatten() {
            let word: &str = name.get_ref();
            if known.contains(&word) {
                continue;
            }
            let sentence = match likely_meant(&table.form, word) {
                Some(meant) => {
                    gettext_f("There is no such key. Did you mean “{meant}”?", &[("meant", &meant)])
                }
                None => gettext_f(
                    "There is no such key. Those known here: {known}.",
                    &[("known", &known.join(", "))],
                ),
            };
            let place = Some(self.lines.place(name.span().start));
            self.problems.push(Problem { key: table.key(word), place, sentence });
        }
    }

    /// A table in `parent`; an empty one where it is absent or is no table.
    pub(super) fn table<'a>(&mut self, parent: &Table<'a>, name: &str) -> Table<'a> {
        let found = self.look_up(parent, name);
        let entries = found.and_then(|value| {
            let entries = value.get_ref().as_table();
            if entries.is_none() {
                self.report(&parent.key(name), gettext("This must be a table."));
            }
            entries
        });
        let place = found.map(|value| self.lines.place(value.span().start));
        Table { entries, path: parent.key(name), form: parent.form(name), place }
    }

    /// A list of tables in `parent`; none where it is absent.
    pub(super) fn tables<'a>(&mut self, parent: &Table<'a>, name: &str) -> Vec<Table<'a>> {
        let key = parent.key(name);
        let form = format!("{}[]", parent.form(name));
        let wrong = gettext_f("This must be a list of tables, each begun by [[{key}]].", &[("key", &key)]);
        let mut tables = Vec::new();
        for (index, element) in self.list(parent, name, &wrong).into_iter().flatten().enumerate() {
            let path = format!("{key}[{index}]");
            let place = self.lines.place(element.span().start);
            let _ = self.places.insert(path.clone(), place);
            match element.get_ref().as_table() {
                Some(entries) => tables.push(Table {
                    entries: Some(entries),
                    path,
                    form: form.clone(),
                    place: Some(place),
                }),
                None => self.report(&path, gettext("This must be a table.")),
            }
        }
        tables
    }

    /// A text, if there is one.
    pub(super) fn text(&mut self, table: &Table, name: &str) -> Option<String> {
        let value = self.required(table, name)?;
        let text = value.get_ref().as_str().map(ToOwned::to_owned);
        if text.is_none() {
            self.report(&table.key(name), text_expected());
        }
        text
    }

    /// A text that stands for a choice of its own where it is absent: where it is there and can't be
    /// read, it is replaced by one that breaks no rule.
    pub(super) fn optional_text(&mut self, table: &Table, name: &str, stand_in: &str) -> Option<String> {
        let is_there = self.has(table, name);
        self.text(table, name).or_else(|| is_there.then(|| stand_in.to_owned()))
    }

    /// Whether the key is there, maybe in a line that is no valid TOML.
    pub(super) fn has(&self, table: &Table, name: &str) -> bool {
        table.entries.is_some_and(|entries| entries.contains_key(name))
            || self.text_of_broken_lines.iter().any(|(_, line)| line.contains(name))
    }

    /// Reports every one of these keys that is there with `sentence`, which says why it is of no use.
    pub(super) fn without_use(&mut self, table: &Table, names: &[&str], sentence: &str) {
        for name in names {
            if table.entries.is_some_and(|entries| entries.contains_key(*name)) {
                let key = table.key(name);
                self.broken_rule(Problem { key, place: None, sentence: sentence.to_owned() });
            }
        }
    }

    /// A list of texts; empty where it is absent.
    pub(super) fn texts(&mut self, table: &Table, name: &str) -> Vec<String> {
        let key = table.key(name);
        let wrong = gettext("This must be a list of texts in quotation marks.");
        let mut texts = Vec::new();
        for (index, element) in self.list(table, name, &wrong).into_iter().flatten().enumerate() {
            let path = format!("{key}[{index}]");
            let place = self.lines.place(element.span().start);
            let _ = self.places.insert(path.clone(), place);
            match element.get_ref().as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    self.report(&path, text_expected());
                    // It keeps the places of those after it right.
                    texts.push(format!("/srv/unreadable-{name}-{index}"));
                }
            }
        }
        texts
    }

    /// `true` or `false`, if there is one.
    pub(super) fn boolean(&mut self, table: &Table, name: &str) -> Option<bool> {
        let value = self.required(table, name)?;
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.report(&table.key(name), gettext("This must be true or false, without quotation marks."));
        }
        boolean
    }

    /// A whole number, if there is one.
    pub(super) fn integer(&mut self, table: &Table, name: &str) -> Option<i64> {
        let value = self.required(table, name)?;
        let number = integer_of(value.get_ref());
        if number.is_none() {
            self.report(
                &table.key(name),
                gettext("This must be a whole number, without quotation marks or a unit."),
            );
        }
        number
    }

    /// A size in bytes, if there is one: a text with a unit, or a number of bytes.
    pub(super) fn size(&mut self, table: &Table, name: &str) -> Option<u64> {
        let value = self.required(table, name)?.get_ref();
        let size = match value.as_str() {
            Some(text) => size::parse(text).ok(),
            None => integer_of(value).and_then(|number| u64::try_from(number).ok()),
        };
        if size.is_none() {
            self.report(
                &table.key(name),
                gettext("This must be a size, such as \"512 MiB\" or \"8 GiB\", or a number of bytes."),
            );
        }
        size
    }

    /// One of a few words, if there is one.
    pub(super) fn choice<T: Copy>(&mut self, table: &Table, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.required(table, name)?;
        let word = value.get_ref().as_str();
        let chosen = choices.iter().find(|(known, _)| Some(*known) == word).map(|(_, choice)| *choice);
        if chosen.is_none() {
            let words: Vec<String> = choices.iter().map(|(known, _)| format!("\"{known}\"")).collect();
            self.report(
                &table.key(name),
                gettext_f("This must be one of {words}.", &[("words", &words.join(", "))]),
            );
        }
        chosen
    }

    fn list<'a>(&mut self, table: &Table<'a>, name: &str, wrong: &str) -> Option<&'a DeArray<'a>> {
        let value = self.look_up(table, name)?;
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.report(&table.key(name), wrong.to_owned());
        }
        list
    }

    /// The value of a key, which is reported if it must be there and isn't.
    fn required<'a>(&mut self, table: &Table<'a>, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let found = self.look_up(table, name);
        if let (None, Some(example)) = (found, example_if_required(&table.form(name)))
            && !self.text_of_broken_lines.iter().any(|(_, line)| line.contains(name))
        {
            let sentence = gettext_f(
                "This key is missing. Add, for example: {line}",
                &[("line", &format!("{name} = {example}"))],
            );
            self.problems.push(Problem { key: table.key(name), place: table.place, sentence });
        }
        found
    }

    fn look_up<'a>(&mut self, table: &Table<'a>, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = table.entries?.get(name)?;
        let _ = self.places.insert(table.key(name), self.lines.place(value.span().start));
        Some(value)
    }

    /// The place of a key, or of the nearest table around it.
    pub(super) fn nearest_place(&self, key: &str) -> Option<Place> {
        let mut path = key;
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(*place);
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }
}

fn text_expected() -> String {
    gettext("This must be a text in quotation marks.")
}

fn integer_of(value: &DeValue) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}
