//! The app with a thread beside it that panics once a file is there.
//!
//! What follows is the product's own: its hook begins this program anew, with arguments of its own.

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// Where the test puts the file.
const SIGN: &str = "/run/panic-now";

fn main() -> ExitCode {
    // It has no arguments but those of the hook.
    if env::args().len() == 1 {
        let _beside = thread::spawn(|| {
            while !Path::new(SIGN).exists() {
                thread::sleep(Duration::from_millis(50));
            }
            panic!("a thread of the test");
        });
    }
    snowmelt::ui::run()
}
