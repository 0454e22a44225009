"""What was found out, as the parts of an answer: for `why` and `incident show`."""

from bot.diagnosis.evidence import safe
from bot.model.incident import Diagnosis
from bot.model.plan import Fact
from bot.model.reply import Code, Facts, Part, Text
from bot.model.symptom import Symptom


def told(worst: Symptom, known: Diagnosis | None) -> list[Part]:
    """The likely cause and its evidence; of what was not looked into, the API's own words."""
    if known is None:
        return [Text(": ".join(part for part in (worst.reason, safe(worst.message)) if part))]
    facts = [Fact("Likely", known.likely), Fact("Seen on", str(worst.subject))]
    facts += [Fact("Changed", known.changed)] if known.changed else []
    facts += [Fact("Restarts", str(worst.restarts))] if worst.restarts else []
    log = [Code("\n".join(known.log), title="Last lines before it ended", file_name="log.txt")] if known.log else []
    return [Facts((*facts, *known.facts)), *log]
