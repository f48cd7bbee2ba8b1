//! Says why something could not be done, and what to do.

use crate::boundary::audit::Problem;
use crate::cli::status::{INTERNAL, REFUSED, Stop};
use crate::i18n::{gettext, gettext_f};

/// What the person is told.
pub(super) fn explain(problem: Problem) -> Stop {
    let refused = |sentence: String, next: String| Stop { status: REFUSED, paragraphs: vec![sentence, next] };
    let see_list = || gettext("“snowmelt-audit recover --list PATH” says which old roots have a path.");
    match problem {
        Problem::NoSubvolume => refused(
            gettext(
                "The root of this system is no Btrfs subvolume, so there is no rollback to look ahead to.",
            ),
            gettext("It is for systems whose root is rolled back to a blank snapshot."),
        ),
        Problem::NoBlank(name) => refused(
            gettext_f("The blank snapshot “{name}” is missing.", &[("name", &name)]),
            gettext("Without it the root is not rolled back, and nothing is lost."),
        ),
        Problem::NoOldRoot(name) => {
            refused(gettext_f("There is no old root “{name}”.", &[("name", &name)]), see_list())
        }
        Problem::NotThere { root, path } => refused(
            gettext_f("The old root “{root}” has no “{path}”.", &[("root", &root), ("path", &path)]),
            see_list(),
        ),
        Problem::Taken(path) => refused(
            gettext_f("There is something at “{path}” already.", &[("path", &path)]),
            gettext("With --replace, the copy takes its place."),
        ),
        Problem::Link(path) => refused(
            gettext_f("“{path}” leads through a symbolic link.", &[("path", &path)]),
            gettext("Name the place that the link leads to instead."),
        ),
        Problem::Mounted(path) => refused(
            gettext_f(
                "“{path}” is a mount point and holds something, so it can’t be replaced.",
                &[("path", &path)],
            ),
            gettext("Recover what is in it, piece by piece."),
        ),
        other @ (Problem::Tool(_) | Problem::Stream(_) | Problem::Io { .. }) => Stop {
            status: INTERNAL,
            paragraphs: vec![
                gettext("The filesystem could not be looked into."),
                other.to_string(),
                gettext("Look at the cause above, then try again."),
            ],
        },
    }
}
