"""describe: several objects of one kind at once, as kubectl takes them."""

import pytest

from bot.errors import BadArguments, NotFound
from bot.model.reply import Text, Tone
from tests.commands.asking import ask, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import pod, waiting


@pytest.mark.parametrize(
    "line", ["describe pod a b", "describe pods a pods/b", "describe pod/a pod/b", "describe po/a po/b a"]
)
async def test_each_is_told_under_its_own_line(line: str) -> None:
    reply = await ask(
        line,
        FakeCluster().add(pod("a"), pod("b", ready=False, containerStatuses=[waiting("CrashLoopBackOff", restarts=3)])),
    )
    lines = [part.text for part in reply.parts if isinstance(part, Text) and part.text.startswith("`")]
    assert reply.headline == "2 pods in saasodoo"
    assert lines == ["`pod/a in saasodoo: Running`", "`pod/b in saasodoo: CrashLoopBackOff`"]
    assert reply.tone is Tone.WARNING


async def test_one_that_does_not_exist_is_named() -> None:
    with pytest.raises(NotFound, match="No pod “c” in saasodoo"):
        await ask("describe pod a c", FakeCluster().add(pod("a")))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("describe", "KIND is missing"),
        ("describe pod", "NAME is missing"),
        ("describe pod a b c d e", "describe takes 4 names at most, not 5"),
        ("describe pod/a deployment/b", "“deployment/b” is not a name that Kubernetes allows"),
    ],
)
def test_what_cannot_be_described_together_is_said(line: str, said: str) -> None:
    with pytest.raises(BadArguments, match=said):
        parsed(line)
