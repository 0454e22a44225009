"""Jobs: they complete, fail at their limits, wait, and go after their time. Needs a kubelet."""

from tests.contract.cluster.api import Api
from tests.contract.cluster.manifests import FOREVER, container, job
from tests.contract.cluster.running import condition


async def test_a_job_completes(api: Api, batch: str, core: str) -> None:
    await api.post(f"{batch}/jobs", job("one", ["sh", "-c", "echo done"]))
    found = await api.until(f"{batch}/jobs/one", lambda one: condition(one, "Complete").get("status") == "True")
    assert found["status"]["succeeded"] == 1
    assert found["status"]["completionTime"] >= found["status"]["startTime"]
    pods = (await api.get(f"{core}/pods", labelSelector="batch.kubernetes.io/job-name=one")).body["items"]
    assert (await api.get(f"{core}/pods/{pods[0]['metadata']['name']}/log")).body == "done\n"


async def test_a_job_fails_at_its_limit(api: Api, batch: str) -> None:
    await api.post(f"{batch}/jobs", job("one", ["false"], backoffLimit=0))
    found = await api.until(f"{batch}/jobs/one", lambda one: condition(one, "Failed").get("status") == "True")
    assert condition(found, "Failed")["reason"] == "BackoffLimitExceeded"
    assert condition(found, "FailureTarget")["status"] == "True"
    assert found["status"]["failed"] == 1


async def test_a_job_fails_at_its_deadline(api: Api, batch: str) -> None:
    await api.post(f"{batch}/jobs", job("one", FOREVER, activeDeadlineSeconds=2))
    found = await api.until(f"{batch}/jobs/one", lambda one: condition(one, "Failed").get("status") == "True")
    assert condition(found, "Failed")["reason"] == "DeadlineExceeded"


async def test_a_finished_job_goes_after_its_time(api: Api, batch: str, core: str) -> None:
    await api.post(f"{batch}/jobs", job("one", ["true"], ttlSecondsAfterFinished=1))
    await api.until_gone(f"{batch}/jobs/one")
    assert (await api.get(f"{core}/pods")).body["items"] == []


async def test_a_suspended_job_waits(api: Api, batch: str) -> None:
    await api.post(f"{batch}/jobs", job("one", ["true"], suspend=True))
    found = await api.until(f"{batch}/jobs/one", lambda one: condition(one, "Suspended").get("status") == "True")
    assert "active" not in found["status"]
    await api.patch(f"{batch}/jobs/one", {"spec": {"suspend": False}})
    await api.until(f"{batch}/jobs/one", lambda one: condition(one, "Complete").get("status") == "True")


async def test_a_cron_job_started_by_hand_owns_its_job(api: Api, batch: str) -> None:
    template = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container(["true"])]}}}}
    cron = (
        await api.post(
            f"{batch}/cronjobs",
            {"metadata": {"name": "nightly"}, "spec": {"schedule": "0 3 1 1 *", "jobTemplate": template}},
        )
    ).body
    made = {
        **job("by-hand", ["true"]),
        "metadata": {
            "name": "by-hand",
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
            "ownerReferences": [
                {
                    "apiVersion": "batch/v1",
                    "kind": "CronJob",
                    "name": "nightly",
                    "uid": cron["metadata"]["uid"],
                    "controller": True,
                }
            ],
        },
    }
    await api.post(f"{batch}/jobs", made)
    await api.until(f"{batch}/jobs/by-hand", lambda one: condition(one, "Complete").get("status") == "True")
    found = await api.until(f"{batch}/cronjobs/nightly", lambda cron: cron["status"].get("lastSuccessfulTime"))
    assert "lastScheduleTime" not in found["status"]
