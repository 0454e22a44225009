"""What can be broken in the demo beside Slack itself: workloads, a node, the API server, the database, the bot."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

import aiohttp

from playground.cluster.cluster import PracticeCluster
from playground.cluster.faults import Effect
from playground.cluster.faults import Fault as ClusterFault
from playground.demo.breaking_storage import storage_faults
from playground.demo.kube import Kube, Refused
from playground.demo.people import BOT_ACCOUNT
from playground.demo.world import World
from playground.page.guide import Fault

NAMESPACE = "saasodoo"
ODOO, WORKER = (f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}" for name in ("odoo-acme", "instance-worker"))
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"

AWAY_S = 20.0
"""Longer than any call waits, shorter than anybody's patience."""

NODE_AWAY_S = 120.0
"""A node is reported lost after 50 s."""

CRASH = 'echo "FATAL: password authentication failed for user \\"odoo_acme\\"" >&2; exit 1'
FULL = 'echo "tar: /backups/acme.tar.gz: Cannot write: No space left on device" >&2; exit 2'


def faults(world: World) -> tuple[Fault, ...]:
    """Everything that can be broken here; in somebody's own cluster only what mends by a rollback."""
    kube = world.cluster.kube
    begin = partial(_begin, world.slack.background.start)
    found = [
        Fault("Crash odoo-acme", "Its container ends at once: Kubernetes backs off.", _told(kube, crash_odoo)),
        Fault("Bad image", "instance-worker gets an image that nobody pushed.", _told(kube, bad_image)),
        Fault("Failed backup", "A Job's tar finds no space left.", _told(kube, failed_backup)),
        Fault("Kill the bot", "kill -9. It is started again; nothing is lost.", partial(_kill, world)),
    ]
    if practice := world.cluster.practice:
        silent, unreachable = partial(lose_node, practice, NODE_AWAY_S), partial(api_away, practice, AWAY_S)
        found += [
            Fault("Lose node-2", f"It falls silent for {NODE_AWAY_S:g} s.", begin(silent, "node-2 says nothing more.")),
            Fault("Stop the API server", f"For the bot, for {AWAY_S:g} s.", begin(unreachable, "The API is gone.")),
            *storage_faults(world.storage.folders, begin),
        ]
    if relay := world.database.relay:
        away = partial(relay.cut, AWAY_S)
        found.append(Fault("Stop PostgreSQL", f"For {AWAY_S:g} s.", begin(away, "The database is gone.")))
    return tuple(found)


async def crash_odoo(kube: Kube) -> str:
    """Give odoo-acme a command that ends at once, as an edit by hand would."""
    container = await _container(kube, ODOO)
    await kube.patch(ODOO, _template({"name": container, "command": ["sh", "-c", CRASH]}, cause="edited by hand"))
    return "deployment/odoo-acme was changed and will crash."


async def bad_image(kube: Kube) -> str:
    """Give instance-worker an image that is not in the registry."""
    container = await _container(kube, WORKER)
    image = "registry.saasodoo.internal/instance-worker:1.8.3-missing"
    await kube.patch(WORKER, _template({"name": container, "image": image}, cause="release 1.8.3"))
    return "deployment/instance-worker is told to run 1.8.3, which was never pushed."


async def failed_backup(kube: Kube) -> str:
    """Start a backup Job that fails."""
    container = {"name": "tar", "image": "busybox:1.37", "command": ["sh", "-c", FULL]}
    spec = {
        "backoffLimit": 0,
        "ttlSecondsAfterFinished": 300,
        "template": {"spec": {"restartPolicy": "Never", "containers": [container]}},
    }
    metadata = {"generateName": "backup-acme-", "labels": {"app": "backup", "instance": "acme"}}
    made = await kube.ask("POST", JOBS, {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec})
    return f"job/{made['metadata']['name']} was started and will fail."


async def _container(kube: Kube, path: str) -> str:
    found = await kube.ask("GET", path)
    return str(found["spec"]["template"]["spec"]["containers"][0]["name"])


def _template(container: dict[str, object], *, cause: str) -> dict[str, object]:
    return {
        "metadata": {"annotations": {"kubernetes.io/change-cause": cause}},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def _told(kube: Kube, act: Callable[[Kube], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
    """Do it, or say why it could not be done."""

    async def cause() -> str:
        try:
            return await act(kube)
        except Refused as error:
            return f"The API server refuses: {error}."
        except (aiohttp.ClientError, TimeoutError):
            return "The API server does not answer. Nothing was broken."

    return cause


async def lose_node(practice: PracticeCluster, seconds: float) -> None:
    """Let node-2 fall silent for so long."""
    practice.lose_node("node-2")
    await asyncio.sleep(seconds)
    practice.recover_node("node-2")


async def api_away(practice: PracticeCluster, seconds: float) -> None:
    """Reset every connection of the bot to the API server for so long."""
    endless = 1 << 30
    rows = [ClusterFault(effect, endless, user=BOT_ACCOUNT) for effect in (Effect.CUT_MID_LINE, Effect.RESET)]
    for row in rows:
        practice.faults.add(row)
    await asyncio.sleep(seconds)
    practice.faults.rows = [row for row in practice.faults.rows if row not in rows]


Work = Callable[[], Coroutine[Any, Any, None]]


def _begin(later: Callable[[Coroutine[Any, Any, None]], None], work: Work, says: str) -> Callable[[], Awaitable[str]]:
    """Begin what takes a while, and say so at once."""

    async def cause() -> str:
        later(work())
        return says

    return cause


async def _kill(world: World) -> str:
    world.bot.kill()
    return "The bot was killed."
