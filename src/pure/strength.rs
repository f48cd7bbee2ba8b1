//! How hard a passphrase or password is to guess, by zxcvbn, in our own words.
//!
//! What zxcvbn says of years that are near depends on the year in which it is asked; nothing else of
//! it depends on anything but its input.

use zxcvbn::Score;
use zxcvbn::feedback::{Suggestion, Warning};

use super::secret::Secret;
use crate::i18n::gettext;

/// Characters that are looked at. zxcvbn 3.1 looks at no more by itself; the time that its method
/// takes grows faster than the length, and so long a beginning decides already.
const LOOKED_AT: usize = 100;

/// How hard a secret is to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Fewer than a thousand guesses.
    VeryWeak,
    /// Fewer than a million.
    Weak,
    /// Fewer than a hundred million.
    Fair,
    /// Fewer than ten thousand million.
    Good,
    /// More.
    Strong,
}

/// What is thought of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// How hard it is to guess.
    pub grade: Grade,
    /// Sentences: what makes it weak, and what would make it stronger. Empty where it is good.
    pub advice: Vec<String>,
}

impl Grade {
    /// From 0 to 4, for a bar.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::VeryWeak => 0,
            Self::Weak => 1,
            Self::Fair => 2,
            Self::Good => 3,
            Self::Strong => 4,
        }
    }

    /// In a word or two.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::VeryWeak => gettext("very weak"),
            Self::Weak => gettext("weak"),
            Self::Fair => gettext("fair"),
            Self::Good => gettext("good"),
            Self::Strong => gettext("strong"),
        }
    }
}

/// Judges a secret. `known` are words that somebody who guesses would try first: names of the user
/// and of the machine. An empty secret is very weak, without advice.
#[must_use]
pub fn strength(secret: &Secret, known: &[&str]) -> Strength {
    let text = secret.expose();
    if text.is_empty() {
        return Strength { grade: Grade::VeryWeak, advice: Vec::new() };
    }
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(index, _)| index);
    let known: Vec<&str> =
        known.iter().flat_map(|words| std::iter::once(*words).chain(words.split_whitespace())).collect();
    let judged = zxcvbn::zxcvbn(text.get(..end).unwrap_or(text), &known);
    let grade = match judged.score() {
        Score::Zero => Grade::VeryWeak,
        Score::One => Grade::Weak,
        Score::Two => Grade::Fair,
        Score::Three => Grade::Good,
        // Score is open to what comes; more is only stronger.
        _ => Grade::Strong,
    };
    let advice = judged.feedback().map_or_else(Vec::new, |feedback| {
        let warning = feedback.warning().map(warning);
        warning.into_iter().chain(feedback.suggestions().iter().copied().map(suggestion)).collect()
    });
    Strength { grade, advice }
}

fn warning(warning: Warning) -> String {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => gettext("Straight rows of keys are easy to guess."),
        Warning::ShortKeyboardPatternsAreEasyToGuess => {
            gettext("Short patterns on the keyboard are easy to guess.")
        }
        Warning::RepeatsLikeAaaAreEasyToGuess => gettext("Repetitions such as “aaa” are easy to guess."),
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            gettext("“abcabcabc” is hardly harder to guess than “abc”.")
        }
        Warning::ThisIsATop10Password => gettext("This is one of the ten most common passwords."),
        Warning::ThisIsATop100Password => gettext("This is one of the hundred most common passwords."),
        Warning::ThisIsACommonPassword => gettext("This is a very common password."),
        Warning::ThisIsSimilarToACommonlyUsedPassword => gettext("This is close to a common password."),
        Warning::SequencesLikeAbcAreEasyToGuess => {
            gettext("Sequences such as “abc” or “6543” are easy to guess.")
        }
        Warning::RecentYearsAreEasyToGuess => gettext("Recent years are easy to guess."),
        Warning::AWordByItselfIsEasyToGuess => gettext("A single word is easy to guess."),
        Warning::DatesAreOftenEasyToGuess => gettext("Dates are often easy to guess."),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => gettext("A name alone is easy to guess."),
        Warning::CommonNamesAndSurnamesAreEasyToGuess => gettext("Common names are easy to guess."),
    }
}

fn suggestion(suggestion: Suggestion) -> String {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => gettext("Use a few words that do not belong together."),
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            gettext("It needs no symbols, digits or capital letters.")
        }
        Suggestion::AddAnotherWordOrTwo => gettext("Add a word or two, best uncommon ones."),
        Suggestion::CapitalizationDoesntHelpVeryMuch => gettext("A capital letter does not help much."),
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            gettext("Capital letters alone are hardly harder to guess than small ones.")
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => {
            gettext("A word spelled backwards is hardly harder to guess.")
        }
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => {
            gettext("Replacements such as “@” for “a” do not help much.")
        }
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => {
            gettext("Use a longer pattern on the keyboard, with more turns.")
        }
        Suggestion::AvoidRepeatedWordsAndCharacters => gettext("Do not repeat words or characters."),
        Suggestion::AvoidSequences => gettext("Do without sequences."),
        Suggestion::AvoidRecentYears => gettext("Do without recent years."),
        Suggestion::AvoidYearsThatAreAssociatedWithYou => {
            gettext("Do without years that have to do with you.")
        }
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => {
            gettext("Do without dates and years that have to do with you.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, known: &[&str]) -> Strength {
        strength(&Secret::new(text.to_owned()), known)
    }

    #[test]
    fn common_passwords_are_weak_and_a_few_words_are_strong() {
        let common = of("password", &[]);
        assert_eq!(common.grade, Grade::VeryWeak);
        assert!(!common.advice.is_empty());
        let words = of("walrus under purple staircase", &[]);
        assert_eq!((words.grade, words.advice), (Grade::Strong, Vec::new()));
        assert_eq!(of("", &["ada"]).advice, Vec::<String>::new());
    }

    #[test]
    fn what_is_known_of_the_person_makes_it_weak() {
        let name = "Xanthippe Vogelsang";
        assert!(of("vogelsang", &[]).grade > of("vogelsang", &[name]).grade);
        assert!(of("xanthippe", &[name]).grade <= Grade::Weak);
    }

    #[test]
    fn advice_never_repeats_the_secret() {
        for secret in ["qwertyuiop", "hunter2", "Summer1989", "aaaaaa", "drowssap", "P@ssw0rd"] {
            for sentence in of(secret, &[]).advice {
                assert!(!sentence.contains(secret) && sentence.ends_with('.'), "{sentence}");
            }
        }
    }

    #[test]
    fn very_long_and_strange_input_is_judged_at_once() {
        let before = std::time::Instant::now();
        for text in
            ["a".repeat(100_000), "aB1@".repeat(20_000), "é中\u{301}".repeat(10_000), "\0\u{202e}".to_owned()]
        {
            let _strength = of(&text, &["a".repeat(1000).as_str()]);
        }
        assert!(before.elapsed().as_secs() < 20, "it took {:?}", before.elapsed());
    }
}
