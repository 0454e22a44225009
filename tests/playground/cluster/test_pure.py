"""The small pure parts, by tables."""

from datetime import UTC, datetime, timedelta

import pytest

from playground.cluster.controllers.rollout import grown, limits, resolve, shrunk, template_hash
from playground.cluster.controllers.schedule import parse_schedule
from playground.cluster.kobject import Object
from playground.cluster.nodes.images import Unpullable, pull, reference
from playground.cluster.nodes.quantity import amount
from playground.cluster.nodes.shell import Exit, Machine, Say, Wait, run
from playground.cluster.objects.patches import merge_patch
from playground.cluster.tables.durations import short

# ages


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (119, "119s"), (120, "2m"), (190, "3m10s"), (600, "10m"), (10_799, "179m"), (10_800, "3h"),
        (13_000, "3h36m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (180_000, "2d2h"), (691_200, "8d"),
        (63_072_000, "2y"), (70_000_000, "2y80d"), (-5, "<invalid>"),
    ],
)  # fmt: skip
def test_ages_are_short_as_in_kubectl(seconds: float, text: str) -> None:
    assert short(seconds) == text


# schedules

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("schedule", "after"),
    [
        ("30 2 * * *", datetime(2026, 6, 2, 2, 30, tzinfo=UTC)),
        ("*/15 * * * *", datetime(2026, 6, 1, 12, 15, tzinfo=UTC)),
        ("0 12 * * *", datetime(2026, 6, 2, 12, 0, tzinfo=UTC)),
        ("0 0 1 * *", datetime(2026, 7, 1, tzinfo=UTC)),
        ("0 8-10/2 * * mon-fri", datetime(2026, 6, 2, 8, 0, tzinfo=UTC)),
        ("0 0 13 * 5", datetime(2026, 6, 5, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2028, 2, 29, tzinfo=UTC)),
        ("@weekly", datetime(2026, 6, 7, tzinfo=UTC)),
        ("0 0 * * 7", datetime(2026, 6, 7, tzinfo=UTC)),
    ],
)
def test_the_next_time_of_a_schedule(schedule: str, after: datetime) -> None:
    assert parse_schedule(schedule).after(NOON) == after


def test_a_day_that_never_comes_has_no_next_time() -> None:
    assert parse_schedule("0 0 31 2 *").after(NOON) is None


@pytest.mark.parametrize("schedule", ["", "* * * *", "60 * * * *", "x * * * *", "5-1 * * * *", "@never"])
def test_a_broken_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_schedule(schedule)


# rollouts


def spec(replicas: int, surge: int | str, unavailable: int | str) -> Object:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}


def replica_set(name: str, replicas: int, available: int, age: int = 0) -> Object:
    created = (NOON - timedelta(days=age)).isoformat()
    return {
        "metadata": {"name": name, "creationTimestamp": created}, "spec": {"replicas": replicas},
        "status": {"availableReplicas": available},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (4, "25%", "25%", (1, 1)),
        (10, "25%", "25%", (3, 2)),
        (1, "25%", "25%", (1, 0)),
        (3, 0, 0, (0, 1)),
        (2, 1, 0, (1, 0)),
        (2, 0, 5, (0, 2)),
    ],
)
def test_surge_is_rounded_up_and_unavailable_down(
    replicas: int, surge: int | str, unavailable: int | str, expected: tuple[int, int]
) -> None:
    found = limits(spec(replicas, surge, unavailable))
    assert (found.surge, found.unavailable) == expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [((0, 0), (4, 4), 1), ((1, 0), (4, 4), 1), ((1, 1), (3, 3), 2), ((4, 4), (0, 0), 4)],
)
def test_the_new_set_grows_into_the_room_there_is(new: tuple[int, int], old: tuple[int, int], expected: int) -> None:
    sets = [replica_set("new", *new), replica_set("old", *old)]
    assert grown(spec(4, 1, 0), sets[0], sets) == expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [((1, 0), (4, 4), 4), ((1, 1), (4, 4), 3), ((1, 0), (4, 2), 4), ((4, 4), (1, 1), 0), ((1, 1), (4, 3), 3)],
    ids=["waits for the new pod", "gives up one", "keeps what is short already", "ends", "takes the unhealthy first"],
)
def test_the_old_set_shrinks_only_as_pods_are_available(
    new: tuple[int, int], old: tuple[int, int], expected: int
) -> None:
    assert shrunk(spec(4, 1, 0), replica_set("new", *new), [replica_set("old", *old)]) == {"old": expected}


def test_the_hash_of_a_template_does_not_depend_on_its_own_label() -> None:
    template: Object = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"image": "a"}]}}
    marked: Object = {**template, "metadata": {"labels": {"app": "web", "pod-template-hash": "x"}}}
    assert template_hash(template) == template_hash(marked)
    assert template_hash(template) != template_hash({**template, "spec": {}})


def test_a_percentage_is_resolved_by_the_rounding_given() -> None:
    assert (resolve("50%", 3, round), resolve(2, 3, round)) == (2, 2)


# quantities and images


@pytest.mark.parametrize(
    ("text", "number"),
    [("100m", 0.1), ("2", 2), ("1Gi", 2**30), ("128Mi", 2**27), ("1e3", 1000), ("1k", 1000), (2, 2), ("250n", 2.5e-7)],
)
def test_quantities_are_numbers(text: str | float, number: float) -> None:
    assert amount(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "10Gb5", "Mi", "1 Gi", "--1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        amount(text)


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"), ("nginx:1", "docker.io/library/nginx:1"),
        ("me/app:2", "docker.io/me/app:2"), ("localhost:5000/app", "localhost:5000/app:latest"),
        ("registry.example/a/b@sha256:0", "registry.example/a/b@sha256:0"),
    ],
)  # fmt: skip
def test_image_names_are_completed(image: str, full: str) -> None:
    assert reference(image) == full


def test_an_image_that_was_pulled_before_may_be_missing_only_when_it_is_never_pulled() -> None:
    pull("registry.example/app:1.0", "Never")
    with pytest.raises(Unpullable) as refused:
        pull("registry.example/app:missing", "Never")
    assert refused.value.reason == "ErrImageNeverPull"


# the small shell


def said(*argv: str, machine: Machine | None = None) -> tuple[str, str, int, float]:
    """Act a command out and return output, errors, exit code and how long it took."""
    out = err = ""
    waited = 0.0
    for step in run(list(argv), machine or Machine("web-0", {"NAME": "value"})):
        match step:
            case Say(text, error):
                out, err = (out, err + text) if error else (out + text, err)
            case Wait(seconds):
                waited += seconds
            case Exit(code):
                return out, err, code, waited
    raise AssertionError("a command ends with an exit")


@pytest.mark.parametrize(
    ("script", "out", "code"),
    [
        ("echo a; echo b", "a\nb\n", 0),
        ("echo $NAME ${NAME}", "value value\n", 0),
        ("false && echo no; echo yes", "yes\n", 0),
        ("false || echo yes", "yes\n", 0),
        ("exit 3; echo no", "", 3),
        ("echo kept > /tmp/x; cat /tmp/x", "kept\n", 0),
        ("echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x", "a\nb\n", 0),
        ("echo quiet > /dev/null", "", 0),
        ("test -f /none && echo no; true", "", 0),
        ("hostname", "web-0\n", 0),
        ("nothing-here", "", 127),
        ("echo 'unclosed", "", 127),
    ],
)
def test_the_shell_acts_scripts_out(script: str, out: str, code: int) -> None:
    assert said("sh", "-c", script)[:3:2] == (out, code)


def test_the_shell_waits_without_waiting() -> None:
    assert said("sh", "-c", "sleep 90; sleep 1m")[3] == 150


def test_an_endless_loop_is_acted_out_only_as_far_as_one_looks() -> None:
    steps = run(["sh", "-c", "while true; do echo on; sleep 1; done"], Machine("web-0"))
    assert [next(steps) for _ in range(4)] == [Say("on\n"), Wait(1.0), Say("on\n"), Wait(1.0)]


def test_errors_go_to_the_other_channel() -> None:
    assert said("sh", "-c", "echo out; echo err >&2")[:2] == ("out\n", "err\n")


# merge patches: the examples of RFC 7386


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        (["a"], ["c"], ["c"]),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({}, {"a": {"bb": {"c": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches_follow_the_rfc(target: object, patch: object, result: object) -> None:
    assert merge_patch(target, patch) == result
