"""Pattern: a text, or a small regular expression between slashes, looked for in time linear in what is searched.

Python's `re` may take minutes over a dozen characters. Here a line costs one step per character whatever the pattern,
because all readings of it are followed at once (Thompson, "Regular Expression Search Algorithm", 1968).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.errors import BadArguments

LONGEST = 120
"""Characters of a pattern: it is read by recursion, which must end somewhere."""

REMEMBERED = 5_000
"""Steps that are remembered, so that most characters cost one look-up; then it begins anew."""

NEW_STEPS = 10_000
"""Steps that no earlier one was like, each up to 50 µs: half a second. A pattern that people write has hundreds."""

_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
}
_ALL = "*+?"
_SPECIAL = frozenset(f"{_ALL}|().[]^$\\{{}}")

Test = Callable[[str], bool]


@dataclass(eq=False, slots=True)
class _Node:
    """One place in the pattern: takes a character that passes *test*, or leads on without one."""

    test: Test | None = None
    after: "list[_Node]" = field(default_factory=list)
    only_at: str = ""
    """`^` or `$`: it leads on only there."""


_Part = tuple[_Node, _Node]
"""Where a part of the pattern begins and ends; both ends take no character."""


@dataclass
class Pattern:
    """Looks for `text`, or for `/expression/`, whatever the case."""

    source: str
    _begin: _Node = field(init=False)
    _end: _Node = field(init=False)
    _known: dict[tuple[frozenset[_Node], str], frozenset[_Node]] = field(default_factory=dict)
    _new_steps: int = 0

    def __post_init__(self) -> None:
        """Read the pattern. Raises ValueError, with a sentence, where it makes none."""
        if len(self.source) > LONGEST:
            raise ValueError(f"a pattern has at most {LONGEST} characters")
        if self.is_expression:
            self._begin, self._end = _Reader(self.source[1:-1].casefold()).whole()

    @property
    def is_expression(self) -> bool:
        """Between slashes."""
        return len(self.source) > 2 and self.source[0] == self.source[-1] == "/"

    def is_in(self, line: str) -> bool:
        """Whether it is found anywhere in *line*. Raises BadArguments where it would take all day to say."""
        text = line.casefold()
        if not self.is_expression:
            return self.source.casefold() in text
        places = _closed([self._begin], at={"^", "$"} if not text else {"^"})
        for sign in text:
            if self._end in places:
                return True
            places = self._step(places, sign)
        return self._end in _closed(places, at={"$"} if text else {"^", "$"})

    def _step(self, places: frozenset[_Node], sign: str) -> frozenset[_Node]:
        found = self._known.get((places, sign))
        if found is None:
            self._count_new_step()
            passed = [after for node in places if node.test and node.test(sign) for after in node.after]
            found = _closed([*passed, self._begin], at=set())
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[places, sign] = found
        return found

    def _count_new_step(self) -> None:
        """Of some patterns nearly each character makes a step that none was like before: they are made to be slow."""
        self._new_steps += 1
        if self._new_steps > NEW_STEPS:
            raise BadArguments(
                f"“{self.source}” can be read in too many ways. Nothing was searched.",
                hint="Look for something simpler.",
            )


def _closed(nodes: Iterable[_Node], *, at: set[str]) -> frozenset[_Node]:
    """*nodes*, and all that they lead to without a character."""
    found: set[_Node] = set()
    queue = list(nodes)
    while queue:
        node = queue.pop()
        if node not in found:
            found.add(node)
            if node.test is None and (not node.only_at or node.only_at in at):
                queue += node.after
    return frozenset(found)


@dataclass
class _Reader:
    """Reads an expression from left to right."""

    text: str
    place: int = 0

    def whole(self) -> _Part:
        """All of it. Raises ValueError."""
        part = self._choice()
        if self.place < len(self.text):
            raise ValueError(f"the pattern closes “{self.text[self.place]}” that it has not opened")
        return part

    def _next(self) -> str:
        return self.text[self.place] if self.place < len(self.text) else ""

    def _take(self) -> str:
        sign = self._next()
        if not sign:
            raise ValueError("the pattern ends too early")
        self.place += 1
        return sign

    def _choice(self) -> _Part:
        begin, end = _Node(), _Node()
        while True:
            first, last = self._sequence()
            begin.after.append(first)
            last.after.append(end)
            if self._next() != "|":
                return begin, end
            self.place += 1

    def _sequence(self) -> _Part:
        begin = end = _Node()
        while self._next() not in ("", "|", ")"):
            first, last = self._repeated()
            end.after.append(first)
            end = last
        return begin, end

    def _repeated(self) -> _Part:
        first, last = self._single()
        sign = self._next()
        if not sign or sign not in _ALL:
            return first, last
        self.place += 1
        begin, end = _Node(after=[first]), _Node()
        last.after.append(end)
        if sign in "*+":
            last.after.append(first)
        if sign in "*?":
            begin.after.append(end)
        return begin, end

    def _single(self) -> _Part:
        match self._take():
            case "(":
                part = self._choice()
                if self._next() != ")":
                    raise ValueError("the pattern opens “(” and never closes it")
                self.place += 1
                return part
            case "[":
                return _taking(self._set())
            case "^" | "$" as edge:
                end = _Node()
                return _Node(after=[end], only_at=edge), end
            case ".":
                return _taking(lambda sign: True)
            case "\\":
                return _taking(self._escaped())
            case sign if sign in _SPECIAL:
                raise ValueError(f"the pattern has a “{sign}” where it means nothing; write “\\{sign}” for the sign")
            case sign:
                return _taking(lambda given: given == sign)

    def _escaped(self) -> Test:
        sign = self._take()
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign.isalnum():
            raise ValueError(f"the pattern has “\\{sign}”; it may have \\d, \\w and \\s")
        return lambda given: given == sign

    def _set(self) -> Test:
        is_negated = self._next() == "^"
        self.place += is_negated
        tests: list[Test] = []
        while self._next() != "]" or not tests:
            tests.append(self._member())
        self.place += 1
        return lambda sign: any(test(sign) for test in tests) != is_negated

    def _member(self) -> Test:
        low = self._take()
        if low == "\\":
            return self._escaped()
        if self._next() == "-" and self.text[self.place + 1 : self.place + 2] not in ("", "]"):
            self.place += 1
            high = self._take()
            return lambda sign: low <= sign <= high
        return lambda sign: sign == low


def _taking(test: Test) -> _Part:
    end = _Node()
    return _Node(test=test, after=[end]), end
