"""On a real cluster each labelled line of `kubectl describe` is told by ours: of every kind, in odd states too."""

import pytest

from bot.k8s.cluster import KubernetesCluster
from tests.commands.kubectl.beside import Kubectl, ask, describe, facts, labelled, until_equal
from tests.commands.kubectl.labels import OTHERWISE, OURS, TARGETS

pytestmark = pytest.mark.kubelab

NOTHING = ("", "<unset>", "<none>")
"""kubectl's ways to say it. Ours is to leave the line out."""


@pytest.mark.parametrize("target", TARGETS)
async def test_each_labelled_line_is_kubectls(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    names = {"Labels": "Labels", **OURS[target.partition("/")[0]]}

    async def look() -> tuple[object, object]:
        told = labelled(describe(kubectl, target))
        ours = facts(await ask(f"describe {target}", cluster))
        return (
            {label: something(ours.get(names[label], "")) for label in told if label in names},
            {label: something(said(label, lines)) for label, lines in told.items() if label in names},
        )

    await until_equal(look)


def something(text: str) -> str:
    """The text, whose nothing is always the same."""
    return "" if text in NOTHING else text


def said(label: str, lines: list[str]) -> str:
    """What kubectl says below *label*, in one line."""
    stripped = [line.strip() for line in lines if line.strip()]
    match label:
        case "Labels" | "Node-Selectors" | "Node-Selector":
            return ",".join(stripped)
        case "Image pull secrets" | "Mountable secrets" | "Taints" | "Used By":
            return ", ".join(stripped)
        case "Finalizers":
            return ", ".join(lines[0].strip("[]").split())
        case "Status":
            return lines[0].partition(" (lasts ")[0]
        case _:
            return lines[0]


@pytest.mark.parametrize("target", TARGETS)
async def test_no_label_of_kubectls_is_forgotten(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    """A ConfigMap's own keys look like labels; kubectl's begin with a capital letter."""
    known = {"Labels", *OURS[target.partition("/")[0]], *OTHERWISE}
    told = {label for label in labelled(describe(kubectl, target)) if label[0].isupper()}
    assert told - known == set()
