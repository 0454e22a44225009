"""What logs, exit codes and messages say about a cause, and that nothing more than that is claimed."""

import msgspec
import pytest

from bot.diagnosis.endings import ending
from bot.diagnosis.evidence import LINE_CHARACTERS, last_lines, safe
from bot.diagnosis.log_clues import TELLING_CHARACTERS, clue
from bot.diagnosis.waiting import likely
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.symptom import Fault
from tests.engine.ailing import sick
from tests.fakes.logs import FakeLogs


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('FATAL: password authentication failed for user "odoo"', "The database refuses the password"),
        ("redis.exceptions.AuthenticationError: WRONGPASS invalid", "A service refuses the password"),
        ("OSError: [Errno 28] No space left on device: '/x'", "No space is left on a volume"),
        ("could not connect: Connection refused", "A service that it needs refuses connections"),
        ("dial tcp: lookup db on 10.96.0.10:53: no such host", "A host name cannot be resolved"),
        ("ModuleNotFoundError: No module named 'odoo'", "A module is missing in the image"),
        ("KeyError: 'BROKER_URL'", "An environment variable is missing"),
        ("java.lang.OutOfMemoryError: Java heap space", "It runs out of memory by its own account"),
        ("bind: address already in use", "Its port is taken"),
        ("tls: x509: certificate has expired", "A certificate is not accepted"),
    ],
)
def test_a_known_wording_names_the_cause(line: str, cause: str) -> None:
    found = clue(["INFO starting", line, "INFO bye"])
    assert (found.cause, found.line) == (cause, line)


def test_the_newest_line_of_a_known_wording_counts() -> None:
    assert clue(["Connection refused", "No space left on device"]).cause == "No space is left on a volume"


@pytest.mark.parametrize(
    ("lines", "telling"),
    [
        (["ValueError: bad thing", "bye"], "ValueError: bad thing"),
        (["all is well", "bye"], "bye"),
        (["", " "], ""),
        ([], ""),
    ],
    ids=["an error", "none", "blank", "empty"],
)
def test_an_unknown_wording_is_shown_and_not_interpreted(lines: list[str], telling: str) -> None:
    found = clue(lines)
    assert (found.cause, found.line) == ("", telling)


def test_a_line_of_megabytes_is_cut() -> None:
    assert len(clue([f"ERROR {'x' * 2_000_000}"]).line) == TELLING_CHARACTERS


@pytest.mark.parametrize(
    ("code", "signal", "reason", "words"),
    [
        (1, 0, "Error", "exit 1: its own error"),
        (127, 0, "Error", "exit 127: the command was not found in the image"),
        (137, 0, "OOMKilled", "exit 137: the kernel ended it for using more memory than its limit"),
        (139, 0, "Error", "exit 139, SIGSEGV: it touched memory that is not its own"),
        (0, 9, "Error", "exit 0, SIGKILL"),
        (143, 0, "Error", "exit 143, SIGTERM: it was asked to stop"),
        (77, 0, "Error", "exit 77: its own error"),
        (None, 0, "", ""),
    ],
)
def test_an_ending_is_told_in_words(code: int | None, signal: int, reason: str, words: str) -> None:
    assert ending(code, signal, reason).startswith(words)
    assert bool(ending(code, signal, reason)) == bool(words)


@pytest.mark.parametrize(
    ("reason", "message", "words"),
    [
        ("CreateContainerConfigError", 'secret "db" not found', "Secret `db` does not exist"),
        ("CreateContainerConfigError", "couldn't find key PASS in Secret shop/db", "Secret `db` has no key `PASS`"),
        ("Unschedulable", "0/3 nodes are available: 3 Insufficient memory.", "No node has enough memory left"),
        ("FailedCreate", 'pods "x" is forbidden: exceeded quota: team, requested: cpu=1', "quota `team` is used up"),
        ("BackoffLimitExceeded", "Job has reached the specified backoff limit", "failed as often as they may"),
        ("CreateContainerConfigError", 'secret "db-password" not found', "Secret `db-password` does not exist"),
        ("Strange", "token: abcdef123456 is bad", "Strange: token: ‹redacted value› is bad"),
    ],
)
def test_what_the_object_itself_says_is_put_in_words(reason: str, message: str, words: str) -> None:
    symptom = msgspec.structs.replace(sick(fault=Fault.CONFIG_ERROR), reason=reason, message=message)
    assert words in likely(symptom)


def test_names_of_secrets_survive_what_hides_their_values() -> None:
    assert safe('secret "db-password" not found') == 'secret "db-password" not found'
    assert safe("couldn't find key PASSWORD in Secret shop/db") == "couldn't find key PASSWORD in Secret shop/db"


async def test_a_log_line_of_megabytes_is_stored_cut() -> None:
    source = LogSource("p")
    logs = FakeLogs(LogRead(lines=(LogLine(source, None, "x" * 2_000_000),)))
    [line] = await last_lines(logs, source, "shop", previous=True)
    assert len(line) == LINE_CHARACTERS
