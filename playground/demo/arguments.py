"""What `./run demo` was asked for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Only(StrEnum):
    """One stand-in by itself."""

    SLACK = "slack"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The command line, read."""

    only: Only | None
    port: int
    opens_browser: bool
    keeps: bool
    kubeconfig: Path | None
    context: str
    manifest: Path | None


def read_arguments(argv: Sequence[str] | None = None) -> Arguments:
    """Read the command line; on a fault, argparse says which and ends the process."""
    parser = argparse.ArgumentParser(
        prog="./run demo", description="The real bot in a practice Slack on a practice cluster, on this machine alone."
    )
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE", help="use that cluster instead of the practice one")
    parser.add_argument("--context", default="", help="the context in that kubeconfig (default: its current one)")
    parser.add_argument("--port", type=_port, default=0, help="port of the page on 127.0.0.1 (default: a free one)")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument("--keep", action="store_true", help="keep database and conversations for the next start")
    parser.add_argument("--only", type=Only, choices=list(Only), help="one stand-in alone, for your own app")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="with --only slack: your app's manifest")
    given = parser.parse_args(argv)
    if given.context and given.kubeconfig is None:
        parser.error("--context names a context in a kubeconfig: give --kubeconfig FILE too.")
    if given.only and (given.kubeconfig or given.keep):
        parser.error("--only starts one stand-in alone, without a cluster of yours and without keeping anything.")
    if given.manifest and given.only is not Only.SLACK:
        parser.error("--manifest belongs to --only slack; the demo has the bot's own.")
    return Arguments(
        only=given.only,
        port=given.port,
        opens_browser=not given.no_open,
        keeps=given.keep,
        kubeconfig=given.kubeconfig,
        context=given.context,
        manifest=given.manifest,
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; ports go from 1 to 65535")
    return int(text)
