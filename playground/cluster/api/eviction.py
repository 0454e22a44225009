"""pods/eviction: deletion that PodDisruptionBudgets may refuse."""

from aiohttp import web

from playground.cluster.api.body import read_object
from playground.cluster.api.request import RequestInfo, is_dry_run
from playground.cluster.api.respond import json_response
from playground.cluster.controllers.conditions import is_finished, is_ready
from playground.cluster.errors import ApiError, bad_request, method_not_allowed, too_many_requests
from playground.cluster.kobject import Object, is_dying, labels_of
from playground.cluster.objects.lifecycle import DeleteOptions, check_preconditions
from playground.cluster.resources import PDBS, PODS, Resource
from playground.cluster.selectors import selects
from playground.cluster.state import ClusterState

RETRY_AFTER_S = 10
"""Only while a budget is not yet observed does a real server name a time; clients choose their own otherwise."""


class EvictionSubresource:
    def __init__(self, state: ClusterState) -> None:
        self._state = state

    async def serve(self, request: web.Request, resource: Resource, info: RequestInfo) -> web.StreamResponse:
        if info.verb != "create":
            raise method_not_allowed()
        eviction = await read_object(request)
        name = (eviction.get("metadata") or {}).get("name", info.name)
        if name != info.name:
            raise bad_request("name in URL does not match name in Eviction object")
        pod = self._state.store.get(PODS, info.namespace, info.name)
        asked = eviction.get("deleteOptions") or {}
        conditions = asked.get("preconditions") or {}
        options = DeleteOptions(
            grace_s=asked.get("gracePeriodSeconds"),
            propagation=asked.get("propagationPolicy"),
            uid=conditions.get("uid", ""),
            resource_version=conditions.get("resourceVersion", ""),
        )
        check_preconditions(resource, pod, options)
        dry_run = is_dry_run(request.query) or asked.get("dryRun") == ["All"]
        if not (is_finished(pod) or is_dying(pod) or pod["status"].get("phase") == "Pending"):
            self._spend_budget(pod, dry_run=dry_run)
        if not dry_run:
            self._state.delete(PODS, pod, options)
        return json_response(
            {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
        )

    def _spend_budget(self, pod: Object, *, dry_run: bool) -> None:
        """Take one disruption from the pod's budget (raises 429 when none is left, 500 when budgets overlap)."""
        namespace = pod["metadata"]["namespace"]
        budgets = [
            each
            for each in self._state.store.items(PDBS, namespace)
            if selects(each["spec"].get("selector"), labels_of(pod))
        ]
        if len(budgets) > 1:
            told = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            raise ApiError(500, "InternalError", told)
        if not budgets or (not is_ready(pod) and _enough(budgets[0])):
            return
        budget, name = budgets[0], budgets[0]["metadata"]["name"]
        status = budget.get("status") or {}
        if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 1):
            raise too_many_requests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                RETRY_AFTER_S,
                {
                    "causes": [
                        {
                            "reason": "DisruptionBudget",
                            "message": f"The disruption budget {name} is still being processed by the server.",
                        }
                    ]
                },
            )
        if status.get("disruptionsAllowed", 0) <= 0:
            raise _refused(budget)
        if not dry_run:
            disrupted = {
                **status.get("disruptedPods", {}),
                pod["metadata"]["name"]: pod["metadata"]["creationTimestamp"],
            }
            spent = {**status, "disruptionsAllowed": status["disruptionsAllowed"] - 1, "disruptedPods": disrupted}
            self._state.set_status(PDBS, budget, spent)


def _enough(budget: Object) -> bool:
    status = budget.get("status") or {}
    return bool(status.get("currentHealthy", 0) >= status.get("desiredHealthy", 0) > 0)


def _refused(budget: Object) -> ApiError:
    status = budget.get("status") or {}
    told = (
        f"The disruption budget {budget['metadata']['name']} needs {status.get('desiredHealthy', 0)} healthy pods "
        f"and has {status.get('currentHealthy', 0)} currently"
    )
    return ApiError(
        429,
        "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget.",
        {"causes": [{"reason": "DisruptionBudget", "message": told}]},
    )
