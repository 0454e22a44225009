"""RBAC over the stored roles: asked by review, and felt through impersonation."""

import asyncio
from uuid import uuid4

import aiohttp
import pytest

from tests.contract.cluster.api import PATIENCE_S, Answer, Api, Object
from tests.contract.cluster.conftest import Target

REVIEW = "/apis/authorization.k8s.io/v1"


@pytest.fixture
async def maya(api: Api, namespace: str) -> str:
    """A user whose group may read and restart deployments in the namespace, and read logs of one pod."""
    root = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    rules = [
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "patch"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"], "resourceNames": ["web-0"]},
    ]
    await api.post(f"{root}/roles", {"metadata": {"name": "operator"}, "rules": rules})
    subjects = [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "contract:sre"}]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "operator"}
    made = await api.post(
        f"{root}/rolebindings", {"metadata": {"name": "operators"}, "roleRef": reference, "subjects": subjects}
    )
    assert made.status == 201
    user = f"contract:maya-{uuid4().hex[:6]}"
    asked = {"namespace": namespace, "verb": "get", "group": "apps", "resource": "deployments"}
    async with asyncio.timeout(
        PATIENCE_S
    ):  # a real server's authorizer follows its own watch, some milliseconds behind
        while not (await ask(api, user, ["contract:sre"], **asked))["allowed"]:
            pass
    return user


async def ask(api: Api, user: str, groups: list[str], **attributes: str) -> Object:
    spec = {"user": user, "groups": groups, "resourceAttributes": attributes}
    answer = await api.post(f"{REVIEW}/subjectaccessreviews", {"spec": spec})
    assert answer.status == 201, answer.body
    status: Object = answer.body["status"]
    return status


@pytest.mark.parametrize(
    ("attributes", "allowed"),
    [
        ({"verb": "patch", "group": "apps", "resource": "deployments"}, True),
        ({"verb": "patch", "group": "apps", "resource": "deployments", "subresource": "scale"}, False),
        ({"verb": "delete", "group": "apps", "resource": "deployments"}, False),
        ({"verb": "get", "resource": "pods", "subresource": "log", "name": "web-0"}, True),
        ({"verb": "get", "resource": "pods", "subresource": "log", "name": "web-1"}, False),
        ({"verb": "get", "resource": "pods", "subresource": "log"}, False),
    ],
    ids=["allowed", "subresource", "verb", "named", "other name", "no name"],
)
async def test_a_review_follows_the_stored_roles(
    api: Api, namespace: str, maya: str, attributes: dict[str, str], allowed: bool
) -> None:
    status = await ask(api, maya, ["contract:sre"], namespace=namespace, **attributes)
    assert status["allowed"] is allowed


async def test_a_review_names_the_binding_that_allows(api: Api, namespace: str, maya: str) -> None:
    asked = {"namespace": namespace, "verb": "get", "group": "apps", "resource": "deployments"}
    status = await ask(api, maya, ["contract:sre"], **asked)
    assert status["reason"] == (
        f'RBAC: allowed by RoleBinding "operators/{namespace}" of Role "operator" to Group "contract:sre"'
    )


async def test_a_role_ends_at_its_namespace(api: Api, maya: str) -> None:
    asked = {"namespace": "default", "verb": "patch", "group": "apps", "resource": "deployments"}
    assert (await ask(api, maya, ["contract:sre"], **asked))["allowed"] is False


async def test_masters_may_do_everything(api: Api) -> None:
    status = await ask(api, "anybody", ["system:masters"], verb="delete", resource="nodes")
    assert status["allowed"] is True


async def test_a_review_needs_somebody(api: Api) -> None:
    answer = await api.post(f"{REVIEW}/subjectaccessreviews", {"spec": {"resourceAttributes": {"verb": "get"}}})
    assert answer.status == 422


async def test_a_local_review_keeps_to_its_namespace(api: Api, namespace: str, maya: str) -> None:
    spec = {
        "user": maya,
        "groups": ["contract:sre"],
        "resourceAttributes": {
            "namespace": namespace,
            "verb": "get",
            "group": "apps",
            "resource": "deployments",
        },
    }
    body = {"metadata": {"namespace": namespace}, "spec": spec}
    answer = await api.post(f"{REVIEW}/namespaces/{namespace}/localsubjectaccessreviews", body)
    assert answer.body["status"]["allowed"] is True


async def test_a_self_review_answers_for_the_one_impersonated(api: Api, namespace: str, maya: str) -> None:
    asked = {"namespace": namespace, "verb": "patch", "group": "apps", "resource": "deployments"}
    for groups, allowed in ((("contract:sre",), True), ((), False)):
        answer = await api.as_user(maya, *groups).post(
            f"{REVIEW}/selfsubjectaccessreviews", {"spec": {"resourceAttributes": asked}}
        )
        assert answer.body["status"]["allowed"] is allowed


async def test_rules_review_lists_what_is_allowed(api: Api, namespace: str, maya: str) -> None:
    user = api.as_user(maya, "contract:other", "contract:sre")
    answer = await user.post(f"{REVIEW}/selfsubjectrulesreviews", {"spec": {"namespace": namespace}})
    assert {"verbs": ["get", "list", "patch"], "apiGroups": ["apps"], "resources": ["deployments"]} in (
        answer.body["status"]["resourceRules"]
    )


def told(answer: Answer) -> str:
    assert (answer.status, answer.reason) == (403, "Forbidden")
    return str(answer.body["message"])


async def test_a_refusal_names_user_verb_resource_and_place(api: Api, namespace: str, core: str, maya: str) -> None:
    user = api.as_user(maya, "contract:sre")
    assert told(await user.get(f"{core}/pods")) == (
        f'pods is forbidden: User "{maya}" cannot list resource "pods" in API group "" in the namespace "{namespace}"'
    )
    assert told(await user.delete(f"/apis/apps/v1/namespaces/{namespace}/deployments/web")) == (
        f'deployments.apps "web" is forbidden: User "{maya}" cannot delete resource "deployments" in API group "apps" '
        f'in the namespace "{namespace}"'
    )
    assert told(await user.get("/api/v1/nodes")) == (
        f'nodes is forbidden: User "{maya}" cannot list resource "nodes" in API group "" at the cluster scope'
    )


async def test_one_of_several_groups_is_enough(api: Api, apps: str, maya: str) -> None:
    assert (await api.as_user(maya, "contract:other", "contract:sre").get(f"{apps}/deployments")).status == 200
    assert (await api.as_user(maya, "contract:other").get(f"{apps}/deployments")).status == 403


async def test_a_revoked_binding_counts_soon(api: Api, namespace: str, apps: str, maya: str) -> None:
    await api.delete(f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/operators")
    user = api.as_user(maya, "contract:sre")
    async with asyncio.timeout(PATIENCE_S):  # as in the fixture
        while (await user.get(f"{apps}/deployments")).status != 403:
            pass


async def test_groups_alone_cannot_be_impersonated(api: Api) -> None:
    answer = await api.send("GET", "/api/v1/pods", {}, headers={"Impersonate-Group": "contract:sre"})
    assert answer.status in {400, 403, 500}


async def test_impersonation_is_a_right_itself(api: Api, namespace: str, maya: str, cluster_target: Target) -> None:
    accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    await api.post(accounts, {"metadata": {"name": "jon"}})
    issued = await api.post(f"{accounts}/jon/token", {"spec": {}})
    jon, token = f"system:serviceaccount:{namespace}:jon", issued.body["status"]["token"]
    headers = {"Authorization": f"Bearer {token}", "Impersonate-User": maya}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=cluster_target.tls)) as session:
        answer = await Api(session, api.url, headers).get("/api/v1/pods")
    assert told(answer) == (
        f'users "{maya}" is forbidden: User "{jon}" cannot impersonate resource "users" in API group "" '
        "at the cluster scope"
    )


async def test_a_wrong_token_is_unauthorized(api: Api, cluster_target: Target) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=cluster_target.tls)) as session:
        answer = await Api(session, api.url, {"Authorization": "Bearer wrong"}).get("/api/v1/pods")
    assert (answer.status, answer.reason) == (401, "Unauthorized")


async def test_without_a_token_one_is_anonymous(api: Api, cluster_target: Target) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=cluster_target.tls)) as session:
        stranger = Api(session, api.url)
        assert (await stranger.get("/healthz")).status == 200
        assert 'User "system:anonymous" cannot list resource "pods"' in told(await stranger.get("/api/v1/pods"))


async def test_whoami_tells_user_and_groups(api: Api, maya: str) -> None:
    answer = await api.as_user(maya, "contract:sre").post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    info = answer.body["status"]["userInfo"]
    assert info["username"] == maya
    assert {"contract:sre", "system:authenticated"} <= set(info["groups"])
