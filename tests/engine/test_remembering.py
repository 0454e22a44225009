"""An answer serves all who ask within moments; a fault serves nobody."""

import asyncio
from datetime import timedelta

import pytest

from bot.engine.remembering import Remembered
from bot.errors import Unreachable
from tests.fakes.clocks import HandClock

GOOD = timedelta(seconds=20)


class Asked:
    """Answers when told to; counts."""

    def __init__(self, *faults: BaseException) -> None:
        self.times = 0
        self.faults = list(faults)
        self.may_answer = asyncio.Event()

    async def __call__(self) -> str:
        self.times += 1
        await self.may_answer.wait()
        if self.faults:
            raise self.faults.pop()
        return "web"


async def test_many_who_type_at_once_cause_one_read_and_after_a_while_another() -> None:
    clock, asked = HandClock(), Asked()
    remembered: Remembered[str] = Remembered(clock, GOOD)
    typing = [asyncio.ensure_future(remembered.get("k", asked)) for _ in range(20)]
    asked.may_answer.set()
    assert await asyncio.gather(*typing) == ["web"] * 20
    clock.turn(19)
    await remembered.get("k", asked)
    assert asked.times == 1
    clock.turn(2)
    await remembered.get("k", asked)
    assert asked.times == 2


async def test_who_cannot_wait_leaves_the_answer_to_the_next() -> None:
    asked = Asked()
    remembered: Remembered[str] = Remembered(HandClock(), GOOD)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await remembered.get("k", asked)
    asked.may_answer.set()
    assert await remembered.get("k", asked) == "web"
    assert asked.times == 1


@pytest.mark.parametrize(
    "fault",
    [Unreachable("The API server does not answer."), KeyError("a bug"), asyncio.CancelledError()],
    ids=["another system", "a bug", "cut off"],
)
async def test_a_fault_is_not_remembered(fault: BaseException) -> None:
    asked = Asked(fault)
    asked.may_answer.set()
    remembered: Remembered[str] = Remembered(HandClock(), GOOD)
    with pytest.raises(type(fault)):
        await remembered.get("k", asked)
    assert await remembered.get("k", asked) == "web"
