"""The app manifest without Socket Mode: one address of the bot's for commands, events, interactions and options."""

from bot.errors import BadArguments
from bot.model.plan import Json
from bot.slack.settings import REQUEST_PATH


def over_http(manifest: dict[str, Json], url: str) -> dict[str, Json]:
    """The same app without Socket Mode: Slack calls the bot at *url* (https://host). Raises BadArguments."""
    if not url.startswith(("https://", "http://")):
        raise BadArguments("The address where Slack reaches the bot is written https://HOST.")
    called = {"request_url": url.rstrip("/") + REQUEST_PATH}
    features, settings = manifest["features"], manifest["settings"]
    commands = [{**command, "url": called["request_url"]} for command in features["slash_commands"]]
    return {
        **manifest,
        "features": {**features, "slash_commands": commands},
        "settings": {
            **settings,
            "event_subscriptions": {**settings["event_subscriptions"], **called},
            "interactivity": {
                **settings["interactivity"],
                **called,
                "message_menu_options_url": called["request_url"],
            },
            "socket_mode_enabled": False,
        },
    }
