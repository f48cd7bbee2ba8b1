"""The one error type that ends a lab command with a sentence."""


class LabError(Exception):
    """A failure of the lab itself (not of the command run in a guest).

    The text is one sentence for the person at the terminal and says what to
    do next where something can be done.
    """
