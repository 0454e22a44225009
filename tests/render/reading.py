"""Read blocks as a person would: one line of text per line on the screen, controls in brackets."""

from bot.model.plan import Json


def read(blocks: list[dict[str, Json]]) -> str:
    """The blocks as plain lines."""
    return "\n".join(line for block in blocks for line in _block(block))


def _block(block: dict[str, Json]) -> list[str]:
    match block["type"]:
        case "rich_text":
            return [line for element in block["elements"] for line in _section(element)]
        case "actions":
            return [" ".join(_control(element) for element in block["elements"])]
        case "table":
            return ["| " + " | ".join(cell["text"] for cell in row) for row in block["rows"]]
        case "container":
            return [f"*{block['title']['text']}*", *(line for child in block["child_blocks"] for line in _block(child))]
        case "plan":
            return [line for task in block["tasks"] for line in _task(task)]
        case "input":
            return [f"<{block['label']['text']}>"]
        case other:
            raise AssertionError(f"a {other} block that nobody reads here")


def _task(task: dict[str, Json]) -> list[str]:
    details = "; ".join(_block(task["details"])) if "details" in task else ""
    return [f"{task['status']} {task['title']}" + (f": {details}" if details else "")]


def _section(section: dict[str, Json]) -> list[str]:
    text = "".join(_inline(element) for element in section["elements"])
    bar = "| " if section["type"] == "rich_text_preformatted" else ""
    return [f"{bar}{line}" for line in text.split("\n")]


def _inline(element: dict[str, Json]) -> str:
    match element:
        case {"type": "user", "user_id": user}:
            return f"@{user}"
        case {"type": "channel", "channel_id": channel}:
            return f"#{channel}"
        case {"type": "date", "fallback": fallback}:
            return str(fallback)
        case {"type": "text", "text": text, "style": {"bold": True}}:
            return f"*{text}*"
        case {"type": "text", "text": text, "style": {"code": True}}:
            return f"`{text}`"
        case {"type": "text", "text": text}:
            return str(text)
        case _:
            raise AssertionError(f"an element that nobody reads here: {element}")


def _control(element: dict[str, Json]) -> str:
    match element:
        case {"type": "button", "text": {"text": label}, "style": "primary"}:
            return f"[{label}!]"
        case {"type": "button", "text": {"text": label}}:
            return f"[{label}]"
        case {"type": "overflow", "options": options}:
            return f"[⋯ {' · '.join(option['text']['text'] for option in options)}]"
        case {"type": "static_select", "placeholder": {"text": label}, "options": options}:
            return f"[{label} ▾ {' · '.join(option['text']['text'] for option in options)}]"
        case _:
            raise AssertionError(f"a control that nobody reads here: {element}")
