"""A kind that the bot may not watch: incidents of all others still open and heal, and the missing rule is named."""

from pathlib import Path

from bot.model.incident import IncidentState
from bot.store import PostgresLedger
from playground.cluster.cluster import PracticeCluster
from playground.cluster.kobject import Object
from playground.cluster.world.loader import platform
from tests.watchers.watched import CRASHES, watching

WATCHER = "half-blind"


def role() -> list[Object]:
    """The rights of the watchers, without those to jobs."""
    verbs = ["list", "watch"]
    rules = [
        {"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": verbs},
        {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets", "daemonsets"], "verbs": verbs},
        {"apiGroups": ["batch"], "resources": ["cronjobs"], "verbs": verbs},
    ]
    group = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": {"name": WATCHER}, "rules": rules},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": WATCHER},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": WATCHER},
            "subjects": [{"apiGroup": group, "kind": "User", "name": WATCHER}],
        },
    ]


async def test_without_the_right_to_jobs_a_crash_still_opens_and_heals(tmp_path: Path, ledger: PostgresLedger) -> None:
    async with PracticeCluster(world=[*platform(), *role()], speed=5) as practice:
        admin, eyes = tmp_path / "admin", tmp_path / "eyes"
        admin.write_text(practice.kubeconfig())
        eyes.write_text(practice.kubeconfig(WATCHER))
        async with watching(str(admin), ledger, eyes=str(eyes)) as watched:
            await watched.deploy("crashing", CRASHES)
            await watched.incident("crashing", IncidentState.OPEN)
            await watched.mend("crashing")
            await watched.incident("crashing", IncidentState.HEALED)
            view = await ledger.view("main")
    assert view is not None
    where = watched.namespace
    missing = f"Kubernetes: no rule lets {WATCHER} watch jobs (batch) in {where}."
    assert view.complaints == (f"jobs -n {where} are not watched. {missing}",)
