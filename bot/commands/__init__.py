"""Commands: one file each, exporting COMMAND; this tuple is the only list of them."""

from bot.commands.access import can_i, who_can
from bot.commands.change import delete_pod, restart, rollback, rollout_pause, rollout_resume, scale
from bot.commands.look import get
from bot.spec import AnyCommand

COMMANDS: tuple[AnyCommand, ...] = (
    get.COMMAND,
    restart.COMMAND,
    scale.COMMAND,
    rollback.COMMAND,
    rollout_pause.COMMAND,
    rollout_resume.COMMAND,
    delete_pod.COMMAND,
    can_i.COMMAND,
    who_can.COMMAND,
)
