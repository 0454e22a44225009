"""How full, at a glance: `▓▓▓░░░░░░░`."""


def bar(share: float, cells: int = 10) -> str:
    """*share* of 1 as filled cells; full only when nothing is missing, and never more than full."""
    filled = max(0, min(cells, int(share * cells)))
    return "▓" * filled + "░" * (cells - filled)
