//! The program `snowmelt-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    snowmelt::cli::main(std::env::args_os())
}
