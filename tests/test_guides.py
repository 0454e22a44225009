"""The pages on installing, policy and database say what is so: settings, the example, the schema, the tables."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.engine.policy import Policy, Tier, load
from bot.engine.requirements import required, tiers_for
from bot.errors import Denied
from bot.model.operation import Approvers
from bot.policy_schema import policy_schema
from bot.settings import ENVIRONMENT
from bot.spec import Risk
from bot.store.migrate import known
from bot.watch import LEASE

DOCS = Path(__file__).parents[1] / "docs"
INSTALL, POLICY, DATABASE = ((DOCS / name).read_text() for name in ("install.md", "policy.md", "database.md"))


@pytest.fixture(scope="module")
def example() -> Policy:
    found = re.search(r"```yaml\n(.+?)```", POLICY, re.DOTALL)
    assert found
    return load(found[1])


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    rows = re.findall(r"^\| (`[A-Z].+?) \|", INSTALL, re.MULTILINE)
    assert set(re.findall(r"`([A-Z_]+)`", " ".join(rows))) == set(ENVIRONMENT)


def test_every_table_has_its_row() -> None:
    made = {name for migration in known() for name in re.findall(r"CREATE TABLE (\w+)", migration.sql)}
    rows = re.findall(r"^\| (`.+?) \|", DATABASE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == made


def test_the_lease_is_called_by_its_name() -> None:
    assert f"Lease `{LEASE}`" in INSTALL


def test_the_committed_policy_schema_is_the_derived_one() -> None:
    assert (DOCS / "policy.schema.json").read_text() == policy_schema(), "run ./run docs"


def test_the_schema_knows_every_key_of_the_example() -> None:
    schema = yaml.safe_load(policy_schema())
    assert schema["properties"].keys() == {field.alias for field in Policy.model_fields.values()}
    assert re.fullmatch(schema["$defs"]["Tier"]["properties"]["approveWithin"]["pattern"], "30m")


@pytest.mark.parametrize(
    ("command", "risk", "name", "approvals", "type_name"),
    [
        pytest.param("scale", Risk.CHANGE, "web", (), False, id="a small thing goes alone"),
        pytest.param("restart", Risk.CHANGE, "mail-worker", (("sre", 1),), False, id="a worker needs a second person"),
        pytest.param("backup restore", Risk.DESTROY, "acme", (("leads", 1), ("sre", 1)), True, id="destruction"),
    ],
)
def test_the_example_requires_what_the_page_says(
    example: Policy, command: str, risk: Risk, name: str, approvals: tuple[tuple[str, int], ...], type_name: bool
) -> None:
    rules, tiers = tiers_for(example, command=command, risk=risk, namespace="saasodoo", names=(name,))
    requirements = required(rules, tiers)
    assert requirements.approvals == tuple(Approvers(group, count) for group, count in approvals)
    assert requirements.type_name == type_name


def test_the_example_denies_what_the_page_says(example: Policy) -> None:
    with pytest.raises(Denied, match="nobody scales the database"):
        tiers_for(example, command="scale", risk=Risk.CHANGE, namespace="saasodoo", names=("postgres",))


TIMES = (timedelta(seconds=90), timedelta(minutes=15), timedelta(hours=1), timedelta(days=2))


def test_times_are_written_as_the_page_says() -> None:
    found = re.search(r"Times are\s+written (.+?)\.", POLICY)
    assert found
    written = re.findall(r"`(\w+)`", found[1])
    assert tuple(Tier.model_validate({"approveWithin": one}).approve_within for one in written) == TIMES
