"""The chart renders what an API server takes, grants what the commands declare, and refuses values that cannot work."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.rights import LOOKING, Right, declared
from bot.settings import ENVIRONMENT, load
from bot.slack.settings import HttpSettings
from bot.watch import LEASE
from tests.chart.rendering import CHART, MATRIX, NAMESPACE, Manifest, of_kind, rendered
from tests.chart.strictness import faults

pytestmark = pytest.mark.chart

SECRET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "DATABASE_URL": "postgresql://db/bot"}
GIVEN_BY_THE_CHART = {
    *SECRET,
    *("REDIS_URL", "AUDIT_KEY", "POLICY_FILE", "POD_NAMESPACE", "OWN_NAMESPACE", "HEALTH_HOST", "HEALTH_PORT"),
    *("STORAGE_NODES", "STORAGE_NAMESPACE", "STORAGE_USER", "STORAGE_KEY_FILE", "STORAGE_KNOWN_HOSTS"),
    *("KUBECONFIG", "KUBE_CONTEXT"),
    *("SLACK_SIGNING_SECRET", "SLACK_HTTP_HOST", "SLACK_HTTP_PORT"),
}
"""Settings that come from the Secret, from other values, or from where the pod runs."""
LOOKS, SERVED = f"{NAMESPACE}-saas-bot", f"{NAMESPACE}-saas-bot-served"
"""The two ClusterRoles."""
REVIEWING = Right("authorization.k8s.io", "subjectaccessreviews", "create")
PROXY = {"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"}

matrix = pytest.mark.parametrize("values", MATRIX.values(), ids=MATRIX.keys())


@matrix
def test_it_lints(values: dict[str, Any]) -> None:
    import helm_python

    report = helm_python.lint(CHART, values, strict=True, kube_version="v1.34.0")
    assert [said for said in report["messages"] if said["severity"] > 1] == []
    assert report["errors"] == []


@matrix
def test_each_manifest_is_one_that_kubernetes_knows(values: dict[str, Any]) -> None:
    assert [fault for manifest in rendered(values) for fault in faults(manifest)] == []


@matrix
def test_no_container_may_do_more_than_it_needs(values: dict[str, Any]) -> None:
    for manifest in rendered(values):
        if manifest["kind"] == "Deployment":
            pod = manifest["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"]
            for container in pod["containers"]:
                confined = container["securityContext"]
                assert confined["readOnlyRootFilesystem"]
                assert confined["capabilities"] == {"drop": ["ALL"]}
                assert not confined["allowPrivilegeEscalation"]
                assert container["resources"]["limits"]["memory"]


@matrix
def test_the_bot_understands_the_settings_that_it_is_given(values: dict[str, Any]) -> None:
    environment = environment_of(rendered(values))
    assert environment.keys() - PROXY <= ENVIRONMENT.keys()
    load(SECRET | environment)


def test_every_setting_can_be_made_or_is_given_by_the_chart() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert schema["properties"]["settings"]["properties"].keys() == ENVIRONMENT.keys() - GIVEN_BY_THE_CHART | PROXY


def test_it_grants_the_declared_rights_and_no_other() -> None:
    roles = [one for one in rendered({"namespaces": ["shop"]}) if one["kind"] in ("ClusterRole", "Role")]
    assert {right for role in roles for right in flat(role["rules"])} == declared(COMMANDS)


def test_it_may_change_things_in_the_named_namespaces_only() -> None:
    manifests = rendered({"namespaces": ["shop", "billing"]})
    served = [("RoleBinding", "shop", SERVED), ("RoleBinding", "billing", SERVED)]
    assert bound(manifests) == [("ClusterRoleBinding", "", LOOKS), *served, ("RoleBinding", "", "saas-bot-lease")]
    rights = flat(of_kind(manifests, "ClusterRole", LOOKS)["rules"])
    assert {right for right in rights if right.verb not in LOOKING} == {REVIEWING}
    assert not {"secrets", "pods/exec", "services/proxy"} & {right.resource for right in rights}


@pytest.mark.parametrize(
    ("namespaces", "bindings"),
    [([], []), (["*"], [("ClusterRoleBinding", "", SERVED)]), (["*", "shop"], [("ClusterRoleBinding", "", SERVED)])],
    ids=["unless told where, nowhere", "everywhere", "everywhere, and one of them"],
)
def test_where_it_may_change_things(namespaces: list[str], bindings: list[tuple[str, str, str]]) -> None:
    assert [one for one in bound(rendered({"namespaces": namespaces})) if one[2] == SERVED] == bindings


def test_leases_are_granted_in_its_own_namespace_only_and_only_its_own_may_be_changed() -> None:
    rules = of_kind(rendered({}), "Role", "saas-bot-lease")["rules"]
    assert [rule.get("resourceNames") for rule in rules if "create" not in rule["verbs"]] == [[LEASE]]


@pytest.mark.parametrize("name", ["", "mine"], ids=["made", "given"])
def test_every_binding_is_for_the_account_that_runs_the_bot(name: str) -> None:
    manifests = rendered({"serviceAccount": {"name": name}})
    runs = of_kind(manifests, "Deployment")["spec"]["template"]["spec"]["serviceAccountName"]
    for binding in (one for one in manifests if one["kind"].endswith("Binding")):
        assert binding["subjects"] == [{"kind": "ServiceAccount", "name": runs, "namespace": NAMESPACE}]


def test_two_releases_in_two_namespaces_share_no_object_of_the_cluster() -> None:
    def names(namespace: str) -> set[str]:
        manifests = rendered({}, namespace=namespace)
        return {one["metadata"]["name"] for one in manifests if one["kind"].startswith("ClusterRole")}

    assert not names("blue") & names("green")


def test_a_changed_policy_starts_new_pods() -> None:
    old, new = (of_kind(rendered({"policy": text}), "Deployment") for text in ("a: 1", "a: 2"))
    assert old["spec"]["template"] != new["spec"]["template"]


def test_the_policy_arrives_as_it_was_written() -> None:
    policy = MATRIX["with a policy"]["policy"]
    assert of_kind(rendered({"policy": policy}), "ConfigMap")["data"]["policy.yaml"] == policy


def test_slack_reaches_the_port_and_path_at_which_the_bot_listens() -> None:
    manifests = rendered(MATRIX["called by Slack through an Ingress"])
    (container,) = of_kind(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    listens = HttpSettings(signing_secret="s3cret")
    assert ports[of_kind(manifests, "Service")["spec"]["ports"][0]["targetPort"]] == listens.port
    (rule,) = of_kind(manifests, "Ingress")["spec"]["rules"]
    assert [path["path"] for path in rule["http"]["paths"]] == [listens.path]
    secret = next(entry for entry in container["env"] if entry["name"] == "SLACK_SIGNING_SECRET")
    assert "optional" not in secret["valueFrom"]["secretKeyRef"], "without it the bot would open sockets instead"


def test_over_sockets_nothing_is_reachable_from_outside() -> None:
    assert {one["kind"] for one in rendered({})} & {"Service", "Ingress"} == set()


def test_one_copy_has_no_disruption_budget_that_would_hold_up_a_drain() -> None:
    assert not [one for one in rendered({"replicas": 1}) if one["kind"] == "PodDisruptionBudget"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        pytest.param({"replicas": 0}, "/replicas", id="no copy"),
        pytest.param({"replicas": 5}, "/replicas", id="more sockets than Slack allows"),
        pytest.param({"replicas": "2"}, "/replicas", id="a number as text"),
        pytest.param({"replica": 2}, "replica", id="a mistyped key"),
        pytest.param({"existingSecret": ""}, "/existingSecret", id="no Secret"),
        pytest.param({"namespaces": ["Shop"]}, "/namespaces/0", id="no name of a namespace"),
        pytest.param({"settings": {"SLACK_BOT_TOKEN": "xoxb-1"}}, "/settings", id="a token among the settings"),
        pytest.param({"settings": {"HEALTH_PORT": "1"}}, "/settings", id="a port that the probes do not know"),
        pytest.param({"settings": {"LOG_LEVLE": "DEBUG"}}, "/settings", id="a mistyped setting"),
        pytest.param({"settings": {"LOG_LEVEL": "LOUD"}}, "/settings/LOG_LEVEL", id="a level that there is not"),
        pytest.param({"storage": {"nodes": "node-1=10.0.0.1"}}, "/storage", id="storage nodes without a key"),
        pytest.param({"http": {"enabled": True, "host": "https://bot"}}, "/http/host", id="an address for a host"),
        pytest.param({"image": {"pullPolicy": "Sometimes"}}, "/image/pullPolicy", id="an unknown pull policy"),
        pytest.param({"podMonitor": {"interval": "often"}}, "/podMonitor", id="an interval that is none"),
    ],
)
def test_values_that_cannot_work_are_refused_with_their_place(values: dict[str, Any], says: str) -> None:
    import helm_python

    with pytest.raises(helm_python.HelmError, match=says):
        rendered(values)


def environment_of(manifests: list[Manifest]) -> dict[str, str]:
    """What the Deployment sets, without the Secret; what is filled in at run time has a stand-in."""
    (container,) = of_kind(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry.get("value", "filled-in") for entry in container["env"]}


def flat(rules: Iterable[dict[str, Any]]) -> set[Right]:
    return {
        Right(group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def bound(manifests: Iterable[Manifest]) -> list[tuple[str, str, str]]:
    """Kind of each binding, the namespace that it names, and the role."""
    bindings = (one for one in manifests if one["kind"].endswith("Binding"))
    return [(one["kind"], one["metadata"].get("namespace", ""), one["roleRef"]["name"]) for one in bindings]
