//! The stream of `btrfs send --no-data`: what has to be done to one snapshot so that it becomes the
//! other.
//!
//! Its form is that of Linux's `fs/btrfs/send.h`, version 1: a header, then commands, each with
//! attributes. All numbers are little-endian. Check sums are not compared, since the stream comes
//! from the kernel by a pipe and was never stored.

use super::tree::{Kind, Tree};

const MAGIC: &[u8] = b"btrfs-stream\0";
/// The magic and the version.
const HEADER: usize = MAGIC.len() + 4;
/// Length, command and check sum.
const COMMAND_HEADER: usize = 10;
/// Longest command in bytes (`BTRFS_SEND_BUF_SIZE_V1`); without data none comes near it.
const LONGEST: usize = 64 << 10;

/// Why a stream can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// It does not begin as one.
    #[error("it does not begin as a stream of btrfs send")]
    NoStream,
    /// A version that is not known.
    #[error("version {0} of the stream is not known")]
    Version(u32),
    /// A command is longer than there can be, or lacks an attribute.
    #[error("command {0} of the stream can't be read")]
    Command(u16),
    /// It ended too early.
    #[error("the stream ends too early")]
    Short,
}

/// Reads a stream piece by piece.
#[derive(Debug, Default)]
pub struct Reader {
    tree: Tree,
    rest: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl Reader {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they are not what a stream goes on with.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        self.rest.extend_from_slice(bytes);
        let rest = std::mem::take(&mut self.rest);
        let mut left: &[u8] = &rest;
        if !self.begun {
            let Some((header, after)) = left.split_at_checked(HEADER) else {
                self.rest = rest;
                return Ok(());
            };
            let version = header.strip_prefix(MAGIC).and_then(number).ok_or(StreamError::NoStream)?;
            if version != 1 {
                return Err(StreamError::Version(u32::try_from(version).unwrap_or(u32::MAX)));
            }
            self.begun = true;
            left = after;
        }
        while let Some((header, after)) = left.split_at_checked(COMMAND_HEADER) {
            let length = header.get(..4).and_then(number).unwrap_or_default();
            let command = header.get(4..6).and_then(number).unwrap_or_default();
            let command = u16::try_from(command).unwrap_or_default();
            let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST);
            let length = length.ok_or(StreamError::Command(command))?;
            let Some((payload, after)) = after.split_at_checked(length) else { break };
            self.run(command, payload).ok_or(StreamError::Command(command))?;
            left = after;
        }
        self.rest = left.to_vec();
        Ok(())
    }

    /// What the stream told.
    ///
    /// # Errors
    /// When it did not come to its end.
    pub fn finish(self) -> Result<Tree, StreamError> {
        if self.ended { Ok(self.tree) } else { Err(StreamError::Short) }
    }

    /// Does a command, and `None` where an attribute is missing.
    fn run(&mut self, command: u16, payload: &[u8]) -> Option<()> {
        let has = Attributes(payload);
        let tree = &mut self.tree;
        match command {
            // Which snapshot it is about.
            1 | 2 => {}
            3 => tree.make(has.path()?, Kind::File),
            4 => tree.make(has.path()?, Kind::Directory),
            5..=7 => tree.make(has.path()?, Kind::Other),
            8 => tree.make(has.path()?, Kind::Link(has.bytes(17)?.to_vec())),
            9 => tree.rename(has.path()?, has.bytes(16)?),
            10 => tree.make(has.path()?, Kind::File),
            11 | 12 => tree.remove(has.path()?),
            // An extended attribute; an ACL is one.
            13 | 14 => tree.touch(has.path()?),
            17 => tree.truncate(has.path()?, has.number(4)?),
            18 | 19 => tree.touch(has.path()?),
            20 => tree.set_changed(has.path()?, has.seconds(9)?),
            21 => self.ended = true,
            22 => tree.extend(has.path()?, has.number(18)?.checked_add(has.number(4)?)?),
            // Data and what newer versions have beside it.
            other => {
                tracing::debug!("command {other} of the stream is passed over");
            }
        }
        Some(())
    }
}

/// The attributes of a command: each a type, a length and so many bytes.
struct Attributes<'payload>(&'payload [u8]);

impl<'payload> Attributes<'payload> {
    fn bytes(&self, wanted: u64) -> Option<&'payload [u8]> {
        let mut left = self.0;
        loop {
            let (header, after) = left.split_at_checked(4)?;
            let length = usize::try_from(header.get(2..).and_then(number)?).ok()?;
            let (value, after) = after.split_at_checked(length)?;
            if header.get(..2).and_then(number)? == wanted {
                return Some(value);
            }
            left = after;
        }
    }

    fn path(&self) -> Option<&'payload [u8]> {
        self.bytes(15)
    }

    fn number(&self, wanted: u64) -> Option<u64> {
        self.bytes(wanted).filter(|bytes| bytes.len() == 8).and_then(number)
    }

    /// The seconds of a time since 1970.
    fn seconds(&self, wanted: u64) -> Option<u64> {
        self.bytes(wanted)?.get(..8).and_then(number)
    }
}

/// A little-endian number of at most eight bytes.
fn number(bytes: &[u8]) -> Option<u64> {
    let mut whole = [0; 8];
    whole.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(whole))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A command with its attributes.
    pub(in crate::pure::audit) fn command(number: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut payload = Vec::new();
        for (kind, value) in attributes {
            payload.extend(kind.to_le_bytes());
            payload.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
            payload.extend(*value);
        }
        let mut all = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        all.extend(number.to_le_bytes());
        all.extend([0; 4]);
        all.extend(payload);
        all
    }

    fn header() -> Vec<u8> {
        [MAGIC, &1_u32.to_le_bytes()].concat()
    }

    /// What the kernel sends about a new directory with a file of seven bytes, and a link.
    fn sample() -> Vec<u8> {
        let size = 7_u64.to_le_bytes();
        let time = [1_700_000_000_u64.to_le_bytes().as_slice(), &[0; 4]].concat();
        [
            header(),
            command(2, &[(15, b"now")]),
            command(4, &[(15, b"o257-9-0")]),
            command(9, &[(15, b"o257-9-0"), (16, b"etc")]),
            command(3, &[(15, b"o258-9-0")]),
            command(9, &[(15, b"o258-9-0"), (16, b"etc/own")]),
            command(22, &[(15, b"etc/own"), (18, &[0; 8]), (4, &size)]),
            command(20, &[(15, b"etc/own"), (11, &time), (10, &time), (9, &time)]),
            command(8, &[(15, b"o259-9-0"), (17, b"/nix/store/x")]),
            command(9, &[(15, b"o259-9-0"), (16, b"etc/linked")]),
            command(21, &[]),
        ]
        .concat()
    }

    fn read(bytes: &[u8], piece: usize) -> Result<Tree, StreamError> {
        let mut reader = Reader::default();
        for bytes in bytes.chunks(piece) {
            reader.take(bytes)?;
        }
        reader.finish()
    }

    #[test]
    fn a_stream_is_read_in_pieces_of_any_size() {
        let whole = read(&sample(), 1 << 20).unwrap();
        let paths: Vec<String> = whole.entries().map(|(path, _)| path).collect();
        assert_eq!(paths, ["/etc", "/etc/linked", "/etc/own"]);
        let own = whole.get("/etc/own").unwrap();
        assert_eq!((own.size, own.changed, &own.kind), (7, Some(1_700_000_000), &Kind::File));
        assert_eq!(whole.get("/etc/linked").unwrap().kind, Kind::Link(b"/nix/store/x".to_vec()));
        for piece in [1, 3, 17, 64] {
            assert_eq!(read(&sample(), piece).unwrap(), whole);
        }
    }

    #[test]
    fn what_is_no_stream_or_breaks_off_is_refused() {
        assert_eq!(read(b"something else, long enough", 5), Err(StreamError::NoStream));
        assert_eq!(read(&[MAGIC, &9_u32.to_le_bytes()].concat(), 99), Err(StreamError::Version(9)));
        let all = sample();
        for length in [0, 5, HEADER, all.len() - 1] {
            assert_eq!(read(&all[..length], 99), Err(StreamError::Short), "{length}");
        }
        let no_path = [header(), command(4, &[])].concat();
        assert_eq!(read(&no_path, 99), Err(StreamError::Command(4)));
        let too_long = [header(), u32::MAX.to_le_bytes().to_vec(), vec![3, 0, 0, 0, 0, 0]].concat();
        assert_eq!(read(&too_long, 99), Err(StreamError::Command(3)));
    }
}
