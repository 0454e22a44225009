"""Server-side apply: who owns which field, conflicts between owners, and the merge of an applied manifest."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

import orjson

from playground.cluster.clock import stamp
from playground.cluster.errors import ApiError
from playground.cluster.kobject import Object, copied
from playground.cluster.objects.fieldsets import (
    FieldPath,
    flatten,
    from_fields_v1,
    item_step,
    shown,
    to_fields_v1,
)
from playground.cluster.objects.listkeys import apply_keys, is_set

LONGEST_MANAGER = 128


@dataclass(frozen=True)
class Manager:
    """Who writes: the name, how, and through which subresource."""

    name: str
    operation: Literal["Apply", "Update"]
    api_version: str
    subresource: str = ""

    def told(self, time: str) -> str:
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}{f' at {time}' if time else ''}" if self.operation == "Update" else text


@dataclass(frozen=True)
class Share:
    """What one manager owns."""

    manager: Manager
    fields: frozenset[FieldPath]
    time: str


def shares_of(obj: Object) -> list[Share]:
    shares = []
    for entry in obj["metadata"].get("managedFields") or ():
        manager = Manager(
            entry.get("manager", ""), entry["operation"], entry.get("apiVersion", ""), entry.get("subresource", "")
        )
        shares.append(Share(manager, frozenset(from_fields_v1(entry.get("fieldsV1", {}))), entry.get("time", "")))
    return shares


def _record(obj: Object, shares: list[Share]) -> None:
    entries = []
    for share in sorted(shares, key=lambda share: (share.manager.operation, share.time, share.manager.name)):
        entry: Object = {
            "manager": share.manager.name, "operation": share.manager.operation,
            "apiVersion": share.manager.api_version, "time": share.time, "fieldsType": "FieldsV1",
            "fieldsV1": to_fields_v1(share.fields),
        }  # fmt: skip
        if share.manager.subresource:
            entry["subresource"] = share.manager.subresource
        if share.fields:
            entries.append(entry)
    obj["metadata"]["managedFields"] = entries
    if not entries:
        del obj["metadata"]["managedFields"]


def track_update(new: Object, old: Object | None, manager: Manager, now: datetime) -> None:
    """Note in *new* that *manager* owns what it changed, and that nobody owns what is gone."""
    before = flatten(old) if old is not None else {}
    after = flatten(new)
    changed = {path for path, value in after.items() if path not in before or before[path] != value}
    shares = shares_of(old) if old is not None else []
    kept = []
    mine: frozenset[FieldPath] = frozenset()
    for share in shares:
        fields = frozenset(path for path in share.fields if path in after)
        if share.manager == manager:
            mine = fields
        else:
            kept.append(replace(share, fields=fields - changed))
    if changed or mine:
        time = stamp(now) if changed else next(share.time for share in shares if share.manager == manager)
        kept.append(Share(manager, mine | changed, time))
    _record(new, kept)


def server_side_apply(live: Object | None, config: Object, manager: Manager, *, now: datetime, force: bool) -> Object:
    """Return the object with *config* applied (raises 409 naming each field that another manager holds)."""
    wanted = flatten(config)
    if live is None:
        created = copied(config)
        _record(created, [Share(manager, frozenset(wanted), stamp(now))])
        return created
    shares, current = shares_of(live), flatten(live)
    contested = _contested(shares, manager, wanted, current)
    if contested and not force:
        raise _conflict(contested)
    merged = copied(_merge(live, config, ()))
    others = [share for share in shares if share.manager != manager]
    mine = next((share for share in shares if share.manager == manager), None)
    held_by_others = frozenset[FieldPath]().union(*(share.fields for share in others))
    if mine is not None:
        _give_up(merged, mine.fields - wanted.keys() - held_by_others, held_by_others)
    taken = {path for _, paths in contested for path in paths}
    result = [replace(share, fields=share.fields - taken) for share in others]
    unchanged = mine is not None and mine.fields == wanted.keys() and merged == live
    time = mine.time if unchanged and mine is not None else stamp(now)
    _record(merged, [*result, Share(manager, frozenset(wanted), time)])
    return merged


def _contested(
    shares: list[Share], manager: Manager, wanted: dict[FieldPath, Any], current: dict[FieldPath, Any]
) -> list[tuple[Share, list[FieldPath]]]:
    found = []
    for share in shares:
        if share.manager == manager:
            continue
        paths = sorted(
            path for path in share.fields & wanted.keys() if path in current and current[path] != wanted[path]
        )
        if paths:
            found.append((share, paths))
    return found


def _conflict(contested: list[tuple[Share, list[FieldPath]]]) -> ApiError:
    causes = [
        {"reason": "FieldManagerConflict", "field": shown(path),
         "message": f"conflict with {share.manager.told(share.time)}"}
        for share, paths in contested for path in paths
    ]  # fmt: skip
    if len(causes) == 1:
        told = f"Apply failed with 1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        told = f"Apply failed with {len(causes)} conflicts: " + "\n".join(
            message.replace("conflict with", "conflicts with", 1)
            + ":\n"
            + "\n".join(f"- {cause['field']}" for cause in group)
            for message, group in groupby(causes, key=lambda cause: cause["message"])
        )
    return ApiError(409, "Conflict", told, {"causes": causes})


def _merge(live: Any, config: Any, names: tuple[str, ...]) -> Any:
    if isinstance(live, dict) and isinstance(config, dict):
        merged = dict(live)
        for name, value in config.items():
            merged[name] = _merge(live.get(name), value, (*names, name))
        return merged
    if isinstance(live, list) and isinstance(config, list):
        keys = apply_keys(names)
        if keys:
            return _merge_items(live, config, keys, names)
        if is_set(names):
            return [*live, *(item for item in config if item not in live)]
    return config


def _merge_items(live: list[Any], config: list[Any], keys: tuple[str, ...], names: tuple[str, ...]) -> list[Any]:
    merged = {item_step(item, keys): item for item in live}
    for item in config:
        step = item_step(item, keys)
        merged[step] = _merge(merged.get(step), item, names)
    return list(merged.values())


def _give_up(merged: Object, fields: frozenset[FieldPath], held: frozenset[FieldPath]) -> None:
    """Remove fields that nobody owns any more; items first, unless another manager holds something in them."""
    kept = {path for path in fields if path[-1].startswith("k:") and any(other[: len(path)] == path for other in held)}
    for path in sorted(fields - kept, key=len):
        if not (path[:-1] in kept and path[-1].removeprefix("f:") in orjson.loads(path[-2].partition(":")[2])):
            _drop(merged, path)


def _drop(obj: Object, path: FieldPath) -> None:
    """Remove the field or item at *path*, and the maps that it leaves empty."""
    parents: list[tuple[Any, Any]] = []
    at: Any = obj
    names: tuple[str, ...] = ()
    for step in path:
        index: Any
        kind, _, rest = step.partition(":")
        if kind == "f":
            names, index = (*names, rest), rest
            found = isinstance(at, dict) and rest in at
        else:
            index = _index(at, step, names)
            found = index is not None
        if not found:
            return
        parents.append((at, index))
        at = at[index]
    for parent, index in reversed(parents):
        if parent is not parents[-1][0] and parent[index] not in ({}, []):
            return
        del parent[index]


def _index(items: Any, step: str, names: tuple[str, ...]) -> int | None:
    if not isinstance(items, list):
        return None
    keys = apply_keys(names)
    for place, item in enumerate(items):
        if (keys and item_step(item, keys) == step) or (not keys and step.startswith("v:") and step == f'v:"{item}"'):
            return place
    return None
