"""Two pod templates → what an approver reads: a unified diff without what changes at every rollout.

Of a secret it shows a fingerprint: that a password changed is to be approved too, and its value to be seen by nobody.
"""

import difflib
from collections import defaultdict
from collections.abc import Callable

import yaml

from bot.commands.workloads.preview import RESTARTED_AT
from bot.model.fingerprint import Fingerprints
from bot.model.plan import Json
from bot.model.redaction import Standing, names_a_secret, redact

CONTEXT_LINES = 2
"""Around a change: enough to see which container it is in, short enough for a phone."""


def template_diff(
    before: dict[str, Json], after: dict[str, Json], *, labels: tuple[str, str], standing: Standing
) -> str:
    """Unified diff of the templates as YAML, secrets redacted; empty when they would make the same pods."""
    old, new = (as_yaml(one, standing).splitlines() for one in (before, after))
    return "\n".join(difflib.unified_diff(old, new, *labels, n=CONTEXT_LINES, lineterm=""))


def fingerprinted(fingerprints: Fingerprints, uid: str) -> Standing:
    """What stands for the secrets of the object *uid*: `‹redacted value 4f2a91c3›`."""
    return lambda what, secret: f"‹redacted {what} {fingerprints.shown(secret, within=uid)}›"


def as_yaml(template: dict[str, Json], standing: Standing) -> str:
    """What of the template means something, without its secrets.

    Each text is redacted as it is, for YAML breaks lines and doubles quotes; then the whole, where one names the next.
    """
    hidden = _each_text(_without_secrets(meaningful(template), standing), lambda text: redact(text, standing))
    return redact(yaml.safe_dump(hidden, width=200, allow_unicode=True), standing)


def _each_text(part: Json, instead: Callable[[str], str]) -> Json:
    """*part* with what *instead* makes of each text in it, names aside."""
    match part:
        case str():
            return instead(part)
        case dict():
            return {key: _each_text(child, instead) for key, child in part.items()}
        case list():
            return [_each_text(child, instead) for child in part]
        case _:
            return part


def _without_secrets(template: dict[str, Json], standing: Standing) -> Json:
    """Every environment's values that are secrets by their name, however many lines they have."""
    return _each_secret(template, lambda _, value: standing("value", value))


def _each_secret(part: Json, instead: Callable[[str, str], str]) -> Json:
    """*part* with what *instead* gives for the name and value of each variable whose name says that it is a secret."""
    match part:
        case {"name": str(name), "value": str(value)} if value and names_a_secret(name):
            return {**part, "value": instead(name, value)}
        case dict():
            return {key: _each_secret(child, instead) for key, child in part.items()}
        case list():
            return [_each_secret(child, instead) for child in part]
        case _:
            return part


def changed_secrets(before: dict[str, Json], after: dict[str, Json]) -> list[str]:
    """Names of the variables that hold a secret, and another one than before."""
    old, new = _values_by_name(before), _values_by_name(after)
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _values_by_name(template: dict[str, Json]) -> dict[str, list[str]]:
    """Each secret variable with its values, container after container."""
    found: dict[str, list[str]] = defaultdict(list)

    def noted(name: str, value: str) -> str:
        found[name].append(value)
        return value

    _each_secret(template, noted)
    return found


def same_pods(before: dict[str, Json], after: dict[str, Json]) -> bool:
    """Whether both templates make the same pods."""
    return meaningful(before) == meaningful(after)


def meaningful(template: dict[str, Json]) -> dict[str, Json]:
    """The template without the restart stamp and without empty maps, which servers write or leave out as they like."""
    meta = template.get("metadata") or {}
    annotations = {key: value for key, value in (meta.get("annotations") or {}).items() if key != RESTARTED_AT}
    kept = {"labels": meta.get("labels"), "annotations": annotations}
    return {"metadata": {key: value for key, value in kept.items() if value}, "spec": template.get("spec", {})}
