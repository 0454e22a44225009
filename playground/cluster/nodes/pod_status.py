"""A pod's status, put together from its containers as the kubelet does."""

from playground.cluster.clock import stamp
from playground.cluster.controllers.conditions import is_true, with_condition
from playground.cluster.kobject import Object
from playground.cluster.nodes.container import Container
from playground.cluster.nodes.container_run import Phase, Restart
from playground.cluster.nodes.pod_run import PodRun
from playground.cluster.resources import NODES
from playground.cluster.state import ClusterState


def pod_status(state: ClusterState, pod: Object, run: PodRun) -> Object:
    """Return the status that a pod has now."""
    status = {**pod.get("status", {})}
    phase = _phase(run)
    node = state.find(NODES, "", pod["spec"]["nodeName"])
    address = next((each["address"] for each in (node or {}).get("status", {}).get("addresses", ())), "")
    if address:
        status |= {"hostIP": address, "hostIPs": [{"ip": address}]}
    if run.ip:
        status |= {"podIP": run.ip, "podIPs": [{"ip": run.ip}]}
    status |= {"phase": phase, "observedGeneration": pod["metadata"]["generation"]}
    if run.reason:
        status |= {"reason": run.reason, "message": run.message, "phase": "Failed"}
    status.setdefault("startTime", stamp(state.clock.now()))
    if run.init:
        status["initContainerStatuses"] = [_init_status(container) for container in run.init]
    status["containerStatuses"] = [_main_status(container, run) for container in run.main]
    status["conditions"] = _conditions(state, pod, run, phase)
    return status


def _init_status(container: Container) -> Object:
    status = container.status()
    if container.restart is not Restart.ALWAYS:
        status["ready"] = container.phase is Phase.TERMINATED and container.run is not None and container.run.code == 0
        status["started"] = False
    return status


def _main_status(container: Container, run: PodRun) -> Object:
    status = container.status()
    if run.init and container.phase is Phase.WAITING:
        status["state"] = {"waiting": {"reason": "PodInitializing"}}
    return status


def _phase(run: PodRun) -> str:
    failed_init = [
        each for each in run.init
        if each.phase is Phase.TERMINATED and each.is_done and each.run is not None and each.run.code != 0
    ]  # fmt: skip
    if failed_init:
        return "Failed"
    if all(each.is_done for each in run.main):
        return "Failed" if any(each.run is not None and each.run.code for each in run.main) else "Succeeded"
    return "Running" if any(each.run is not None for each in run.main) else "Pending"


def _conditions(state: ClusterState, pod: Object, run: PodRun, phase: str) -> list[Object]:
    now = state.clock.now()
    conditions = pod.get("status", {}).get("conditions") or []
    unready = [each.spec["name"] for each in run.main if not each.is_ready]
    initialized = all(
        each.is_running
        if each.restart is Restart.ALWAYS
        else each.phase is Phase.TERMINATED and each.run and not each.run.code
        for each in run.init
    )
    says: Object = {}
    if phase == "Succeeded":
        says = {"reason": "PodCompleted"}
    elif phase == "Failed":
        says = {"reason": "PodFailed"}
    elif unready:
        says = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{' '.join(unready)}]"}
    incomplete = [each.spec["name"] for each in run.init]
    held: list[tuple[str, bool, Object]] = [
        ("PodReadyToStartContainers", bool(run.ip), {}),
        ("Initialized", initialized, {} if initialized else {
            "reason": "ContainersNotInitialized",
            "message": f"containers with incomplete status: [{' '.join(incomplete)}]",
        }),
        ("Ready", not says, says),
        ("ContainersReady", not says, says),
        ("PodScheduled", True, {}),
    ]  # fmt: skip
    for type_, holds, more in held:
        if type_ == "PodScheduled" and is_true(pod, type_):
            continue
        seen = {"lastProbeTime": None, "observedGeneration": pod["metadata"]["generation"]}
        new = {"type": type_, "status": "True" if holds else "False", **seen, **more}
        conditions = with_condition(conditions, new, now)
    return conditions
