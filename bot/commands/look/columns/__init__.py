"""kubectl's columns, one table per kind."""

from typing import Any

from bot.commands.look.columns import configuration, events, jobs, networking, nodes, pods, rbac, storage, workloads
from bot.commands.look.columns.column import View
from bot.model.resources import Resource

VIEWS: tuple[View[Any], ...] = (
    pods.VIEW,
    *workloads.VIEWS,
    *networking.VIEWS,
    *jobs.VIEWS,
    nodes.VIEW,
    *configuration.VIEWS,
    *storage.VIEWS,
    *rbac.VIEWS,
    events.VIEW,
)

VIEW_OF: dict[Resource, View[Any]] = {view.resource: view for view in VIEWS}
RESOURCES: tuple[Resource, ...] = tuple(VIEW_OF)
