"""What goes over the wire for each read and write, and what comes back."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from bot.errors import BadArguments, Conflict, Denied, NotFound, Rejected, Unreachable
from bot.k8s import access_review
from bot.k8s.cluster import KubernetesCluster
from bot.model.actor import Subject
from bot.model.kube.pods import Pod
from bot.model.kube.rbac import Role
from bot.model.refs import ObjectRef
from bot.model.resources import EVENT, JOB, POD
from tests.k8s.scripted_server import ScriptedServer, answering, in_turn, status

WORKER = ObjectRef("deployment", "worker", "shop", uid="u-1")
POD_REF = ObjectRef("pod", "web-0", "shop", uid="u-2")
AUDIT = "11111111-2222-3333-4444-555555555555"


def page(*names: str, token: str = "") -> dict[str, object]:
    return {"kind": "List", "metadata": {"continue": token}, "items": [{"metadata": {"name": name}} for name in names]}


async def test_an_object_is_decoded_with_what_it_has(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    known = {"metadata": {"name": "web-0", "creationTimestamp": None}, "status": {"podIP": "10.0.0.1"}}
    server.respond = answering({**known, "spec": {"unknown": 1}})
    pod = await cluster.get(Pod, "web-0", "shop")
    assert pod.status.pod_ip == "10.0.0.1"
    assert server.heard[0].path == "/api/v1/namespaces/shop/pods/web-0"


async def test_a_list_is_read_page_by_page(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = in_turn(answering(page("a", "b", token="next")), answering(page("c")))
    pods = await cluster.list(Pod, "shop", selector="app=web", fields="status.phase=Running")
    assert [pod.metadata.name for pod in pods] == ["a", "b", "c"]
    first, second = server.heard
    assert first.query == {"labelSelector": "app=web", "fieldSelector": "status.phase=Running", "limit": "250"}
    assert second.query == {**first.query, "continue": "next"}


async def test_a_list_whose_token_expired_begins_again(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    expired = status(410, "Expired", "The provided continue parameter is too old")
    server.respond = in_turn(answering(page("a", token="old")), expired, answering(page("a", "b")))
    assert [pod.metadata.name for pod in await cluster.list(Pod)] == ["a", "b"]


async def test_a_list_that_always_expires_is_given_up(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = status(410, "Expired", "too old")
    with pytest.raises(Unreachable, match="changes faster than it can be read"):
        await cluster.list(Pod)


async def test_a_list_is_cut_at_its_limit(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = answering(page("a", "b", token="more"))
    assert len(await cluster.list_objects(EVENT, "shop", limit=2)) == 2
    assert server.heard[0].query["limit"] == "2"


async def test_null_where_a_list_is_empty_is_no_fault(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = in_turn(answering({"items": None}), answering({"metadata": {"name": "r"}, "rules": None}))
    assert await cluster.list(Pod) == []
    assert (await cluster.get(Role, "r", "shop")).rules is None


async def test_an_answer_that_kubernetes_would_not_give_is_said_so(
    server: ScriptedServer, cluster: KubernetesCluster
) -> None:
    server.respond = answering("<html>captive portal</html>")
    with pytest.raises(Unreachable, match="is not what Kubernetes sends"):
        await cluster.get(Pod, "web-0", "shop")


Write = Callable[[KubernetesCluster], Awaitable[object]]


@pytest.mark.parametrize(
    ("write", "method", "path", "content_type"),
    [
        pytest.param(
            lambda c: c.merge_patch(WORKER, {"a": 1}, audit_id=AUDIT, dry_run=True),
            "PATCH", "/apis/apps/v1/namespaces/shop/deployments/worker", "application/merge-patch+json", id="merge",
        ),
        pytest.param(
            lambda c: c.merge_patch(WORKER, {"a": 1}, audit_id=AUDIT, subresource="scale", dry_run=True),
            "PATCH", "/apis/apps/v1/namespaces/shop/deployments/worker/scale", "application/merge-patch+json",
            id="scale",
        ),
        pytest.param(
            lambda c: c.strategic_patch(WORKER, {"a": 1}, audit_id=AUDIT, dry_run=True), "PATCH",
            "/apis/apps/v1/namespaces/shop/deployments/worker", "application/strategic-merge-patch+json",
            id="strategic",
        ),
        pytest.param(
            lambda c: c.json_patch(WORKER, [{"op": "remove", "path": "/a"}], audit_id=AUDIT, dry_run=True), "PATCH",
            "/apis/apps/v1/namespaces/shop/deployments/worker", "application/json-patch+json", id="json patch",
        ),
        pytest.param(
            lambda c: c.apply(WORKER, {"a": 1}, audit_id=AUDIT, dry_run=True), "PATCH",
            "/apis/apps/v1/namespaces/shop/deployments/worker", "application/apply-patch+yaml", id="apply",
        ),
        pytest.param(
            lambda c: c.create(JOB, {"a": 1}, namespace="shop", audit_id=AUDIT, dry_run=True), "POST",
            "/apis/batch/v1/namespaces/shop/jobs", "application/json", id="create",
        ),
    ],
)  # fmt: skip
async def test_a_write_carries_our_name_the_audit_id_and_dry_run(
    server: ScriptedServer, cluster: KubernetesCluster, write: Write, method: str, path: str, content_type: str
) -> None:
    await write(cluster)
    heard = server.heard[0]
    assert (heard.method, heard.path) == (method, path)
    assert heard.headers["Content-Type"] == content_type
    assert heard.headers["Audit-ID"] == AUDIT
    assert heard.query == {"fieldManager": "saas-bot", "fieldValidation": "Strict", "dryRun": "All"}


async def test_force_is_asked_for_by_name_only(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    await cluster.apply(WORKER, {}, force=True)
    assert server.heard[0].query["force"] == "true"


async def test_a_deletion_is_bound_to_the_uid(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    await cluster.delete(POD_REF, audit_id=AUDIT)
    heard = server.heard[0]
    assert heard.json["preconditions"] == {"uid": "u-2"}
    assert heard.json["propagationPolicy"] == "Background"
    assert heard.headers["Audit-ID"] == AUDIT


async def test_an_eviction_is_bound_to_the_uid(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    await cluster.evict(POD_REF, dry_run=True)
    heard = server.heard[0]
    assert heard.path == "/api/v1/namespaces/shop/pods/web-0/eviction"
    assert heard.json["deleteOptions"] == {"preconditions": {"uid": "u-2"}, "dryRun": ["All"]}


async def test_a_failed_test_of_a_json_patch_is_a_conflict(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = status(422, "Invalid", "the server rejected our request due to an error in our request")
    with pytest.raises(Conflict, match="is not what this was made for"):
        await cluster.json_patch(WORKER, [{"op": "test", "path": "/metadata/resourceVersion", "value": "1"}])
    with pytest.raises(Rejected):
        await cluster.json_patch(WORKER, [{"op": "remove", "path": "/nowhere"}])


async def test_an_unknown_kind_is_never_written(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    with pytest.raises(BadArguments, match='"gizmo" is not a kind'):
        await cluster.delete(ObjectRef("gizmo", "x", "shop"))
    assert server.heard == []


async def test_a_missing_object_is_named(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = status(404, "NotFound", 'pods "web-9" not found', name="web-9", kind="pods")
    with pytest.raises(NotFound, match='No pod "web-9" in shop'):
        await cluster.get_object(POD, "web-9", "shop")


async def test_impersonation_sends_one_line_for_each_group(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = answering({"metadata": {"name": "web-0"}})
    maya = Subject("maya@example.com", ("sre", "dba"))
    await cluster.impersonating(maya).get(Pod, "web-0", "shop")
    headers = server.heard[0].headers
    assert headers["Impersonate-User"] == "maya@example.com"
    assert headers.getall("Impersonate-Group") == ["sre", "dba"]


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(Subject("system:admin"), id="system user"),
        pytest.param(Subject("maya", ("system:masters",)), id="masters"),
        pytest.param(Subject("system:serviceaccount:kube-system:x"), id="service account"),
        pytest.param(Subject("maya", ("sre", "system:nodes")), id="second group"),
        pytest.param(Subject(""), id="nobody"),
        pytest.param(Subject("maya\r\nImpersonate-Group: system:masters"), id="header smuggling"),
    ],
)
def test_kubernetes_own_identities_are_never_impersonated(cluster: KubernetesCluster, subject: Subject) -> None:
    with pytest.raises(Denied, match="Nobody may act as"):
        cluster.impersonating(subject)


async def test_a_review_asks_for_the_person_with_subresource_and_groups(
    server: ScriptedServer, cluster: KubernetesCluster
) -> None:
    server.respond = answering({"status": {"allowed": True, "reason": "RBAC: allowed by RoleBinding"}})
    answer = await cluster.may(
        Subject("maya", ("sre",)), "patch", "deployments/scale", group="apps", namespace="shop", name="worker"
    )
    assert answer.allowed
    assert answer.reason == "RBAC: allowed by RoleBinding"
    assert server.heard[0].json["spec"] == {
        "user": "maya",
        "groups": ["sre", "system:authenticated"],
        "resourceAttributes": {
            "verb": "patch", "group": "apps", "resource": "deployments", "subresource": "scale", "namespace": "shop",
            "name": "worker",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answering({"status": {"allowed": False}}), id="no opinion"),
        pytest.param(answering({"status": {"allowed": True, "denied": True}}), id="denied as well"),
        pytest.param(answering({"status": {"allowed": True, "evaluationError": "webhook timed out"}}), id="error"),
        pytest.param(answering({}), id="no status"),
        pytest.param(answering("<html>"), id="a proxy's page"),
        pytest.param(status(500, "InternalError", "boom"), id="failure"),
        pytest.param(status(403, "Forbidden", "no"), id="the bot may not ask"),
        pytest.param(status(429, "TooManyRequests", "later"), id="throttled"),
    ],
)
async def test_anything_but_a_clear_yes_is_a_no(
    server: ScriptedServer, cluster: KubernetesCluster, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> None:
    server.respond = answer
    assert not (await cluster.may(Subject("maya"), "get", "pods", namespace="shop")).allowed


async def test_a_review_that_takes_too_long_is_a_no_that_says_so(
    server: ScriptedServer, cluster: KubernetesCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(access_review, "REVIEW_TIMEOUT_S", 0.1)
    server.respond = silent
    answer = await cluster.may(Subject("maya"), "get", "pods", namespace="shop")
    assert (answer.allowed, answer.is_known) == (False, False)
    assert answer.reason == "The API server does not answer, so no right could be checked"


async def test_the_source_of_a_custom_path_is_kept(server: ScriptedServer, cluster: KubernetesCluster) -> None:
    server.respond = answering({"gitVersion": "v1.36.0"})
    assert await cluster.get_path("/version", {"timeout": "3s"}) == {"gitVersion": "v1.36.0"}
    assert server.heard[0].query == {"timeout": "3s"}
