"""The chart through Helm's own library: values in, manifests out."""

from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[2] / "chart"
RELEASE, NAMESPACE = "saas-bot", "ops"

Manifest = dict[str, Any]

MATRIX: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "one copy": {"replicas": 1},
    "with a policy": {"policy": "apiVersion: chatops.saas.io/v1\nkind: Policy\n# “quotes” and 'quotes'\n"},
    "serving two namespaces": {"namespaces": ["shop", "billing"]},
    "serving every namespace": {"namespaces": ["*"]},
    "with storage": {"storage": {"nodes": "node-1=10.0.0.1", "namespace": "shop", "existingSecret": "ssh"}},
    "with Valkey": {"valkey": {"enabled": True}},
    "called by Slack": {"http": {"enabled": True}, "networkPolicy": {"enabled": True}},
    "called by Slack through an Ingress": {
        "http": {
            "enabled": True,
            "host": "bot.example.com",
            "ingressClass": "nginx",
            "tlsSecret": "bot-tls",
            "annotations": {"cert-manager.io/cluster-issuer": "ours"},
        }
    },
    "watched and walled": {
        "networkPolicy": {"enabled": True},
        "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
        "podDisruptionBudget": {"enabled": False},
    },
    "placed": {
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "ops", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "podAnnotations": {"team": "sre"},
        "image": {"repository": "registry.example/bot", "tag": "1", "pullSecrets": [{"name": "pull"}]},
    },
    "with an account of one's own": {"serviceAccount": {"create": False, "name": "mine"}},
    "through a proxy": {"settings": {"HTTPS_PROXY": "http://proxy:3128", "LOG_LEVEL": "DEBUG"}},
}
"""Values that people set, each of which must lint, render and be taken by an API server."""


def rendered(values: dict[str, Any], *, release: str = RELEASE, namespace: str = NAMESPACE) -> list[Manifest]:
    """Check *values* against the schema and render. Raises what helm_python raises."""
    import helm_python  # only `./run test --all` installs it

    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(chart.merge_values(values))
        files = chart.render(values, name=release, namespace=namespace)
    texts = [text for name, text in files.items() if not name.endswith("NOTES.txt")]
    return [manifest for text in texts for manifest in yaml.safe_load_all(text) if manifest]


def of_kind(manifests: list[Manifest], kind: str, name: str = RELEASE) -> Manifest:
    """The one manifest of that kind and name."""
    (found,) = (one for one in manifests if one["kind"] == kind and one["metadata"]["name"] == name)
    return found
