"""Policy: the strict YAML file that maps people to subjects, channels to namespaces and changes to requirements."""

import hashlib
import re
from collections.abc import Collection
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from bot.engine import strict_yaml
from bot.engine.programs import PATTERN_SIGNS, check_program, is_program
from bot.errors import BadArguments
from bot.model.actor import Subject
from bot.spec import Risk

FORBIDDEN_PREFIX = "system:"
"""Kubernetes' own users and groups: never given to a person."""

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: Any) -> Any:
    """`15m`, `1h`, `64h` → timedelta; anything else is left to pydantic."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
    return timedelta(seconds=int(found[1]) * _UNITS_S[found[2]]) if found else value


Duration = Annotated[
    timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "pattern": r"^\d{1,6}[smhd]$"})
]


class _Strict(BaseModel):
    """A mistyped key is an error, never silently open."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_alias=True, use_attribute_docstrings=True
    )


class PersonEntry(_Strict):
    """The Kubernetes identity of one Slack account."""

    user: str = Field(min_length=1)
    groups: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _no_system_identity(self) -> Self:
        if any(name.startswith(FORBIDDEN_PREFIX) for name in (self.user, *self.groups)):
            raise ValueError(f"{FORBIDDEN_PREFIX}* belongs to Kubernetes itself and can't be given to a person")
        return self

    @property
    def subject(self) -> Subject:
        """As the engine speaks of it."""
        return Subject(user=self.user, groups=self.groups)


class Group(_Strict):
    """People who may be asked to approve: everyone with one of these Kubernetes groups."""

    kubernetes_groups: tuple[str, ...] = Field(min_length=1)
    mention: str = ""
    """Id of the Slack user group to notify; authority never comes from it."""


class Channel(_Strict):
    """What may be asked in a channel."""

    namespaces: tuple[str, ...] = Field(min_length=1)
    """Patterns; `*` for all."""
    home: str
    """Namespace that commands mean when they name none."""
    alerts: bool = False
    """Incidents of `namespaces` are posted here."""

    def covers(self, namespace: str) -> bool:
        """Whether the channel may speak of *namespace*; `*` asks for all of them."""
        return "*" in self.namespaces if namespace == "*" else _any(self.namespaces, namespace)


class ApproverCount(_Strict):
    """So many different people of one group."""

    group: str
    count: int = Field(default=1, ge=1, le=5)


class Reason(_Strict):
    """Whether a reason must be given."""

    required: bool = False
    min_length: int = Field(default=3, ge=1, le=100)


class Tier(_Strict):
    """A named set of requirements."""

    approvals: tuple[ApproverCount, ...] = ()
    approver_must_hold_verb: bool = True
    type_name: bool = False
    reason: Reason = Reason()
    approve_within: Duration = timedelta(hours=1)
    execute_within: Duration = timedelta(minutes=15)


class Match(_Strict):
    """What a rule speaks of; an empty list matches everything."""

    commands: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    programs: tuple[Annotated[str, AfterValidator(check_program)], ...] = ()
    """What `exec` runs, word by word: `df -h`, `ls -l /app/*`. Such a rule, where it matches, counts alone."""

    def covers(
        self, *, command: str, risk: Risk, namespace: str, names: tuple[str, ...], program: tuple[str, ...] = ()
    ) -> bool:
        """Whether the rule speaks of this; of several targets one is enough."""
        return (
            _any(self.commands, command)
            and (not self.risks or risk in self.risks)
            and _any(self.namespaces, namespace)
            and (not self.names or any(_any(self.names, name) for name in names))
            and (not self.programs or any(is_program(line, program) for line in self.programs))
        )


class Rule(_Strict):
    """Names a tier for what it matches, or denies it."""

    name: str
    match: Match = Match()
    tier: str = ""
    effect: Literal["allow", "deny"] = "allow"

    @model_validator(mode="after")
    def _programs_are_allowed(self) -> Self:
        """A list of forbidden programs would be no protection: there is always another name."""
        if self.match.programs and self.effect == "deny":
            raise ValueError(f"rule “{self.name}” denies programs: what no rule lists needs approval anyway")
        return self


class Policy(_Strict):
    """The whole file, known to be consistent."""

    api_version: Literal["chatops.saas.io/v1"]
    kind: Literal["Policy"]
    people: dict[str, PersonEntry]
    groups: dict[str, Group] = {}
    channels: dict[str, Channel]
    tiers: dict[str, Tier]
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for rule in self.rules:
            if rule.effect == "allow" and rule.tier not in self.tiers:
                raise ValueError(f"rule “{rule.name}” names tier “{rule.tier}”, which is not in tiers")
        for name, tier in self.tiers.items():
            for wanted in tier.approvals:
                self._can_ever_approve(name, wanted)
        return self

    def _can_ever_approve(self, tier: str, wanted: ApproverCount) -> None:
        """A group that is too small would leave every request waiting for ever (the rule is NetApp ONTAP's)."""
        if wanted.group not in self.groups:
            raise ValueError(f"tier “{tier}” names group “{wanted.group}”, which is not in groups")
        members = {entry.user for entry in self.people.values() if self.is_member(entry.subject, wanted.group)}
        if len(members) <= wanted.count:
            raise ValueError(
                f"tier “{tier}” asks {wanted.count} of group “{wanted.group}”, which has {len(members)}: "
                "without the requester nobody is left to approve"
            )

    def is_member(self, subject: Subject, group: str) -> bool:
        """Whether *subject* is one of the policy group."""
        return group in self.groups and bool(set(self.groups[group].kubernetes_groups) & set(subject.groups))

    def alert_channels(self, namespace: str) -> tuple[str, ...]:
        """Where incidents of *namespace* are shown; those of no namespace (a node) in every channel that has any."""
        bound = self.channels.items()
        return tuple(id for id, one in bound if one.alerts and (not namespace or one.covers(namespace)))

    @property
    def alert_namespaces(self) -> tuple[str, ...]:
        """Those whose incidents are shown, as far as they are named and not meant by a pattern."""
        named = {one for channel in self.channels.values() if channel.alerts for one in channel.namespaces}
        return tuple(sorted(one for one in named if not set(one) & set(PATTERN_SIGNS)))

    def matching(
        self, *, command: str, risk: Risk, namespace: str, names: tuple[str, ...], program: tuple[str, ...] = ()
    ) -> tuple[Rule, ...]:
        """Every rule that speaks of it: their order means nothing."""
        return tuple(
            rule
            for rule in self.rules
            if rule.match.covers(command=command, risk=risk, namespace=namespace, names=names, program=program)
        )


NOBODY = Policy.model_validate(
    {"apiVersion": "chatops.saas.io/v1", "kind": "Policy", "people": {}, "channels": {}, "tiers": {}, "rules": []}
)
"""Without a policy file: no rule, and no rule means no."""


def _any(patterns: tuple[str, ...], value: str) -> bool:
    return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


def load(text: str) -> Policy:
    """Read the file's *text*. Raises BadArguments that names the place and the fault."""
    try:
        return Policy.model_validate(strict_yaml.load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        problem = getattr(error, "problem", None)
        raise BadArguments(
            f"The policy file is not YAML: {where}{f': {problem}' if problem else ''}.",
            hint="Check indentation and quotes there.",
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        fault = first["msg"].removeprefix("Value error, ")
        raise BadArguments(f"The policy file is wrong at {place}: {fault}.", hint="See docs/policy.md.") from None


def idle_patterns(policy: Policy, commands: Collection[str]) -> list[str]:
    """What of the rules speaks of no command: a typo there would let pass what the rule was meant to stop."""
    return [
        f"Rule “{rule.name}” speaks of command “{pattern}”, which there is none of."
        for rule in policy.rules
        for pattern in rule.match.commands
        if not any(fnmatchcase(command, pattern) for command in commands)
    ]


def revision(text: str) -> str:
    """Short fingerprint of the file, kept with every operation that it judged."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
