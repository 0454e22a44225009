"""rollback of a revision with other secrets: that they differ is shown, their values never."""

from datetime import UTC, datetime

import msgspec
import pytest

from bot.commands.workloads.template_diff import as_yaml, fingerprinted
from bot.errors import Conflict
from bot.model.fingerprint import Fingerprints
from bot.model.plan import Json, Mark
from tests.commands.asking import backends, change, propose
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import deployment, replica_set

MARK = Mark("op-1", "audit-1", resource_version="1", at=datetime(2026, 3, 1, 14, 3, tzinfo=UTC))
Env = list[dict[str, Json]]


def variable(name: str, value: str) -> Env:
    """One variable with its value in the template itself."""
    return [{"name": name, "value": value}]


def shop(before: Env, now: Env, *, name: str = "x", image: str = "registry/app:1.8.2") -> FakeCluster:
    """A deployment whose template has *now*, and had *before* at its revision 11."""
    running, older, newer = deployment(name), replica_set(name, 11, image=image), replica_set(name, 12, replicas=4)
    for item, env in ((running, now), (older, before), (newer, now)):
        (container,) = item["spec"]["template"]["spec"]["containers"]
        container["env"] = env
    return FakeCluster().add(running, older, newer)


def changed(diff: str) -> list[str]:
    """The lines that differ, without those that name the revisions."""
    return [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


SECRETS = {
    "a variable": (variable("DB_PASSWORD", "hunter2"), variable("DB_PASSWORD", "tr0ub4dor")),
    "many lines": (variable("TLS_KEY_PASSPHRASE", "hunter2\ntwo"), variable("TLS_KEY_PASSPHRASE", "tr0ub4dor\ntwo")),
    "in an address": (variable("URL", "amqp://odoo:hunter2@mq/"), variable("URL", "amqp://odoo:tr0ub4dor@mq/")),
    "in JSON": (variable("CONF", '{"apiKey": "hunter2"}'), variable("CONF", '{"apiKey": "tr0ub4dor"}')),
}

SPOKEN = {
    "a header": "curl -H Authorization: Bearer hunter2hunter2hunter2 https://shop/",
    "a setting": "password = hunter2hunter2hunter2 and more",
    "quoted by a shell": "it's --with password='hunter2hunter2hunter2'",
}


@pytest.mark.parametrize("words", SPOKEN.values(), ids=SPOKEN)
def test_no_secret_is_seen_where_yaml_breaks_a_long_text_or_doubles_its_quotes(words: str) -> None:
    standing = fingerprinted(Fingerprints(), "uid-x")
    for before in range(200):
        args: list[Json] = [f"{'x' * before} {words}"]
        shown = as_yaml({"spec": {"containers": [{"name": "app", "args": args}]}}, standing)
        assert "hunter2" not in shown
        assert "redacted" in shown


@pytest.mark.parametrize(("before", "now"), SECRETS.values(), ids=SECRETS)
async def test_another_secret_is_seen_by_its_fingerprint_and_its_value_by_nobody(before: Env, now: Env) -> None:
    plan = await propose("rollback x", shop(before, now))
    removed, added = changed(plan.diff)
    assert "‹redacted " in removed
    assert "‹redacted " in added
    assert removed[1:] != added[1:]
    assert "hunter2" not in plan.diff + str(plan.warnings)
    assert "tr0ub4dor" not in plan.diff + str(plan.warnings)


async def test_a_password_that_goes_back_is_named_among_the_warnings() -> None:
    plan = await propose("rollback x", shop(*SECRETS["a variable"]))
    assert plan.warnings[0].startswith("Another secret goes with it: DB_PASSWORD.")


async def test_the_same_secret_is_no_difference() -> None:
    same = variable("DB_PASSWORD", "hunter2")
    plan = await propose("rollback x", shop(same, same, image="registry/app:1.8.1"))
    assert [line.strip("+- ") for line in changed(plan.diff)] == [
        "image: registry/app:1.8.2",
        "image: registry/app:1.8.1",
    ]
    assert not plan.warnings


async def test_no_secret_is_stored_with_the_plan_and_the_write_brings_it_back() -> None:
    cluster = shop(*SECRETS["a variable"])
    plan = await propose("rollback x", cluster)
    assert b"hunter2" not in msgspec.json.encode(plan)
    await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    [(_, _, body, _)] = cluster.writes
    assert body["spec"]["template"]["spec"]["containers"][0]["env"] == SECRETS["a variable"][0]


async def test_a_revision_that_is_another_by_now_is_not_brought_back() -> None:
    cluster = shop(*SECRETS["a variable"])
    plan = await propose("rollback x", cluster)
    [container] = cluster.objects[("replicasets", "saasodoo", "x-r11")]["spec"]["template"]["spec"]["containers"]
    container["env"] = variable("DB_PASSWORD", "another")
    with pytest.raises(Conflict, match="is not kept any more"):
        await change(plan).apply(plan.steps[0], backends(cluster), MARK)
    assert not cluster.writes


async def test_a_secret_cannot_be_found_by_setting_it_somewhere_else() -> None:
    """Fingerprints of one value differ from object to object."""
    here = await propose("rollback x", shop(*SECRETS["a variable"]))
    there = await propose("rollback y", shop(*SECRETS["a variable"], name="y"))
    assert not set(changed(here.diff)) & set(changed(there.diff))


def test_copies_of_the_bot_agree_and_other_installations_do_not() -> None:
    of = [Fingerprints.of(token).shown("hunter2", within="uid-x") for token in ("xoxb-1", "xoxb-1", "xoxb-2")]
    assert of[0] == of[1] != of[2]


def test_the_key_stands_in_no_log() -> None:
    assert "key" not in repr(Fingerprints.of("xoxb-1"))
