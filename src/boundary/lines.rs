//! Lines out of a stream, with a bound on what is held in memory.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::{Zeroize as _, Zeroizing};

/// How much is read at once, in bytes.
const CHUNK: usize = 8 << 10;

/// What becomes of a line that is longer than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LongLines {
    /// It is left out, and [`Line::TooLong`] stands for it.
    Refuse,
    /// It comes in pieces.
    Split,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A line without its newline. It is wiped when dropped, because it may hold a secret.
    Whole(Zeroizing<Vec<u8>>),
    /// What stood after the last newline when the stream ended.
    Unfinished(Zeroizing<Vec<u8>>),
    /// A line that was longer than the limit.
    TooLong,
    /// The stream has ended.
    End,
}

/// Reads lines and never holds more than the limit and one chunk.
///
/// The buffer is allocated once and wiped behind what was taken out of it, so that a secret in a
/// line leaves no copy here.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    held: Vec<u8>,
    /// How many bytes at the beginning of `held` were taken out already, and are wiped.
    taken: usize,
    /// How many bytes after those are known to be no newline.
    searched: usize,
    limit: usize,
    long: LongLines,
    skipping: bool,
    ended: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Reads from `source` lines of at most `limit` bytes, the newline not counted.
    pub fn new(source: R, limit: usize, long: LongLines) -> Self {
        let held = Vec::with_capacity(limit.saturating_add(CHUNK));
        Self { source, held, taken: 0, searched: 0, limit, long, skipping: false, ended: false }
    }

    /// The next line. Nothing is lost when the future is dropped before it is ready.
    ///
    /// # Errors
    /// When reading fails.
    pub async fn next(&mut self) -> io::Result<Line> {
        loop {
            if let Some(line) = self.held_line() {
                return Ok(line);
            }
            if self.ended {
                return Ok(self.last());
            }
            self.move_to_front();
            // Reads into what is free of the allocation and never enlarges it.
            let free = self.held.capacity().saturating_sub(self.held.len());
            let read = (&mut self.source).take(free as u64).read_buf(&mut self.held).await?;
            self.ended = read == 0;
        }
    }

    fn held_line(&mut self) -> Option<Line> {
        let unsearched = self.waiting().get(self.searched..).unwrap_or_default();
        let newline = unsearched.iter().position(|byte| *byte == b'\n').map(|at| at + self.searched);
        self.searched = newline.unwrap_or(self.waiting().len());
        match newline {
            Some(at) if self.skipping => {
                self.wipe(at + 1);
                self.skipping = false;
                Some(Line::TooLong)
            }
            Some(at) if at <= self.limit => {
                let line = self.take(at);
                self.wipe(1);
                Some(Line::Whole(line))
            }
            _ if self.skipping => {
                self.wipe(self.waiting().len());
                None
            }
            _ if self.waiting().len() <= self.limit => None,
            _ => match self.long {
                LongLines::Refuse => {
                    self.skipping = true;
                    self.held_line()
                }
                LongLines::Split => {
                    let at = character_boundary(self.waiting(), self.limit);
                    Some(Line::Whole(self.take(at)))
                }
            },
        }
    }

    fn last(&mut self) -> Line {
        if self.skipping {
            self.skipping = false;
            return Line::TooLong;
        }
        if self.waiting().is_empty() {
            return Line::End;
        }
        Line::Unfinished(self.take(self.waiting().len()))
    }

    /// What was read and not taken out yet.
    fn waiting(&self) -> &[u8] {
        self.held.get(self.taken..).unwrap_or_default()
    }

    fn take(&mut self, count: usize) -> Zeroizing<Vec<u8>> {
        let taken = Zeroizing::new(self.waiting().get(..count).unwrap_or_default().to_vec());
        self.wipe(count);
        taken
    }

    /// Passes over `count` bytes and overwrites them where they are. What follows them stays there:
    /// if it were moved for each line, a buffer full of short lines would take a thousand moves.
    fn wipe(&mut self, count: usize) {
        let end = self.taken.saturating_add(count).min(self.held.len());
        if let Some(passed) = self.held.get_mut(self.taken..end) {
            passed.zeroize();
        }
        self.taken = end;
        self.searched = self.searched.saturating_sub(count);
    }

    /// Makes room behind what waits, and overwrites the places that become free.
    fn move_to_front(&mut self) {
        let rest = self.waiting().len();
        self.held.copy_within(self.taken.., 0);
        if let Some(free) = self.held.get_mut(rest..) {
            free.zeroize();
        }
        self.held.truncate(rest);
        self.taken = 0;
    }
}

impl<R> Drop for Lines<R> {
    fn drop(&mut self) {
        self.held.zeroize();
    }
}

/// The last place at or before `at` that is not within a UTF-8 character.
fn character_boundary(bytes: &[u8], at: usize) -> usize {
    let within = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut boundary = at;
    // A character has at most three continuation bytes; more than that is not UTF-8.
    while within(&boundary) && at - boundary < 3 && boundary > 1 {
        boundary -= 1;
    }
    if within(&boundary) { at } else { boundary }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(input: &[u8], limit: usize, long: LongLines) -> Vec<Line> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut lines = Lines::new(input, limit, long);
            let mut seen = Vec::new();
            loop {
                let line = lines.next().await.unwrap();
                assert!(lines.held.capacity() <= limit + 2 * CHUNK, "the buffer grew");
                if line == Line::End {
                    return seen;
                }
                seen.push(line);
            }
        })
    }

    fn whole(text: &str) -> Line {
        Line::Whole(Zeroizing::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn lines_come_one_by_one_and_the_rest_is_told_apart() {
        let rest = Line::Unfinished(Zeroizing::new(b"c".to_vec()));
        assert_eq!(all(b"a\n\nb\nc", 10, LongLines::Refuse), [whole("a"), whole(""), whole("b"), rest]);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
        assert_eq!(all(b"12345\n", 5, LongLines::Refuse), [whole("12345")]);
        assert_eq!(all(b"123456\nok\n", 5, LongLines::Refuse), [Line::TooLong, whole("ok")]);
        let long = [vec![b'x'; 100_000], b"\nok\n".to_vec()].concat();
        assert_eq!(all(&long, 5, LongLines::Refuse), [Line::TooLong, whole("ok")]);
        assert_eq!(all(&[b'x'; 100_000], 5, LongLines::Refuse), [Line::TooLong]);
    }

    #[test]
    fn a_split_line_is_not_cut_within_a_character() {
        assert_eq!(all("aé€\n".as_bytes(), 4, LongLines::Split), [whole("aé"), whole("€")]);
    }

    #[test]
    fn what_was_taken_out_leaves_no_copy() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut lines = Lines::new(&b"secret\nmore\nrest"[..], 10, LongLines::Refuse);
            assert_eq!(lines.next().await.unwrap(), whole("secret"));
            assert_eq!(lines.held, b"\0\0\0\0\0\0\0more\nrest");
            assert_eq!(lines.next().await.unwrap(), whole("more"));
            let _rest = lines.next().await.unwrap();
            assert_eq!(lines.held, b"\0\0\0\0");
        });
    }

    proptest! {
        #[test]
        fn splitting_loses_nothing(input in proptest::collection::vec(any::<u8>(), 0..300), limit in 4_usize..40) {
            let mut joined = Vec::new();
            let without_newlines: Vec<u8> = input.iter().copied().filter(|byte| *byte != b'\n').collect();
            for line in all(&input, limit, LongLines::Split) {
                match line {
                    Line::Whole(part) | Line::Unfinished(part) => {
                        prop_assert!(part.len() <= limit);
                        joined.extend_from_slice(&part);
                    }
                    Line::TooLong | Line::End => prop_assert!(false, "nothing is refused"),
                }
            }
            prop_assert_eq!(joined, without_newlines);
        }
    }
}
