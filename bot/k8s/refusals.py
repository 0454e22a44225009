"""What the API server refuses, in our words: its Status becomes one of bot.errors.

The sentences of the server that are matched here were seen on a real one (tests/k8s); where one changes, the refusal is
still told, only less well.
"""

import re
from collections.abc import Mapping

from bot.errors import BadArguments, BotError, Conflict, Denied, NotFound, Rejected, Throttled, Unreachable
from bot.k8s.request import Request
from bot.k8s.status import Status, fit, parse_status, retry_after

PAUSE_S = 1.0
"""How long to wait where the server asks for patience without saying how much."""

MISSING_RULE = re.compile(
    r'User "(?P<user>[^"]+)" cannot (?P<verb>\S+) (?:resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: (?:in the namespace "(?P<namespace>[^"]+)"|at the cluster scope))?|path "(?P<path>[^"]+)")'
)
OTHER_MANAGER = re.compile(r'conflict with "(?P<manager>[^"]+)"')
OTHER_UID = re.compile(r"UID in (?:the )?precondition")
OTHER_VERSION = re.compile(r"has been modified|ResourceVersion in (?:the )?precondition|resourceVersion in the precond")
NO_SUCH_PATH = b"404 page not found"
"""What an API server says, as plain text, of a group that it does not serve."""


class Unauthenticated(Denied):
    """401: the credentials themselves are not accepted."""


class Expired(Unreachable):
    """410, or 504 of a server that lags: the version or page asked for is not there; begin again."""


def error_for(request: Request, code: int, body: bytes, headers: Mapping[str, str]) -> BotError:
    """Say what an answer other than 2xx means."""
    status = parse_status(body)
    if status is None:
        return _foreign(request, code, body, retry_after(headers, None))
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
            return _too_many(request, status, retry_after(headers, status))
        case 400 | 405 | 406 | 413 | 415 | 422:
            return _refused(request, status)
        case _:
            return _failed(request, code, status, retry_after(headers, status))


def _foreign(request: Request, code: int, body: bytes, pause_s: float) -> BotError:
    """Deal with what is not from Kubernetes, or not in its words: nothing of the body is shown."""
    if code == 404 and body.startswith(NO_SUCH_PATH):
        return _unknown(request)
    if code == 429 or (code == 503 and pause_s):
        return Throttled("The way to the API server asks to wait.", retry_after_s=pause_s or PAUSE_S)
    what = f"The way to the API server answered {code} for {request.target}, and not in Kubernetes' words."
    return Unreachable(what, hint=_doubt(request)) if code >= 500 else Rejected(what)


def _forbidden(request: Request, status: Status) -> BotError:
    if rule := MISSING_RULE.search(status.message):
        return _missing_rule(rule)
    if "cannot" in status.message and 'User "' in status.message:
        return Denied(f"Kubernetes does not allow this: {status.said}")
    return Rejected(f"Kubernetes refuses this for {request.target}: {status.said}")


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
    details = status.about
    if details.kind == "namespaces" and details.name == request.namespace:
        return NotFound(f'There is no namespace "{request.namespace}".')
    if request.resource and request.name and details.name == request.name:
        where = f" in {request.namespace}" if request.namespace else ""
        return NotFound(f'No {request.resource.singular} "{request.name}"{where}.')
    return _unknown(request)


def _unknown(request: Request) -> NotFound:
    if request.resource:
        return NotFound(f"This cluster does not know {request.resource.plural} ({request.resource.api_version}).")
    return NotFound(f"The API server has nothing at {request.path}.")


def _conflict(request: Request, status: Status) -> Conflict:
    if fields := _owned_by_others(status):
        return Conflict(
            f"Fields of {request.target} are managed by somebody else: {', '.join(fields[:5])}. Nothing was changed.",
            hint="Take them over only when you know that the other side stops writing them.",
        )
    if status.reason == "AlreadyExists":
        return Conflict(f"{request.aimed_at(status.about.name)} exists already. Nothing was created.")
    if OTHER_UID.search(status.message):
        return _replaced(request)
    if OTHER_VERSION.search(status.message):
        return Conflict(f"{request.target} changed meanwhile. Nothing was changed.", hint="Look again, then decide.")
    return Conflict(f"{request.target} stands in conflict: {status.said}")


def _owned_by_others(status: Status) -> list[str]:
    owned = [(cause.field, OTHER_MANAGER.search(cause.message)) for cause in status.causes]
    return [f"{field} by {found['manager']}" for field, found in owned if found]


def _replaced(request: Request) -> Conflict:
    return Conflict(f"{request.target} was replaced by another object of this name. Nothing was changed.")


def _too_many(request: Request, status: Status, pause_s: float) -> BotError:
    budgets = [cause.message for cause in status.causes if cause.reason == "DisruptionBudget"]
    if budgets or "disruption budget" in status.message:
        why = f" ({fit(budgets[0])})" if budgets else ""
        return Conflict(f"A PodDisruptionBudget does not let {request.target} go now{why}. Nothing was changed.")
    pause_s = pause_s or PAUSE_S
    return Throttled(f"The API server asks to wait {pause_s:.0f} s. Nothing was changed.", retry_after_s=pause_s)


def _refused(request: Request, status: Status) -> BotError:
    if request.verb in {"list", "watch"}:
        return BadArguments(f"The API server does not understand the selection: {status.said}")
    if any(cause.field == "metadata.uid" for cause in status.causes):
        return _replaced(request)  # a merge patch with another uid is answered as an attempt to change it
    causes = "; ".join(f"{cause.field}: {fit(cause.message)}".strip(": ") for cause in status.causes[:3])
    return Rejected(f"The API server refuses this for {request.target}: {causes or status.said or status.reason}")


def _failed(request: Request, code: int, status: Status, pause_s: float) -> BotError:
    if any(cause.reason == "ResourceVersionTooLarge" for cause in status.causes):
        return Expired(f"The API server does not know this version of {request.target} yet.", hint="Try again.")
    if pause_s and code in {503, 504}:
        return Throttled(f"The API server asks to wait {pause_s:.0f} s: {status.said}", retry_after_s=pause_s)
    return Unreachable(f"The API server failed ({code}) for {request.target}: {status.said}", hint=_doubt(request))


def _doubt(request: Request) -> str:
    return "Whether it took effect is not known." if request.writes else "Try again."
