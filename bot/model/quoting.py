"""What others wrote, in quotes or code font that nothing in it closes: else it could go on in the bot's own voice."""

_QUOTES = dict.fromkeys(map(ord, '"“”„‟«»〝〞\uff02'), "'")


def code(name: str) -> str:
    """`name` in code font, which nothing in it ends."""
    return f"`{name.replace('`', '’')}`"


def quoted(said: str) -> str:
    """`“stuck queue”`; no code font begins or ends in it either."""
    return f"“{said.translate(_QUOTES).replace('`', '’')}”"
