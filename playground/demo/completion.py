"""What comes after `/saas `: commands and flags from the bot's declarations, names from the cluster.

Slack has no such completion for slash commands. It is the practice page's own help, composed here, outside the bot.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.commands import COMMANDS
from bot.engine.parameters import Parameter, all_parameters
from bot.engine.registry import Registry
from bot.errors import NotFound
from bot.spec import AnyCommand, Change

SLASH = "/saas "
NAMESPACE = "saasodoo"

KINDS = ("pods", "deployments", "statefulsets", "services", "jobs", "nodes")
"""What `get` is asked for most."""

APPS = f"/apis/apps/v1/namespaces/{NAMESPACE}"


class Names(Protocol):
    """Where the names in a cluster come from."""

    async def names(self, path: str) -> list[str]:
        """Names of the objects of a collection; none when it cannot be had."""


@dataclass(frozen=True)
class Completion:
    """Completes a line for the page."""

    kube: Names
    registry: Registry

    async def complete(self, _person: str, text: str) -> list[str]:
        """Words, or whole lines, that the typed *text* may go on with."""
        if not text.startswith(SLASH):
            return []
        *done, begun = text.removeprefix(SLASH).split(" ")
        try:
            command, rest = self.registry.find(done)
        except (NotFound, IndexError):
            return self._commands(" ".join([*done, begun]))
        return [word for word in await self._words(command, rest, begun) if word.startswith(begun) and word != begun]

    def _commands(self, begun: str) -> list[str]:
        names = (command.name for command in self.registry.commands)
        return [SLASH + name for name in sorted(names) if name.startswith(begun)]

    async def _words(self, command: AnyCommand, rest: list[str], begun: str) -> list[str]:
        own = all_parameters(command)
        if begun.startswith("-"):
            flags = [parameter.long for parameter in own if not parameter.is_positional]
            flags += ["--reason"] if isinstance(command, Change) else []
            return [flag for flag in flags if flag not in rest]
        flagged = next((p for p in own if rest and rest[-1] in (p.long, p.short) and not p.is_switch), None)
        if flagged is not None:
            return await self._values(flagged)
        places = [parameter for parameter in own if parameter.is_positional]
        taken = len([word for word in rest if not word.startswith("-")])
        if taken < len(places):
            return await self._values(places[taken])
        return await self._values(places[-1]) if places and places[-1].is_many else []

    async def _values(self, parameter: Parameter) -> list[str]:
        match parameter.meta.get("completes"):
            case "workload":
                sets = await self.kube.names(f"{APPS}/statefulsets")
                return [*await self.kube.names(f"{APPS}/deployments"), *(f"statefulset/{name}" for name in sets)]
            case "deployment":
                return await self.kube.names(f"{APPS}/deployments")
            case "instance":
                found = await self.kube.names(f"{APPS}/deployments")
                return [name.removeprefix("odoo-") for name in found if name.startswith("odoo-")]
            case "pod":
                return await self.kube.names(f"/api/v1/namespaces/{NAMESPACE}/pods")
            case "job":
                return await self.kube.names(f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs")
            case "namespace":
                return [NAMESPACE]
            case "kind":
                return list(KINDS)
            case _:
                return []


def completion(kube: Names) -> Completion:
    """Complete with the bot's own commands."""
    return Completion(kube, Registry(COMMANDS))
