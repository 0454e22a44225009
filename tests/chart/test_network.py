"""Who may speak to what the chart installs."""

import pytest

from tests.chart.rendering import RELEASE, of_kind, rendered

pytestmark = pytest.mark.chart


def test_valkey_has_no_password_so_the_bot_alone_reaches_it_and_it_reaches_nobody() -> None:
    manifests = rendered({"valkey": {"enabled": True}})
    wall = of_kind(manifests, "NetworkPolicy", f"{RELEASE}-valkey")["spec"]
    valkey = of_kind(manifests, "Deployment", f"{RELEASE}-valkey")["spec"]["template"]["metadata"]["labels"]
    bot = of_kind(manifests, "Deployment")["spec"]["selector"]["matchLabels"]
    assert wall["podSelector"]["matchLabels"].items() <= valkey.items()
    assert wall["policyTypes"] == ["Ingress", "Egress"]
    assert wall["ingress"] == [{"from": [{"podSelector": {"matchLabels": bot}}], "ports": [{"port": "valkey"}]}]
    assert "egress" not in wall
