"""What the API server refuses, in our words: its Status becomes one of bot.errors."""

import re
from collections.abc import Mapping

import msgspec

from bot.errors import BadArguments, BotError, Conflict, Denied, NotFound, Rejected, Throttled, Unreachable
from bot.k8s.request import Request
from bot.model.kube.meta import KubeStruct
from bot.model.redaction import redact

SHOWN = 300
"""Characters of the server's own message that are shown."""
PAUSE_S = 1.0
"""How long to wait where the server asks for patience without saying how much."""

MISSING_RULE = re.compile(
    r'User "(?P<user>[^"]+)" cannot (?P<verb>\S+) (?:resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: (?:in the namespace "(?P<namespace>[^"]+)"|at the cluster scope))?|path "(?P<path>[^"]+)")'
)
"""The RBAC authorizer's sentence (apiserver, handlers/responsewriters/errors.go)."""
OTHER_MANAGER = re.compile(r'conflict with "(?P<manager>[^"]+)"')


class Unauthenticated(Denied):
    """401: the credentials themselves are not accepted."""


class Expired(Unreachable):
    """410: the version or the page asked for is no longer kept; begin again."""


class Cause(KubeStruct):
    reason: str = ""
    message: str = ""
    field: str = ""


class Details(KubeStruct):
    name: str = ""
    group: str = ""
    kind: str = ""
    causes: tuple[Cause, ...] = ()
    retry_after_seconds: int = 0


class Status(KubeStruct):
    """The API's error body, in a response or as the object of an ERROR event."""

    kind: str = ""
    message: str = ""
    reason: str = ""
    code: int = 0
    details: Details | None = None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is wrong in particular."""
        return self.details.causes if self.details else ()


_decode = msgspec.json.Decoder(Status).decode


def parse_status(body: bytes) -> Status | None:
    """Read a Status; None where the answer is something else (a proxy's page, a truncated body)."""
    try:
        status = _decode(body)
    except msgspec.DecodeError:
        return None
    return status if status.kind == "Status" else None


def error_for(request: Request, code: int, body: bytes, headers: Mapping[str, str]) -> BotError:
    """Say what an answer other than 2xx means."""
    status = parse_status(body)
    if status is None:
        return _foreign(request, code, retry_after(headers, None))
    match code:
        case 401:
            return Unauthenticated("The API server does not accept the bot's credentials.", hint="Renew its token.")
        case 403:
            return _forbidden(request, status)
        case 404:
            return _not_found(request, status)
        case 409:
            return _conflict(request, status)
        case 410:
            return Expired(f"The list of {request.target} changed while it was read.", hint="Try again.")
        case 429:
            return _too_many(request, status, headers)
        case 400 | 405 | 406 | 413 | 415 | 422:
            return _refused(request, status)
        case _:
            return _failed(request, code, status, retry_after(headers, status))


def retry_after(headers: Mapping[str, str], status: Status | None) -> float:
    """Give the pause that the server asked for, in seconds; 0 where it did not."""
    asked = headers.get("Retry-After", "")
    if asked.isdecimal():
        return float(asked)
    return float(status.details.retry_after_seconds) if status and status.details else 0.0


def said(status: Status) -> str:
    """Give the server's own message, fit to be shown: one line, no control characters, no secrets, cut."""
    text = redact("".join(sign if sign.isprintable() else " " for sign in status.message))
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _foreign(request: Request, code: int, pause_s: float) -> BotError:
    if code in {429, 503} and pause_s:
        return Throttled(f"The way to the API server asks to wait {pause_s:.0f} s.", retry_after_s=pause_s)
    if code == 429:
        return Throttled("The way to the API server asks to wait.", retry_after_s=PAUSE_S)
    what = f"The way to the API server answered {code} for {request.target}, and not in Kubernetes' words."
    return Unreachable(what, hint=_unsure(request)) if code >= 500 else Rejected(what)


def _forbidden(request: Request, status: Status) -> BotError:
    if rule := MISSING_RULE.search(status.message):
        return _missing_rule(rule)
    if "cannot" in status.message and 'User "' in status.message:
        return Denied(f"Kubernetes does not let the bot do this: {said(status)}")
    return Rejected(f"Kubernetes refuses this for {request.target}: {said(status)}")


def _missing_rule(rule: re.Match[str]) -> Denied:
    user, verb = rule["user"], rule["verb"]
    if rule["path"]:
        return Denied(f"Kubernetes: no rule lets {user} {verb} {rule['path']}.", hint="Add it as a nonResourceURL.")
    where = f"in {rule['namespace']}" if rule["namespace"] else "in the whole cluster"
    group = rule["group"]
    full = f"{rule['resource']} ({group})" if group else rule["resource"]
    return Denied(
        f"Kubernetes: no rule lets {user} {verb} {full} {where}.",
        hint=f'Missing rule: apiGroups ["{group}"], resources ["{rule["resource"]}"], verbs ["{verb}"] {where}.',
    )


def _not_found(request: Request, status: Status) -> NotFound:
    details = status.details
    if details and details.kind == "namespaces" and details.name == request.namespace:
        return NotFound(f'There is no namespace "{request.namespace}".')
    if request.resource and request.name and details and details.name == request.name:
        where = f" in {request.namespace}" if request.namespace else ""
        return NotFound(f'No {request.resource.singular} "{request.name}"{where}.')
    if request.resource and not details:
        return NotFound(f"This cluster does not know {request.resource.plural} ({request.resource.api_version}).")
    return NotFound(f"The API server has nothing at {request.target}.")


def _conflict(request: Request, status: Status) -> Conflict:
    owned = [(cause, OTHER_MANAGER.search(cause.message)) for cause in status.causes]
    fields = [f"{cause.field} by {found['manager']}" for cause, found in owned if found]
    if fields:
        return Conflict(
            f"Fields of {request.target} are managed by somebody else: {', '.join(fields[:5])}. Nothing was changed.",
            hint="Take them over only when you know that the other side stops writing them.",
        )
    if status.reason == "AlreadyExists":
        return Conflict(f"{request.target} exists already. Nothing was created.")
    if "UID in precondition" in status.message:
        return Conflict(f"{request.target} was replaced by another object of this name. Nothing was changed.")
    if "modified" in status.message or "ResourceVersion in precondition" in status.message:
        return Conflict(f"{request.target} changed meanwhile. Nothing was changed.", hint="Look again, then decide.")
    return Conflict(f"{request.target} stands in conflict: {said(status)}")


def _too_many(request: Request, status: Status, headers: Mapping[str, str]) -> BotError:
    budgets = [cause.message for cause in status.causes if cause.reason == "DisruptionBudget"]
    if budgets or "disruption budget" in status.message:
        why = f" ({budgets[0]})" if budgets else ""
        return Conflict(f"A PodDisruptionBudget does not let {request.target} go now{why}. Nothing was changed.")
    pause_s = retry_after(headers, status) or PAUSE_S
    return Throttled(f"The API server asks to wait {pause_s:.0f} s. Nothing was changed.", retry_after_s=pause_s)


def _refused(request: Request, status: Status) -> BotError:
    if request.verb in {"list", "watch", "deletecollection"}:
        return BadArguments(f"The API server does not understand the selection: {said(status)}")
    causes = "; ".join(f"{cause.field}: {cause.message}".strip(": ") for cause in status.causes[:3])
    what = said(Status(message=causes)) if causes else said(status)
    return Rejected(f"The API server refuses this for {request.target}: {what or status.reason}")


def _failed(request: Request, code: int, status: Status, pause_s: float) -> BotError:
    if pause_s and code in {503, 504}:
        return Throttled(f"The API server asks to wait {pause_s:.0f} s: {said(status)}", retry_after_s=pause_s)
    return Unreachable(f"The API server failed ({code}) for {request.target}: {said(status)}", hint=_unsure(request))


def _unsure(request: Request) -> str:
    return "Whether it took effect is not known." if request.writes else "Try again."
