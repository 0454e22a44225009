"""What can be broken on purpose, by name: for the control API, the page's panel and the chaos tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from playground.slack.api.call import Args
from playground.slack.api.table import METHODS
from playground.slack.clock import Clock
from playground.slack.connections import Reason
from playground.slack.envelopes import SocketMode
from playground.slack.faults import Failure, Faults
from playground.slack.installation import Installation, TokenKind
from playground.slack.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """What mischief meddles with."""

    sockets: SocketMode
    faults: Faults
    limits: Limits
    clock: Clock
    app: Installation


@dataclass(frozen=True, slots=True)
class Mischief:
    """One thing to break: what a person reads, and what is done."""

    says: str
    do: Callable[[Wires, Args], None]


def _drop(on: Wires, _args: Args) -> None:
    on.sockets.drop()


def _half_open(on: Wires, _args: Args) -> None:
    on.sockets.half_open()


def _ghost(on: Wires, args: Args) -> None:
    on.sockets.ghosts += args.number("count", default=1)


def _refuse(on: Wires, args: Args) -> None:
    on.faults.refused_handshakes += args.number("count", default=1)


def _refresh(on: Wires, _args: Args) -> None:
    on.sockets.refresh()


def _reconnect(on: Wires, _args: Args) -> None:
    on.sockets.end(Reason.REFRESH_REQUESTED)


def _link_disabled(on: Wires, _args: Args) -> None:
    on.faults.link_disabled = True
    on.sockets.end(Reason.LINK_DISABLED)


def _too_many(on: Wires, _args: Args) -> None:
    on.sockets.end(Reason.TOO_MANY_WEBSOCKETS)


def _throttle(on: Wires, args: Args) -> None:
    on.faults.failures.append(_failure(args, 429))


def _exhaust(on: Wires, args: Args) -> None:
    method = METHODS[args.text("method") or "chat.update"]
    on.limits.exhaust(method.name, method.tier)


def _fail(on: Wires, args: Args) -> None:
    on.faults.failures.append(_failure(args, args.number("status", default=503)))


def _lose(on: Wires, args: Args) -> None:
    on.faults.failures.append(replace(_failure(args, args.number("status", default=503)), is_done=True))


def _latency(on: Wires, args: Args) -> None:
    on.faults.latency_s = args.number("milliseconds", default=2_000) / 1000


def _duplicate(on: Wires, args: Args) -> None:
    on.faults.duplicated_events += args.number("count", default=1)


def _late(on: Wires, args: Args) -> None:
    on.faults.late_events_s = float(args.number("seconds", default=30))


def _turn(on: Wires, args: Args) -> None:
    on.clock.turn(float(args.number("seconds", default=3600)))


def _rescale(on: Wires, args: Args) -> None:
    on.clock.rescale(float(args.number("scale", default=60)))


def _revoke(on: Wires, args: Args) -> None:
    on.app.revoked.add(TokenKind[(args.text("token") or "bot").upper()])


def _remove_scope(on: Wires, args: Args) -> None:
    on.app.scopes.discard(args.text("scope") or "chat:write")


def _old_blocks(on: Wires, _args: Args) -> None:
    on.faults.lacks_new_blocks = True


def _mend(on: Wires, _args: Args) -> None:
    on.faults.clear()
    on.sockets.ghosts = 0
    on.app.revoked.clear()
    on.app.scopes |= on.app.manifest.bot_scopes
    on.clock.rescale(1.0)


def _failure(args: Args, status: int) -> Failure:
    return Failure(
        status=status,
        left=args.number("count", default=10),
        method=args.text("method"),
        retry_after=args.number("retry_after", default=5),
    )


MISCHIEF: Mapping[str, Mischief] = {
    "mend": Mischief("Everything works again", _mend),
    "refresh": Mischief("Slack asks to reconnect: a warning, ten seconds later the end", _refresh),
    "reconnect": Mischief("Slack ends every connection at once and asks to reconnect", _reconnect),
    "drop": Mischief("The connection breaks without a word", _drop),
    "half-open": Mischief("The connection goes deaf and mute but stays open", _half_open),
    "ghost": Mischief("Slack believes in a connection that nobody holds and sends every other envelope there", _ghost),
    "refuse": Mischief("Slack refuses the next handshake", _refuse),
    "link-disabled": Mischief(
        "An admin switches Socket Mode off; an app asks seldom whether it is on again", _link_disabled
    ),
    "too-many": Mischief(
        "Slack says that there are too many connections; an app waits before it opens another", _too_many
    ),
    "throttle": Mischief("Slack says 429 to the next calls", _throttle),
    "exhaust": Mischief("The budget of chat.update is used up for this minute", _exhaust),
    "fail": Mischief("Slack answers the next calls with an error page", _fail),
    "lose": Mischief("Slack does what the next calls ask, and its answers are lost", _lose),
    "latency": Mischief("Every call takes two seconds longer", _latency),
    "duplicate": Mischief("The next event comes twice", _duplicate),
    "late": Mischief("Events come half a minute late", _late),
    "turn": Mischief("An hour passes at once", _turn),
    "scale": Mischief("Time runs sixty times as fast", _rescale),
    "revoke": Mischief("An admin revokes the bot's token", _revoke),
    "remove-scope": Mischief("An admin takes chat:write away", _remove_scope),
    "old-blocks": Mischief("The workspace loses Slack's newest blocks: tables, containers, plans", _old_blocks),
}
