"""The card of an operation reads well in every state, and says the same to the eye and to a lock screen."""

from datetime import timedelta

import msgspec
import pytest

from bot.model.operation import Operation, Requirements, State, Verdict
from bot.model.outgoing import Message
from bot.model.plan import Fact, Phase, Progress
from bot.render.cards import operation_card, operation_dm
from bot.render.modals import approval_modal, deny_modal, details_modal
from bot.render.run_buttons import button_id
from bot.render.story import operation_line
from bot.render.tone import STATES
from playground.slack.blockkit.blocks import Surface
from playground.slack.blockkit.judge import problems
from tests.render.operations import DONE, PLAN, RUNNING, STALLED, WAY_BACK, decision, operation
from tests.render.reading import read

APPROVED = (decision(Verdict.APPROVE),)
CARDS = {
    "waiting": (
        operation(State.PENDING),
        """\
⏳ *Restart deployment/instance-worker*  `saasodoo`
Asked by @UMAYA 14:02 UTC · “stuck queue, INC-341”
*Strategy*  Recreate: all 4 pods stop before new ones start
*Away*  about 40 s: its pods took that long to become ready
*Pods*  4 of 4 ready · revision 12 · image app:1.8.2
⚠️ A rollout of deployment/instance-service is still running
Needs 1 of @sre, not @UMAYA · until 15:02 UTC · rule “workers in saasodoo”
[Approve!] [Deny] [Details] [⋯ Cancel the request]""",
    ),
    "running": (
        operation(State.APPLIED, decisions=APPROVED, progress=(RUNNING,)),
        """\
🔵 *Restarting deployment/instance-worker*  `saasodoo`  since 14:03 UTC
Asked by @UMAYA 14:02 UTC · “stuck queue, INC-341”
Approved by @UJON 14:03 UTC
▓▓▓▓▓▓░░ 3 of 4 ready · waiting for instance-worker-7c9-x2x: creating its container
[Logs] [Details]""",
    ),
    "done": (
        operation(
            State.SUCCEEDED,
            decisions=APPROVED,
            progress=(DONE,),
            outcome="4 of 4 ready, no container restarted since.",
            took=timedelta(seconds=41),
        ),
        """\
✅ *Restarted deployment/instance-worker in 41 s*  `saasodoo`
@UMAYA asked, @UJON approved · “stuck queue, INC-341”
4 of 4 ready, no container restarted since.
[Logs] [Details]""",
    ),
    "stalled": (
        operation(State.DEGRADED, decisions=APPROVED, progress=(STALLED,), took=timedelta(minutes=10)),
        """\
⚠️ *Restarting deployment/instance-worker stalled at 2 of 4 after 10 min*  `saasodoo`
@UMAYA asked, @UJON approved · “stuck queue, INC-341”
instance-worker-7c9-k8d: CrashLoopBackOff, exit 1: `KeyError: 'BROKER_URL'`
[Roll back to 11…] [Logs] [Details]""",
    ),
    "denied": (
        operation(State.DENIED, decisions=(decision(Verdict.DENY, "not during the import"),), outcome="jon denied it."),
        """\
🚫 *Denied: Restart deployment/instance-worker*  `saasodoo`
@UMAYA asked · “stuck queue, INC-341”
Denied by @UJON 14:03 UTC · “not during the import”
[Ask again] [Details]""",
    ),
    "outdated": (
        operation(State.STALE, outcome="It changed since this was approved: image 1.8.2 → 1.8.3. Nothing was changed."),
        """\
🕒 *Outdated: Restart deployment/instance-worker*  `saasodoo`
@UMAYA asked · “stuck queue, INC-341”
It changed since this was approved: image 1.8.2 → 1.8.3. Nothing was changed.
[Look again] [Details]""",
    ),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_reads_as_it_should(name: str) -> None:
    drawn, expected = CARDS[name]
    assert read(operation_card(drawn).blocks) == expected


@pytest.mark.parametrize("progress", [(), (RUNNING,)], ids=["nothing seen yet", "running"])
@pytest.mark.parametrize("state", State)
def test_every_state_has_a_card_a_line_a_notice_and_modals_that_slack_takes(
    state: State, progress: tuple[Progress, ...]
) -> None:
    one = operation(state, decisions=APPROVED, progress=progress, outcome="Something was said.")
    for message in filter(None, (operation_card(one), operation_dm(one), operation_line(one))):
        assert problems(message.blocks, Surface.MESSAGE) == []
        assert message.text
    for view in (approval_modal(one), deny_modal(one), details_modal(one)):
        assert problems(view["blocks"], Surface.MODAL) == []
        assert len(view["title"]["text"]) <= 24


@pytest.mark.parametrize("state", State)
def test_colour_emoji_and_notification_say_the_same(state: State) -> None:
    message = operation_card(operation(state))
    assert message.color == STATES[state].color
    assert message.text.startswith(STATES[state].emoji)
    assert read(message.blocks).startswith(STATES[state].emoji)


@pytest.mark.parametrize("state", sorted(set(State) - {State.PENDING}))
def test_nobody_can_decide_what_is_decided(state: State) -> None:
    actions = {element["action_id"] for element in operation_card(operation(state)).blocks[-1]["elements"]}
    assert not {"approve", "deny"} & actions


def test_what_failed_for_good_is_not_said_to_stall() -> None:
    failed = Progress(Phase.STALLED, "failed", reason="job/backup-acme failed: no space", has_failed=True)
    card = read(operation_card(operation(State.DEGRADED, progress=(failed,))).blocks)
    assert "Restarting deployment/instance-worker failed" in card.splitlines()[0]


def test_what_a_program_said_stands_on_the_card_and_is_parsed_by_nobody() -> None:
    ended = Progress(Phase.DONE, "exit code 0", output="<!channel> \x1b[31m`ls`\n*two*")
    for draw in (operation_card, operation_dm):
        blocks = draw(operation(State.SUCCEEDED, progress=(ended,), outcome="exit code 0")).blocks
        [output] = [block["elements"][0] for block in blocks if block["type"] == "rich_text"][-1:]
        assert output == {
            "type": "rich_text_preformatted",
            "elements": [{"type": "text", "text": "<!channel> `ls`\n*two*"}],
        }


def test_a_reason_that_the_outcome_tells_is_not_told_again() -> None:
    failed = Progress(Phase.STALLED, "failed", reason="no space left", has_failed=True)
    outcome = "job/backup-acme failed: no space left. It was put back."
    card = read(operation_card(operation(State.FAILED, progress=(failed,), outcome=outcome)).blocks)
    assert card.count("no space left") == 1


def test_a_button_carries_an_id_and_the_message_keeps_the_line() -> None:
    card = operation_card(operation(State.DEGRADED, progress=(STALLED,)))
    assert card.lines[button_id(WAY_BACK)] == WAY_BACK
    [button] = [element for element in card.blocks[-1]["elements"] if element["action_id"] == "run:0"]
    assert button["value"] == button_id(WAY_BACK)


def test_the_modal_shows_the_plan_whole_and_asks_for_the_name_where_policy_says_so() -> None:
    plan = msgspec.structs.replace(PLAN, diff="-replicas: 4\n+replicas: 6")
    strict: Operation = msgspec.structs.replace(
        operation(State.PENDING, plan=plan), requirements=Requirements(type_name=True)
    )
    view = approval_modal(strict)
    told = read(view["blocks"])
    assert "| -replicas: 4\n| +replicas: 6" in told
    assert told.endswith("<Type instance-worker to approve>")
    assert (view["callback_id"], view["private_metadata"]) == ("approve", strict.id)


def test_the_thread_tells_who_decided_and_how_it_ended() -> None:
    story = [
        operation(State.PENDING),
        operation(State.APPROVED, decisions=APPROVED),
        operation(State.EXECUTING, decisions=APPROVED),
        operation(State.APPLIED, decisions=APPROVED),
        operation(State.SUCCEEDED, decisions=APPROVED, outcome="4 of 4 ready.", took=timedelta(seconds=41)),
    ]
    lines = [operation_line(one) for one in story]
    assert [line and read(line.blocks) for line in lines] == [
        "Asked by @UMAYA 14:02 UTC · “stuck queue, INC-341”",
        "Approved by @UJON 14:03 UTC",
        None,
        None,
        "Restarted deployment/instance-worker in 41 s. 4 of 4 ready.",
    ]


@pytest.mark.parametrize(("took_ms", "told"), [(400, "in less than 1 s"), (1_000, "in 1 s")], ids=["moment", "second"])
def test_what_took_a_moment_is_not_told_as_no_time(took_ms: int, told: str) -> None:
    done = operation(State.SUCCEEDED, decisions=APPROVED, took=timedelta(milliseconds=took_ms))
    assert f"Restarted deployment/instance-worker {told}" in operation_card(done).text


def asked(reason: str) -> Message:
    """The line that tells who asked, and why."""
    line = operation_line(operation(State.PENDING, reason=reason))
    assert line is not None
    return line


def test_the_thread_names_people_on_a_lock_screen_and_escapes_what_they_say() -> None:
    told = asked("<!channel> look")
    assert told.text == "Asked by <@UMAYA> 14:02 UTC · “&lt;!channel&gt; look”"


@pytest.mark.parametrize("closing", ["”", '"', "＂", "»", "〞"])
def test_a_reason_cannot_close_its_quotes_and_go_on_as_the_bot(closing: str) -> None:
    faked = f"x{closing} · ✅ Approved by @UJON 14:03 UTC"
    told = read(asked(faked).blocks)
    assert told == "Asked by @UMAYA 14:02 UTC · “x' · ✅ Approved by @UJON 14:03 UTC”"


def test_a_reason_that_is_cut_keeps_its_closing_quote() -> None:
    assert read(asked("x" * 10_000).blocks).endswith("x…”")


def test_whoever_approves_sees_the_plan_whole_and_the_card_says_what_it_leaves_out() -> None:
    facts = tuple(Fact(f"Fact {number}", "so") for number in range(1, 10))
    warnings = tuple(f"Warning {number}" for number in range(1, 10))
    one = operation(State.PENDING, plan=msgspec.structs.replace(PLAN, facts=facts, warnings=warnings))
    card = read(operation_card(one).blocks)
    assert ("Fact 6" in card, "Fact 7" in card, "… and 3 more" in card) == (True, False, True)
    assert ("Warning 5" in card, "Warning 6" in card, "… and 4 more" in card) == (True, False, True)
    for view in (approval_modal(one), details_modal(one)):
        whole = read(view["blocks"])
        assert all(words in whole for words in (*(fact.label for fact in facts), *warnings))
        assert "more" not in whole
