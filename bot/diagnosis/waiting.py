"""What keeps something from starting or going on, in words: for faults that the object itself explains."""

import re

from bot.diagnosis.evidence import safe
from bot.model.symptom import Symptom

_MISSING = re.compile(r'(secret|configmap|serviceaccount)s? "([^"]+)" not found', re.IGNORECASE)
_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) \S*?/?([\w.-]+)$", re.IGNORECASE)
_SHORT = re.compile(r"(\d+) Insufficient ([\w/-]+(?:\.[\w/-]+)*)")
_QUOTA = re.compile(r"exceeded quota: (\S+?),")

_REASONS = {
    "BackoffLimitExceeded": "Its pods failed as often as they may",
    "DeadlineExceeded": "It ran longer than it may",
    "PodFailurePolicy": "A pod failed in a way that its policy calls final",
    "FailedIndexes": "Some of its indexes failed",
    "MaxFailedIndexesExceeded": "More of its indexes failed than may",
    "ProgressDeadlineExceeded": "No new pod became ready in time",
    "NodeStatusUnknown": "Its kubelet says nothing any more: the machine, its network or the kubelet is down",
    "KubeletNotReady": "Its kubelet says so itself",
}


def likely(worst: Symptom) -> str:
    """A clause; the API's own words where we have none."""
    message = worst.message
    if found := _MISSING.search(message):
        return f"{found[1].capitalize()} `{found[2]}` does not exist"
    if found := _KEY.search(message):
        return f"{found[2]} `{found[3]}` has no key `{found[1]}`"
    if short := _SHORT.findall(message):
        return f"No node has enough {' and '.join(dict.fromkeys(what for _, what in short))} left: {safe(message)}"
    if found := _QUOTA.search(message):
        return f"The namespace's quota `{found[1]}` is used up"
    if "untolerated taint" in message or "didn't match" in message:
        return f"No node suits it: {safe(message)}"
    known = _REASONS.get(worst.reason, "")
    return known or ": ".join(part for part in (worst.reason, safe(message)) if part)
