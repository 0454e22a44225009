"""The fields of a command's Args as the command line sees them: places, flags, switches, and how usage shows them."""

from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.spec import AnyCommand, Args, Change, Query


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of Args, as the command line sees it."""

    name: str
    info: FieldInfo

    @property
    def meta(self) -> dict[str, str]:
        """What `positional` or `flag` declared."""
        extra = self.info.json_schema_extra
        return {key: str(value) for key, value in extra.items()} if isinstance(extra, dict) else {}

    @property
    def is_positional(self) -> bool:
        """Told by its place, not by a name."""
        return self.meta.get("place") == "positional"

    @property
    def long(self) -> str:
        """`--to-revision`."""
        return "--" + self.name.rstrip("_").replace("_", "-")

    @property
    def short(self) -> str:
        """`-n`, or empty."""
        return "-" + self.meta["short"] if self.meta.get("short") else ""

    @property
    def is_hidden(self) -> bool:
        """Understood, but offered nowhere."""
        return bool(self.meta.get("hidden"))

    @property
    def ends_flags(self) -> bool:
        """Stands behind `--`: whatever comes there is its own."""
        return self.meta.get("metavar", "").startswith("--")

    @property
    def types(self) -> tuple[Any, ...]:
        """The types that its value may have."""
        return _plain_types(self.info.annotation)

    @property
    def is_switch(self) -> bool:
        """Takes no value."""
        return bool in self.types

    @property
    def is_many(self) -> bool:
        """Collects several values."""
        return get_origin(self.info.annotation) is tuple

    @property
    def title(self) -> str:
        """What a form calls it: its title, or its name as words."""
        return str(self.meta.get("title") or self.name.rstrip("_").replace("_", " ").capitalize())

    @property
    def label(self) -> str:
        """How it is named in a sentence: `NAME` or `--replicas`."""
        return self.metavar if self.is_positional else self.long

    @property
    def metavar(self) -> str:
        """The placeholder for its value: `NAME`, `N`."""
        return self.meta.get("metavar") or self.name.rstrip("_").upper().replace("_", "-")

    @property
    def usage(self) -> str:
        """Its part of the usage line: `NAME`, `[--to-revision N]`."""
        if self.is_positional:
            text = self.metavar + ("…" if self.is_many else "")
        else:
            text = self.long if self.is_switch else f"{self.long} {self.metavar}"
        return text if self.info.is_required() else f"[{text}]"


def _plain_types(annotation: Any) -> tuple[Any, ...]:
    """`bool | None` → (bool, None): the alternatives of a union, or the type itself."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def parameters(args: type[Args]) -> list[Parameter]:
    """The fields of *args* in the order of their declaration."""
    return [Parameter(name, info) for name, info in args.model_fields.items()]


def options(command: AnyCommand) -> list[Parameter]:
    """What goes with *command* because it is a query, but for what it takes itself under that name."""
    if not isinstance(command, Query):
        return []
    own = command.args.model_fields
    return [parameter for parameter in parameters(command.options) if parameter.name not in own]


def all_parameters(command: AnyCommand) -> list[Parameter]:
    """Its own, then its options."""
    return [*parameters(command.args), *options(command)]


def usage(command: AnyCommand) -> str:
    """`scale NAME --replicas N [--namespace NAMESPACE] [--reason TEXT]`."""
    offered = [parameter for parameter in parameters(command.args) if not parameter.is_hidden]
    parts = [parameter.usage for parameter in offered if not parameter.ends_flags]
    reason = ["[--reason TEXT]"] if isinstance(command, Change) else []
    return " ".join([command.name, *parts, *reason, *(one.usage for one in offered if one.ends_flags)])
