"""Events: what components said about an object; lossy, kept for an hour, good for enriching and never for deciding."""

from datetime import datetime

from bot.model.kube.meta import KubeObject, KubeStruct, ObjectReference
from bot.model.redaction import redact


class EventSource(KubeStruct):
    component: str = ""
    host: str = ""


class EventSeries(KubeStruct):
    count: int = 0
    last_observed_time: datetime | None = None


class Event(KubeObject):
    """An event of the core group: new components fill `event_time` and `series`, old ones timestamps and `count`."""

    involved_object: ObjectReference = ObjectReference()
    type: str = ""
    """Normal or Warning."""
    reason: str = ""
    message: str = ""
    source: EventSource = EventSource()
    reporting_component: str = ""
    count: int = 0
    series: EventSeries | None = None
    event_time: datetime | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None

    @property
    def said(self) -> str:
        """Its message as it may be shown: probes and hooks quote what they were answered, secrets included."""
        return redact(self.message.strip())

    @property
    def times(self) -> int:
        """How often it happened."""
        return max(self.count, self.series.count if self.series else 0, 1)

    @property
    def last_seen(self) -> datetime | None:
        """When it happened last, whichever field the component filled."""
        observed = self.series.last_observed_time if self.series else None
        return observed or self.last_timestamp or self.event_time or self.metadata.creation_timestamp

    @property
    def first_seen(self) -> datetime | None:
        """When it happened first."""
        return self.first_timestamp or self.event_time or self.metadata.creation_timestamp

    @property
    def component(self) -> str:
        """Who said it: "kubelet"."""
        return self.reporting_component or self.source.component
