"""Watchers: one condition a file, each a pure function of an object's present state; this tuple is the only list."""

from bot.spec import AnyWatcher
from bot.watchers import (
    config_error,
    crash_loop,
    image_pull,
    job_failed,
    node_not_ready,
    oom_killed,
    rollout,
    unschedulable,
)

WATCHERS: tuple[AnyWatcher, ...] = (
    crash_loop.WATCHER,
    oom_killed.WATCHER,
    image_pull.WATCHER,
    config_error.WATCHER,
    unschedulable.WATCHER,
    job_failed.WATCHER,
    job_failed.CRON_JOBS,
    rollout.DEPLOYMENTS,
    rollout.STATEFUL_SETS,
    rollout.DAEMON_SETS,
    node_not_ready.WATCHER,
)
