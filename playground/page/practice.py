"""What the page needs of the practice Slack; `PracticeSlack` has it."""

from typing import Protocol

from playground.slack.control import Control
from playground.slack.envelopes import SocketMode
from playground.slack.http_delivery import HttpDelivery
from playground.slack.journal import Journal
from playground.slack.limits import Limits
from playground.slack.manifest import Manifest
from playground.slack.people import People
from playground.slack.workspace import Workspace


class Practice(Protocol):
    """A running practice Slack as the page sees it."""

    @property
    def control(self) -> Control: ...
    @property
    def http(self) -> HttpDelivery: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def manifest(self) -> Manifest: ...
    @property
    def people(self) -> People: ...
    @property
    def sockets(self) -> SocketMode: ...
    @property
    def workspace(self) -> Workspace: ...
