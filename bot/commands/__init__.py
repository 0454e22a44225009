"""Commands: one file each, exporting COMMAND; this tuple is the only list of them."""

from bot.commands.access import can_i, rbac_pod, who_can
from bot.commands.backups import backup_create, backup_list, backup_prune, backup_restore, backup_show
from bot.commands.change import delete_pod, exec, job_rerun, restart, rollback, rollout_pause, rollout_resume, scale
from bot.commands.favourites import fav_add, fav_list, fav_remove
from bot.commands.incidents import incident_show, incidents
from bot.commands.look import (
    describe,
    events,
    get,
    logs,
    operation_show,
    operations,
    port_forward,
    probe,
    resources,
    restarts,
    rollout_history,
    rollout_status,
    status,
    top_nodes,
    top_pods,
    why,
)
from bot.commands.storage import quota_get, quota_list, quota_set, storage_status
from bot.spec import AnyCommand

COMMANDS: tuple[AnyCommand, ...] = (
    status.COMMAND,
    operations.COMMAND,
    operation_show.COMMAND,
    incidents.COMMAND,
    incident_show.COMMAND,
    get.COMMAND,
    describe.COMMAND,
    events.COMMAND,
    restarts.COMMAND,
    logs.COMMAND,
    rollout_status.COMMAND,
    rollout_history.COMMAND,
    top_pods.COMMAND,
    top_nodes.COMMAND,
    resources.COMMAND,
    probe.COMMAND,
    why.COMMAND,
    port_forward.COMMAND,
    restart.COMMAND,
    scale.COMMAND,
    rollback.COMMAND,
    rollout_pause.COMMAND,
    rollout_resume.COMMAND,
    delete_pod.COMMAND,
    exec.COMMAND,
    job_rerun.COMMAND,
    can_i.COMMAND,
    who_can.COMMAND,
    rbac_pod.COMMAND,
    quota_get.COMMAND,
    quota_list.COMMAND,
    quota_set.COMMAND,
    storage_status.COMMAND,
    fav_add.COMMAND,
    fav_list.COMMAND,
    fav_remove.COMMAND,
    backup_create.COMMAND,
    backup_list.COMMAND,
    backup_show.COMMAND,
    backup_restore.COMMAND,
    backup_prune.COMMAND,
)
