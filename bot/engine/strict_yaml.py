"""YAML as a file of rules needs it: a key that stands twice is an error, where YAML silently lets the last one win."""

from collections.abc import Hashable
from typing import Any

import yaml

DEEPEST = 50
"""Of lists and maps in each other; the files that we read have six."""
MERGE = "tag:yaml.org,2002:merge"
"""`<<`: what it brings, the map's own keys may replace."""


class _Strict(yaml.SafeLoader):
    """Refuses what a reader of the file would take for something else."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Read one value, unless it lies too deep for what it will be handed to."""
        self.depth += 1
        if self.depth > DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it untyped
            raise yaml.MarkedYAMLError(problem=f"more than {DEEPEST} lists and maps in each other", problem_mark=mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Read a map whose keys differ."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) and key_node.tag != MERGE else None
            if key is not None and key in seen:
                raise yaml.MarkedYAMLError(problem=f"“{key}” stands there twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    """Read one document. Raises yaml.YAMLError, with its place where it is known."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader that refuses more
