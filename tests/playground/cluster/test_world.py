"""The platform that the demo starts with."""

from datetime import timedelta

import pytest

from playground.cluster import PracticeCluster
from playground.cluster.clock import moment_of
from playground.cluster.controllers.conditions import is_ready, is_true
from playground.cluster.kobject import annotations_of, labels_of
from playground.cluster.rbac.authorizer import Attributes
from playground.cluster.resources import CRONJOBS, DEPLOYMENTS, EVENTS, HPAS, JOBS, NODES, PDBS, PODS, PVCS, REPLICASETS
from playground.cluster.users import identity
from playground.cluster.world.loader import FOLDER, platform, seconds
from tests.playground.cluster.conftest import START, TurnedClock

NAMESPACE = "saasodoo"
REVISION = "deployment.kubernetes.io/revision"


@pytest.fixture
async def world(clock: TurnedClock) -> PracticeCluster:
    cluster = PracticeCluster(clock=clock, seed=1)
    await cluster.start()
    await cluster.stop()
    return cluster


def test_every_pod_is_ready_or_done(world: PracticeCluster) -> None:
    unready = {
        pod["metadata"]["name"]
        for pod in world.store.items(PODS)
        if not is_ready(pod) and pod["status"]["phase"] != "Succeeded"
    }
    assert unready == set()
    assert len(world.store.items(NODES)) == 3


def test_the_worker_is_replaced_at_once_and_has_a_history(world: PracticeCluster) -> None:
    worker = world.store.get(DEPLOYMENTS, NAMESPACE, "instance-worker")
    assert worker["spec"]["strategy"] == {"type": "Recreate"}
    assert worker["status"]["availableReplicas"] == 4
    images = {
        annotations_of(each)[REVISION]: each["spec"]["template"]["spec"]["containers"][0]["image"].rsplit(":")[-1]
        for each in world.store.owned(worker, REPLICASETS)
    }
    assert images == {"1": "1.7.9", "2": "1.8.0", "3": "1.8.1", "4": "1.8.2"}


@pytest.mark.parametrize("name", ["instance-service", "user-service", "database-service", "billing-service"])
def test_services_never_have_fewer_pods_than_wanted(world: PracticeCluster, name: str) -> None:
    rolling = world.store.get(DEPLOYMENTS, NAMESPACE, name)["spec"]["strategy"]["rollingUpdate"]
    assert rolling == {"maxSurge": 1, "maxUnavailable": 0}


def test_ages_lie_in_the_past_and_nothing_in_the_future(world: PracticeCluster) -> None:
    acme = world.store.get(DEPLOYMENTS, NAMESPACE, "odoo-acme")
    age = START - moment_of(acme["metadata"]["creationTimestamp"])
    assert abs(age - timedelta(days=44)) < timedelta(minutes=2)
    stamps = [event["lastTimestamp"] for event in world.store.items(EVENTS)]
    stamps += [pod["metadata"]["creationTimestamp"] for pod in world.store.items(PODS)]
    assert all(moment_of(each) <= START for each in stamps)


def test_the_last_backups_ran_at_their_times(world: PracticeCluster) -> None:
    jobs = world.store.items(JOBS, NAMESPACE)
    assert all(is_true(job, "Complete") for job in jobs)
    hours = {moment_of(job["metadata"]["creationTimestamp"]).strftime("%H:%M") for job in jobs}
    assert hours == {"02:30"}
    cron = world.store.get(CRONJOBS, NAMESPACE, "backups")
    assert cron["status"]["lastSuccessfulTime"] > cron["status"]["lastScheduleTime"]


def test_claims_are_bound_and_budgets_observed(world: PracticeCluster) -> None:
    assert {claim["status"]["phase"] for claim in world.store.items(PVCS)} == {"Bound"}
    allowed = {each["metadata"]["name"]: each["status"]["disruptionsAllowed"] for each in world.store.items(PDBS)}
    assert allowed == {"instance-service": 1, "user-service": 1, "postgres": 0}
    assert world.store.get(HPAS, NAMESPACE, "user-service")["status"]["currentReplicas"] == 3


@pytest.mark.parametrize(
    ("user", "group", "verb", "resource", "allowed"),
    [
        ("practice:maya", "practice:sre", "patch", "apps/deployments", True),
        ("practice:maya", "practice:sre", "patch", "apps/statefulsets/scale", True),
        ("practice:jon", "practice:sre", "create", "/pods/eviction", True),
        ("practice:jon", "practice:sre", "create", "/pods/exec", True),
        ("practice:jon", "practice:sre", "get", "/secrets", False),
        ("practice:lena", "practice:leads", "get", "/secrets", True),
        ("practice:lena", "practice:leads", "patch", "apps/deployments", True),
        ("practice:vera", "practice:viewers", "get", "/pods/log", True),
        ("practice:vera", "practice:viewers", "patch", "apps/deployments", False),
        ("practice:vera", "practice:viewers", "get", "/secrets", False),
        ("practice:maya", "practice:sre", "create", "authorization.k8s.io/localsubjectaccessreviews", True),
        ("practice:lena", "practice:leads", "create", "authorization.k8s.io/localsubjectaccessreviews", True),
        ("practice:vera", "practice:viewers", "create", "authorization.k8s.io/localsubjectaccessreviews", False),
        ("practice:nobody", "practice:none", "list", "/pods", False),
    ],
)
def test_people_may_do_what_their_group_may(
    world: PracticeCluster, user: str, group: str, verb: str, resource: str, allowed: bool
) -> None:
    api_group, plural, *subresource = resource.split("/")
    asked = Attributes(verb, api_group, plural, "".join(subresource), NAMESPACE)
    assert world.authorizer.decide(identity(user, [group]), asked).allowed is allowed


def test_manifests_say_what_is_for_practice_only_in_annotations() -> None:
    for manifest in platform():
        assert not any(name.startswith("practice.chatops") for name in labels_of(manifest)), manifest["metadata"][
            "name"
        ]


def test_each_file_says_what_it_is_for() -> None:
    assert all(path.read_text().startswith(("#", "apiVersion")) for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize(("text", "length"), [("45s", 45), ("12d", 12 * 86400), ("1h30m", 5400)])
def test_ages_are_written_as_kubectl_shows_them(text: str, length: float) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "12", "d", "12 d", "1y"])
def test_other_ages_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        seconds(text)
