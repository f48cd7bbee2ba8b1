"""Something in the app panics."""

from desk import Desk, root
from report import check
from screen import wait


def becomes_a_page(desk: Desk) -> None:
    """The page for it, its report, and a way on."""
    desk.arrive("Welcome")
    root("touch /run/panic-now")
    # The process is the same, what runs in it is not.
    wait("the page for it", lambda: desk.says("Snowmelt Itself Failed"), pause=0.5)
    desk.window = desk.screen.window(desk.app)
    desk.looks("a panic becomes a page", "Something went wrong in Snowmelt that nobody had thought of.",
               "No installation was under way.", ready="Start Over")
    report = desk.save_in("Save the Report", "alt+p", "report.txt")
    wait("the report", report.exists)
    wait("its text", lambda: "panicking.rs" in report.read_text() and "a thread of the test" in report.read_text())
    check("the report names the place", True)
    root("rm /run/panic-now")
    desk.person.key("alt+s")
    desk.window = desk.screen.window(desk.app)
    desk.arrive("Welcome")
    check("Start Over begins anew", True)
