//! What draws the window where there is no graphics card.
//!
//! GTK looks for OpenGL and Vulkan on every machine. Without a card that loads Mesa's software
//! renderers with all of LLVM, some 60 MiB, only for GTK to turn them down and draw by the processor
//! after all (`gsk_gl_renderer_realize` in GTK's `gsk/gl`). A live system may have 2 GB in all.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Where the kernel names graphics cards that can draw (its `Documentation/gpu/drm-uapi.rst`).
const CARDS: &str = "/dev/dri";
const CAN_DRAW: &str = "renderD";
/// Each variable of GTK and what is put into it (GTK's manual, “Running GTK Applications”).
const BY_PROCESSOR: [(&str, &str); 2] = [("GSK_RENDERER", "cairo"), ("GDK_DISABLE", "gl,vulkan")];

/// Begins this program again with GTK told to draw by the processor, where nothing else could and
/// nobody has told GTK anything else. Comes back where that is not so or can't be done.
///
/// The environment can't be changed soundly once a program runs, hence the new beginning.
pub(super) fn choose() {
    let missing = missing(has_card(), |name| env::var_os(name).is_some());
    if missing.is_empty() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| OsStr::new("snowmelt").to_owned());
    // Without the variables the window is drawn as well.
    let error = Command::new(program).arg0(name).args(arguments).envs(missing).exec();
    tracing::warn!("could not be begun again without OpenGL: {error}");
}

/// What must be set so that the processor draws; nothing where it is set, or where there is a card.
fn missing(has_card: bool, is_set: impl Fn(&str) -> bool) -> Vec<(&'static str, &'static str)> {
    if has_card {
        return Vec::new();
    }
    BY_PROCESSOR.into_iter().filter(|(name, _)| !is_set(name)).collect()
}

fn has_card() -> bool {
    fs::read_dir(CARDS).is_ok_and(|cards| {
        cards.flatten().any(|card| card.file_name().as_encoded_bytes().starts_with(CAN_DRAW.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_machine_without_a_card_is_told_and_only_once() {
        assert!(missing(true, |_| false).is_empty());
        assert_eq!(missing(false, |_| false), BY_PROCESSOR);
        assert_eq!(missing(false, |name| name == "GSK_RENDERER"), BY_PROCESSOR[1..]);
        assert!(missing(false, |_| true).is_empty());
    }
}
