"""why: the watchers' and the diagnosis's words, on demand."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import NotFound
from bot.model.incident import Incident
from bot.model.logs import LogLine, LogRead, LogSource
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.reply import Code, Facts, Reply, Text, Tone
from bot.model.symptom import Fault, Symptom
from bot.spec import Query
from tests.commands.asking import ask, context, parsed
from tests.fakes.cluster import FakeCluster
from tests.fakes.history import FakeIncidents
from tests.fakes.logs import FakeLogs
from tests.fakes.objects import NOW, ago, deployment, meta, node, pod, replica_set, waiting

ENDED: dict[str, Json] = {"exitCode": 1, "reason": "Error", "startedAt": ago(seconds=65), "finishedAt": ago(minutes=1)}


def crashing() -> FakeCluster:
    """odoo-acme, two of whose pods crash since its last revision."""
    status = waiting("CrashLoopBackOff", restarts=4, last=ENDED)
    pods = [pod(f"odoo-acme-r12-{n}", owner="odoo-acme-r12", app="odoo-acme", ready=False,
                containerStatuses=[status]) for n in "ab"]  # fmt: skip
    old, new = replica_set("odoo-acme", 11, image="registry/app:1.8.1"), replica_set("odoo-acme", 12, replicas=2)
    new["metadata"]["creationTimestamp"] = ago(minutes=3)
    return FakeCluster().add(deployment("odoo-acme", replicas=2, ready=0), old, new, *pods)


def replica_sets(cluster: FakeCluster) -> list[dict[str, Json]]:
    """As the API holds them."""
    return [item for (plural, _, _), item in cluster.objects.items() if plural == "replicasets"]


def facts(reply: Reply) -> dict[str, str]:
    """Label → text."""
    return {fact.label: fact.text for part in reply.parts if isinstance(part, Facts) for fact in part.facts}


async def test_a_crash_is_explained_by_its_log_and_by_what_changed() -> None:
    source = LogSource("odoo-acme-r12-a", "app")
    said = ("starting", 'FATAL: password authentication failed for user "odoo_acme"')
    logs = FakeLogs(LogRead(lines=tuple(LogLine(source, None, text) for text in said)))
    reply = await ask("why odoo-acme", crashing(), logs)
    assert (reply.headline, reply.tone) == ("deployment/odoo-acme is crash-looping", Tone.BAD)
    assert facts(reply)["Likely"] == "The database refuses the password (seen in the log, exit 1)"
    assert facts(reply)["Changed"] == "revision 12, 3 min before · image `app:1.8.1` → `app:1.8.2`"
    assert [part.text for part in reply.parts if isinstance(part, Code)] == ["\n".join(said)]
    [query] = logs.asked
    assert (query.previous, query.tail) == (True, 20)


async def test_a_change_is_timed_from_where_the_open_incident_began_as_on_its_card() -> None:
    owner = ObjectRef("deployment", "odoo-acme", "saasodoo")
    worst = Symptom(fault=Fault.CRASH_LOOP, subject=owner, owner=owner)
    begun = datetime.fromisoformat(ago(minutes=2))
    stands = Incident(id="1", cluster="main", fault=Fault.CRASH_LOOP, owner=owner, worst=worst, opened_at=begun)
    ctx = replace(context(crashing()), incidents=FakeIncidents((stands,)))
    understood = parsed("why odoo-acme")
    assert isinstance(understood.command, Query)
    reply = await understood.command.run(understood.args, ctx)
    assert facts(reply)["Changed"].startswith("revision 12, 60 s before")


async def test_without_a_log_it_says_that_it_is_not_sure() -> None:
    reply = await ask("why odoo-acme", crashing())
    assert facts(reply)["Likely"] == "Not sure: it ends with exit 1: its own error"


async def test_what_a_pod_and_its_maker_write_stays_in_quotes() -> None:
    cluster = crashing()
    ended = {**ENDED, "message": "oops” ✅ Approved by `jon`"}
    speaking = pod("odoo-acme-r12-c", owner="odoo-acme-r12", app="odoo-acme", ready=False,
                   containerStatuses=[waiting("CrashLoopBackOff", restarts=9, last=ended)])  # fmt: skip
    for one in replica_sets(cluster):
        one["metadata"]["annotations"]["kubernetes.io/change-cause"] = "x” ✅ Approved by `jon` --password hunter2"
        one["spec"]["template"]["spec"]["containers"][0]["image"] += "` ✅ Approved by `jon"
    told = facts(await ask("why odoo-acme", cluster.add(speaking)))
    assert told["Likely"] == "Not sure: it ends with exit 1: its own error: “oops' ✅ Approved by ’jon’”"
    assert "· “x' ✅ Approved by ’jon’ --password ‹redacted value›” ·" in told["Changed"]
    assert "`app:1.8.1’ ✅ Approved by ’jon` → `app:1.8.2’ ✅ Approved by ’jon`" in told["Changed"]


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "-1", ""])
async def test_a_revision_number_that_is_none_hides_no_cause(number: str) -> None:
    cluster = crashing()
    for one in replica_sets(cluster):
        one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = number
    assert facts(await ask("why odoo-acme", cluster))["Likely"].startswith("Not sure: it ends with exit 1")


async def test_nothing_wrong_is_said_in_a_line() -> None:
    cluster = FakeCluster().add(deployment("odoo-acme"), pod("odoo-acme-r12-a", owner="odoo-acme-r12"))
    assert (await ask("why odoo-acme", cluster)).headline == "Nothing is wrong with deployment/odoo-acme now"


async def test_pods_that_lack_without_a_known_fault_are_no_good_news() -> None:
    reply = await ask("why odoo-acme", FakeCluster().add(deployment("odoo-acme", replicas=4, ready=1)))
    assert reply.headline == "deployment/odoo-acme has 1 of 4 pods ready, and no fault explains it yet"
    assert reply.tone is Tone.WARNING


async def test_a_node_that_is_lost_is_named_where_pods_lack_without_a_fault_of_their_own() -> None:
    node_2 = ObjectRef("node", "node-2", "", "main")
    sight = Symptom(fault=Fault.NODE_NOT_READY, subject=node_2, owner=node_2)
    lost = Incident(id="1", cluster="main", fault=sight.fault, owner=node_2, worst=sight, opened_at=NOW)
    lacking = FakeCluster().add(deployment("odoo-acme", replicas=4, ready=1))
    understood = parsed("why odoo-acme")
    assert isinstance(understood.command, Query)
    reply = await understood.command.run(understood.args, replace(context(lacking), incidents=FakeIncidents((lost,))))
    said = [part.text for part in reply.parts if isinstance(part, Text)]
    assert said[0] == "`node/node-2` is not ready: what runs on it counts as not ready until it is back."


async def test_only_what_it_was_asked_about_is_told() -> None:
    cluster = crashing().add(deployment("odoo-globex"))
    assert (await ask("why odoo-globex", cluster)).tone is Tone.GOOD
    assert (await ask("why pod/odoo-acme-r12-b", cluster)).tone is Tone.BAD


async def test_a_failed_job_is_explained_by_its_pod() -> None:
    condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "lastTransitionTime": ago()}
    job = {"kind": "Job", "metadata": meta("backup"), "spec": {}, "status": {"failed": 1, "conditions": [condition]}}
    ended = {"name": "tar", "state": {"terminated": {**ENDED, "exitCode": 2}}}
    failed = pod("backup-x", ready=False, phase="Failed", containerStatuses=[ended])
    failed["metadata"]["labels"] = {"job-name": "backup"}
    source = LogSource("backup-x", "tar")
    logs = FakeLogs(LogRead(lines=(LogLine(source, None, "tar: Cannot write: No space left on device"),)))
    reply = await ask("why job/backup", FakeCluster().add(job, failed), logs)
    assert reply.headline == "job/backup failed"
    assert facts(reply)["Likely"] == "No space is left on a volume (seen in the log, exit 2)"
    assert facts(reply)["Pod"] == "backup-x on node-1"


async def test_a_lost_node_says_how_many_pods_it_takes_with_it() -> None:
    cluster = FakeCluster().add(node("node-1", ready="Unknown"), pod("a"), pod("b"))
    reply = await ask("why node/node-1", cluster)
    assert facts(reply)["Pods"].startswith("2 on it")


async def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(NotFound, match="No deployment “nope” in saasodoo"):
        await ask("why nope", FakeCluster())
