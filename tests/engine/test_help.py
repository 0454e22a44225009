"""Help is derived: every command is in it, under its heading, with an example and every flag."""

from bot.commands import COMMANDS
from bot.engine import help as help_pages
from bot.engine.parameters import all_parameters
from bot.model.reply import Code, Facts, Table
from bot.render.reply import reply_message
from bot.spec import Change


def test_the_overview_names_every_command_once_with_an_example() -> None:
    reply = help_pages.overview(COMMANDS, "/saas")
    lines = [fact for part in reply.parts if isinstance(part, Facts) for fact in part.facts]
    assert sorted(fact.label for fact in lines) == sorted(command.name for command in COMMANDS)
    assert all("`/saas " in fact.text for fact in lines)


def test_each_page_names_every_argument() -> None:
    for command in COMMANDS:
        reply = help_pages.of_command(command, "/saas")
        table = next(part for part in reply.parts if isinstance(part, Table))
        offered = [parameter for parameter in all_parameters(command) if not parameter.is_hidden]
        wanted = len(offered) + isinstance(command, Change)
        assert len(table.rows) == wanted, command.name
        examples = next(part for part in reply.parts if isinstance(part, Code))
        assert examples.text.splitlines() == [f"/saas {example}" for example in command.examples]


def test_the_overview_fits_one_message() -> None:
    message = reply_message(help_pages.overview(COMMANDS, "/saas"))
    assert "There is more than a message holds" not in str(message.blocks)
