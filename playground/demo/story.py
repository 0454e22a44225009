"""The story of Try: what to do next and how to see that it happened. Steps are data; the page ticks them off."""

from collections.abc import Iterator
from itertools import chain

from playground.page.guide import Step, Story, Told
from playground.slack.values import Message
from playground.slack.workspace import Workspace

LATELY = 100
"""Messages of a channel that are looked at; a step is told within seconds of its message."""


def shows(*words: str) -> Told:
    """Whether the bot has said all of *words* in one message, to whomever."""

    def told(workspace: Workspace) -> bool:
        return any(all(word in message.text for word in words) for message in of_the_bot(workspace))

    return told


def of_the_bot(workspace: Workspace) -> Iterator[Message]:
    """What the bot has said lately, to whomever."""
    channels = (list(messages.values())[-LATELY:] for messages in workspace.messages.values())
    said = chain(workspace.ephemerals.values(), chain.from_iterable(channels))
    return (message for message in said if message.bot_id is not None)


RESTART = Story(
    "Restart the worker",
    (
        Step(
            "As *maya*, ask for it. The bot reads the cluster first: the card says what stops and for how long.",
            told=shows("Restart", "instance-worker"),
            person="maya",
            type_this='/saas restart instance-worker --reason "stuck queue"',
        ),
        Step(
            "Become *jon* and press *Approve*: the plan comes from the database, not from the message.",
            told=shows("Restarting", "instance-worker"),
            person="jon",
        ),
        Step(
            "Watch the card: it is edited in place until the pods are ready. Its thread keeps the story.",
            told=shows("Restarted", "instance-worker"),
        ),
        Step(
            "Look at what was there before: `/saas rollout history instance-worker`.",
            told=shows("instance-worker has", "revision"),
            type_this="/saas rollout history instance-worker",
        ),
    ),
)

INCIDENT = Story(
    "See it break, and heal",
    (
        Step(
            "Open *Break something* and press *Crash odoo-acme*. #alerts says what is wrong, and why.",
            told=shows("🔴", "odoo-acme is crash-looping"),
        ),
        Step(
            "As *maya*, press *Roll back to 2…* in #alerts: it takes the same way as a command.",
            told=shows("Roll back deployment/odoo-acme"),
            person="maya",
        ),
        Step(
            "Become *jon* and approve it.",
            told=shows("Rolled back deployment/odoo-acme"),
            person="jon",
        ),
        Step(
            "Watch #alerts: the same message turns green and says how long it was.",
            told=shows("🟢", "odoo-acme"),
        ),
    ),
)

QUOTA = Story(
    "Raise a quota",
    (
        Step(
            "As *maya*, look who is near the end of his quota.",
            told=shows("above 80%"),
            person="maya",
            type_this="/saas quota list --above 80%",
        ),
        Step(
            "Ask for more: the card says how much is in use, and the exact bytes before and after.",
            told=shows("⏳", "Set the quota of acme"),
            type_this='/saas quota set acme 20Gi --reason "more documents"',
        ),
        Step(
            "Become *jon* and approve. It is set on a storage node over ssh, and read back.",
            told=shows("✅", "Set the quota of acme"),
            person="jon",
        ),
    ),
)

BACKUP = Story(
    "Back up, and restore",
    (
        Step(
            "As *maya*, ask for a backup of acme.",
            told=shows("Back up acme"),
            person="maya",
            type_this='/saas backup create acme --reason "before the upgrade"',
        ),
        Step(
            "Become *jon* and approve. A Job packs the folder; the card ends with size and checksum.",
            told=shows("Backed up acme"),
            person="jon",
        ),
        Step(
            "As *maya*, list the backups, and choose *Restore…* beside the new one: it wants a reason.",
            told=shows("Restore acme from"),
            person="maya",
            type_this="/saas backup list",
        ),
        Step(
            "Become *jon*: this destroys something, so type the instance's name to approve.",
            told=shows("Restoring acme"),
            person="jon",
        ),
        Step(
            "Watch it stop, swap the data, and start again. What was replaced is kept.",
            told=shows("Restored acme"),
        ),
    ),
)

REFUSALS = Story(
    "Be told no",
    (
        Step(
            "As *vera*, who may only look, try to scale it. Only vera sees why not.",
            told=shows("You may not", "scale"),
            person="vera",
            type_this="/saas scale instance-worker --replicas 8",
        ),
        Step(
            "As *maya*, mistype a name: the near miss is one click away.",
            told=shows("No deployment", "instance-wroker"),
            person="maya",
            type_this="/saas restart instance-wroker",
        ),
        Step(
            "Ask what you may do: `/saas can-i patch deployments/scale`.",
            told=shows("patch deployments/scale"),
            type_this="/saas can-i patch deployments/scale",
        ),
    ),
)

STORIES = (RESTART, INCIDENT, QUOTA, BACKUP, REFUSALS)
