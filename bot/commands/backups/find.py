"""Find the instance or backup that a person names, or say which he may have meant."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator

from bot.commands.storage.backend import reading
from bot.errors import NotFound
from bot.model.backup import ID, Backup
from bot.model.storage import InstanceUsage
from bot.ports import ReadOnly


def _check_id(text: str) -> str:
    if not ID.fullmatch(text) or ".." in text:
        raise ValueError(f"“{text[:80]}” is not a backup's id; `backup list` shows them")
    return text


BackupId = Annotated[str, AfterValidator(_check_id)]


async def instance(on: ReadOnly, name: str, line: Callable[[str], str]) -> InstanceUsage:
    """One instance. Raises NotFound with near misses as whole lines."""
    known = {usage.name: usage for usage in await reading(on).usages()}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    raise NotFound(
        f"There is no instance “{name}”. Nothing was done.",
        hint="" if near else "`quota list` shows every instance.",
        suggestions=tuple(line(one) for one in near),
    )


async def backup(on: ReadOnly, wanted: str, line: Callable[[str], str]) -> Backup:
    """One backup. Raises NotFound with near misses, and the newest of the instance that is meant."""
    known = {one.id: one for one in await reading(on).backups()}
    if wanted in known:
        return known[wanted]
    newest = [one.id for one in known.values() if one.instance == wanted][:3]
    near = newest or get_close_matches(wanted, known, n=3, cutoff=0.6)
    raise NotFound(
        f"There is no backup “{wanted}”. Nothing was done.",
        hint="" if near else "`backup list` shows every backup.",
        suggestions=tuple(line(one) for one in near),
    )
