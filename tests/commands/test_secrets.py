"""What programs and controllers wrote about themselves is shown without the secrets in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bot.commands.look.columns import events
from bot.commands.look.listing import sorted_by
from bot.commands.look.sections import sections
from bot.commands.workloads.template_diff import as_yaml
from bot.errors import BadArguments
from bot.model.kube.configuration import ConfigMap, Secret
from bot.model.kube.events import Event
from bot.model.kube.jobs import Job
from bot.model.kube.meta import Metadata
from bot.model.kube.nodes import Node
from bot.model.kube.pods import Pod
from bot.model.pod_trouble import trouble
from bot.model.redaction import named

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SECRET = "hunter2hunter2"
SAID = f"cannot connect: postgres://odoo:{SECRET}@db/odoo"
METADATA = {"name": "web-1", "namespace": "shop"}


def pod(**status: Any) -> Pod:
    return msgspec.convert({"metadata": METADATA, "spec": {}, "status": status}, Pod)


def crashed(**state: Any) -> Pod:
    return pod(containerStatuses=[{"name": "web", "image": "a", "ready": False, "restartCount": 3, **state}])


def of_trouble(found: Pod) -> str:
    told = trouble(found)
    assert told is not None
    return told.line


def of_sections(found: Any) -> str:
    return str(sections(found, NOW))


def of_event(found: Event) -> str:
    return str([column.cell(found, NOW) for column in events.VIEW.columns])


ENDED = {"exitCode": 1, "message": SAID}
CONDITION = {"type": "Ready", "status": "False", "message": SAID}


@pytest.mark.parametrize(
    ("shown", "of"),
    [
        pytest.param(of_trouble, crashed(state={"terminated": ENDED}), id="last words of a container"),
        pytest.param(
            of_trouble,
            crashed(state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState={"terminated": ENDED}),
            id="last words before the restart",
        ),
        pytest.param(
            of_trouble,
            crashed(state={"waiting": {"reason": "CreateContainerConfigError", "message": SAID}}),
            id="why a container waits",
        ),
        pytest.param(of_sections, pod(message=SAID), id="message of a pod"),
        pytest.param(
            of_sections,
            msgspec.convert({"metadata": METADATA, "status": {"conditions": [CONDITION]}}, Node),
            id="condition",
        ),
        pytest.param(
            of_sections,
            msgspec.convert(
                {"metadata": METADATA, "status": {"conditions": [{**CONDITION, "type": "Failed", "status": "True"}]}},
                Job,
            ),
            id="failure of a job",
        ),
        pytest.param(
            of_event,
            msgspec.convert({"metadata": METADATA, "message": f"Readiness probe failed: {SAID}"}, Event),
            id="event",
        ),
    ],
)
def test_no_secret_is_shown(shown: Callable[[Any], str], of: Any) -> None:
    told = shown(of)
    assert "cannot connect" in told
    assert SECRET not in told


def test_a_config_map_is_shown_without_what_its_keys_call_a_secret() -> None:
    data = {"DB_PASSWORD": f"two\nlines {SECRET}", "DSN.main": SECRET, "url": SAID, "KEYS": "4"}
    text = of_sections(ConfigMap(metadata=Metadata(name="web"), data=data))
    assert SECRET not in text
    assert "KEYS: 4" in text


def test_no_order_tells_the_value_of_a_secret() -> None:
    both = [Secret(metadata=Metadata(name=name), data={"password": name}) for name in ("b", "a")]
    with pytest.raises(BadArguments, match="No object has a field"):
        sorted_by("{.data.password}", both)
    assert [one.metadata.name for one in sorted_by(".metadata.name", both)] == ["a", "b"]


def test_a_template_is_shown_without_the_values_of_secret_variables() -> None:
    env = [{"name": "DB_PASSWORD", "value": f"two\nlines {SECRET}"}, {"name": "DB_HOST", "value": "db"}]
    text = as_yaml({"spec": {"containers": [{"name": "web", "args": ["--token", SECRET], "env": env}]}}, named)
    assert SECRET not in text
    assert "name: DB_PASSWORD\n      value: ‹redacted value›" in text
    assert "name: DB_HOST\n      value: db" in text
