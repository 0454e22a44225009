"""The API server's refusals in our words."""

import msgspec
import pytest

from bot.errors import BadArguments, Conflict, Denied, NotFound, Rejected, Throttled, Unreachable
from bot.k8s.refusals import error_for
from bot.k8s.request import request_for
from bot.model.resources import DEPLOYMENT, POD

GET = request_for("get", DEPLOYMENT, "shop", "worker")
PATCH = request_for("patch", DEPLOYMENT, "shop", "worker", method="PATCH")
LIST = request_for("list", POD, "shop")
CREATE = request_for("create", POD, "shop", method="POST")

FORBIDDEN = (
    'deployments.apps "worker" is forbidden: User "system:serviceaccount:ops:bot" cannot patch resource '
    '"deployments/scale" in API group "apps" in the namespace "shop"'
)
QUOTA = 'pods "x" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=4, limited: cpu=4'
OWNED = {"reason": "FieldManagerConflict", "message": 'conflict with "helm" using apps/v1', "field": ".spec.replicas"}
PDB = {"reason": "DisruptionBudget", "message": "The disruption budget web needs 2 healthy pods and has 2 currently"}
BAD_FIELD = {"reason": "FieldValueInvalid", "message": "must be at least 0", "field": "spec.replicas"}


def body(code: int, reason: str, message: str, **details: object) -> bytes:
    status = {"kind": "Status", "code": code, "reason": reason, "message": message}
    return msgspec.json.encode({**status, "details": details} if details else status)


@pytest.mark.parametrize(
    ("request_", "code", "answer", "error", "words"),
    [
        pytest.param(
            GET, 404, body(404, "NotFound", "…", name="worker", kind="deployments"),
            NotFound, 'No deployment "worker" in shop.', id="no such object",
        ),
        pytest.param(
            CREATE, 404, body(404, "NotFound", "…", name="shop", kind="namespaces"),
            NotFound, 'There is no namespace "shop".', id="no such namespace",
        ),
        pytest.param(
            GET, 404, body(404, "NotFound", "the server could not find the requested resource"),
            NotFound, "This cluster does not know deployments (apps/v1).", id="no such kind",
        ),
        pytest.param(
            PATCH, 403, body(403, "Forbidden", FORBIDDEN), Denied,
            "Kubernetes: no rule lets system:serviceaccount:ops:bot patch deployments/scale (apps) in shop.",
            id="missing rule",
        ),
        pytest.param(CREATE, 403, body(403, "Forbidden", QUOTA), Rejected, f"Kubernetes refuses this for pods -n shop: "
                     f"{QUOTA}", id="quota"),
        pytest.param(
            PATCH, 409, body(409, "Conflict", "the object has been modified; please apply your changes"),
            Conflict, "deployment/worker -n shop changed meanwhile. Nothing was changed.", id="stale version",
        ),
        pytest.param(
            PATCH, 409, body(409, "Conflict", "Precondition failed: UID in precondition: 1, UID in object meta: 2"),
            Conflict, "deployment/worker -n shop was replaced by another object of this name. Nothing was changed.",
            id="other uid",
        ),
        pytest.param(
            PATCH, 409, body(409, "Conflict", "Apply failed with 1 conflict", causes=[OWNED]), Conflict,
            "Fields of deployment/worker -n shop are managed by somebody else: .spec.replicas by helm. "
            "Nothing was changed.", id="other manager",
        ),
        pytest.param(
            CREATE, 409, body(409, "AlreadyExists", 'pods "x" already exists', name="x"),
            Conflict, "pod/x -n shop exists already. Nothing was created.", id="name taken",
        ),
        pytest.param(
            request_for("create", POD, "shop", "web-0", subresource="eviction", method="POST"), 429,
            body(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
                 causes=[PDB]),
            Conflict, "A PodDisruptionBudget does not let pod/web-0 -n shop go now (The disruption budget web needs 2 "
            "healthy pods and has 2 currently). Nothing was changed.", id="disruption budget",
        ),
        pytest.param(
            PATCH, 422, body(422, "Invalid", "…", causes=[BAD_FIELD]), Rejected,
            "The API server refuses this for deployment/worker -n shop: spec.replicas: must be at least 0",
            id="invalid field",
        ),
        pytest.param(
            LIST, 400, body(400, "BadRequest", "unable to parse requirement"), BadArguments,
            "The API server does not understand the selection: unable to parse requirement", id="bad selector",
        ),
        pytest.param(
            PATCH, 502, b"<html>Bad Gateway <secret></html>", Unreachable,
            "The way to the API server answered 502 for deployment/worker -n shop, and not in Kubernetes' words.",
            id="a proxy's page",
        ),
        pytest.param(
            GET, 500, body(500, "InternalError", "etcdserver: request timed out"), Unreachable,
            "The API server failed (500) for deployment/worker -n shop: etcdserver: request timed out", id="failure",
        ),
        pytest.param(
            GET, 401, body(401, "Unauthorized", "Unauthorized"), Denied,
            "The API server does not accept the bot's credentials.", id="bad credentials",
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_said_in_our_words(request_, code, answer, error, words) -> None:  # type: ignore[no-untyped-def]
    raised = error_for(request_, code, answer, {})
    assert isinstance(raised, error)
    assert str(raised) == words


def test_a_missing_rule_is_spelled_out_so_that_it_can_be_pasted_into_a_role() -> None:
    raised = error_for(PATCH, 403, body(403, "Forbidden", FORBIDDEN), {})
    assert raised.hint == 'Missing rule: apiGroups ["apps"], resources ["deployments/scale"], verbs ["patch"] in shop.'


@pytest.mark.parametrize(
    ("code", "answer", "headers", "pause_s"),
    [
        pytest.param(429, body(429, "TooManyRequests", "slow down"), {"Retry-After": "7"}, 7, id="header"),
        pytest.param(429, body(429, "TooManyRequests", "slow", retryAfterSeconds=3), {}, 3, id="details"),
        pytest.param(429, b"<html>", {}, 1, id="a proxy without a figure"),
        pytest.param(
            503, body(503, "ServiceUnavailable", "apiserver is shutting down"), {"Retry-After": "2"}, 2, id="503"
        ),
    ],
)
def test_a_pause_asked_for_is_kept(code: int, answer: bytes, headers: dict[str, str], pause_s: float) -> None:
    raised = error_for(GET, code, answer, headers)
    assert isinstance(raised, Throttled)
    assert raised.retry_after_s == pause_s


def test_an_object_in_the_servers_message_is_not_shown() -> None:
    secret = '{\\"kind\\":\\"Secret\\",\\"data\\":{\\"PASSWORD\\":\\"aHVudGVyMg==\\"}}'
    cause = {"field": "patch", "message": f'Invalid value: "{secret}": json: cannot unmarshal string into int32'}
    shown = str(error_for(PATCH, 422, body(422, "Invalid", "…", causes=[cause]), {}))
    assert shown.endswith("worker -n shop: patch: json: cannot unmarshal string into int32")


def test_another_uid_in_a_merge_patch_is_a_conflict() -> None:
    cause = {"field": "metadata.uid", "message": 'Invalid value: "a": field is immutable'}
    assert isinstance(error_for(PATCH, 422, body(422, "Invalid", "…", causes=[cause]), {}), Conflict)


def test_a_group_that_is_not_served_is_not_found_though_it_is_said_in_plain_text() -> None:
    raised = error_for(LIST, 404, b"404 page not found\n", {})
    assert str(raised) == "This cluster does not know pods (v1)."


def test_after_a_failed_write_the_effect_is_said_to_be_unknown() -> None:
    raised = error_for(PATCH, 500, body(500, "InternalError", "boom"), {})
    assert raised.hint == "Whether it took effect is not known."


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh", id="a token"),
        pytest.param("postgres://odoo:hunter22@db/odoo is not allowed", id="a password in a URL"),
    ],
)
def test_no_secret_of_the_servers_message_is_shown(message: str) -> None:
    shown = str(error_for(PATCH, 422, body(422, "Invalid", message), {}))
    assert "‹redacted" in shown
    assert "hunter22" not in shown
    assert "eyJ" not in shown


def test_a_long_message_is_one_cut_line() -> None:
    shown = str(error_for(PATCH, 422, body(422, "Invalid", "a\n\x1b[31m" * 500), {}))
    assert len(shown) < 400
    assert shown.isprintable()


def test_every_refusal_is_an_error_that_may_be_shown() -> None:
    bodies = (b"", b"{}", b"[]", b"<html>", body(403, "Forbidden", ""))
    for code in (*range(300, 312), *range(400, 452), *range(500, 512)):
        for answer in bodies:
            assert str(error_for(PATCH, code, answer, {}))
