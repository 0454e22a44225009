"""On a real cluster `can-i`, `who-can`, `rbac pod` and roles say what `kubectl auth can-i` and `describe` say."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.engine import policy
from bot.engine.authorize import Authorizer
from bot.engine.permissions import Explained
from bot.k8s.cluster import KubernetesCluster
from bot.model.reply import Reply, Table
from bot.spec import Query
from tests.commands.asking import REGISTRY, parsed
from tests.commands.kubectl.beside import NAMESPACE, Cells, Kubectl, ask, context, describe, refused, section, table
from tests.fakes.people import FakeDirectory

pytestmark = pytest.mark.kubelab

ACCOUNT = f"system:serviceaccount:{NAMESPACE}"
POLICY = {
    "apiVersion": "chatops.saas.io/v1",
    "kind": "Policy",
    "people": {
        "UMAYA": {"user": "maya", "groups": []},
        "UVERA": {"user": "vera", "groups": ["viewers"]},
        "UNINA": {"user": "nina", "groups": ["nobodies"]},
    },
    "channels": {"C1": {"namespaces": [NAMESPACE], "home": NAMESPACE}},
    "tiers": {},
    "rules": [],
}
ASKED = ("list jobs", "delete jobs", "get pods", "create pods", "get secrets", "list nodes", "patch deployments")
GROUPS = {"vera": ("viewers",), "nina": ("nobodies",), "maya": ()}


async def answered(line: str, cluster: KubernetesCluster) -> Reply:
    """With the layers of permission as the bot has them, Kubernetes' own being the cluster's."""
    authorizer = Authorizer(
        policy=policy.load(yaml.safe_dump(POLICY)), directory=FakeDirectory(), cluster=cluster, registry=REGISTRY
    )
    understood = parsed(line)
    command, args = understood.command, understood.args.model_copy(update={"namespace": NAMESPACE})
    assert isinstance(command, Query)
    asked = replace(context(cluster), permissions=Explained(authorizer), channel="C1")
    reply: Reply = await command.run(args, asked)
    return reply


def can_i(world: Path, asked: str, user: str, groups: tuple[str, ...] = ()) -> str:
    """kubectl's word for it: it ends with an error where the word is no."""
    who = (f"--as={user}", *(f"--as-group={group}" for group in (*groups, "system:authenticated")))
    [*_, word] = refused(world, "auth", "can-i", *asked.split(), "-n", NAMESPACE, *who).split()
    return word


@pytest.mark.parametrize("account", ["instance-service-sa", "pulls", "default"])
async def test_what_a_service_account_may_do_is_kubectls(account: str, cluster: KubernetesCluster, world: Path) -> None:
    name = f"{ACCOUNT}:{account}"
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{NAMESPACE}")
    told = {
        asked: answer
        for asked in ASKED
        for layer, answer, _ in table(await answered(f"can-i {asked} --as {name}", cluster), "LAYER").rows
        if layer.startswith("Kubernetes")
    }
    assert told == {asked: can_i(world, asked, name, groups) for asked in ASKED}
    assert set(told.values()) == {"yes", "no"}


@pytest.mark.parametrize("asked", ["list jobs", "get pods", "delete pods"])
async def test_who_can_is_kubectls(asked: str, cluster: KubernetesCluster, world: Path) -> None:
    shown = table(await answered(f"who-can {asked}", cluster), "WHO")
    ours = {row[0]: row[1] for row in shown.rows}
    assert ours == {user: can_i(world, asked, user, groups) for user, groups in GROUPS.items()}


def allowed(rules: Table) -> set[tuple[str, str, Cells]]:
    """Resource, name and verbs of each row of ours, a row for each name as kubectl has it."""
    titles = tuple(title.lower() for title in rules.columns[2:-1])
    return {
        (row[0], "" if name == "every" else name, tuple(sorted(verbs(titles, row))))
        for row in rules.rows
        for name in row[1].split(", ")
    }


def verbs(titles: Cells, row: Cells) -> set[str]:
    """Those marked and those named; every verb is `*` alone."""
    named = set(row[-1].split())
    return named if "*" in named else named | {verb for verb, mark in zip(titles, row[2:-1], strict=True) if mark}


@pytest.mark.parametrize("role", ["instance-service-role", "several-rules"])
async def test_a_roles_verbs_are_kubectls(role: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    _, theirs = section(describe(kubectl, f"role/{role}"), "PolicyRule")
    [rules] = [part for part in (await ask(f"describe role/{role}", cluster)).parts if isinstance(part, Table)]
    told = {(resource, name.strip("[]"), tuple(sorted(may.strip("[]").split()))) for resource, _, name, may in theirs}
    assert allowed(rules) == told


async def test_what_a_pods_account_may_do_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    """kubectl lists also what everybody who is logged in may; of ours each row is among its rows."""
    account = kubectl("get", "pod", "postgres-0", "-n", NAMESPACE, "-o", "jsonpath={.spec.serviceAccountName}")
    reply = await ask("rbac pod postgres-0", cluster)
    assert reply.headline.startswith(f"pod/postgres-0 runs as serviceaccount/{account}: ")
    rules = [part for part in reply.parts if isinstance(part, Table) and part.columns[0] == "RESOURCE"]
    listed = kubectl("auth", "can-i", "--list", f"--as={ACCOUNT}:{account}", "-n", NAMESPACE)
    theirs = {(cells[0], tuple(sorted(cells[1:]))) for cells in map(words, listed.splitlines())}
    ours = {(resource, may) for shown in rules for resource, _, may in allowed(shown)}
    assert ours
    assert ours - theirs == set()


def words(line: str) -> list[str]:
    """A resource or path and its verbs, of one line of `kubectl auth can-i --list`."""
    resource, _, rest = line.partition(" ")
    path = rest.strip().partition("]")[0].strip("[")
    return [resource or path, *rest.rpartition("[")[2].rstrip("]").split()]
