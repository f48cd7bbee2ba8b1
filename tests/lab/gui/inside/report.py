"""One line a check, in the form that tests/lab/harness.py uses."""

_failed = False


def check(name: str, holds: bool, detail: object = "") -> None:
    """Reports one check."""
    global _failed
    print(f"{'ok' if holds else 'not ok'} gui: {name}", flush=True)
    if not holds:
        _failed = True
        for line in str(detail).splitlines():
            print(f"    {line}", flush=True)


def failed() -> bool:
    """Whether a check did not hold."""
    return _failed
