//! Search as a person types it: words in any order, without regard to case and accents.

/// What was typed into a search field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// Reads what was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self { words: fold(typed).split_whitespace().map(ToOwned::to_owned).collect() }
    }

    /// Whether nothing is searched for: everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether every word of the query is in the text.
    #[must_use]
    pub fn matches(&self, text: &Searchable) -> bool {
        self.words.iter().all(|word| text.0.contains(word.as_str()))
    }

    /// How well the text fits; the best first when sorted, `None` where it does not match.
    ///
    /// The text begins with the query, then each word of the query begins a word of the text, then
    /// the rest.
    #[must_use]
    pub fn rank(&self, text: &Searchable) -> Option<u8> {
        if !self.matches(text) {
            return None;
        }
        let begins = |word: &String| text.0.split_whitespace().any(|other| other.starts_with(word.as_str()));
        Some(if text.0.starts_with(&self.words.join(" ")) {
            0
        } else if self.words.iter().all(begins) {
            1
        } else {
            2
        })
    }
}

/// A text made ready to be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searchable(String);

impl Searchable {
    /// Joins all by which a thing may be found; what it is called comes first.
    #[must_use]
    pub fn new<'part>(parts: impl IntoIterator<Item = &'part str>) -> Self {
        let folded: Vec<String> = parts.into_iter().map(fold).filter(|part| !part.is_empty()).collect();
        Self(folded.join(" "))
    }
}

/// Letters without accents in lower case, other scripts as they are written in Latin letters, and
/// everything between words as one space.
#[must_use]
pub fn fold(text: &str) -> String {
    // O’Neill is one word.
    let latin = deunicode::deunicode_with_tofu(text, " ").to_lowercase().replace('\'', "");
    let words = latin.split(|c: char| c.is_whitespace() || c.is_control() || "-_/().,;:\"+".contains(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str, text: &str) -> bool {
        Query::new(typed).matches(&Searchable::new([text]))
    }

    #[test]
    fn case_accents_punctuation_and_order_do_not_matter() {
        for typed in ["SAO paulo", "são", "paulo sao", "  Pau  ", "america/sao_paulo", ""] {
            assert!(found(typed, "America/São_Paulo"), "{typed}");
        }
        assert!(found("русск", "Русский"));
        assert!(found("РУССК", "Русский"));
        assert!(found("russk", "Русский"), "who has no such keyboard finds it too");
        assert!(found("strasse", "Straße"));
        assert!(found("日本", "日本語"));
        assert!(!found("sao lisbon", "America/São_Paulo"), "every word must be there");
    }

    #[test]
    fn hostile_queries_match_nothing_or_everything_and_end() {
        assert!(Query::new(" \u{0} \u{202e} ... ").is_empty());
        assert!(!found(&"x".repeat(100_000), "short"));
        assert!(!found("*", "anything"), "there are no wildcards");
        assert!(!found("\u{10ffff}a", "b"));
    }

    #[test]
    fn what_begins_with_the_query_comes_first() {
        let rank = |text: &str| Query::new("new yo").rank(&Searchable::new([text]));
        assert_eq!(rank("New York"), Some(0));
        assert_eq!(rank("America, New York"), Some(1));
        assert_eq!(rank("Renew by"), None);
        assert_eq!(Query::new("ork").rank(&Searchable::new(["New York"])), Some(2));
    }
}
