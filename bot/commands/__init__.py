"""Commands: one file each, exporting COMMAND; this tuple is the only list of them."""

from bot.commands.change import delete_pod, restart, rollback, rollout_pause, rollout_resume, scale
from bot.spec import AnyCommand

COMMANDS: tuple[AnyCommand, ...] = (
    restart.COMMAND,
    scale.COMMAND,
    rollback.COMMAND,
    rollout_pause.COMMAND,
    rollout_resume.COMMAND,
    delete_pod.COMMAND,
)
