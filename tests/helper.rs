//! The helper as a process: who may start it, and what it answers to whatever it is told.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};

use proptest::prelude::*;
use snowmelt::pure::answers::{Pbkdf, PbkdfKind};
use snowmelt::pure::bytes::Bytes;
use snowmelt::pure::disk::DiskIdentity;
use snowmelt::pure::layout::{Replaced, Subvolume};
use snowmelt::pure::protocol::{
    ConfigFile, ConfigFileName, Event, FlakePart, LONGEST_LINE, Numbered, PersistDirectory, Request, VERSION,
    VolumeId,
};
use snowmelt::pure::reason::Reason;
use snowmelt::pure::secret::Secret;
use uuid::Uuid;

const HELPER: &str = env!("CARGO_BIN_EXE_snowmelt-helper");

/// The helper as root: the real one where this test is root, else that of a user namespace.
fn as_root() -> Command {
    if rustix::process::geteuid().is_root() {
        return Command::new(HELPER);
    }
    let mut command = Command::new("unshare");
    let _command = command.args(["--user", "--map-root-user", "--", HELPER]);
    command
}

fn start(mut command: Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the helper starts")
}

/// Says all of it, ends the input, and gives all that the helper said.
fn say(
    mut child: Child,
    input: impl FnOnce(&mut dyn std::io::Write) + Send,
) -> (Vec<Event>, ExitStatus, String) {
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    std::thread::scope(|scope| {
        let _writer = scope.spawn(move || input(&mut stdin));
        let words = scope.spawn(move || {
            let mut words = String::new();
            let _length = stderr.read_to_string(&mut words).expect("text");
            words
        });
        let lines = BufReader::new(stdout).lines();
        let events = lines
            .map(|line| serde_json::from_str(&line.expect("text")).expect("an event"))
            .collect::<Vec<Event>>();
        (events, child.wait().expect("it ends"), words.join().expect("it was read"))
    })
}

fn say_bytes(bytes: &[u8]) -> (Vec<Event>, ExitStatus, String) {
    say(start(as_root()), |input| {
        // The helper may be gone before all of it is said.
        let _written = input.write_all(bytes);
    })
}

fn line(id: u32, request: Request) -> Vec<u8> {
    let mut line = serde_json::to_vec(&Numbered { id, request }).expect("JSON");
    line.push(b'\n');
    line
}

/// The number and, for a failure, the reason of every answer.
fn answers(events: &[Event]) -> Vec<(u32, Option<&Reason>)> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Done { id } => Some((*id, None)),
            Event::Failed { id, error } => Some((*id, Some(&error.reason))),
            Event::Progress { .. }
            | Event::Activity { .. }
            | Event::Log { .. }
            | Event::SwapFile { .. }
            | Event::Keymap { .. } => None,
        })
        .collect()
}

fn code(answer: &(u32, Option<&Reason>)) -> (u32, &'static str) {
    (answer.0, answer.1.map_or("done", Reason::code))
}

fn codes(events: &[Event]) -> Vec<(u32, &'static str)> {
    answers(events).iter().map(code).collect()
}

const LUKS: VolumeId = VolumeId::Luks(Uuid::from_u128(1));

/// No disk is this one, so nothing is ever opened here.
fn no_disk() -> DiskIdentity {
    DiskIdentity {
        wwn: None,
        serial: Some("none".to_owned()),
        vendor: String::new(),
        model: String::new(),
        size: 1,
    }
}

fn open_target(volume: VolumeId) -> Request {
    Request::OpenTarget { disk: no_disk(), volume, esp: Uuid::from_u128(2) }
}

#[test]
fn it_greets_its_own_version_and_no_other() {
    let (events, status, words) = say_bytes(&line(7, Request::Hello { protocol: VERSION }));
    assert_eq!(codes(&events), [(7, "done")], "{words}");
    assert!(status.success(), "{words}");

    let input = [line(1, Request::Hello { protocol: VERSION + 1 }), line(2, open_target(LUKS))].concat();
    let (events, _, _) = say_bytes(&input);
    assert_eq!(codes(&events), [(1, "other-version"), (2, "out-of-order")]);
    assert_eq!(answers(&events)[0].1, Some(&Reason::OtherVersion { helper: VERSION }));
}

#[test]
fn nothing_comes_before_the_greeting_or_without_devices() {
    let input = [
        line(1, Request::TakeBlankSnapshot { replaced: vec![Replaced::Root] }),
        line(2, Request::Cancel),
        line(3, Request::Hello { protocol: VERSION }),
        line(4, Request::Hello { protocol: VERSION }),
        line(5, Request::InstallSystem { host_name: Some("melt".to_owned()), doubted: false }),
        line(
            6,
            Request::SetPassword {
                user: "ada".to_owned(),
                root_too: false,
                password: Secret::new("x".to_owned()),
            },
        ),
        line(7, Request::CloseTarget),
    ]
    .concat();
    let (events, status, _) = say_bytes(&input);
    let refused = |id| (id, "out-of-order");
    assert_eq!(
        codes(&events),
        [refused(1), refused(2), (3, "done"), refused(4), refused(5), refused(6), refused(7)]
    );
    assert!(status.success());
}

#[test]
fn a_cancel_ends_it() {
    let input =
        [line(1, Request::Hello { protocol: VERSION }), line(2, Request::Cancel), line(3, open_target(LUKS))];
    let (events, status, _) = say_bytes(&input.concat());
    assert_eq!(codes(&events), [(1, "done"), (2, "done")]);
    assert!(status.success());
}

#[test]
fn what_is_no_request_is_answered_and_not_repeated() {
    let input = concat!(
        "\n",
        "{\"id\":5}\n",
        "{\"id\":6,\"request\":{\"set-password\":{\"user\":\"ada\",\"root-too\":false,\"password\":\"correct horse\",\"x\":1}}}\n",
        "{\"id\":7,\"request\":{\"hello\":{\"protocol\":1}},\"more\":true}\n",
        "{\"id\":8,\"request\":{\"run\":{\"program\":\"sh\"}}}\n",
        "{\"id\":9,\"request\":\"hello\"}\n",
        "\u{0}\n",
    );
    let (events, _, words) = say_bytes(input.as_bytes());
    let unreadable = |id| (id, "unreadable");
    assert_eq!(codes(&events), [0, 5, 6, 7, 8, 9, 0].map(unreadable));
    assert!(!format!("{events:?}{words}").contains("horse"), "a secret came back");
}

#[test]
fn a_line_without_its_end_is_not_carried_out() {
    let mut input = line(1, Request::Hello { protocol: VERSION });
    let _newline = input.pop();
    let (events, status, _) = say_bytes(&input);
    assert_eq!(events, []);
    assert!(status.success());
}

#[test]
fn an_endless_line_is_refused_without_being_held() {
    // A process that held it would be refused the memory and end.
    let mut limited = Command::new("prlimit");
    let inner = as_root();
    let _limited = limited.arg("--as=67108864").arg(inner.get_program()).args(inner.get_args());
    let (events, status, words) = say(start(limited), |input| {
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..80 {
            input.write_all(&chunk).expect("it reads on");
        }
        input.write_all(b"\n").expect("it reads on");
        input.write_all(&line(1, Request::Hello { protocol: VERSION })).expect("it reads on");
    });
    assert_eq!(codes(&events), [(0, "line-too-long"), (1, "done")], "{words}");
    assert!(status.success());
}

#[test]
fn it_refuses_to_run_for_somebody_who_is_not_root() {
    use std::os::unix::process::CommandExt as _;
    // Where nobody in particular can reach it.
    let folder = tempfile::Builder::new().prefix("snowmelt-").tempdir().expect("a folder");
    let copy = folder.path().join("helper");
    // By a process of its own: what another test starts meanwhile would hold the copy open for writing,
    // and nothing that is written to can be run.
    let copied = Command::new("cp").arg(HELPER).arg(&copy).status().expect("cp starts");
    assert!(copied.success(), "a copy");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("ours");
    let mut command = Command::new(copy);
    if rustix::process::geteuid().is_root() {
        let _command = command.uid(65534);
    }
    let (events, status, words) = say(start(command), |_| {});
    assert_eq!((events, status.code()), (Vec::new(), Some(2)), "{words}");
    assert!(words.contains("root"), "{words}");
}

#[test]
fn it_talks_to_pipes_only_and_takes_no_arguments() {
    let ended = |command: &mut Command| {
        let output = command.output().expect("it ends");
        (output.status.code(), String::from_utf8(output.stderr).expect("text"))
    };
    let (code, words) = ended(as_root().stdin(Stdio::null()));
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("pipe"), "{words}");
    for argument in ["--in-own-namespaces", "--help", "/dev/sda", ""] {
        let (code, words) = ended(as_root().arg(argument).stdin(Stdio::piped()));
        assert_eq!(code, Some(2), "{argument}: {words}");
    }
}

/// A line that is a request in form; none of them can be carried out here.
fn any_request() -> impl Strategy<Value = Request> {
    let text = || "\\PC{0,12}";
    let subvolumes = prop::collection::vec(
        (text(), text(), any::<bool>()).prop_map(|(name, mountpoint, needed_for_boot)| Subvolume {
            name,
            mountpoint,
            needed_for_boot,
        }),
        0..3,
    );
    prop_oneof![
        (0..3_u32).prop_map(|protocol| Request::Hello { protocol }),
        prop::sample::select(vec![LUKS, VolumeId::Partition(Uuid::from_u128(3))]).prop_map(open_target),
        Just(()).prop_map(|()| Request::ReserveDisk { disk: no_disk() }),
        Just(()).prop_map(|()| Request::DiscardDisk { disk: no_disk() }),
        subvolumes.clone().prop_map(|subvolumes| Request::CreateSubvolumes { subvolumes }),
        text().prop_map(|passphrase| Request::SetKeyDerivation {
            pbkdf: Pbkdf {
                kind: PbkdfKind::Argon2id,
                memory: None,
                iterations: None,
                threads: None,
                time: None
            },
            passphrase: Secret::new(passphrase),
        }),
        prop::collection::vec(prop::sample::select(vec![Replaced::Root, Replaced::Home]), 0..3)
            .prop_map(|replaced| Request::TakeBlankSnapshot { replaced }),
        any::<u64>().prop_map(|size| Request::MakeSwapFile { size }),
        Just(()).prop_map(|()| Request::LocateSwapFile),
        (subvolumes, any::<Option<i8>>(), any::<Option<u64>>()).prop_map(
            |(subvolumes, compression_level, memory_root)| Request::MountTarget {
                subvolumes,
                compression_level,
                memory_root
            }
        ),
        Just(()).prop_map(|()| Request::DetectHardware),
        text().prop_map(|text| Request::WriteConfiguration {
            files: vec![ConfigFile { name: ConfigFileName::Flake, text }]
        }),
        (text(), any::<u32>(), prop::option::of(text()), any::<bool>()).prop_map(
            |(path, mode, channel, wifi)| Request::SeedPersist {
                directories: vec![PersistDirectory { path, mode }],
                channel,
                wifi
            }
        ),
        (text(), any::<bool>(), text()).prop_map(|(user, root_too, password)| Request::SetPassword {
            user,
            root_too,
            password: Secret::new(password)
        }),
        (prop::option::of(text()), any::<bool>())
            .prop_map(|(host_name, doubted)| Request::InstallSystem { host_name, doubted }),
        (text(), any_part()).prop_map(|(path, part)| Request::PutFlakePart { path, part }),
        (text(), any::<[bool; 2]>()).prop_map(|(user, [root_too, accounts])| Request::CheckInstallation {
            user,
            root_too,
            accounts,
            replaced: vec![Replaced::Root]
        }),
        Just(()).prop_map(|()| Request::RehearseRollback { replaced: vec![Replaced::Root] }),
        (text(), any::<bool>(), text()).prop_map(|(user, root_too, password)| Request::RehearseBoot {
            subvolumes: Vec::new(),
            user,
            root_too,
            replaced: Vec::new(),
            root_is_new: false,
            password: Secret::new(password)
        }),
        Just(()).prop_map(|()| Request::CloseTarget),
    ]
}

fn any_part() -> impl Strategy<Value = FlakePart> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..20).prop_map(Bytes);
    prop_oneof![
        (any::<bool>(), bytes()).prop_map(|(executable, bytes)| FlakePart::File { executable, bytes }),
        bytes().prop_map(|bytes| FlakePart::More { bytes }),
        "\\PC{0,20}".prop_map(|to| FlakePart::Link { to }),
    ]
}

/// A line with the number that its answer must carry.
fn any_line() -> impl Strategy<Value = (Option<u32>, Vec<u8>)> {
    let without_newline =
        |bytes: Vec<u8>| bytes.into_iter().filter(|byte| *byte != b'\n').collect::<Vec<u8>>();
    prop_oneof![
        6 => (1..9_u32, any_request()).prop_map(|(id, request)| (Some(id), line(id, request))),
        2 => (1..9_u32, any_request(), any::<prop::sample::Index>()).prop_map(|(id, request, at)| {
            let mut cut = line(id, request);
            cut.truncate(at.index(cut.len()));
            cut.push(b'\n');
            (None, cut)
        }),
        2 => prop::collection::vec(any::<u8>(), 0..200).prop_map(move |bytes| {
            let mut garbage = without_newline(bytes);
            garbage.push(b'\n');
            (None, garbage)
        }),
        1 => (0..3_usize).prop_map(|more| {
            let mut long = vec![b' '; LONGEST_LINE + more];
            long.push(b'\n');
            (Some(0), long)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_has_exactly_one_answer_whatever_it_says(lines in prop::collection::vec(any_line(), 0..12)) {
        let input: Vec<u8> = lines.iter().flat_map(|(_, line)| line.clone()).collect();
        let (events, status, words) = say_bytes(&input);
        let answers = answers(&events);
        prop_assert_eq!(answers.len(), lines.len(), "{}", words);
        for (expected, (found, _)) in lines.iter().zip(&answers) {
            if let Some(expected) = expected.0 {
                prop_assert_eq!(expected, *found);
            }
        }
        prop_assert!(status.success(), "{}", words);
        prop_assert_eq!(words, "");
    }
}
