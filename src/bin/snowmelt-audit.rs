//! The program `snowmelt-audit`.

use std::process::ExitCode;

fn main() -> ExitCode {
    snowmelt::cli::audit::main(std::env::args_os())
}
