"""Why the demo cannot go on, in one sentence for the person at the terminal."""


class Trouble(Exception):
    """Its text is shown as it is; the exit status is 1."""
