"""The command line: run, doctor, migrate, manifest, docs, policy, audit."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import settings
from bot.errors import BadArguments, BotError
from bot.model.checkpoint import Checkpoint
from bot.ports_ledger import AuditReport


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; a fault is one sentence on stderr and exit status 1."""
    args = _parser().parse_args(argv)
    try:
        return int(args.go(args) or 0)
    except BotError as error:
        print("\n".join(filter(None, (str(error), error.hint))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, go: object, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(go=go)
        return command

    add("run", _run, "Run the bot; prepares the database first.")
    add("doctor", _doctor, "Check every connection and right that the bot needs, and say what is missing.")
    migrate = add("migrate", _migrate, "Prepare the database, or bring it to this version.")
    migrate.add_argument("--grant", metavar="ROLE", help="then let ROLE run the bot, and rewrite nothing")
    manifest = add(
        "manifest", _manifest, "Print the Slack app manifest, or the bot's own roles, derived from the commands."
    )
    manifest.add_argument("what", nargs="?", choices=("slack", "roles"), default="slack")
    manifest.add_argument(
        "--url", default="", help="for Slack: where it reaches the bot by HTTP (https://HOST), in place of Socket Mode"
    )
    docs = add("docs", _docs, "Write what is derived from the code: commands, policy schema, the chart's roles.")
    docs.add_argument("root", type=Path, nargs="?", default=Path())
    policy = add("policy", _policy, "Check a policy file.")
    policy.add_argument("file", type=Path)
    audit = add("audit", _audit, "Verify the audit chain, or export it as JSON lines.")
    audit.add_argument("what", choices=("verify", "export"))
    audit.add_argument(
        "--head", action="append", default=[], type=_head, metavar="SIZE:HEAD",
        help="to verify: a head that the bot told in Slack; may be given several times",
    )  # fmt: skip
    return parser


def _run(args: argparse.Namespace) -> None:
    from bot.app import run  # the adapters take two seconds to import; the other subcommands go without them

    run(settings.load())


def _doctor(args: argparse.Namespace) -> int:
    from bot.doctor import examine

    findings = asyncio.run(examine(settings.load()))
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok for finding in findings) else 1


def _migrate(args: argparse.Namespace) -> None:
    from bot.store.grants import grant
    from bot.store.migrate import migrate

    dsn = settings.load_database().database_url.get_secret_value()
    asyncio.run(migrate(dsn))
    print("The database is ready.")
    if args.grant:
        asyncio.run(grant(dsn, args.grant))
        print(f"The role {args.grant} may run the bot on it.")


def _manifest(args: argparse.Namespace) -> None:
    from bot.commands import COMMANDS
    from bot.manifest import slack_manifest
    from bot.rights import roles
    from bot.slack.http_manifest import over_http

    match args.what:
        case "slack":
            wanted = over_http(slack_manifest(), args.url) if args.url else slack_manifest()
        case _ if args.url:
            raise BadArguments("--url belongs to the Slack manifest. Nothing was printed.")
        case _:
            wanted = {"apiVersion": "v1", "kind": "List", "items": roles(COMMANDS)}
    print(json.dumps(wanted, indent=2, ensure_ascii=False))


def _docs(args: argparse.Namespace) -> None:
    from bot.commands import COMMANDS
    from bot.manifest import commands_page
    from bot.policy_schema import policy_schema
    from bot.rights import CHART_FILES, chart_rules

    (args.root / "docs" / "commands.md").write_text(commands_page(COMMANDS))
    (args.root / "docs" / "policy.schema.json").write_text(policy_schema())
    for name, rights in CHART_FILES.items():
        (args.root / "chart" / "files" / name).write_text(chart_rules(rights(COMMANDS)))


def _policy(args: argparse.Namespace) -> int:
    from bot.configuration import policy_doubts, policy_text
    from bot.engine.policy import load, revision

    text = policy_text(args.file)
    policy = load(text)
    print(
        f"The policy file is sound: {len(policy.people)} people, {len(policy.channels)} channels, "
        f"{len(policy.rules)} rules; revision {revision(text)}."
    )
    doubts = policy_doubts(policy)
    print(*doubts, sep="\n", end="\n" if doubts else "")
    return 1 if doubts else 0


def _audit(args: argparse.Namespace) -> int:
    config = settings.load_database()
    return asyncio.run(_export(config) if args.what == "export" else _verify(config, args.head))


async def _verify(config: settings.DatabaseSettings, told: Sequence[Checkpoint]) -> int:
    from bot.configuration import audit_signer
    from bot.store.ledger import opened_ledger

    async with opened_ledger(config.database_url.get_secret_value()) as ledger:
        report = await ledger.verify_audit(audit_signer(config), told)
    print(f"{report.size} rows, head {report.head}. {_vouched_for(report, config.audit_key is not None)}")
    for fault in report.faults:
        print(fault)
    return 1 if report.faults else 0


def _head(text: str) -> Checkpoint:
    try:
        return Checkpoint.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _vouched_for(report: AuditReport, is_key_given: bool) -> str:
    """How far the chain is known not to have been computed anew."""
    if not is_key_given:
        return "AUDIT_KEY is not set, so who owns the database may have computed it anew."
    return f"Signed up to row {report.signed}."


async def _export(config: settings.DatabaseSettings) -> int:
    from bot.store.ledger import opened_ledger

    async with opened_ledger(config.database_url.get_secret_value()) as ledger:
        async for line in ledger.export_audit():
            sys.stdout.buffer.write(line + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
