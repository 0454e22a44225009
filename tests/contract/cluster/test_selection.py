"""Selectors and pages."""

import pytest

from tests.contract.cluster.api import Answer, Api
from tests.contract.cluster.manifests import config_map, pod


@pytest.fixture
async def labelled(api: Api, core: str) -> str:
    for name, labels in (("a", {"tier": "web", "v": "1"}), ("b", {"tier": "db", "v": "2"}), ("c", {"v": "3"})):
        await api.post(f"{core}/configmaps", config_map(name, labels))
    return f"{core}/configmaps"


def names(answer: Answer) -> set[str]:
    return {item["metadata"]["name"] for item in answer.body["items"]} - {"kube-root-ca.crt"}


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("tier=web", {"a"}),
        ("tier==db", {"b"}),
        ("tier!=web", {"b", "c"}),
        ("tier", {"a", "b"}),
        ("!tier", {"c"}),
        ("tier in (web,db)", {"a", "b"}),
        ("tier notin (web)", {"b", "c"}),
        ("v>1,v<3", {"b"}),
        ("tier=web,v=2", set()),
    ],
)
async def test_label_selectors_select(api: Api, labelled: str, selector: str, selected: set[str]) -> None:
    assert names(await api.get(labelled, labelSelector=selector)) == selected


@pytest.mark.parametrize(
    ("selector", "selected"), [("metadata.name=a", {"a"}), ("metadata.name!=a", {"b", "c"}), ("metadata.name=z", set())]
)
async def test_field_selectors_select(api: Api, labelled: str, selector: str, selected: set[str]) -> None:
    assert names(await api.get(labelled, fieldSelector=selector)) == selected


async def test_pods_are_selected_by_phase_and_node(api: Api, core: str) -> None:
    await api.post(f"{core}/pods", pod("waiting", nodeSelector={"contract": "nowhere"}))
    assert names(await api.get(f"{core}/pods", fieldSelector="status.phase=Pending,spec.nodeName=")) == {"waiting"}
    assert names(await api.get(f"{core}/pods", fieldSelector="status.phase!=Pending")) == set()


async def test_a_field_that_cannot_be_selected_by_is_refused(api: Api, core: str) -> None:
    answer = await api.get(f"{core}/pods", fieldSelector="spec.color=red")
    assert answer.status == 400
    assert "field label not supported: spec.color" in answer.body["message"]


@pytest.mark.parametrize("selector", ["a in b", "=x", "a=b=c", "a,,b("])
async def test_a_broken_selector_is_refused(api: Api, core: str, selector: str) -> None:
    assert (await api.get(f"{core}/pods", labelSelector=selector)).status == 400


async def test_events_are_selected_by_what_they_are_about(api: Api, core: str, namespace: str) -> None:
    for name in ("one", "two"):
        await api.post(
            f"{core}/events",
            {
                "metadata": {"generateName": "e-"},
                "involvedObject": {"kind": "Pod", "name": name, "namespace": namespace, "uid": f"uid-{name}"},
                "reason": "Tried",
                "type": "Normal",
                "message": name,
            },
        )
    found = await api.get(f"{core}/events", fieldSelector="involvedObject.uid=uid-two")
    assert [event["message"] for event in found.body["items"]] == ["two"]


async def test_pages_are_cut_from_one_snapshot(api: Api, labelled: str) -> None:
    first = await api.get(labelled, limit=2)
    await api.post(labelled, config_map("late"))
    seen, version = names(first), first.body["metadata"]["resourceVersion"]
    token = first.body["metadata"]["continue"]
    assert first.body["metadata"]["remainingItemCount"] == 2
    while token:
        page = await api.get(labelled, limit=2, **{"continue": token})
        assert page.body["metadata"]["resourceVersion"] == version
        seen |= names(page)
        token = page.body["metadata"].get("continue", "")
    assert seen == {"a", "b", "c"}


async def test_a_made_up_continue_token_is_refused(api: Api, labelled: str) -> None:
    assert (await api.get(labelled, limit=1, **{"continue": "bm90aGluZw"})).status == 400


async def test_a_list_at_a_version_yet_to_come_times_out(api: Api, labelled: str) -> None:
    current = int((await api.get(labelled)).body["metadata"]["resourceVersion"])
    answer = await api.get(labelled, resourceVersion=current + 1_000_000, resourceVersionMatch="NotOlderThan")
    assert answer.status == 504
    assert "Too large resource version" in answer.body["message"]
