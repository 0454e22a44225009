"""`bot doctor` finds a sound installation sound, and names each thing that is missing with what to do about it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.doctor import Finding, examine
from bot.k8s.cluster import KubernetesCluster
from bot.k8s.session import connect
from bot.model.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING
from bot.settings import Settings
from bot.store import migrate
from playground.cluster.cluster import PracticeCluster
from playground.demo.clusters import practice_cluster
from playground.demo.workspace import practice_slack
from playground.slack.server import PracticeSlack
from playground.storage.node import USER, PracticeStorage

POLICY = Path(__file__).parents[1] / "playground" / "demo" / "policy.yaml"


@dataclass(frozen=True)
class Surroundings:
    """A practice Slack and a practice cluster, which all tests of this module look at."""

    slack: PracticeSlack
    kubeconfig: Path
    cluster: PracticeCluster


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def around(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Surroundings]:
    kubeconfig = tmp_path_factory.mktemp("doctor") / "kubeconfig"
    async with practice_slack() as slack, practice_cluster(kubeconfig) as cluster:
        assert cluster.practice is not None
        yield Surroundings(slack, kubeconfig, cluster.practice)


def settings(around: Surroundings, dsn: str, **other: Any) -> Settings:
    given = {
        "slack_bot_token": around.slack.bot_token,
        "slack_app_token": around.slack.app_token,
        "slack_api_url": around.slack.api_url,
        "kubeconfig": str(around.kubeconfig),
        "database_url": dsn,
        "policy_file": POLICY,
        "own_namespace": "saas-bot",
    }
    return Settings.model_validate(given | other)


async def found(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in await examine(settings)}


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_sound_installation_lacks_nothing(around: Surroundings, ledger_dsn: str, valkey_url: str) -> None:
    findings = await found(settings(around, ledger_dsn, redis_url=valkey_url))
    assert [str(finding) for finding in findings.values() if not finding.ok] == []
    assert findings.keys() >= {"settings", "policy", "database", "redis", "slack socket", "cluster", "rights"}
    assert "PostgreSQL" in findings["database"].said
    assert "Kubernetes v1." in findings["cluster"].said


async def test_an_empty_database_is_left_empty_and_told_to_be_prepared(around: Surroundings, postgres_dsn: str) -> None:
    database = (await found(settings(around, postgres_dsn)))["database"]
    assert (database.ok, "`bot migrate`" in database.said) == (False, True)
    assert await migrate(postgres_dsn), "the doctor has changed the database"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"path": "/nowhere"}, "does not exist", id="no such database"),
        pytest.param({"query": "host=/nowhere"}, "does not answer", id="no server"),
    ],
)
async def test_a_wrong_database_address_is_told(
    around: Surroundings, postgres_dsn: str, change: dict[str, str], says: str
) -> None:
    dsn = urlsplit(postgres_dsn)._replace(**change).geturl()
    database = (await found(settings(around, dsn)))["database"]
    assert (database.ok, says in database.said) == (False, True), database.said


@pytest.mark.parametrize(
    ("other", "name", "says"),
    [
        pytest.param({"database_url": "mysql://db/x"}, "database", "no address of a PostgreSQL", id="another database"),
        pytest.param({"redis_url": "redis://127.0.0.1:1"}, "redis", "does not answer", id="no Redis"),
        pytest.param({"redis_url": "http://redis"}, "redis", "no address of a Redis", id="no address of Redis"),
        pytest.param({"policy_file": None}, "policy", "nobody may do anything", id="no policy"),
        pytest.param({"policy_file": Path("/nowhere")}, "policy", "can't be read", id="no policy file"),
        pytest.param({"slack_bot_token": "xoxb-wrong"}, "slack bot token", "invalid_auth", id="wrong bot token"),
        pytest.param({"slack_app_token": "xapp-wrong"}, "slack socket", "invalid_auth", id="wrong app token"),
        pytest.param({"kubeconfig": "/nowhere"}, "cluster", "/nowhere", id="no kubeconfig"),
    ],
)
async def test_what_is_missing_is_one_line(
    around: Surroundings, ledger_dsn: str, other: dict[str, Any], name: str, says: str
) -> None:
    findings = await found(settings(around, ledger_dsn, **other))
    assert [finding.name for finding in findings.values() if not finding.ok] == [name]
    assert says in findings[name].said
    assert "\n" not in str(findings[name])


async def test_a_channel_of_the_policy_without_the_bot_is_named(
    around: Surroundings, ledger_dsn: str, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.read_text().replace("C0OPS00001", "C0NOWHERE1"))
    channels = (await found(settings(around, ledger_dsn, policy_file=policy)))["slack bound channels"]
    assert (channels.ok, "C0NOWHERE1" in channels.said) == (False, True)


async def test_missing_rights_are_named(around: Surroundings, ledger_dsn: str, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(around.cluster.kubeconfig("saas-bot-without-rights", namespace="saas-bot"))
    findings = await found(settings(around, ledger_dsn, kubeconfig=str(kubeconfig)))
    assert findings.keys() >= {"rights", "rights in saas-bot", "rights in saasodoo"}
    assert "The bot may not get configmaps, list configmaps" in findings["rights"].said
    assert "more. Apply the chart" in findings["rights"].said
    assert "create leases.coordination.k8s.io" in findings["rights in saas-bot"].said
    assert "get secrets" in findings["rights in saasodoo"].said
    assert "Name it in the chart’s `namespaces`" in findings["rights in saasodoo"].said


async def test_rights_that_no_command_needs_are_named(around: Surroundings, ledger_dsn: str, tmp_path: Path) -> None:
    kubeconfig, user = tmp_path / "kubeconfig", "saas-bot-with-too-much"

    async def told() -> str:
        spare = (await found(settings(around, ledger_dsn, kubeconfig=str(kubeconfig))))["rights to spare"]
        assert spare.ok, "nothing is missing"
        return spare.said

    kubeconfig.write_text(around.kubeconfig.read_text())
    assert await told() == "None: it may no more than the commands declare."
    kubeconfig.write_text(around.cluster.kubeconfig())
    assert await told() == "It may do everything. Give it the chart’s roles, or `bot manifest roles`."
    await give(kubeconfig, user, {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "deletecollection"]})
    kubeconfig.write_text(around.cluster.kubeconfig(user, namespace="saas-bot"))
    assert await told() == "It may deletecollection pods, which no command needs."


async def give(kubeconfig: Path, user: str, rule: dict[str, list[str]]) -> None:
    session = await connect(str(kubeconfig))
    cluster, group = KubernetesCluster(session), "rbac.authorization.k8s.io"
    subject = {"apiGroup": group, "kind": "User", "name": user}
    binding = {"roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": user}, "subjects": [subject]}
    await cluster.create(CLUSTER_ROLE, {"metadata": {"name": user}, "rules": [rule]})
    await cluster.create(CLUSTER_ROLE_BINDING, {"metadata": {"name": user}, **binding})
    await session.close()


@pytest.mark.parametrize(
    ("namespaces", "missing"),
    [
        pytest.param("[saasodoo, billing]", {"rights in billing"}, id="one more by name"),
        pytest.param("[saasodoo, kube-s*]", {"rights in kube-system"}, id="those of a pattern that are there"),
        pytest.param("['*']", {"rights everywhere"}, id="every one"),
        pytest.param("[saasodoo, saas-bot]", set(), id="its own, where it changes nothing"),
    ],
)
async def test_each_namespace_of_the_policy_in_which_the_bot_may_change_nothing_is_named(
    around: Surroundings, ledger_dsn: str, tmp_path: Path, namespaces: str, missing: set[str]
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.read_text().replace("{namespaces: [saasodoo]", f"{{namespaces: {namespaces}"))
    findings = await found(settings(around, ledger_dsn, policy_file=policy))
    assert {finding.name for finding in findings.values() if not finding.ok} == missing


@pytest.mark.parametrize(("fault", "says"), [("", "/"), ("notmounted", "not mounted")], ids=["well", "not mounted"])
async def test_each_storage_node_has_its_line(
    around: Surroundings, ledger_dsn: str, tmp_path: Path, fault: str, says: str
) -> None:
    async with PracticeStorage(tmp_path / "node") as node:
        node.fault = fault
        reached = {
            "storage_namespace": "saasodoo",
            "storage_nodes": f"node-1=127.0.0.1:{node.port}",
            "storage_user": USER,
            "storage_key_file": node.key_file,
            "storage_known_hosts": node.known_hosts,
        }
        line = (await found(settings(around, ledger_dsn, **reached)))["storage node-1"]
    assert (line.ok, says in line.said) == (not fault, True), line.said


async def test_no_finding_shows_a_secret(around: Surroundings, ledger_dsn: str) -> None:
    asked = settings(around, ledger_dsn, database_url="postgresql://u:hunter2@127.0.0.1:1/x")
    shown = "\n".join(map(str, await examine(asked)))
    assert not any(secret in shown for secret in ("hunter2", around.slack.bot_token, around.slack.app_token))
