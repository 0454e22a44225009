"""rbac pod and describe role: who a pod is, and what that may do."""

import pytest

from bot.errors import NotFound
from bot.model.plan import Json
from bot.model.reply import Facts, Table
from tests.commands.asking import ask
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import meta, pod

JOBS = {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["get", "list"]}
MORE_JOBS = {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["delete", "deletecollection"]}
LOGS = {"apiGroups": [""], "resources": ["pods/log"], "resourceNames": ["a"], "verbs": ["*"]}


def role(name: str, *rules: Json, kind: str = "Role") -> dict[str, Json]:
    made = meta(name) if kind == "Role" else {"name": name}
    return {"kind": kind, "metadata": made, "rules": list(rules)}


def binding(name: str, to: str, *subjects: dict[str, str], kind: str = "Role") -> dict[str, Json]:
    made = meta(name) if kind == "Role" else {"name": name}
    return {"kind": f"{kind}Binding", "metadata": made, "roleRef": {"kind": kind, "name": to}, "subjects": subjects}


def account(name: str, namespace: str = "saasodoo") -> dict[str, str]:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def running_as(name: str) -> dict[str, Json]:
    made = pod("web-1")
    made["spec"]["serviceAccountName"] = name
    return made


async def tables(line: str, cluster: FakeCluster) -> list[Table]:
    return [part for part in (await ask(line, cluster)).parts if isinstance(part, Table)]


async def test_a_role_is_a_table_of_verbs_with_its_rules_put_together() -> None:
    cluster = FakeCluster().add(role("operator", JOBS, MORE_JOBS, LOGS))
    [table] = await tables("describe role operator", cluster)
    assert table.rows == (
        ("jobs.batch", "every", "✓", "✓", "", "", "", "", "✓", "deletecollection"),
        ("pods/log", "a", "✓", "✓", "✓", "✓", "✓", "✓", "✓", "*"),
    )


async def test_the_group_stands_before_a_part_of_an_object() -> None:
    scale: Json = {"apiGroups": ["apps", ""], "resources": ["deployments/scale"], "verbs": ["get"]}
    [table] = await tables("describe role operator", FakeCluster().add(role("operator", scale)))
    assert [row[0] for row in table.rows] == ["deployments.apps/scale", "deployments/scale"]


async def test_a_pod_leads_to_its_account_its_bindings_and_what_they_allow() -> None:
    cluster = FakeCluster().add(
        running_as("web"),
        role("operator", JOBS),
        role("reader", LOGS, kind="ClusterRole"),
        binding("web-operates", "operator", account("web")),
        binding("web-reads", "reader", account("web"), kind="ClusterRole"),
        binding("others", "operator", account("web", "elsewhere"), account("other")),
    )
    reply = await ask("rbac pod web-1", cluster)
    assert reply.headline == "pod/web-1 runs as serviceaccount/web: 2 bindings"
    bindings, here, everywhere = await tables("rbac pod web-1", cluster)
    assert bindings.rows == (
        ("rolebinding/web-operates", "role/operator", "saasodoo"),
        ("clusterrolebinding/web-reads", "clusterrole/reader", "everywhere"),
    )
    assert [row[0] for row in here.rows] == ["jobs.batch"]
    assert [row[0] for row in everywhere.rows] == ["pods/log"]


@pytest.mark.parametrize(
    ("subject", "counts"),
    [
        ({"kind": "User", "name": "system:serviceaccount:saasodoo:web"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:saasodoo"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:elsewhere"}, False),
        ({"kind": "Group", "name": "system:authenticated"}, False),
        ({"kind": "User", "name": "web"}, False),
    ],
    ids=["as a user", "every account", "of this namespace", "of another", "everybody", "a person of that name"],
)
async def test_an_account_is_bound_under_several_names(subject: dict[str, str], counts: bool) -> None:
    cluster = FakeCluster().add(running_as("web"), role("operator", JOBS), binding("b", "operator", subject))
    reply = await ask("rbac pod web-1", cluster)
    assert reply.headline.endswith("1 binding" if counts else "0 bindings")


async def test_a_binding_to_a_role_that_is_gone_allows_nothing() -> None:
    cluster = FakeCluster().add(running_as("web"), binding("b", "gone", account("web")))
    [bindings] = await tables("rbac pod web-1", cluster)
    assert bindings.rows == (("rolebinding/b", "role/gone", "saasodoo"),)


async def test_a_pod_without_a_token_cannot_use_its_account() -> None:
    reply = await ask("rbac pod web-1", FakeCluster().add(running_as("")))
    [facts] = reply.parts
    assert isinstance(facts, Facts)
    assert reply.headline == "pod/web-1 runs as serviceaccount/default: 0 bindings"
    assert facts.facts[0].text.startswith("not mounted")


async def test_a_near_miss_of_a_pod_is_offered() -> None:
    with pytest.raises(NotFound) as caught:
        await ask("rbac pod web-2", FakeCluster().add(running_as("web")))
    assert caught.value.suggestions == ("rbac pod web-1 -n saasodoo",)
