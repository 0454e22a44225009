"""`./run demo`: the real bot in a practice Slack on a practice cluster, or one stand-in alone."""

import sys

from playground.demo.arguments import Arguments, read_arguments
from playground.demo.trouble import Trouble


def main() -> int:
    """Run what was asked for; a fault is one sentence on stderr and exit status 1."""
    try:
        run(read_arguments())
    except Trouble as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # while it was still importing: nothing was started yet
        return 130
    return 0


def run(arguments: Arguments) -> None:
    """Run the demo. Raises Trouble."""
    try:
        from playground.demo.session import run  # a second of imports that --help and a mistyped flag do without
        from playground.servers import CannotStart
    except ImportError as error:
        raise Trouble(f"The installation is broken ({error}). Remove .venv and start again.") from error
    try:
        run(arguments)
    except CannotStart as error:
        raise Trouble(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
