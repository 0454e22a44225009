"""Scopes that the app turned out to lack: what Slack refused for want of one, until it no longer does."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

log = logging.getLogger(__name__)


class LackingScopes:
    """By method, as Slack's documents name it."""

    def __init__(self) -> None:
        """Nothing was refused yet."""
        self._needed: dict[str, str] = {}

    def refused(self, method: str, needed: str) -> None:
        """Slack refused *method*, which needs the scope *needed*."""
        if self._needed.get(method) != needed:
            log.error("%s", sentence(method, needed))
        self._needed[method] = needed

    def answered(self, method: str) -> None:
        """Slack took *method*."""
        self._needed.pop(method, None)

    def now(self) -> Mapping[str, str]:
        """Method → scope."""
        return MappingProxyType(dict(self._needed))


def sentence(method: str, needed: str) -> str:
    """What is refused, and what a person does about it."""
    scope = needed or "that Slack does not name"
    return f"Slack refuses {method}: add the scope {scope} to the app and install it again."
