"""Strategic merge patch: like a merge patch, but lists of named items are merged item by item."""

from typing import Any

from playground.cluster.errors import bad_request
from playground.cluster.kobject import Object
from playground.cluster.objects.listkeys import is_set, merge_key

_DIRECTIVE, _RETAIN = "$patch", "$retainKeys"
_DELETE_VALUES, _ORDER = "$deleteFromPrimitiveList/", "$setElementOrder/"
Path = tuple[str, ...]


def strategic_merge(target: Object, patch: Object) -> Object:
    """Return *target* with the patch applied (raises 400 on a directive that makes no sense)."""
    return _merge_map(target, patch, ())


def _merge_map(target: Object, patch: Object, path: Path) -> Object:
    directive = patch.get(_DIRECTIVE)
    if directive == "replace":
        return {name: value for name, value in patch.items() if name != _DIRECTIVE}
    if directive == "delete":
        return {}
    if directive is not None and directive != "merge":
        raise bad_request(f"unknown patch type: {directive}")
    result = dict(target)
    if _RETAIN in patch:
        result = {name: value for name, value in result.items() if name in patch[_RETAIN]}
    for name, value in patch.items():
        if name not in {_DIRECTIVE, _RETAIN} and not name.startswith(_ORDER):
            _merge_field(result, name, value, path)
    for name, order in patch.items():
        if name.startswith(_ORDER):
            _order(result, name.removeprefix(_ORDER), order, path)
    return result


def _merge_field(result: Object, name: str, value: Any, path: Path) -> None:
    if name.startswith(_DELETE_VALUES):
        field = name.removeprefix(_DELETE_VALUES)
        result[field] = [item for item in result.get(field) or () if item not in value]
    elif value is None:
        result.pop(name, None)
    elif isinstance(value, dict):
        before = result.get(name)
        result[name] = _merge_map(before if isinstance(before, dict) else {}, value, (*path, name))
    elif isinstance(value, list):
        result[name] = _merge_list(result.get(name) or [], value, (*path, name))
    else:
        result[name] = value


def _merge_list(target: list[Any], patch: list[Any], path: Path) -> list[Any]:
    key = merge_key(path)
    if key is None:
        if is_set(path):
            return [*target, *(item for item in patch if item not in target)]
        return [item for item in patch if not (isinstance(item, dict) and _DIRECTIVE in item)]
    if any(isinstance(item, dict) and item.get(_DIRECTIVE) == "replace" for item in patch):
        return [item for item in patch if item.get(_DIRECTIVE) != "replace"]
    result = list(target)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise bad_request(f"map: {item} does not contain declared merge key: {key}")
        _merge_item(result, item, key, path)
    return result


def _merge_item(result: list[Any], item: Object, key: str, path: Path) -> None:
    place = next((index for index, have in enumerate(result) if have.get(key) == item[key]), None)
    if item.get(_DIRECTIVE) == "delete":
        result[:] = [have for have in result if have.get(key) != item[key]]
    elif place is None:
        result.append(_merge_map({}, item, path))
    else:
        result[place] = _merge_map(result[place], item, path)


def _order(result: Object, field: str, order: list[Any], path: Path) -> None:
    items = result.get(field)
    if not items:
        return
    key = merge_key((*path, field))
    wanted = [entry[key] if key and isinstance(entry, dict) else entry for entry in order]

    def place(entry: tuple[int, Any]) -> tuple[int, int]:
        name = entry[1].get(key) if key else entry[1]
        return (wanted.index(name), 0) if name in wanted else (len(wanted), entry[0])

    result[field] = [item for _, item in sorted(enumerate(items), key=place)]
