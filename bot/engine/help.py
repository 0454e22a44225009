"""Help: what may be asked, derived from the declarations."""

from collections.abc import Iterable

from bot.engine.parameters import Parameter, all_parameters, usage
from bot.model.counting import counted
from bot.model.plan import Fact
from bot.model.reply import Button, Buttons, Code, Facts, Reply, Table, Text
from bot.spec import AnyCommand, Change, Risk

AREAS = ("Look", "Change", "Logs", "Storage", "Backups", "Access", "Favourites")
"""Headings of the overview, in the order of use."""

_GATES = {
    Risk.READ: "reads",
    Risk.CHANGE: "changes something; policy may ask a second person",
    Risk.DESTROY: "may lose data; a second person approves and types the name",
}


def overview(commands: Iterable[AnyCommand], slash: str, *, topic: str = "") -> Reply:
    """Every command of *commands* (those that the asker may use), by area, each with an example."""
    commands = list(commands)
    about = f" about {topic}" if topic else ""
    return Reply(
        headline=f"{counted(len(commands), 'command')}{about} that you may use here",
        parts=(
            *(part for group in by_area(commands) for part in _area(group, slash)),
            Text(f"Each explains itself: `{slash} {commands[0].name if commands else 'restart'} --help`"),
            Buttons((Button("Status", "status"), Button("Pods", "get pods"))),
        ),
        private=True,
    )


def by_area(commands: Iterable[AnyCommand]) -> list[list[AnyCommand]]:
    """The commands of each area that has some, in the order of use."""
    commands = list(commands)
    areas = [*AREAS, *sorted({command.area for command in commands} - set(AREAS))]
    groups = ([command for command in commands if command.area == area] for area in areas)
    return [group for group in groups if group]


def _area(group: list[AnyCommand], slash: str) -> tuple[Text, Facts]:
    """A heading and a line per command: read on a phone as well as on a wall."""
    lines = tuple(Fact(one.name, f"{one.summary} `{slash} {one.examples[0]}`") for one in group)
    return Text(f"— {group[0].area} —"), Facts(lines)


def of_command(command: AnyCommand, slash: str) -> Reply:
    """Usage, flags and examples of one command."""
    gate = command.risk if isinstance(command, Change) else Risk.READ
    offered = [parameter for parameter in all_parameters(command) if not parameter.is_hidden]
    rows = tuple((spelled(parameter), _meaning(parameter)) for parameter in offered)
    if isinstance(command, Change):
        rows = (*rows, ("--reason TEXT", "why; shown to whoever approves, kept in the audit"))
    return Reply(
        headline=f"{slash} {usage(command)}",
        parts=(
            Text(command.summary),
            Table(columns=("Argument", "Meaning"), rows=rows),
            Facts((Fact("Gate", _GATES[gate]),)),
            Code("\n".join(f"{slash} {example}" for example in command.examples), title="Examples"),
            Buttons((Button("Fill in a form", command.name, action="form"),)),
        ),
        private=True,
    )


def spelled(parameter: Parameter) -> str:
    """`-n, --namespace NAMESPACE`, or the word that stands for it."""
    name = ", ".join(filter(None, (parameter.short, parameter.long)))
    if parameter.is_positional:
        return parameter.metavar + ("…" if parameter.is_many else "")
    return name if parameter.is_switch else f"{name} {parameter.metavar}"


def _meaning(parameter: Parameter) -> str:
    text = (parameter.info.description or "").replace("`", "")  # a table's cell is plain text
    if parameter.info.is_required():
        return f"{text} (required)"
    default = parameter.info.default
    return text if default in ("", (), None, False) else f"{text} (default {default})"
