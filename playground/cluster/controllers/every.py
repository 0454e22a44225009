"""The list of all control loops of the practice cluster."""

from playground.cluster.controllers.autoscaler import Autoscaler
from playground.cluster.controllers.budgets import BudgetController
from playground.cluster.controllers.cronjob import CronJobController
from playground.cluster.controllers.custom import CustomResources
from playground.cluster.controllers.daemonset import DaemonSetController
from playground.cluster.controllers.deployment import DeploymentController
from playground.cluster.controllers.dispatcher import Controller
from playground.cluster.controllers.endpoints import EndpointsController
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.garbage import GarbageCollector
from playground.cluster.controllers.job import JobController
from playground.cluster.controllers.namespaces import NamespaceController
from playground.cluster.controllers.nodes import NodeController
from playground.cluster.controllers.quotas import QuotaController
from playground.cluster.controllers.replicaset import ReplicaSetController
from playground.cluster.controllers.statefulset import StatefulSetController
from playground.cluster.controllers.volumes import VolumeController
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.scheduler import Scheduler
from playground.cluster.nodes.usage import Usage
from playground.cluster.state import ClusterState


def every_controller(
    state: ClusterState, recorder: Recorder, kubelets: Kubelets, nodes: NodeController, usage: Usage
) -> list[Controller]:
    return [
        CustomResources(state),
        NamespaceController(state),
        GarbageCollector(state),
        VolumeController(state, recorder),
        DeploymentController(state, recorder),
        ReplicaSetController(state, recorder),
        StatefulSetController(state, recorder),
        DaemonSetController(state, recorder),
        CronJobController(state, recorder),
        JobController(state, recorder),
        Scheduler(state, recorder),
        kubelets,
        nodes,
        EndpointsController(state),
        BudgetController(state),
        QuotaController(state),
        Autoscaler(state, recorder, usage),
    ]
