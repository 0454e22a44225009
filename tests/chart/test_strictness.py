"""The check of manifests finds what an API server would refuse."""

from typing import Any

import pytest

from tests.chart.strictness import faults


def deployment(container: dict[str, Any], **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "bot", **container}]}}
    selector = {"matchLabels": {"a": "b"}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"selector": selector, "template": template, **spec}}


def test_a_sound_manifest_has_no_fault() -> None:
    assert faults(deployment({"image": "bot:1", "ports": [{"containerPort": 8080}]}, replicas=2)) == []


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        pytest.param(deployment({"livenesProbe": {}}), "livenesProbe is unknown", id="a mistyped field"),
        pytest.param(deployment({}, replicas="1"), "replicas is no int", id="a number as text"),
        pytest.param(deployment({}, replicas=True), "replicas is no int", id="yes for a number"),
        pytest.param(deployment({"ports": [{}]}), "container_port", id="a missing field"),
        pytest.param(deployment({"env": {"A": "b"}}), "env is no list", id="a mapping for a list"),
        pytest.param(deployment({"resources": []}), "resources is no mapping", id="a list for a mapping"),
        pytest.param({"apiVersion": "v2", "kind": "Pod"}, "v2/Pod is not known", id="an unknown kind"),
    ],
)
def test_a_fault_is_named_with_its_place(manifest: dict[str, Any], place: str) -> None:
    assert place in "\n".join(faults(manifest))
