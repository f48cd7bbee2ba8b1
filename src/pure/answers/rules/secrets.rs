//! What a passphrase and a password may be. The secret itself never stands in a sentence.

use super::Verdict;
use crate::i18n::{gettext, gettext_f};
use crate::pure::secret::Secret;

/// Longest passphrase in bytes that cryptsetup's prompt accepts (cryptsetup(8), “Notes on
/// passphrase processing”), and longest answer to a PAM prompt (`PAM_MAX_RESP_SIZE`).
pub const LONGEST_SECRET: usize = 512;

/// The passphrase of the encrypted disk.
///
/// # Errors
/// When the prompt at boot could not take it: empty, too long, or with a control character in it.
pub fn passphrase(secret: &Secret) -> Verdict {
    if secret.is_empty() {
        return Err(gettext("The passphrase is empty."));
    }
    typeable(secret)
}

/// The user's password.
///
/// # Errors
/// When the login prompt could not take it: empty, too long, or with a control character in it.
pub fn password(secret: &Secret) -> Verdict {
    if secret.is_empty() {
        return Err(gettext("The password is empty."));
    }
    typeable(secret)
}

fn typeable(secret: &Secret) -> Verdict {
    let text = secret.expose();
    if text.len() > LONGEST_SECRET {
        return Err(gettext_f(
            "It is too long: at most {count} bytes can be typed at a prompt.",
            &[("count", &LONGEST_SECRET.to_string())],
        ));
    }
    if text.contains(char::is_control) {
        return Err(gettext(
            "It has a line break or another control character in it, which no prompt takes.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Verdict {
        passphrase(&Secret::new(text.to_owned()))
    }

    #[test]
    fn what_a_prompt_takes() {
        assert_eq!(verdict("correct horse  \"${x}\" 中"), Ok(()));
        assert_eq!(verdict(&"x".repeat(LONGEST_SECRET)), Ok(()));
        for bad in ["", "two\nlines", "tab\t", &"x".repeat(LONGEST_SECRET + 1)] {
            assert!(verdict(bad).is_err());
            assert!(password(&Secret::new(bad.to_owned())).is_err());
        }
    }

    #[test]
    fn no_sentence_repeats_the_secret() {
        let sentence = verdict("hunter2\n").expect_err("a line break");
        assert!(!sentence.contains("hunter2"));
    }
}
