"""Columns as data: a kind's table is a tuple of titled functions from an object to a cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from bot.model.durations import age
from bot.model.kube.meta import KubeStruct, Metadata
from bot.model.reply import Button
from bot.model.resources import Resource

NONE = "<none>"
UNKNOWN = "<unknown>"


class Named(Protocol):
    """Any object with metadata."""

    @property
    def metadata(self) -> Metadata:
        """Name, namespace, labels, times."""


K = TypeVar("K", bound=KubeStruct)


@dataclass(frozen=True)
class Column(Generic[K]):
    """One column of kubectl's table."""

    title: str
    cell: Callable[[K, datetime], str]
    wide: bool = False
    """Only with `-o wide`."""


def _nothing_wrong(item: Any) -> bool:
    return False


def _no_state(item: Any) -> str:
    return ""


def _no_buttons(item: Any) -> tuple[Button, ...]:
    return ()


@dataclass(frozen=True)
class View(Generic[K]):
    """How a kind is listed."""

    resource: Resource
    struct: type[K]
    columns: tuple[Column[K], ...]
    is_unhealthy: Callable[[K], bool] = _nothing_wrong
    """Such rows come first."""
    state: Callable[[K], str] = _no_state
    """What the headline counts: "38 Running, 2 CrashLoopBackOff"; empty where nothing is to be counted."""
    buttons: Callable[[K], tuple[Button, ...]] = _no_buttons
    """What can be done with a row."""

    def shown(self, *, wide: bool) -> tuple[Column[K], ...]:
        """The columns of the plain or the wide table."""
        return tuple(column for column in self.columns if wide or not column.wide)


def name(item: Named, now: datetime) -> str:
    """NAME."""
    return item.metadata.name


def age_of(item: Named, now: datetime) -> str:
    """AGE, as kubectl counts it."""
    return since(item.metadata.creation_timestamp, now)


def since(at: datetime | None, now: datetime) -> str:
    """kubectl's age of a moment; `<unknown>` for none."""
    return age(now - at) if at is not None else UNKNOWN


def joined(values: Sequence[str]) -> str:
    """Values by commas, or `<none>`."""
    return ",".join(values) or NONE


def labels_text(labels: dict[str, str]) -> str:
    """`a=b,c=d` sorted, or `<none>`."""
    return joined([f"{key}={value}" for key, value in sorted(labels.items())])
