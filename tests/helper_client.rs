//! The unprivileged end of the pipe, with shell scripts in the place of pkexec and the helper, and
//! with the helper itself.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use snowmelt::boundary::helper_client::{HelperClient, HelperError, News};
use snowmelt::pure::protocol::Request;
use snowmelt::pure::reason::Reason;

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Starts a shell script that is told to be the helper.
async fn start(script: &str) -> Result<HelperClient, HelperError> {
    HelperClient::start_program("sh", ["-c", script]).await
}

const GREET: &str = r#"read -r line; echo '{"event":"done","id":1}'; "#;

/// A script that greets, and then does this with the next request.
fn greeting(then: &str) -> String {
    format!("{GREET} read -r line; {then}")
}

async fn ask(script: &str) -> Result<(), HelperError> {
    start(&greeting(script)).await?.request(Request::DetectHardware, |_| {}).await
}

#[test]
fn pkexec_that_was_dismissed_or_refused_is_told_from_a_helper_that_failed() {
    wait(async {
        let words = |error: HelperError| (error.code(), error.cause());
        let (code, cause) = words(start("echo 'Request dismissed' >&2; exit 126").await.unwrap_err());
        assert_eq!(code, "dismissed");
        assert!(cause.contains("Request dismissed"), "{cause}");
        assert_eq!(words(start("exit 127").await.unwrap_err()).0, "not-authorised");
        assert_eq!(words(start("exit 2").await.unwrap_err()).0, "helper-died");
        // It had greeted, so it is the helper whose status this is.
        assert_eq!(words(ask("exit 126").await.unwrap_err()).0, "helper-died");
        let missing = HelperClient::start_program("/nonexistent/pkexec", [""; 0]).await.unwrap_err();
        assert_eq!(words(missing).0, "helper-not-started");
    });
}

#[test]
fn a_helper_that_dies_leaves_its_last_words() {
    wait(async {
        let error = ask("echo 'out of snow' >&2; kill -9 $$").await.unwrap_err();
        let HelperError::Died { status, words } = &error else { panic!("{error}") };
        assert!(status.contains('9'), "{status}");
        assert_eq!(words, "out of snow");
    });
}

#[test]
fn what_is_said_meanwhile_comes_through_and_other_requests_do_not() {
    wait(async {
        let script = greeting(
            r#"
            echo '{"event":"log","id":2,"source":"btrfs","line":"ä"}'
            echo '{"event":"progress","id":2,"fraction":0.5}'
            echo '{"event":"progress","id":1,"fraction":0.9}'
            echo '{"event":"done","id":1}'
            echo '{"event":"done","id":2}'
            read -r line
            case $line in *cancel*) exit 3 ;; esac"#,
        );
        let mut client = start(&script).await.unwrap();
        let mut news = Vec::new();
        client.request(Request::DetectHardware, |one| news.push(one)).await.unwrap();
        let log = News::Log { source: "btrfs".to_owned(), line: "ä".to_owned() };
        assert_eq!(news, [log, News::Progress(0.5)]);
        let end = client.close().await.unwrap_err();
        let HelperError::Died { status, .. } = &end else { panic!("{end}") };
        assert!(status.contains('3'), "it is told that its caller ends: {status}");
    });
}

#[test]
fn a_refusal_is_the_helpers_own() {
    wait(async {
        let script = r#"echo '{"event":"failed","id":2,"error":{"reason":{"code":"wrong-disk","device":"/dev/sdx"},"cause":"c"}}'"#;
        let error = ask(script).await.unwrap_err();
        assert_eq!((error.code(), error.cause()), ("wrong-disk", "c".to_owned()));
        assert!(error.sentence().contains("/dev/sdx"), "{}", error.sentence());
        let HelperError::Failed(failure) = error else { panic!("{error}") };
        assert_eq!(failure.reason, Reason::WrongDisk { device: "/dev/sdx".to_owned() });
    });
}

#[test]
fn nonsense_is_not_taken_for_an_answer() {
    wait(async {
        for nonsense in
            ["hello", r#"{"event":"done"}"#, r#"{"event":"done","id":2,"more":1}"#, r#"{"event":"x","id":2}"#]
        {
            let error = ask(&format!("echo '{nonsense}'; read -r line")).await.unwrap_err();
            assert_eq!(error.code(), "helper-unexpected", "{nonsense}");
        }
        let long = ask("head -c 2000000 /dev/zero; echo; read -r line").await.unwrap_err();
        assert_eq!(long.code(), "helper-unexpected");
    });
}

#[test]
fn closing_ends_the_input_and_waits_for_the_end() {
    wait(async {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("ended");
        let script = format!("{GREET} while read -r line; do :; done; echo x > {}", mark.display());
        start(&script).await.unwrap().close().await.unwrap();
        assert!(mark.exists());
    });
}

#[test]
fn the_helper_itself_greets_refuses_and_ends() {
    wait(async {
        let helper = env!("CARGO_BIN_EXE_snowmelt-helper");
        let mut client = if rustix::process::geteuid().is_root() {
            HelperClient::start_program(helper, [""; 0]).await.unwrap()
        } else {
            HelperClient::start_program("unshare", ["--user", "--map-root-user", "--", helper]).await.unwrap()
        };
        let error = client.request(Request::LocateSwapFile, |_| {}).await.unwrap_err();
        assert_eq!(error.code(), "out-of-order");
        client.close().await.unwrap();
    });
}
