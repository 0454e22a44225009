"""Numbers with their noun: `1 pod`, `3 pods`."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """*number* and *noun* in the right number; *plural* where an s does not do."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
