"""What the panels show of the wire between Slack and the app, and what can be broken on it."""

from functools import partial

from playground.page.guide import Fault
from playground.page.inspector import Inspection, inspect
from playground.page.practice import Practice
from playground.slack.api.call import Args
from playground.slack.mischief import MISCHIEF


class Backstage:
    """The wire, seen from the page."""

    def __init__(self, slack: Practice) -> None:
        self._slack = slack

    def inspection(self) -> Inspection:
        slack = self._slack
        return inspect(slack.journal, slack.limits, sockets=len(slack.sockets.connections), called_at=slack.http.url)

    def faults(self) -> tuple[Fault, ...]:
        broken = self._slack.control.in_effect()
        return tuple(
            Fault(
                name.replace("-", " ").capitalize(),
                f"{mischief.says}.",
                partial(self._cause, name, mischief.says),
                is_on=name in broken,
            )
            for name, mischief in MISCHIEF.items()
        )

    async def _cause(self, name: str, says: str) -> str:
        self._slack.control.cause(name, Args({}))
        return f"{says}."
