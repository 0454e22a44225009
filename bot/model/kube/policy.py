"""What limits and drives replica counts: PodDisruptionBudgets and HorizontalPodAutoscalers."""

from bot.model.kube.meta import KubeObject, KubeStruct, LabelSelector


class PodDisruptionBudgetSpec(KubeStruct):
    selector: LabelSelector = LabelSelector()


class PodDisruptionBudget(KubeObject):
    spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()


class ScaleTarget(KubeStruct):
    kind: str = ""
    name: str = ""


class HorizontalPodAutoscalerSpec(KubeStruct):
    scale_target_ref: ScaleTarget = ScaleTarget()
    min_replicas: int = 1
    max_replicas: int = 0


class HorizontalPodAutoscaler(KubeObject):
    spec: HorizontalPodAutoscalerSpec = HorizontalPodAutoscalerSpec()
