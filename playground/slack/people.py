"""What a person can do in the practice Slack: talk, touch what the app posted, fill in its views.

Each act returns an Outcome: ok, what Slack tells that person only, or the errors under the fields of a modal.
"""

from playground.slack.filling import Filling
from playground.slack.stage import Outcome, Stage
from playground.slack.talking import Talking

__all__ = ["Outcome", "People"]


class People(Talking, Filling):
    """Every act of every person; the page and the tests call it."""

    def __init__(self, stage: Stage) -> None:
        Talking.__init__(self, stage)
        Filling.__init__(self, stage)
