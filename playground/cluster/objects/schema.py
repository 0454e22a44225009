"""The fields of each built-in kind, read out of the model sources of kubernetes_asyncio without importing it.

An import costs a second and 60 MB; the tables that validation needs stand as literals in each model's file.
"""

import ast
import importlib.util
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playground.cluster.resources import Resource

_TABLE = re.compile(r"    (openapi_types|attribute_map) = (\{.*?\n    \})", re.DOTALL)
_REQUIRED = re.compile(r"Invalid value for `(\w+)`, must not be `None`")
_CLASS_OF = {
    ("", "Event"): "CoreV1Event",
    ("autoscaling", "HorizontalPodAutoscaler"): "V2HorizontalPodAutoscaler",
}
_LENIENT_REQUIRED = {
    "V1ContainerStatus",
    "CoreV1Event",
    "V1CustomResourceDefinitionStatus",
    "V1ContainerImage",
    "V1EndpointSlice",
}
"""Models that demand what the API server does not."""


@dataclass(frozen=True)
class Model:
    """One struct of the API: JSON name to type, and which names must be there."""

    name: str
    types: dict[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


def model_of(resource: Resource) -> Model | None:
    """Return the fields of a built-in kind; None for custom resources."""
    if resource.custom:
        return None
    name = (
        _CLASS_OF.get((resource.group, resource.kind))
        or resource.version[0].upper() + resource.version[1:] + resource.kind
    )
    return model(name)


@cache
def model(name: str) -> Model | None:
    """Read one model, for instance V1PodSpec."""
    path = _folder() / f"{_snake(name)}.py"
    if not path.exists():
        return None
    source = path.read_text()
    tables = {found[1]: ast.literal_eval(found[2]) for found in _TABLE.finditer(source)}
    json_names: dict[str, str] = tables["attribute_map"]
    types = {json_names[attribute]: kind for attribute, kind in tables["openapi_types"].items()}
    required = frozenset(json_names[found] for found in _REQUIRED.findall(source) if found in json_names)
    return Model(name, types, frozenset() if name in _LENIENT_REQUIRED else required)


@cache
def _folder() -> Path:
    found = importlib.util.find_spec("kubernetes_asyncio")
    if found is None or found.origin is None:
        raise RuntimeError("the practice cluster validates by kubernetes_asyncio's models; install kubernetes-asyncio")
    return Path(found.origin).parent / "client" / "models"


def _snake(name: str) -> str:
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()
