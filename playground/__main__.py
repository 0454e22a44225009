"""`./run demo`: the real bot in a practice Slack on a practice cluster, or one stand-in alone."""

import sys

from playground.demo.arguments import read_arguments


def main() -> int:
    """Run what was asked for; a fault is one sentence on stderr and exit status 1."""
    arguments = read_arguments()
    try:
        from playground.demo.session import run  # a second of imports that --help and a mistyped flag do without
    except ImportError as error:
        print(f"The installation is broken ({error}). Remove .venv and start again.", file=sys.stderr)
        return 1
    from playground.demo.trouble import Trouble
    from playground.servers import CannotStart

    try:
        run(arguments)
    except (CannotStart, Trouble) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
