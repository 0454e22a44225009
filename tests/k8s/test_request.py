"""Names become parts of a path only when they can be names."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadArguments
from bot.k8s.request import request_for, request_of_path
from bot.model.resources import CLUSTER_ROLE, NODE, POD, RESOURCES

BAD = ["..", ".", "a/b", "a%2fb", "a?b", "a#b", "../../secrets", "-a", "a-", "A", "a_b", "a b", "a\n", "ä", "x" * 254]


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_a_name_is_refused_before_any_request(name: str) -> None:
    with pytest.raises(BadArguments, match="cannot be the name of a pod"):
        request_for("get", POD, "shop", name)


@pytest.mark.parametrize("namespace", [*BAD, "a.b", "x" * 64])
def test_what_cannot_be_a_namespace_is_refused_before_any_request(namespace: str) -> None:
    with pytest.raises(BadArguments, match="cannot be the name of a namespace"):
        request_for("list", POD, namespace)


@pytest.mark.parametrize(
    ("resource", "namespace", "name", "path"),
    [
        pytest.param(POD, "shop", "web-0", "/api/v1/namespaces/shop/pods/web-0", id="namespaced"),
        pytest.param(POD, "", "", "/api/v1/pods", id="every namespace"),
        pytest.param(NODE, "shop", "n1.example", "/api/v1/nodes/n1.example", id="namespace of a node is ignored"),
        pytest.param(
            CLUSTER_ROLE, "", "system:node", "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node", id="colon"
        ),
    ],
)  # fmt: skip
def test_a_name_has_its_place_in_the_path(resource, namespace, name, path) -> None:  # type: ignore[no-untyped-def]
    assert request_for("get", resource, namespace, name).path == path


def test_one_object_needs_its_namespace() -> None:
    with pytest.raises(BadArguments, match="pod/web-0 needs a namespace"):
        request_for("get", POD, "", "web-0")


TRICKY = st.text(alphabet="ab0./%-:?#\\ä\n", min_size=1, max_size=12)


@given(name=TRICKY, namespace=TRICKY | st.just("shop"), resource=st.sampled_from(RESOURCES))
def test_no_name_reaches_another_path(name: str, namespace: str, resource) -> None:  # type: ignore[no-untyped-def]
    path = ""
    with contextlib.suppress(BadArguments):
        path = request_for("get", resource, namespace, name).path
    if not path:
        return
    assert path.endswith(f"/{resource.plural}/{name}")
    assert path.count("/") == resource.path("n" if resource.namespaced else "", "x").count("/")


@pytest.mark.parametrize("path", ["/a/../b", "a", "/a?b=c", "/a%2e", "//a", "/a b", "", "/a/./b", "http://x/a"])
def test_only_a_plain_path_is_asked_for(path: str) -> None:
    with pytest.raises(BadArguments, match="is not a path of the API"):
        request_of_path(path)
