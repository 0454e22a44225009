"""rollback: shows the difference, puts the whole template back, offers the way back."""

from datetime import UTC, datetime

import pytest

from bot.errors import AlreadySo, NotFound
from bot.model.plan import Mark
from tests.commands.asking import backends, change, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import deployment, meta, replica_set, template

MARK = Mark("op-1", "audit-1", resource_version="1", at=datetime(2026, 3, 1, 14, 3, tzinfo=UTC))


def shop() -> FakeCluster:
    """A deployment at revision 12 of three that are kept."""
    return FakeCluster().add(
        deployment("x", image="registry/app:1.8.3"),
        replica_set("x", 10, image="registry/app:1.8.1"),
        replica_set("x", 11, image="registry/app:1.8.2"),
        replica_set("x", 12, image="registry/app:1.8.3", replicas=4),
    )


async def test_by_default_it_goes_to_the_one_before() -> None:
    plan = await propose("rollback x", shop())
    assert plan.title == "Roll back deployment/x to revision 11"
    assert plan.line == "rollback deployment/x --to-revision 11 -n saasodoo"
    assert plan.undo == "rollback deployment/x --to-revision 12 -n saasodoo"
    assert plan.facts[0].text == "registry/app:1.8.3 → registry/app:1.8.2"


async def test_the_diff_shows_only_what_differs_between_the_templates() -> None:
    plan = await propose("rollback x --to-revision 10", shop())
    changed = [line for line in plan.diff.splitlines() if line[:1] in "+-"]
    assert changed == [
        "--- revision 12 (now)",
        "+++ revision 10",
        "-  - image: registry/app:1.8.3",
        "+  - image: registry/app:1.8.1",
    ]


async def test_the_template_is_replaced_whole_and_without_the_hash_label() -> None:
    cluster = shop()
    plan = await propose("rollback x", cluster)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    [(_, _, body, _)] = cluster.writes
    assert body["spec"]["template"]["$patch"] == "replace"
    stored = cluster.objects[("deployments", "saasodoo", "x")]
    assert stored["spec"]["template"]["spec"]["containers"][0]["image"] == "registry/app:1.8.2"
    assert stored["spec"]["template"]["metadata"]["labels"] == {"app": "x"}


async def test_an_unknown_revision_names_those_that_are_kept() -> None:
    with pytest.raises(NotFound, match="has no revision 7") as refused:
        await propose("rollback x --to-revision 7", shop())
    assert refused.value.hint == "Kept are 10, 11, 12."
    assert refused.value.suggestions[-1] == "rollback deployment/x --to-revision 11 -n saasodoo"


async def test_a_revision_that_was_gone_back_to_is_looked_for_under_its_new_number() -> None:
    cluster = FakeCluster().add(deployment("x"), *(replica_set("x", number) for number in (1, 3, 12)))
    with pytest.raises(NotFound, match="has no revision 2 any more") as refused:
        await propose("rollback x --to-revision 2", cluster)
    assert "so 2 may be 12 by now" in refused.value.hint
    assert not refused.value.suggestions, "another revision may be the broken one"


async def test_a_single_revision_leaves_nothing_to_go_back_to() -> None:
    with pytest.raises(NotFound, match="no earlier revision"):
        await propose("rollback x", FakeCluster().add(deployment("x"), replica_set("x", 12)))


async def test_the_current_revision_is_nothing_to_do() -> None:
    with pytest.raises(AlreadySo, match="revision 12 already"):
        await propose("rollback x --to-revision 12", shop())


def restarted() -> FakeCluster:
    """Revision 12 is a mere restart of 11; 10 had another image."""
    cluster = FakeCluster().add(
        deployment("x"), replica_set("x", 10, image="old"), replica_set("x", 11), replica_set("x", 12)
    )
    stamped = cluster.objects[("replicasets", "saasodoo", "x-r12")]["spec"]["template"]["metadata"]
    stamped["annotations"] = {"kubectl.kubernetes.io/restartedAt": "2026-03-01T13:00:00Z"}
    return cluster


async def test_by_default_it_goes_back_over_mere_restarts() -> None:
    assert (await propose("rollback x", restarted())).title == "Roll back deployment/x to revision 10"


async def test_going_back_over_a_restart_alone_would_change_nothing() -> None:
    with pytest.raises(AlreadySo, match="runs the template of revision 11 already"):
        await propose("rollback x --to-revision 11", restarted())


async def test_a_stateful_set_goes_back_by_its_controller_revisions() -> None:
    owner = [{"kind": "StatefulSet", "name": "postgres", "uid": "uid-postgres", "controller": True}]
    kept = [
        {
            "kind": "ControllerRevision",
            "metadata": meta(f"postgres-{number}", labels={"app": "postgres"}, ownerReferences=owner),
            "revision": number,
            "data": {"spec": {"template": {**template("postgres", f"postgres:1{number}"), "$patch": "replace"}}},
        }
        for number in (5, 6)
    ]
    stateful = {
        "kind": "StatefulSet",
        "metadata": meta("postgres", generation=6),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "postgres"}},
            "template": template("postgres", "postgres:16"),
            "updateStrategy": {"type": "RollingUpdate"},
        },
        "status": {"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "observedGeneration": 6},
    }
    plan = await propose("rollback statefulset/postgres", FakeCluster().add(stateful, *kept))
    assert plan.title == "Roll back statefulset/postgres to revision 5"
    assert plan.facts[0].text == "postgres:16 → postgres:15"
    assert plan.undo == "rollback statefulset/postgres --to-revision 6 -n saasodoo"
