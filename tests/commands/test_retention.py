"""Which backups may go: never the newest of an instance, never one that a restore needs, whatever is asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.backups.retention import superfluous
from bot.model.backup import Backup
from tests.fakes.objects import NOW


def backup(instance: str, days: int) -> Backup:
    """One of *instance* that is so many days old, named by that."""
    return Backup(instance, f"{instance}-{days}", 1, "", NOW - timedelta(days=days))


ACME = [backup("acme", days) for days in (1, 2, 3, 40)]
GLOBEX = [backup("globex", days) for days in (50, 60)]
MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("keep", "older_than", "in_use", "gone"),
    [
        pytest.param(1, None, (), ["globex-60", "acme-40", "acme-3", "acme-2"], id="all but the newest"),
        pytest.param(3, None, (), ["acme-40"], id="by number"),
        pytest.param(1, MONTH, (), ["globex-60", "acme-40"], id="by age, an old newest one stays"),
        pytest.param(4, MONTH, (), [], id="old ones that are among the newest stay"),
        pytest.param(1, MONTH, ("acme-40",), ["globex-60"], id="what a restore needs"),
        pytest.param(0, None, (), ["globex-60", "acme-40", "acme-3", "acme-2"], id="nobody can ask for none"),
    ],
)
def test_what_goes(keep: int, older_than: timedelta | None, in_use: tuple[str, ...], gone: list[str]) -> None:
    found = superfluous([*GLOBEX, *ACME], NOW, keep=keep, older_than=older_than, in_use=in_use)
    assert [one.id for one in found] == gone


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(
    st.lists(st.tuples(st.sampled_from("abc"), moments), max_size=30),
    st.integers(0, 5),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_every_instance_keeps_its_newest(
    made: list[tuple[str, datetime]], keep: int, older_than: timedelta | None
) -> None:
    known = [Backup(instance, f"{instance}-{number}", 1, "", at) for number, (instance, at) in enumerate(made)]
    gone = superfluous(known, NOW, keep=keep, older_than=older_than, in_use=())
    for instance in {one.instance for one in known}:
        own = [one for one in known if one.instance == instance]
        left = [one for one in own if one not in gone]
        assert len(left) >= min(len(own), max(keep, 1))
        assert max(one.at for one in own) in {one.at for one in left}
