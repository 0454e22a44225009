"""Heads of the audit chain that must still stand in it: signed ones, kept beside it, and those told outside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.model.checkpoint import Checkpoint, Signer
from bot.model.counting import counted
from bot.store.database import Row


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody's word for one head."""

    checkpoint: Checkpoint
    whose: str
    """`signed 2026-11-23 14:00 UTC`, `that was told`."""
    fault: str = ""
    """Why its word counts for nothing."""


def of_the_database(rows: Iterable[Row], signer: Signer) -> list[Witness]:
    """The heads that are kept beside the chain; with no key at hand they are taken at their word."""
    return [_of_row(row, signer) for row in rows]


def _of_row(row: Row, signer: Signer) -> Witness:
    checkpoint = Checkpoint(row["size"], row["head"])
    whose = f"signed {row['at']:%Y-%m-%d %H:%M} UTC"
    known = signer.knows(checkpoint, row["key_id"], row["sig"]) if signer.keys else True
    match known:
        case True:
            return Witness(checkpoint, f", {whose}")
        case False:
            return Witness(checkpoint, whose, f"The head of row {checkpoint.size}, {whose}: its signature is forged.")
        case None:
            other = f"has a key that is not among those given: {row['key_id']}."
            return Witness(checkpoint, whose, f"The head of row {checkpoint.size}, {whose}, {other}")


def told_outside(checkpoint: Checkpoint) -> Witness:
    """A head that a person copied from where the bot told it."""
    return Witness(checkpoint, " that was told")


def faults_of(witnesses: Iterable[Witness], heads: Mapping[int, bytes], size: int) -> list[str]:
    """What differs between their words and a chain of *size* rows; *heads*: hashes of the rows that they speak of."""
    found = [witness.fault for witness in witnesses if witness.fault]
    for witness in witnesses:
        checkpoint = witness.checkpoint
        if witness.fault:
            continue
        if checkpoint.size > size:
            had = f"it has {counted(size, 'row')}, and had {checkpoint.size} at the head{witness.whose}"
            found.append(f"Its end was cut off: {had}.")
        elif heads[checkpoint.size] != checkpoint.head:
            rows = f"Rows 1 to {checkpoint.size} are not those" if checkpoint.size > 1 else "Row 1 is not that"
            found.append(f"{rows} of the head{witness.whose}.")
    return found
