"""What somebody reads who comes here for the first time."""

from playground.demo.people import OPS
from playground.slack.workspace import Workspace

GREETING = """\
*This is a practice Slack.* The bot in it is the real one, so is its database; the cluster is {cluster}.
You are maya and may ask for changes; jon approves them. The faces at the bottom left turn you into somebody else.
Type `/saas restart instance-worker --reason "stuck queue"`, or open *Try* at the top right."""


def greet(workspace: Workspace, cluster: str) -> None:
    """Say in #ops what this is, unless somebody has talked there before."""
    if not workspace.messages.get(OPS):
        workspace.post(
            OPS,
            user=None,
            subtype="bot_message",
            username="Practice guide",
            icon_emoji=":compass:",
            text=GREETING.format(cluster=cluster),
        )
