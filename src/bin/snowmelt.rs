//! The program `snowmelt`.

use std::process::ExitCode;

fn main() -> ExitCode {
    snowmelt::ui::run()
}
