"""On a real cluster `describe` has the parts that kubectl's has: placing, mounts, probes, claims, endpoints, data."""

import re

import pytest

from bot.k8s.cluster import KubernetesCluster
from bot.model.reply import Code
from tests.commands.kubectl.beside import (
    NAMESPACE,
    Kubectl,
    ask,
    columns,
    describe,
    facts,
    labelled,
    printed,
    section,
    table,
    until_equal,
)

pytestmark = pytest.mark.kubelab


@pytest.mark.parametrize("target", ["pod/placed", "pod/postgres-0"])
async def test_where_a_pod_may_run_is_kubectls(target: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    told = labelled(describe(kubectl, target))
    ours = facts(await ask(f"describe {target}", cluster))
    assert ours["Node selector"] == ",".join(map(str.strip, told["Node-Selectors"]))
    assert ours["Tolerations"].split(", ") == [line.strip() for line in told["Tolerations"]]


async def test_what_a_container_mounts_and_how_it_is_probed_is_kubectls(
    cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    described = describe(kubectl, "pod/placed")
    reply = await ask("describe pod/placed", cluster)
    mounted = {(path, mode) for path, mode in re.findall(r"^      (/\S+) from \S+ \((r[ow])", described, re.MULTILINE)}
    assert columns(table(reply, "CONTAINER", "MOUNT"), "MOUNT", "MODE") == mounted
    probed = {
        (kind.lower(), how) for kind, how in re.findall(r"^    (Liveness|Startup): +(.*)$", described, re.MULTILINE)
    }
    assert columns(table(reply, "CONTAINER", "PROBE"), "PROBE", "HOW") == probed
    sources = set(columns(table(reply, "CONTAINER", "MOUNT"), "FROM"))
    assert {("configmap/config",), ("secret/keys",), ("emptyDir",), ("/tmp",)} < sources


async def test_what_the_pods_of_a_stateful_set_claim_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    told = dict(
        line.strip().split(":", 1)
        for line in labelled(describe(kubectl, "statefulset/claiming"))["Volume Claims"]
        if ":" in line
    )
    [row] = table(await ask("describe statefulset/claiming", cluster), "VOLUME CLAIM").rows
    assert row[:3] == tuple(told[label].strip() for label in ("Name", "StorageClass", "Capacity"))
    assert (row[3], told["Access Modes"].strip()) == ("RWO", "[ReadWriteOnce]")


@pytest.mark.parametrize("owner", ["worker", "crasher", "stuck"])
async def test_a_replica_set_is_kubectls(owner: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    [name] = kubectl(
        "get", "rs", "-n", NAMESPACE, "-l", f"app={owner}", "-o", "jsonpath={.items[0].metadata.name}"
    ).split()

    async def look() -> tuple[object, object]:
        told = labelled(describe(kubectl, f"rs/{name}"))
        ours = facts(await ask(f"describe rs/{name}", cluster))
        theirs = {label: told[label][0] for label in ("Selector", "Controlled By", "Replicas", "Pods Status")}
        return [ours[label] for label in ("SELECTOR", "Controlled by", "Replicas", "Pods status")], list(
            theirs.values()
        )

    await until_equal(look)


async def test_each_endpoint_of_a_slice_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    selector = "kubernetes.io/service-name=web"
    [name] = kubectl(
        "get", "endpointslices", "-n", NAMESPACE, "-l", selector, "-o", "jsonpath={.items[*].metadata.name}"
    ).split()

    async def look() -> tuple[object, object]:
        described = describe(kubectl, f"endpointslice/{name}")
        cells = [
            re.findall(rf"{label}: +(\S+)", described) for label in ("Addresses", "Ready", "TargetRef", "NodeName")
        ]
        reply = await ask(f"describe endpointslice/{name}", cluster)
        ours = (facts(reply)["ADDRESSTYPE"], sorted(table(reply, "ENDPOINT").rows))
        return ours, (labelled(described)["AddressType"][0], sorted(zip(*cells, strict=True)))

    await until_equal(look)


@pytest.mark.parametrize("binding", ["instance-service", "viewers"])
async def test_whom_a_binding_names_is_kubectls(binding: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    described = describe(kubectl, f"rolebinding/{binding}")
    role = dict(line.strip().split(":") for line in labelled(described)["Role"] if ":" in line)
    _, subjects = section(described, "Subjects")
    ours = facts(await ask(f"describe rolebinding/{binding}", cluster))
    assert ours["ROLE"] == f"{role['Kind'].strip()}/{role['Name'].strip()}"
    assert subjects == {
        *(("User", name, "") for name in named(ours, "USERS")),
        *(("Group", name, "") for name in named(ours, "GROUPS")),
        *(("ServiceAccount", *reversed(name.split("/"))) for name in named(ours, "SERVICEACCOUNTS")),
    }


def named(ours: dict[str, str], title: str) -> list[str]:
    """The names in one cell."""
    return ours[title].split(", ") if title in ours else []


async def test_where_an_ingress_route_leads_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    spec = "\n".join(labelled(describe(kubectl, "ingressroute/front"))["Spec"])
    ours = facts(await ask("describe ingressroute/front", cluster))
    assert ours["ENTRYPOINTS"] in spec
    assert re.findall(r"Match: +(.*)", spec) == [ours["MATCH"]]


async def test_where_a_volume_is_kept_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    source = "\n".join(labelled(describe(kubectl, "pv/agrees-free"))["Source"])
    [kind], [path] = re.findall(r"Type: +(\w+)", source), re.findall(r"Path: +(\S+)", source)
    assert facts(await ask("describe pv/agrees-free", cluster))["Source"] == f"{kind} {path}"


@pytest.mark.parametrize("name", ["config", "files", "empty"])
async def test_the_data_of_a_config_map_is_kubectls(name: str, cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    described = describe(kubectl, f"configmap/{name}")
    text, _, binary = described.partition("BinaryData")
    theirs = [f"{key}: {value}" for key, value in re.findall(r"^(\S+):\n----\n(.*?)\n\n", text, re.M | re.S)]
    theirs += re.findall(r"^\S+: \d+ bytes$", binary, re.MULTILINE)
    parts = (await ask(f"describe configmap/{name}", cluster)).parts
    assert "\n".join(part.text for part in parts if isinstance(part, Code)).split() == "\n".join(theirs).split()


async def test_the_size_of_a_secrets_keys_is_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    theirs = re.findall(r"^(\w+): +(\d+ bytes)$", describe(kubectl, "secret/keys"), re.MULTILINE)
    assert list(table(await ask("describe secret/keys", cluster), "KEY").rows) == theirs


async def test_the_revisions_of_a_deployment_are_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    value = '{"spec": {"template": {"metadata": {"annotations": {"again": "yes"}}}}}'
    kubectl("patch", "deployment", "stuck", "-n", NAMESPACE, "-p", value)

    async def look() -> tuple[object, object]:
        told = labelled(describe(kubectl, "deployment/stuck"))
        ours = facts(await ask("describe deployment/stuck", cluster))
        has_two = ours["Old replica sets"] != "<none>"
        return [has_two, ours["New replica set"], ours["Old replica sets"]], [
            True,
            told["NewReplicaSet"][0],
            told["OldReplicaSets"][0],
        ]

    await until_equal(look)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param("events", (), id="all"),
        pytest.param("events --warnings", ("--types=Warning",), id="warnings"),
        pytest.param("events --for statefulset/halfway", ("--for=statefulset/halfway",), id="of one object"),
    ],
)
async def test_each_event_is_kubectls(
    ours: str, theirs: tuple[str, ...], cluster: KubernetesCluster, kubectl: Kubectl
) -> None:
    titles = ("TYPE", "REASON", "OBJECT", "MESSAGE")

    async def look() -> tuple[object, object]:
        header, rows = printed(kubectl("events", "-n", NAMESPACE, *theirs))
        places = [header.index(title) for title in titles]
        told = {tuple(row[place] for place in places) for row in rows}
        shown = columns(table(await ask(ours, cluster), "LAST SEEN", *titles), *titles)
        return shown, {(kind, reason, _lower_kind(about), said) for kind, reason, about, said in told}

    await until_equal(look)


def _lower_kind(about: str) -> str:
    """`Pod/worker` as we write it."""
    kind, _, name = about.partition("/")
    return f"{kind.lower()}/{name}"


async def test_the_pods_of_a_node_are_kubectls(cluster: KubernetesCluster, kubectl: Kubectl) -> None:
    """Ours names those too that have ended, and says so in the column STATUS."""
    ended = "status.phase!=Running,status.phase!=Pending,spec.nodeName=node-1"

    async def look() -> tuple[object, object]:
        text = "\n".join(line for line in labelled(describe(kubectl, "node/node-1"))["Non-terminated Pods"][1:])
        _, rows = section(f"Pods:\n{text}", "Pods")
        gone = kubectl("get", "pods", "-A", f"--field-selector={ended}", "-o", "jsonpath={.items[*].metadata.name}")
        ours = {name for (name,) in columns(table(await ask("describe node/node-1", cluster), "POD"), "POD")}
        return ours - set(gone.split()), {row[1] for row in rows}

    await until_equal(look)
