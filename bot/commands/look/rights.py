"""What `describe` tells of a pod's rights on its node, where they are not the ordinary ones. Pure."""

from collections.abc import Sequence

from bot.model.kube.pods import Container, PodSpec, SecurityContext
from bot.model.plan import Fact


def rights(spec: PodSpec) -> list[Fact]:
    """As whom its programs run, what they share with the node, and what more they may there."""
    containers = (*spec.init_containers, *spec.containers)
    seccomp = spec.security_context.seccomp_profile
    found = {
        "Seccomp profile": f"{seccomp.type} {seccomp.localhost_profile}".strip() if seccomp else "",
        "Runtime class": spec.runtime_class_name,
        "Priority class": spec.priority_class_name,
        "Runs as": _runs_as(spec, containers),
        "Shares with its node": ", ".join(_shared(spec)),
        "Privileged": ", ".join(one.name for one in containers if one.security_context.privileged),
        "Capabilities": ", ".join(filter(None, map(_capabilities, containers))),
    }
    return [Fact(label, text) for label, text in found.items() if text]


def _runs_as(spec: PodSpec, containers: Sequence[Container]) -> str:
    """`user 1000, group 1000`; a container that runs as another is named."""
    own = [(one.name, _who(one.security_context)) for one in containers]
    return ", ".join(filter(None, (_who(spec.security_context), *(f"{name}: {who}" for name, who in own if who))))


def _who(context: SecurityContext) -> str:
    ids = (("user", context.run_as_user), ("group", context.run_as_group))
    return ", ".join(f"{word} {number}" for word, number in ids if number is not None)


def _shared(spec: PodSpec) -> list[str]:
    shared = (("network", spec.host_network), ("processes", spec.host_pid), ("IPC", spec.host_ipc))
    return [word for word, is_shared in shared if is_shared]


def _capabilities(container: Container) -> str:
    """`app: +NET_ADMIN -ALL`."""
    found = container.security_context.capabilities
    words = (*(f"+{one}" for one in found.add), *(f"-{one}" for one in found.drop))
    return f"{container.name}: {' '.join(words)}" if words else ""
