//! The program `snowmelt-helper`.

fn main() -> std::process::ExitCode {
    snowmelt::helper::run()
}
