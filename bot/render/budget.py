"""A message that stays under Slack's cap by construction: each block asks for room before it goes in."""

from dataclasses import dataclass, field

from bot.render.blocks import Block, characters

MOST_BLOCKS = 48
"""Of Slack's 50: two are kept for the last words and the last buttons."""


@dataclass
class Sheet:
    """Blocks gathered in order until *room* characters are used; what comes after is left out and counted."""

    room: int
    blocks: list[Block] = field(default_factory=list)
    left_out: int = 0

    def add(self, block: Block) -> bool:
        """Put *block* in if it fits; False when it was left out."""
        if not self.fits(block):
            self.left_out += 1
            return False
        self.room -= characters(block)
        self.blocks.append(block)
        return True

    def fits(self, block: Block) -> bool:
        """Whether there is room for *block*."""
        return characters(block) <= self.room and len(self.blocks) < MOST_BLOCKS
