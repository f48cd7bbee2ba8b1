//! Names to begin with.

use super::answers::rules;
use super::search::fold;

/// Longest suggestion in characters; a person types it at every login.
const LONGEST: usize = 20;

/// Login names that follow from a full name, the best first; every one may be used.
#[must_use]
pub fn user_names(full_name: &str) -> Vec<String> {
    let words: Vec<String> = fold(full_name)
        .split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    let Some(first) = words.first() else { return Vec::new() };
    let mut candidates = vec![first.clone()];
    if let Some(last) = words.last().filter(|_| words.len() > 1) {
        let initial = |word: &str| word.chars().take(1).collect::<String>();
        candidates.push(format!("{first}{}", initial(last)));
        candidates.push(format!("{}{last}", initial(first)));
        candidates.push(words.concat());
        candidates.push(last.clone());
    }
    // The one word there is may be a name that the system has itself, or begin with a digit.
    candidates.push(format!("{first}1"));
    candidates.push(format!("user{first}"));
    let mut names: Vec<String> = Vec::new();
    for candidate in candidates {
        let name: String = candidate.chars().take(LONGEST).collect();
        if rules::user_name(&name).is_ok() && !names.contains(&name) {
            names.push(name);
        }
    }
    // The last two are for when there is nothing better.
    names.truncate(5);
    names
}

/// The user name that follows from `full_name`, where `name` is still the one that followed from
/// the full name `before`, or empty; `None` where the person has typed another.
#[must_use]
pub fn following(name: &str, before: &str, full_name: &str) -> Option<String> {
    let first = |full_name: &str| user_names(full_name).into_iter().next().unwrap_or_default();
    let follows = before != full_name && (name.is_empty() || name == first(before));
    follows.then(|| first(full_name)).filter(|new| new != name)
}

/// A host name for a kind of machine, by systemd's word for it (`hostnamectl chassis`).
#[must_use]
pub fn host_name(chassis: &str) -> &'static str {
    match chassis {
        "laptop" | "convertible" => "laptop",
        "desktop" => "desktop",
        "server" => "server",
        "tablet" => "tablet",
        "handset" => "phone",
        "vm" => "virtual",
        _ => "nixos",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(full_name: &str) -> Option<String> {
        user_names(full_name).into_iter().next()
    }

    #[test]
    fn the_first_name_comes_first() {
        assert_eq!(user_names("Ada Lovelace")[..3], ["ada", "adal", "alovelace"]);
        assert_eq!(first("  jürgen  müller ").as_deref(), Some("jurgen"));
        assert_eq!(first("Łukasz Żółw").as_deref(), Some("lukasz"));
        assert_eq!(first("Олена").as_deref(), Some("olena"));
        assert_eq!(first("O’Neill").as_deref(), Some("oneill"));
        assert!(first("山田 太郎").is_some_and(|name| !name.is_empty()));
        assert_eq!(first(""), None);
        assert_eq!(first("\u{202e} :: \0"), None);
    }

    #[test]
    fn a_name_of_the_systems_own_is_not_suggested() {
        assert_eq!(first("Root").as_deref(), Some("root1"));
        assert_eq!(first("Nobody Special").as_deref(), Some("nobodys"));
        assert_eq!(first("7of9").as_deref(), Some("user7of9"));
    }

    #[test]
    fn a_user_name_follows_until_another_is_typed() {
        let follow = |name, before, now| following(name, before, now);
        assert_eq!(follow("", "", "Ada").as_deref(), Some("ada"));
        assert_eq!(follow("ada", "Ada", "Ada Lovelace"), None, "it is the same");
        assert_eq!(follow("ad", "Ad", "Ada").as_deref(), Some("ada"));
        assert_eq!(follow("ada", "Ada", "").as_deref(), Some(""));
        assert_eq!(follow("countess", "Ada", "Ada Lovelace"), None);
        assert_eq!(follow("", "Ada", "Ada"), None, "nothing was typed there");
    }

    #[test]
    fn every_host_name_may_be_used() {
        for chassis in
            ["laptop", "convertible", "desktop", "server", "tablet", "handset", "vm", "", "watch", "$x"]
        {
            assert_eq!(rules::host_name(host_name(chassis)), Ok(()), "{chassis}");
        }
    }

    proptest! {
        #[test]
        fn every_suggestion_may_be_used(full_name in ".{0,60}") {
            for name in user_names(&full_name) {
                prop_assert_eq!(rules::user_name(&name), Ok(()));
            }
        }
    }
}
