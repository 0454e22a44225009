"""What is derived from the declarations for others: the Slack app manifest and docs/commands.md."""

from collections.abc import Iterable

from bot.engine.help import AREAS, spelled
from bot.engine.parameters import parameters, usage
from bot.model.plan import Json
from bot.spec import AnyCommand, Change, Filter, Listing, Paged, Query

BOT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "reactions:write",
    "users:read",
)
"""Each is used; channels:history and groups:history let the sender find a message that a crash left unconfirmed."""

BOT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "tokens_revoked",
    "user_change",
)


def slack_manifest(command: str = "/saas", name: str = "saas") -> dict[str, Json]:
    """The app manifest (v2) to create the Slack app from."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": "Runs the platform from Slack: asked, approved, done once, followed to the end.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {
                    "name": "Open the console",
                    "type": "global",
                    "callback_id": "open_console",
                    "description": "Every command that you may use, as a form.",
                },
                {
                    "name": "Act on this",
                    "type": "message",
                    "callback_id": "alert_actions",
                    "description": "What a card or list of the bot offers, in one place.",
                },
            ],
            "slash_commands": [
                {
                    "command": command,
                    "description": "Run the platform: status, get, logs, restart, scale, rollback, …",
                    "usage_hint": "restart instance-worker --reason “stuck queue”",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def commands_page(commands: Iterable[AnyCommand], slash: str = "/saas") -> str:
    """docs/commands.md."""
    commands = list(commands)
    lines = [
        "# Commands",
        "",
        "Made by `./run docs` from the declarations in bot/commands; do not edit.",
        "",
        "Gates: **read** answers at once; **change** asks policy; **destroy** wants a second person and a typed name.",
        "",
        *_options_of(commands),
    ]
    for area in [*AREAS, *sorted({command.area for command in commands} - set(AREAS))]:
        members = [command for command in commands if command.area == area]
        if members:
            lines += ["", f"## {area}"]
        for command in members:
            gate = command.risk.value if isinstance(command, Change) else "read"
            lines += ["", f"### {command.name}", "", command.summary, "", "```"]
            lines += [f"{slash} {usage(command)}", "", *(f"{slash} {example}" for example in command.examples), "```"]
            lines += ["", f"Gate: **{gate}**. Kubernetes: {_rights(command)}."]
    return "\n".join(lines) + "\n"


def _options_of(commands: Iterable[AnyCommand]) -> list[str]:
    """The flags that go with every answer, and with every list."""
    lists, parts = (_names_of(commands, options) for options in (Listing, Paged))
    own = [parameter for parameter in parameters(Listing) if parameter.name not in Paged.model_fields]
    page = [parameter for parameter in parameters(Paged) if parameter.name not in Filter.model_fields]
    return [
        "Every command that answers takes these too:",
        "",
        *(f"- `{spelled(one)}`: {one.info.description}" for one in parameters(Filter)),
        "",
        f"and those that list ({lists}):",
        "",
        *(f"- `{spelled(one)}`: {one.info.description}" for one in (*own, *page)),
        "",
        f"and those that have tables among their parts ({parts}):",
        "",
        *(f"- `{spelled(one)}`: {one.info.description}" for one in page),
    ]


def _names_of(commands: Iterable[AnyCommand], options: type[Filter]) -> str:
    """Those that take exactly these."""
    return ", ".join(f"`{one.name}`" for one in commands if isinstance(one, Query) and one.options is options)


def _rights(command: AnyCommand) -> str:
    rights = [f"{'/'.join(rule.verbs)} {', '.join(rule.resources)}" for rule in command.access]
    return "; ".join(rights) or "none"
