"""A report as Prometheus' text format: names, types and labels that dashboards keep."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.health.health import Report
from bot.k8s.freshness import Freshness
from bot.slack.health import SlackHealth

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "saas_bot_"

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Metric:
    """One family: a value for each set of labels."""

    name: str
    kind: str
    """`gauge` or `counter`."""
    about: str
    values: Mapping[Labels, float]

    def lines(self) -> Iterator[str]:
        """As Prometheus reads it."""
        yield f"# HELP {PREFIX}{self.name} {self.about}"
        yield f"# TYPE {PREFIX}{self.name} {self.kind}"
        for labels, value in self.values.items():
            yield f"{PREFIX}{self.name}{_labels(labels)} {_number(value)}"


def exposition(report: Report) -> str:
    """The whole page; a family without values is left out."""
    return "\n".join(line for metric in metrics(report) if metric.values for line in metric.lines()) + "\n"


def metrics(report: Report) -> Iterator[Metric]:
    """Every family."""
    yield _one("ready", "gauge", "1 when the bot takes work.", report.ready)
    yield _one("budgets_shared", "gauge", "1 when all copies count Slack's limits together.", report.budgets_shared)
    if report.backlog is not None:
        yield _one("outbox_due", "gauge", "Messages that wait to be sent.", report.backlog.due)
        yield _one("outbox_oldest_seconds", "gauge", "Age of the oldest of them.", report.backlog.oldest_s)
    yield from _slack(report.slack)
    yield from _watched(report.watched)


def _slack(slack: SlackHealth) -> Iterator[Metric]:
    yield _one("slack_throttled_total", "counter", "Answers 429.", slack.throttled)
    acks = {"0.5": slack.acks.p50_ms / 1000, "0.99": slack.acks.p99_ms / 1000}
    yield _each("slack_ack_seconds", "gauge", "From an envelope to its ack, lately.", "quantile", acks)
    yield _each("slack_total", "counter", "Envelopes and deliveries by what became of them.", "what", slack.counts)
    if (socket := slack.socket) is not None:
        yield _one("slack_sockets", "gauge", "Open sockets of this copy.", socket.sockets)
        yield _one("slack_connections", "gauge", "Sockets of the app as Slack counts them.", socket.num_connections)
        yield _each("slack_reconnects_total", "counter", "Sockets that ended.", "reason", socket.reconnects)


def _watched(watched: Sequence[Freshness]) -> Iterator[Metric]:
    events, tracked = {one.name: one.events for one in watched}, {one.name: one.tracked for one in watched}
    silent_s = {one.name: one.clock() - one.heard_at for one in watched}
    unchanged_s = {one.name: one.clock() - one.changed_at for one in watched if one.changed_at is not None}
    yield _each("watch_events_total", "counter", "Events taken from the cluster.", "kind", events)
    yield _each("watch_tracked", "gauge", "Objects that are kept in mind.", "kind", tracked)
    yield _each("watch_silent_seconds", "gauge", "Since the last byte from the cluster.", "kind", silent_s)
    yield _each("watch_unchanged_seconds", "gauge", "Since the last event that told of a change.", "kind", unchanged_s)
    ends: dict[Labels, float] = {
        (("kind", one.name), ("reason", reason)): float(count)
        for one in watched
        for reason, count in one.reconnects.items()
    }
    yield Metric("watch_reconnects_total", "counter", "Streams that ended.", ends)


def _one(name: str, kind: str, about: str, value: float) -> Metric:
    return Metric(name, kind, about, {(): float(value)})


def _each(name: str, kind: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(name, kind, about, {((label, value),): float(number) for value, number in values.items()})


def _labels(labels: Labels) -> str:
    pairs = [f'{name}="{_escaped(value)}"' for name, value in labels]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    """In full: six digits would stop a counter at a million."""
    return f"{value:.0f}" if value.is_integer() else f"{value:.6g}"
