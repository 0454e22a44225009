"""What a demo adds to the page: a story to try, faults to cause, completion of its command. Empty without a demo."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playground.slack.workspace import Workspace

Told = Callable[[Workspace], bool]
Complete = Callable[[str, str], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story; *told* looks at the workspace and says whether it has happened."""

    text: str
    """mrkdwn: what to do, and as whom."""
    told: Told
    person: str = ""
    """Whom to be for it, by name; the page offers to become that person."""
    type_this: str = ""
    """A line that the page offers to put into the composer."""


@dataclass(frozen=True, slots=True)
class Story:
    """Steps that tick off by themselves, in any order, and stay ticked."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can be broken on purpose; *cause* returns what to say about it."""

    name: str
    about: str
    cause: Callable[[], Awaitable[str]]
    is_on: bool = False
    """It is broken now, until it is mended."""


async def no_completion(_person: str, _text: str) -> list[str]:
    """Complete nothing: what a Slack app gets, whose sub-commands Slack does not know."""
    return []


@dataclass(slots=True)
class Guide:
    """Handed in by the demo after the page is mounted; `complete` gets a person's id and the line typed so far."""

    stories: tuple[Story, ...] = ()
    faults: tuple[Fault, ...] = ()
    complete: Complete = no_completion
    told: set[Step] = field(default_factory=set)

    def tick(self, workspace: Workspace) -> None:
        """Note the steps that have happened; a step that was told stays told."""
        open_steps = (step for story in self.stories for step in story.steps if step not in self.told)
        self.told.update(step for step in open_steps if step.told(workspace))
