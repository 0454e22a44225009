"""What a bot without rights over the whole cluster watches: each namespace by itself, on both clusters."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from bot.k8s.request import request_for
from bot.k8s.session import Session, connect
from bot.k8s.spread import Spread
from bot.model.actor import Subject
from bot.model.kube.configuration import ConfigMap
from bot.model.kube.nodes import Node
from bot.model.refs import ObjectRef
from bot.model.resources import CONFIGMAP, NAMESPACE, ROLE, ROLE_BINDING, SERVICE_ACCOUNT
from tests.k8s.conftest import Target
from tests.k8s.working import eventually


class Seen:
    """A sink that knows what there is, and how often it was told that this is all."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.syncs = 0

    def on_object(self, obj: ConfigMap, live: bool) -> bool:
        self.names.add(f"{obj.metadata.namespace}/{obj.metadata.name}")
        return False

    def on_deleted(self, uid: str, last: ConfigMap | None) -> None:
        pass  # others go on in a shared cluster

    def on_synced(self) -> None:
        self.syncs += 1


@asynccontextmanager
async def spread(session: Session, seen: Seen, *namespaces: str) -> AsyncIterator[Spread[ConfigMap]]:
    reflecting = Spread(session, ConfigMap, seen, namespaces, stagger_s=0)
    running = asyncio.ensure_future(reflecting.run())
    try:
        async with asyncio.timeout(60):
            yield reflecting
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def told(seen: Seen, *names: str) -> None:
    while not (seen.syncs and set(names) <= seen.names):  # noqa: ASYNC110  # told synchronously
        await asyncio.sleep(0.01)


@pytest.fixture
async def other(target: Target) -> AsyncIterator[str]:
    """A second namespace."""
    name = f"{target.namespace}-other"
    await target.cluster.create(NAMESPACE, {"metadata": {"name": name}})
    yield name
    await target.cluster.delete(ObjectRef("namespace", name))


@pytest.fixture
async def narrow(target: Target, other: str, tmp_path: Path) -> AsyncIterator[Session]:
    """The way of an account that may watch ConfigMaps in two namespaces and no more; each has one of them."""
    account = f"narrow-{secrets.token_hex(4)}"
    await target.cluster.create(SERVICE_ACCOUNT, {"metadata": {"name": account}}, namespace=target.namespace)
    for namespace in (target.namespace, other):
        await target.cluster.create(CONFIGMAP, {"metadata": {"name": "mine"}}, namespace=namespace)
        await allow(target, account, namespace)
    request = request_for("create", SERVICE_ACCOUNT, target.namespace, account, subresource="token", method="POST")
    body = b'{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}'
    answer = await target.session.send(replace(request, body=body))
    config = yaml.safe_load(Path(str(target.session._credentials._kubeconfig)).read_text())
    config["users"][0]["user"] = {"token": msgspec.json.decode(answer.body)["status"]["token"]}
    path = tmp_path / "narrow.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    session = await connect(str(path))
    yield session
    await session.close()


async def allow(target: Target, account: str, namespace: str) -> None:
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list", "watch"]}
    await target.cluster.create(ROLE, {"metadata": {"name": "narrow"}, "rules": [rule]}, namespace=namespace)
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "narrow"}
    subject = {"kind": "ServiceAccount", "name": account, "namespace": target.namespace}
    binding = {"metadata": {"name": "narrow"}, "roleRef": reference, "subjects": [subject]}
    await target.cluster.create(ROLE_BINDING, binding, namespace=namespace)
    user = Subject(f"system:serviceaccount:{target.namespace}:{account}")

    async def allowed() -> bool:
        return (await target.cluster.may(user, "watch", "configmaps", namespace=namespace)).allowed

    await eventually(allowed)


async def test_who_may_watch_the_whole_cluster_does_so_in_one_stream(target: Target) -> None:
    await target.cluster.create(CONFIGMAP, {"metadata": {"name": "mine"}}, namespace=target.namespace)
    seen = Seen()
    async with spread(target.session, seen, target.namespace) as reflecting:
        await told(seen, f"{target.namespace}/mine")
        assert [one.name for one in reflecting.freshness] == ["configmaps"]


async def test_who_may_not_watches_each_namespace_and_has_seen_all_when_all_are_read(
    target: Target, other: str, narrow: Session
) -> None:
    seen = Seen()
    async with spread(narrow, seen, target.namespace, other) as reflecting:
        await told(seen, f"{target.namespace}/mine", f"{other}/mine")
        assert {one.name for one in reflecting.freshness} == {
            f"configmaps -n {target.namespace}",
            f"configmaps -n {other}",
        }
        assert (reflecting.forbidden, seen.syncs) == ("", 1)
        assert [reflecting.hides(name) for name in (target.namespace, other, "elsewhere")] == [False, False, True]
        await target.cluster.create(CONFIGMAP, {"metadata": {"name": "later"}}, namespace=other)
        await told(seen, f"{other}/later")


async def test_a_namespace_that_may_not_be_seen_is_said_and_the_others_are_watched(
    target: Target, other: str, narrow: Session
) -> None:
    seen = Seen()
    async with spread(narrow, seen, target.namespace, "kube-system") as reflecting:
        while not (reflecting.forbidden and seen.names):  # noqa: ASYNC110  # told synchronously
            await asyncio.sleep(0.01)
        assert "kube-system" in reflecting.forbidden
        assert [reflecting.hides(name) for name in (target.namespace, "kube-system")] == [False, True]
        assert reflecting.complaint.startswith("configmaps -n kube-system are not watched.")
    assert seen.syncs == 0


async def test_what_has_no_namespace_is_watched_as_it_is(target: Target, narrow: Session) -> None:
    reflecting: Spread[Any] = Spread(narrow, Node, Seen(), [target.namespace])
    assert await reflecting._parts() == ("",)
