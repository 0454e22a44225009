"""What `kubectl describe` says below Containers and Volumes, of a pod or of a template, as values in our words."""

import re

from bot.model.redaction import VALUE, names_a_secret, redact

Block = dict[str, list[str]]
"""Label → what stands beside it and below it."""
Lines = list[tuple[str, list[str]]]
"""The same in kubectl's order, where a label may come again."""


def containers(described: str) -> dict[str, Block]:
    """Each container, the first ones too, by its name."""
    return {name: dict(lines) for name, lines in _blocks(described, r" *(?:Init )?Containers:").items()}


def volumes(described: str) -> dict[str, str]:
    """Each volume by its name, in our words."""
    return {name: _source(lines) for name, lines in _blocks(described, r" *Volumes:").items()}


def _blocks(described: str, heading: str) -> dict[str, Lines]:
    """Names stand two or three blanks deep, labels four, what is below them deeper."""
    found: dict[str, Lines] = {}
    is_inside = False
    for line in described.splitlines():
        if re.fullmatch(heading, line):
            is_inside = True
        elif is_inside and (name := re.fullmatch(r" {2,3}([a-z0-9-]+):", line)):
            block = found[name[1]] = []
        elif is_inside and (label := re.match(r" {4}(\w[^:]*): *(.*)", line)):
            block.append((label[1], [label[2]] if label[2] else []))
        elif is_inside and line.startswith("      "):
            block[-1][1].append(line.removeprefix("      "))
        else:
            is_inside = False
    return found


def ports(block: Block) -> list[tuple[str, str, str]]:
    """`Ports: 8080/TCP (http)` and `Host Ports: 0/TCP (http)`, port by port: port, name, the node's port."""
    own, hosts = (_listed(block, label) for label in ("Port", "Host Port"))
    return [(*_named(one), _unset(host.split()[0])) for one, host in zip(own, hosts, strict=True)]


def _listed(block: Block, label: str) -> list[str]:
    [line] = block.get(label) or block[f"{label}s"]
    return [] if line == "<none>" else line.split(", ")


def _named(port: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\S+)(?: \((.*)\))?", port)
    assert found
    return found[1], found[2] or "<none>"


def _unset(port: str) -> str:
    return "<none>" if port.startswith("0/") else port


def environment(block: Block) -> list[str]:
    """Every variable in a line of ours, in kubectl's order."""
    sources = [_every_key(line) for line in block.get("Environment Variables from", ())]
    return [*sources, *map(_variable, _whole(block["Environment"]))]


def _whole(lines: list[str]) -> list[tuple[str, str]]:
    """Name and value; a value's further lines stand deeper."""
    found: list[tuple[str, str]] = []
    for line in lines if lines != ["<none>"] else []:
        if line.startswith(" "):
            name, value = found.pop()
            found.append((name, f"{value}\n{line.strip()}"))
        else:
            name, _, value = line.partition(":")
            found.append((name, value.strip()))
    return found


def _every_key(line: str) -> str:
    name, kind, prefix, optional = re.match(r"(\S+) +(\w+)(?: with prefix '(.*)')? +Optional: (\w+)", line).groups()  # type: ignore[union-attr]
    told = f"every key of {kind.lower()}/{name}{f' as {prefix}…' if prefix else ''}"
    return f"{told} (optional)" if optional == "true" else told


def _variable(named: tuple[str, str]) -> str:
    name, value = named
    if key := re.fullmatch(r"(<set to the key .*>) +Optional: (\w+)", value):
        told = f"{key[1]} (optional)" if key[2] == "true" else key[1]
    elif field := re.fullmatch(r"\S* ?\(v1:(.*)\)", value):
        told = f"<the pod's {field[1]}>"
    elif resource := re.fullmatch(r"\d+ \(((?:limits|requests)\..*)\)", value):
        told = f"<the container's {resource[1]}>"
    else:
        told = VALUE if value and names_a_secret(name) else redact(value)
    return f"{name}: {told}".rstrip().replace("\n", "\n  ")


def mounts(block: Block, sources: dict[str, str]) -> set[tuple[str, str, str]]:
    """Path, source and mode of each."""
    found = [re.fullmatch(r"(\S+) from (\S+) \((r[ow])(?:,path=\"(.*)\")?\)", line) for line in block["Mounts"]]
    return {(one[1], f"{sources[one[2]]}{f', path {one[4]}' if one[4] else ''}", one[3]) for one in found if one}


def _source(lines: Lines) -> str:
    told = {label: " ".join(words) for label, words in lines}
    optional = " (optional)" if told.get("Optional") == "true" else ""
    match told["Type"].partition(" ")[0]:
        case "ConfigMap":
            return f"configmap/{told['Name']}{optional}"
        case "Secret":
            return f"secret/{told['SecretName']}{optional}"
        case "PersistentVolumeClaim":
            return f"pvc/{told['ClaimName']}"
        case "HostPath":
            return told["Path"]
        case "NFS":
            return f"nfs {told['Server']}:{told['Path']}"
        case "CSI":
            return f"csi {told['Driver']}"
        case "DownwardAPI":
            return "downward API"
        case "EmptyDir":
            return f"emptyDir ({told['Medium']}, at most {told['SizeLimit']})"
        case "Projected":
            return " + ".join(_projected(lines))
        case kind:
            raise AssertionError(f"no words for {kind}")


def _projected(lines: Lines) -> list[str]:
    found: list[str] = []
    for label, words in lines:
        match label, *words:
            case "ConfigMapName", name:
                found.append(f"configmap/{name}")
            case "SecretName", name:
                found.append(f"secret/{name}")
            case "Optional", "true":
                found[-1] += " (optional)"
            case "DownwardAPI", "true":
                found.append("downward API")
            case "TokenExpirationSeconds", _:
                found.append("token")
    return found
