//! What a program's own words say has gone wrong, where that is nothing of the program's.
//!
//! Nix and the programs around it have no exit status for it: what they say is all there is. They run
//! with their locale fixed, so the words are always these.

use core::time::Duration;

use serde::{Deserialize, Serialize};

/// What has gone wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The network does not carry.
    Network,
    /// There is no space left.
    NoSpace,
}

/// What is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Full {
    /// The EFI system partition.
    Boot,
    /// The new filesystem.
    Disk,
    /// The live system's own, which lies in memory.
    Memory,
}

/// Free bytes at the time of a failure; `None` where they can't be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Free {
    /// On the EFI system partition.
    pub boot: Option<u64>,
    /// On the new filesystem.
    pub disk: Option<u64>,
    /// On the live system's own.
    pub memory: Option<u64>,
}

/// Of curl (`curl_easy_strerror`, as Nix repeats it in `filetransfer.cc`), of git and ssh, and of
/// libc's resolver and `strerror`.
const NETWORK: [&str; 21] = [
    "could not resolve host",
    "couldn't resolve host",
    "could not connect to server",
    "couldn't connect to server",
    "failed to connect to",
    "timeout was reached",
    "operation timed out",
    "operation too slow",
    "ssl connect error",
    "failure when receiving data from the peer",
    "failed sending data to the peer",
    "transferred a partial file",
    "server returned nothing (no headers, no data)",
    "error in the http2 framing layer",
    "stream error in the http/2 framing layer",
    "temporary failure in name resolution",
    "network is unreachable",
    "network is down",
    "no route to host",
    "connection timed out",
    "connection reset by peer",
];
/// Of `strerror`, and of SQLite, in which Nix keeps its tables.
const NO_SPACE: [&str; 2] = ["no space left on device", "database or disk is full"];

/// What the words speak of. A full disk comes first: no network mends that.
#[must_use]
pub fn trouble(words: &str) -> Option<Trouble> {
    let words = words.to_lowercase();
    let speaks_of = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    if speaks_of(&NO_SPACE) {
        Some(Trouble::NoSpace)
    } else if speaks_of(&NETWORK) {
        Some(Trouble::Network)
    } else {
        None
    }
}

/// With less than this free, in bytes, a filesystem counts as full: what did not fit was larger than
/// what was left.
const NEARLY_FULL: u64 = 64 << 20;

/// With less than this free, in bytes, a filesystem is what a program has failed of, whatever it said
/// and even if nothing: SQLite maps a file of its tables into memory (<https://sqlite.org/walformat.html>),
/// and who writes to a page of that for which the disk has no room is killed by `SIGBUS`.
const EXHAUSTED: u64 = 16 << 20;

/// The filesystem that has nothing to speak of left, if one hasn't.
#[must_use]
pub fn exhausted(free: Free) -> Option<Full> {
    least(free, EXHAUSTED)
}

/// What has least left, of what has less than so many bytes.
fn least(free: Free, limit: u64) -> Option<Full> {
    [(free.disk, Full::Disk), (free.boot, Full::Boot), (free.memory, Full::Memory)]
        .into_iter()
        .filter_map(|(free, what)| free.filter(|free| *free < limit).map(|free| (free, what)))
        .min_by_key(|(free, _)| *free)
        .map(|(_, what)| what)
}

/// What is full when a program has complained of it: the boot partition if the words name a file on
/// it; else whatever has least left, if that is little; else the disk, on which nearly all is written.
#[must_use]
pub fn full(words: &str, free: Free) -> Full {
    let names_boot = words.lines().any(|line| {
        NO_SPACE.iter().any(|phrase| line.to_lowercase().contains(phrase))
            && [" /boot", "'/boot", "‘/boot", "\"/boot", "/mnt/boot"].iter().any(|path| line.contains(path))
    });
    if names_boot {
        return Full::Boot;
    }
    least(free, NEARLY_FULL).unwrap_or(Full::Disk)
}

/// How often a network that is gone is waited for, and how long in between: some half an hour beside
/// what Nix itself waits.
const MOST_TRIES: u32 = 32;
const FIRST_PAUSE: u64 = 5;
const LONGEST_PAUSE: u64 = 60;

/// How long to wait after so many failed tries have been repeated; `None` when it was enough.
#[must_use]
pub fn pause(repeated: u32) -> Option<Duration> {
    (repeated < MOST_TRIES).then(|| {
        let doubled = FIRST_PAUSE.saturating_mul(1_u64.checked_shl(repeated).unwrap_or(u64::MAX));
        Duration::from_secs(doubled.min(LONGEST_PAUSE))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_network_is_known_by_what_nix_and_git_say_of_it() {
        for words in [
            "error: unable to download 'https://cache.nixos.org/nar/1.nar.xz': Could not resolve hostname (6)",
            "error: unable to download 'https://cache.nixos.org/x.narinfo': Couldn't resolve host name (6)",
            "error: unable to download 'https://x': Timeout was reached (28) Connection timed out after 5000 ms",
            "error: unable to download 'https://x': Failure when receiving data from the peer (56)",
            "fatal: unable to access 'https://x/': Could not resolve host: x",
            "ssh: connect to host x port 22: Network is unreachable",
        ] {
            assert_eq!(trouble(words), Some(Trouble::Network), "{words}");
        }
    }

    #[test]
    fn what_a_network_does_not_mend_is_none() {
        for words in [
            "",
            "error: unable to download 'https://x': HTTP error 404",
            "error: undefined variable 'pkgs'",
            "error: builder for '/nix/store/x.drv' failed with exit code 1",
            "error: hash mismatch in fixed-output derivation",
        ] {
            assert_eq!(trouble(words), None, "{words}");
        }
        assert_eq!(
            trouble("Could not resolve hostname\nerror: writing to file: No space left on device"),
            Some(Trouble::NoSpace)
        );
    }

    #[test]
    fn what_is_full_is_named_by_the_words_or_by_what_is_left() {
        let free = |boot, disk, memory| Free { boot: Some(boot), disk: Some(disk), memory: Some(memory) };
        let roomy = free(1 << 30, 1 << 40, 1 << 32);
        let words = "OSError: [Errno 28] No space left on device: '/boot/EFI/nixos/x-linux.efi'";
        assert_eq!(full(words, roomy), Full::Boot);
        let words = "Failed to write the boot loader to /boot: No space left on device";
        assert_eq!(full(words, roomy), Full::Boot);
        let plain = "error: writing to file: No space left on device";
        assert_eq!(full(plain, roomy), Full::Disk);
        assert_eq!(full(plain, free(1 << 20, 1 << 40, 1 << 32)), Full::Boot);
        assert_eq!(full(plain, free(1 << 30, 0, 1 << 32)), Full::Disk);
        assert_eq!(full(plain, free(1 << 30, 1 << 40, 4096)), Full::Memory);
        assert_eq!(full(plain, Free::default()), Full::Disk);
        let other = "looked at '/boot/x'\nerror: database or disk is full";
        assert_eq!(full(other, free(1 << 30, 4096, 1 << 32)), Full::Disk);
    }

    #[test]
    fn a_filesystem_with_nothing_left_is_named_without_words() {
        let roomy = Free { boot: Some(1 << 30), disk: Some(1 << 40), memory: Some(1 << 32) };
        assert_eq!(exhausted(roomy), None);
        assert_eq!(exhausted(Free::default()), None);
        assert_eq!(exhausted(Free { disk: Some(32 << 20), ..roomy }), None);
        assert_eq!(exhausted(Free { disk: Some(1 << 20), ..roomy }), Some(Full::Disk));
        assert_eq!(exhausted(Free { boot: Some(4096), disk: Some(1 << 20), ..roomy }), Some(Full::Boot));
        assert_eq!(exhausted(Free { memory: Some(0), ..roomy }), Some(Full::Memory));
    }

    #[test]
    fn waiting_grows_longer_and_comes_to_an_end() {
        let pauses: Vec<u64> = (0..).map_while(pause).map(|pause| pause.as_secs()).collect();
        assert_eq!(pauses[..5], [5, 10, 20, 40, 60]);
        assert!(pauses.is_sorted());
        let minutes = pauses.iter().sum::<u64>() / 60;
        assert!((20..40).contains(&minutes), "{minutes}");
        assert_eq!(pause(u32::MAX), None);
    }
}
