"""What docs/architecture.md calls the rooms of the house are its rooms, and what any page names is there."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ROOMS = [
    f"bot/{one.name}{'/' if one.is_dir() else ''}"
    for one in sorted((ROOT / "bot").iterdir())
    if one.name[0] not in "_." or one.name == "__main__.py"
]
PATH = re.compile(r"\b(?:bot|playground|lab|chart|docs|tests|benchmarks|image)/[\w./*-]*[\w/*]")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


IMPORT = re.compile(r"^\s*(?:from|import) (bot\.\w+)", re.MULTILINE)


def named(page: Path) -> set[str]:
    """The files and folders of ours that a page names, each as a pattern."""
    return set(PATH.findall(page.read_text()))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_of_the_bot_is_in_the_plan_of_the_house(room: str) -> None:
    assert any(fnmatch(room, pattern) for pattern in named(ROOT / "docs" / "architecture.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    gone = [path for path in named(page) if not any(ROOT.glob(path.rstrip("/")))]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


def place(room: str) -> tuple[int, int]:
    """Row and column of a room of the bot in the plan of the house."""
    rows = [PATH.findall(line) for line in (ROOT / "docs" / "architecture.md").read_text().splitlines()]
    return next(
        (row, column)
        for row, patterns in enumerate(rows)
        for column, pattern in enumerate(patterns)
        if fnmatch(room, pattern)
    )


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_down_the_plan_of_the_house(room: str) -> None:
    folder = ROOT / room
    files = folder.rglob("*.py") if folder.is_dir() else [folder]
    modules = {name for file in files for name in IMPORT.findall(file.read_text())}
    imported = {one for one in ROOMS if one.rstrip("/").removesuffix(".py").replace("/", ".") in modules} - {room}
    (row, column), below = place(room), {one: place(one) for one in imported}
    up = [
        one
        for one, (its_row, its_column) in below.items()
        if its_row < row or (its_row == row and (folder.is_dir() or its_column < column))
    ]
    assert up == []
