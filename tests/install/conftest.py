"""One installation for all tests of the module: image built and imported, chart applied, both copies ready."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
import yaml

from playground.demo.world import World
from tests.chart.rendering import rendered
from tests.install.world import IMAGE, Kubectl, Surroundings, import_image, surroundings
from tests.journeys.stand import JON, LENA, MAYA, OPS, PATIENT, Stand
from tests.kubelab import import_images
from tests.servers import cloned

WORKER_IMAGE = "registry.example.com/saas/installed-worker:1"
SRE = "install-test:sre"
PODS = ("pods", "-l", "app.kubernetes.io/name=saas-bot")


@dataclass(frozen=True)
class Installed:
    """The bot in a namespace of its own, and a namespace that it serves."""

    own: str
    serves: str
    kubectl: Kubectl
    around: Surroundings

    @property
    def stand(self) -> Stand:
        """Hands for the people in Slack; of a whole world they need no more than that."""
        return Stand(cast(World, SimpleNamespace(slack=self.around.slack, bot=SimpleNamespace(log=Path("/dev/null")))))

    async def pods(self) -> list[dict[str, Any]]:
        """Those of the bot."""
        return await self.staying("-n", self.own, *PODS)

    async def workers(self) -> list[dict[str, Any]]:
        """Those of the one workload that the bot serves."""
        return await self.staying("-n", self.serves, "pods", "-l", "app=worker")

    async def staying(self, *which: str) -> list[dict[str, Any]]:
        """The pods that are not about to go: a rollout is done before the last of those has ended."""
        found = await self.kubectl.get(*which)
        return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    async def inside(self, *command: str) -> str:
        """Run something in one of the bot's pods."""
        return await self.kubectl("-n", self.own, "exec", "deployment/saas-bot", "--", *command)

    async def installed(self, **values: Any) -> None:
        """Do as `helm upgrade --install` does, and wait for the rollout."""
        manifests = await asyncio.to_thread(rendered, self._values() | values, namespace=self.own)
        await self.kubectl.apply(manifests, self.own)
        await self.kubectl("-n", self.own, "rollout", "status", "deployment/saas-bot", "--timeout=600s")

    def _values(self) -> dict[str, Any]:
        repository, _, tag = IMAGE.partition(":")
        return {
            "image": {"repository": repository, "tag": tag, "pullPolicy": "Never"},
            "settings": {
                "SLACK_API_URL": self.around.slack.api_url,
                "HTTP_PROXY": self.around.slack_proxy,
                **PATIENT,
            },
            "namespaces": [self.serves],
            "policy": yaml.safe_dump(policy(self.serves, self.own)),
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installed(
    kubelab: Path, kubectl: Callable[..., str], postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installed]:
    import_image(tmp_path_factory.mktemp("image"))
    import_images(WORKER_IMAGE)
    ask = Kubectl(kubectl)
    async with ask.namespace() as own, ask.namespace() as serves:
        await ask("-n", serves, "create", "deployment", "worker", f"--image={WORKER_IMAGE}", "--replicas=2")
        for one in (serves, own):
            await ask("-n", one, "create", "rolebinding", "sre", "--clusterrole=edit", f"--group={SRE}")
        async for dsn in cloned(postgres_server, template="template0"):
            async with surroundings(kubelab, dsn) as around:
                bot = Installed(own, serves, ask, around)
                await ask("-n", own, "create", "secret", "generic", "saas-bot", *secret(around))
                await bot.installed()
                yield bot
                await ask("delete", "clusterrole", f"{own}-saas-bot", f"{own}-saas-bot-served")
                await ask("delete", "clusterrolebinding", f"{own}-saas-bot")
                await ask("-n", own, "delete", "deployment", "saas-bot")


def secret(around: Surroundings) -> list[str]:
    values = {
        "SLACK_BOT_TOKEN": around.slack.bot_token,
        "SLACK_APP_TOKEN": around.slack.app_token,
        "DATABASE_URL": around.database_url,
    }
    return [f"--from-literal={name}={value}" for name, value in values.items()]


def policy(serves: str, own: str) -> dict[str, Any]:
    """The people of the practice Slack may do everything in both namespaces, with a second one's approval."""
    return {
        "apiVersion": "chatops.saas.io/v1",
        "kind": "Policy",
        "people": {person: {"user": f"install-test:{person}", "groups": [SRE]} for person in (MAYA, JON, LENA)},
        "groups": {"sre": {"kubernetesGroups": [SRE]}},
        "channels": {OPS: {"namespaces": [serves, own], "home": serves, "alerts": True}},
        "tiers": {"second": {"approvals": [{"group": "sre"}]}},
        "rules": [{"name": "changes", "match": {"risks": ["change"]}, "tier": "second"}],
    }
