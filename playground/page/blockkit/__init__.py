"""Block Kit as HTML: `draw_blocks` for the blocks of a message or view, drawn for one reader."""

from playground.page.blockkit.blocks import draw_blocks
from playground.page.blockkit.scene import Json, Scene

__all__ = ["Json", "Scene", "draw_blocks"]
