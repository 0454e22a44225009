"""Policy rules that match → what an operation requires, as their union."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from bot.engine.policy import Match, Policy, Rule, Tier
from bot.errors import BadArguments, Denied
from bot.model.operation import Approvers, Requirements
from bot.spec import Risk


def tiers_for(
    policy: Policy,
    *,
    command: str,
    risk: Risk,
    namespace: str,
    names: tuple[str, ...],
    program: tuple[str, ...] = (),
) -> tuple[tuple[Rule, ...], tuple[Tier, ...]]:
    """The rules that count for any of *names*, and their tiers: those that list *program*, else all that match.

    Raises Denied when one denies, or when none speaks of one of the names: what is allowed takes nothing else along.
    """
    rules = policy.matching(command=command, risk=risk, namespace=namespace, names=names, program=program)
    place = namespace or "the cluster"
    for rule in rules:
        if rule.effect == "deny":
            raise Denied(f"Policy rule “{rule.name}” forbids `{command}` in {place}. Nothing was changed.")
    rules = tuple(rule for rule in rules if rule.match.programs) or rules
    judged = partial(Match.covers, command=command, risk=risk, namespace=namespace, program=program)
    left_out = [name for name in names if not any(judged(rule.match, names=(name,)) for rule in rules)]
    if left_out or not rules:
        what = f"`{command}` of {left_out[0]}" if left_out else f"`{command}`"
        raise Denied(
            f"No policy rule allows {what} in {place}. Nothing was changed.",
            hint="The policy file's owner can add a rule.",
        )
    return rules, tuple(policy.tiers[rule.tier] for rule in rules)


def required(rules: Iterable[Rule], tiers: Iterable[Tier]) -> Requirements:
    """The union: of each group the most people, the shortest times, every confirmation."""
    tiers = tuple(tiers)
    counts: dict[str, int] = {}
    for tier in tiers:
        for wanted in tier.approvals:
            counts[wanted.group] = max(counts.get(wanted.group, 0), wanted.count)
    return Requirements(
        approvals=tuple(Approvers(group, count) for group, count in sorted(counts.items())),
        type_name=any(tier.type_name for tier in tiers),
        rule=", ".join(rule.name for rule in rules),
        approve_within_s=_seconds(min(tier.approve_within for tier in tiers)),
        execute_within_s=_seconds(min(tier.execute_within for tier in tiers)),
    )


def stricter(one: Requirements, other: Requirements) -> Requirements:
    """Of two requirements what satisfies both: nothing is grandfathered when policy changes."""
    counts = {item.group: item.count for item in one.approvals}
    for item in other.approvals:
        counts[item.group] = max(counts.get(item.group, 0), item.count)
    return Requirements(
        approvals=tuple(Approvers(group, count) for group, count in sorted(counts.items())),
        type_name=one.type_name or other.type_name,
        rule=other.rule,
        approve_within_s=min(one.approve_within_s, other.approve_within_s),
        execute_within_s=min(one.execute_within_s, other.execute_within_s),
    )


def check_reason(reason: str, tiers: Iterable[Tier], *, line: str) -> None:
    """Raise BadArguments where a tier wants a reason and *line* came with none, or too short a one."""
    for tier in tiers:
        if tier.reason.required and len(reason.strip()) < tier.reason.min_length:
            raise BadArguments(
                f"This needs a reason of at least {tier.reason.min_length} characters. Nothing was changed.",
                hint='Add `--reason "stuck queue, INC-341"`.',
                unfinished=line,
            )


def unmet(requirements: Requirements, approving: Iterable[frozenset[str]]) -> tuple[Approvers, ...]:
    """What is still missing; *approving* holds each approver's policy groups. One person fills one place.

    Places are filled by augmenting paths (bipartite matching), so that nobody's choice of place blocks another's.
    """
    places = [wanted.group for wanted in requirements.approvals for _ in range(wanted.count)]
    holder: dict[int, int] = {}
    people = list(approving)

    def seat(person: int, tried: set[int]) -> bool:
        for place, group in enumerate(places):
            if group in people[person] and place not in tried:
                tried.add(place)
                if place not in holder or seat(holder[place], tried):
                    holder[place] = person
                    return True
        return False

    for person in range(len(people)):
        seat(person, set())
    missing: dict[str, int] = {}
    for place, group in enumerate(places):
        if place not in holder:
            missing[group] = missing.get(group, 0) + 1
    return tuple(Approvers(group, count) for group, count in missing.items())


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
