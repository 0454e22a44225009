"""Named statements: SQL lives in `sql/*.sql`, each statement under a line `-- name: …`."""

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def statements(file: str) -> Mapping[str, str]:
    """Read the statements of `sql/<file>.sql` by their names."""
    _, *parts = NAME.split(resources.files("bot.store").joinpath("sql", f"{file}.sql").read_text())
    return MappingProxyType({name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)})
