//! The pages that ask, in their order.

use crate::i18n::gettext;

/// A page that asks something, or the summary of all that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Page {
    /// Language, and what the machine must have.
    Welcome,
    /// Keyboard layout.
    Keyboard,
    /// Time zone and formats.
    Place,
    /// The disk and how it is divided.
    Disk,
    /// The passphrase.
    Encryption,
    /// What survives a restart.
    Persistence,
    /// Host name, desktop, services.
    System,
    /// The first user.
    User,
    /// Everything once more, and the last word before the disk is erased.
    Summary,
}

impl Page {
    /// All of them, in the order in which they are gone through.
    pub const ALL: [Self; 9] = [
        Self::Welcome,
        Self::Keyboard,
        Self::Place,
        Self::Disk,
        Self::Encryption,
        Self::Persistence,
        Self::System,
        Self::User,
        Self::Summary,
    ];

    /// A lasting word for this page.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Keyboard => "keyboard",
            Self::Place => "place",
            Self::Disk => "disk",
            Self::Encryption => "encryption",
            Self::Persistence => "persistence",
            Self::System => "system",
            Self::User => "user",
            Self::Summary => "summary",
        }
    }

    /// The page with this word.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.tag() == tag)
    }

    /// Its title.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Welcome => gettext("Welcome"),
            Self::Keyboard => gettext("Keyboard"),
            Self::Place => gettext("Time and Place"),
            Self::Disk => gettext("Disk"),
            Self::Encryption => gettext("Encryption"),
            Self::Persistence => gettext("What Survives a Restart"),
            Self::System => gettext("System"),
            Self::User => gettext("You"),
            Self::Summary => gettext("Summary"),
        }
    }

    /// Its place among the pages, from 1.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().take_while(|page| **page != self).count() + 1
    }

    /// The page after it, if any.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// The page that asks for the answer at `key`, such as `system.host-name`.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        let under = |names: &[&str]| {
            names.iter().any(|name| {
                key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
        };
        if under(&["system.keymap", "system.xkb-layout", "system.xkb-variant"]) {
            Self::Keyboard
        } else if under(&["system.time-zone", "system.locale", "system.formats"]) {
            Self::Place
        } else if under(&["disk", "swap"]) {
            Self::Disk
        } else if under(&["encryption"]) {
            Self::Encryption
        } else if under(&["root", "persist", "filesystem"]) {
            Self::Persistence
        } else if under(&["user"]) {
            Self::User
        } else {
            Self::System
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::pure::answers::KEYS;

    #[test]
    fn pages_follow_each_other_and_end_with_the_summary() {
        let mut page = Page::Welcome;
        let mut seen = vec![page];
        while let Some(next) = page.next() {
            assert_eq!(next.number(), page.number() + 1);
            seen.push(next);
            page = next;
        }
        assert_eq!(seen, Page::ALL);
        assert_eq!(page, Page::Summary);
        for page in Page::ALL {
            assert_eq!(Page::from_tag(page.tag()), Some(page));
        }
    }

    #[test]
    fn every_key_has_a_page_that_asks() {
        for key in KEYS.iter().filter(|key| key.path.contains('.')) {
            let page = Page::of_key(key.path);
            assert!(page != Page::Summary && page != Page::Welcome, "{}", key.path);
            let asks = match key.path.split('.').next() {
                Some("disk" | "swap") => vec![Page::Disk],
                Some("encryption") => vec![Page::Encryption],
                Some("filesystem" | "persist" | "root") => vec![Page::Persistence],
                Some("user") => vec![Page::User],
                Some("system") => vec![Page::Keyboard, Page::Place, Page::System],
                Some("configuration") => vec![Page::System],
                other => panic!("a table without a page: {other:?}"),
            };
            assert!(asks.contains(&page), "{} is asked on {page:?}", key.path);
        }
        assert_eq!(Page::of_key("system.keymap"), Page::Keyboard);
        assert_eq!(Page::of_key("system.host-name"), Page::System);
        assert_eq!(Page::of_key("persist.directories[0]"), Page::Persistence);
    }
}
