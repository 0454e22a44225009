"""What a request asks for, read from its method, path and query as the API server's RequestInfo does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from playground.cluster.errors import ApiError, bad_request

_VERBS = {"GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
INVALID_VERSION = "invalid resource version: "
_TRUE, _FALSE = {"true", "True", "1", "t", "T", "TRUE"}, {"false", "False", "0", "f", "F", "FALSE", ""}


@dataclass(frozen=True)
class RequestInfo:
    """verb, and for resource requests what it acts on; path alone for the rest (/version, /healthz, discovery)."""

    verb: str
    path: str
    group: str = ""
    version: str = ""
    plural: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""

    @property
    def is_resource(self) -> bool:
        return bool(self.plural)


def read_request(method: str, path: str, query: Mapping[str, str]) -> RequestInfo:
    info = RequestInfo(verb=method.lower(), path=path)
    parts = [part for part in path.split("/") if part]
    match parts:
        case ["api", version, *rest] if rest:
            info = _resource(replace(info, version=version), rest)
        case ["apis", group, version, *rest] if rest:
            info = _resource(replace(info, group=group, version=version), rest)
    return replace(info, verb=_verb(method, info, query)) if info.is_resource else info


def _resource(info: RequestInfo, parts: list[str]) -> RequestInfo:
    match parts:
        case ["namespaces", namespace, plural, *rest] if plural not in {"status", "finalize"}:
            info = replace(info, namespace=namespace, plural=plural)
        case [plural, *rest]:
            info = replace(info, plural=plural)
    match rest:
        case [name]:
            return replace(info, name=name)
        case [name, subresource, *more]:
            return replace(info, name=name, subresource=subresource, rest="/".join(more))
    return info


def _verb(method: str, info: RequestInfo, query: Mapping[str, str]) -> str:
    verb = _VERBS.get(method, method.lower())
    if verb == "get" and not info.name:
        return "watch" if truth(query, "watch") else "list"
    if verb == "get" and info.plural and not info.subresource and truth(query, "watch"):
        return "watch"
    if verb == "delete" and not info.name:
        return "deletecollection"
    return verb


def truth(query: Mapping[str, str], name: str) -> bool:
    """Read a boolean parameter in each of Go's spellings (raises 400)."""
    value = query.get(name, "")
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise bad_request(f'invalid value for query parameter "{name}": {value}')


def whole_number(query: Mapping[str, str], name: str) -> int | None:
    """Read a whole number, or None when it is not given (raises 400)."""
    value = query.get(name, "")
    if not value:
        return None
    try:
        return int(value)
    except ValueError:
        told = f'strconv.ParseInt: parsing "{value}": invalid syntax'
        raise bad_request(f"invalid value for query parameter {name}: {told}") from None


def revision(query: Mapping[str, str]) -> int | None:
    """Read resourceVersion (raises 400)."""
    value = query.get("resourceVersion", "")
    if not value:
        return None
    try:
        return int(value)
    except ValueError:
        cause = f'Invalid value: "{value}": strconv.ParseUint: parsing "{value}": invalid syntax'
        raise bad_request(f"{INVALID_VERSION}resourceVersion: {cause}") from None


def is_dry_run(query: Mapping[str, str]) -> bool:
    """Tell whether nothing may be stored (raises 400 on any other word than All)."""
    value = query.get("dryRun", "")
    if value in {"", "All"}:
        return value == "All"
    raise ApiError(
        422, "Invalid", f' "" is invalid: dryRun: Unsupported value: "{value}": supported values: "All"',
        {"causes": [{"reason": "FieldValueNotSupported", "field": "dryRun",
                     "message": f'Unsupported value: "{value}": supported values: "All"'}]},
    )  # fmt: skip
