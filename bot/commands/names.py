"""Names as people type them: checked against Kubernetes' own rules before anything asks the API server."""

import re
import shlex
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator

from bot.errors import Misspelt
from bot.model.resources import BY_NAME, Resource
from bot.spec import CHANNEL_NAMESPACE, flag

_SUBDOMAIN = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")
"""RFC 1123 subdomain, at most 253 characters: what most objects may be called."""

_PATH_SEGMENT = re.compile(r"[A-Za-z0-9][-_.:A-Za-z0-9]{0,252}")
"""What roles and their bindings may be called, which are looser than the rest (`system:node`)."""


def check_name(name: str) -> str:
    """Return *name*. Raises ValueError where no object can have it."""
    if not _SUBDOMAIN.fullmatch(name) or ".." in name:
        raise ValueError(f"“{name[:80]}” is not a name that Kubernetes allows")
    return name


def check_loose_name(name: str) -> str:
    """Return *name*, which may be a role's. Raises ValueError where no object can have it."""
    if not _PATH_SEGMENT.fullmatch(name) or ".." in name:
        raise ValueError(f"“{name[:80]}” is not a name that Kubernetes allows")
    return name


def _check_namespace(name: str) -> str:
    return check_name(name) if name else name


Namespace = Annotated[str, AfterValidator(_check_namespace)]
Name = Annotated[str, AfterValidator(check_name)]


def namespace_flag() -> Any:
    """`-n NAMESPACE`, by default the channel's."""
    return flag("namespace to look in", default=CHANNEL_NAMESPACE, short="n", completes="namespace")


def resource_called(word: str, among: tuple[Resource, ...]) -> Resource:
    """The resource that *word* names, as kubectl knows it: `po`, `pods`, `pod`. Raises Misspelt."""
    resource = BY_NAME.get(word.lower())
    if resource is None or resource not in among:
        known = [one.plural for one in among]
        near = get_close_matches(word.lower(), known, n=2, cutoff=0.7)
        meant = f"perhaps {' or '.join(near)}" if near else f"it knows {', '.join(known)}"
        raise Misspelt(f"“{word[:40]}” is not a kind that this knows; {meant}", typed=word, meant=tuple(near))
    return resource


def kind_and_names(kind: str, found: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """`pod/web-1` as kind and name, as kubectl takes it; names may have that kind before them as well."""
    kind, _, name = kind.partition("/")
    return kind, tuple(one.removeprefix(f"{kind}/") for one in (*([name] if name else []), *found))


def line(*words: str, namespace: str = "") -> str:
    """A command line with its namespace whole, so that it means the same in every channel."""
    return shlex.join([*words, *(["-n", namespace] if namespace else [])])
