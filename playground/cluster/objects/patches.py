"""JSON patch (RFC 6902) and JSON merge patch (RFC 7386)."""

from typing import Any

from playground.cluster.errors import ApiError, bad_request
from playground.cluster.kobject import Object, copied


def merge_patch(target: Any, patch: Any) -> Any:
    """Return *target* with the merge patch applied."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def json_patch(target: Object, operations: Any) -> Object:
    """Return *target* with the operations applied (raises 400 on a malformed patch, 422 on one that does not fit)."""
    if not isinstance(operations, list):
        raise bad_request("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    holder = {"root": copied(target)}
    for operation in operations:
        _apply(holder, operation)
    result: Object = holder["root"]
    return result


def _unfit(told: str) -> ApiError:
    return ApiError(422, "Invalid", f"the server rejected our request due to an error in our request: {told}")


def _apply(holder: Object, operation: Object) -> None:
    op, path = operation.get("op"), _pointer(operation.get("path", ""))
    match op:
        case "add":
            _add(holder, path, operation.get("value"))
        case "remove":
            _remove(holder, path)
        case "replace":
            _find(holder, path)
            _put(holder, path, operation.get("value"))
        case "test":
            if _look(holder, path) != operation.get("value"):
                raise _unfit(f"testing value {operation.get('path')} failed")
        case "copy":
            _add(holder, path, copied({"value": _find(holder, _pointer(operation["from"]))})["value"])
        case "move":
            source = _pointer(operation["from"])
            value = _find(holder, source)
            _remove(holder, source)
            _add(holder, path, value)
        case _:
            raise _unfit(f"Unexpected kind: {op}")


def _pointer(path: str) -> list[str]:
    return ["root", *(part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])]


def _look(holder: Object, path: list[str]) -> Any:
    """Return the value at *path*; None when it is missing, as the test operation treats it."""
    try:
        return _find(holder, path)
    except ApiError:
        return None


def _find(holder: Object, path: list[str]) -> Any:
    value: Any = holder
    for part in path:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise _unfit(f"missing path: /{'/'.join(path[1:])}") from None
    return value


def _put(holder: Object, path: list[str], value: Any) -> None:
    parent, last = _find(holder, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent[int(last)] = value
    else:
        parent[last] = value


def _add(holder: Object, path: list[str], value: Any) -> None:
    parent, last = _find(holder, path[:-1]), path[-1]
    if isinstance(parent, list):
        place = len(parent) if last == "-" else int(last)
        if place > len(parent):
            raise _unfit(f"index out of bounds: {place}")
        parent.insert(place, value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise _unfit(f"missing path: /{'/'.join(path[1:-1])}")


def _remove(holder: Object, path: list[str]) -> None:
    _find(holder, path)
    parent, last = _find(holder, path[:-1]), path[-1]
    del parent[int(last) if isinstance(parent, list) else last]
