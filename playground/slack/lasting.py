"""Which of what can be broken is broken now: for the panel, where a fault that was forgotten would puzzle people."""

from collections.abc import Callable, Mapping

from playground.slack.mischief import Wires

LASTING: Mapping[str, Callable[[Wires], bool]] = {
    "ghost": lambda on: on.sockets.ghosts > 0,
    "refuse": lambda on: on.faults.refused_handshakes > 0,
    "link-disabled": lambda on: on.faults.link_disabled,
    "throttle": lambda on: any(failure.status == 429 for failure in on.faults.failures),
    "fail": lambda on: any(failure.status >= 500 and not failure.is_done for failure in on.faults.failures),
    "lose": lambda on: any(failure.is_done for failure in on.faults.failures),
    "latency": lambda on: on.faults.latency_s > 0,
    "duplicate": lambda on: on.faults.duplicated_events > 0,
    "late": lambda on: on.faults.late_events_s > 0,
    "scale": lambda on: on.clock.scale != 1,
    "revoke": lambda on: bool(on.app.revoked),
    "remove-scope": lambda on: bool(on.app.manifest.bot_scopes - on.app.scopes),
    "old-blocks": lambda on: on.faults.lacks_new_blocks,
}
"""By the names of MISCHIEF; the others happen once and are over."""


def in_effect(on: Wires) -> frozenset[str]:
    """Names of what is broken now."""
    return frozenset(name for name, lasts in LASTING.items() if lasts(on))
