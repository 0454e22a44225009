"""What features and flows need of the outside, cut by their users; each method says what it raises (bot.errors)."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bot.model.actor import Person, Subject
from bot.model.backup import PLATFORM, Backup, BackupPlaces
from bot.model.event import Noted
from bot.model.execution import ExecQuery, ExecResult
from bot.model.fingerprint import OF_THIS_PROCESS, Fingerprints
from bot.model.kube.authorship import Authorship
from bot.model.kube.meta import KubeStruct
from bot.model.layer import Layer
from bot.model.logs import LogLine, LogQuery, LogRead
from bot.model.operation import Operation, State
from bot.model.plan import Json
from bot.model.probe import NoAnswer, ProbeAnswer, ProbeQuery
from bot.model.refs import ObjectRef
from bot.model.resources import Resource
from bot.model.storage import InstanceUsage, NodeStorage

K = TypeVar("K", bound=KubeStruct)


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer of one SubjectAccessReview; an error or timeout is a no with its reason."""

    allowed: bool
    reason: str = ""
    is_known: bool = True
    """False: nobody could be asked; it is a no for now, which another try may turn into a yes."""


class ClusterReader(Protocol):
    """Reads of one Kubernetes cluster.

    All raise Denied (the bot lacks the right, with the missing rule named), Throttled, Unreachable.
    """

    name: str

    async def get(self, kind: type[K], name: str, namespace: str = "") -> K:
        """One object, decoded. Raises NotFound."""

    async def list(
        self, kind: type[K], namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[K]:
        """All objects of a kind (paged underneath); *namespace* empty: of every namespace; *limit* 0: all.

        Raises BadArguments on a bad selector.
        """

    async def get_object(self, resource: Resource, name: str, namespace: str = "") -> dict[str, Json]:
        """One object of any kind as the API's JSON. Raises NotFound."""

    async def list_objects(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[dict[str, Json]]:
        """All objects of any kind as JSON; *limit* 0: all."""

    async def authorship(self, resource: Resource, name: str, namespace: str = "") -> Authorship:
        """Who wrote which fields of an object, and when; its content is not asked for. Raises NotFound."""

    async def get_path(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Json]:
        """Any other GET that answers JSON (/version, metrics). Raises NotFound."""

    def changes(self, refs: Sequence[ObjectRef]) -> AsyncGenerator[None, None]:
        """Yield whenever one of *refs*, or a pod or ReplicaSet it owns, may have changed.

        Coalesced; never raises; ends when closed. It may yield without need and yields after every reconnect; the
        caller reads again and also looks from time to time.
        """

    def list_changes(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = ""
    ) -> AsyncGenerator[None, None]:
        """The same for what `list` gives: yield whenever it may give something else."""

    async def may(
        self, subject: Subject, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> Permission:
        """Ask the API server (SubjectAccessReview) whether *subject* may.

        *resource* may have a subresource: "deployments/scale".

        Never raises: error, timeout and evaluationError are a no.
        """


class Cluster(ClusterReader, Protocol):
    """Reads and writes. Every write carries our field manager and the given audit id.

    Writes raise NotFound, Denied, Conflict (resourceVersion or uid moved, or another manager owns the field),
    Rejected (the server says why), Throttled, and Unreachable, after which the effect is not known.
    """

    async def merge_patch(
        self,
        ref: ObjectRef,
        body: Mapping[str, Json],
        *,
        audit_id: str = "",
        subresource: str = "",
        dry_run: bool = False,
    ) -> dict[str, Json]:
        """JSON merge patch (RFC 7386); put `metadata.uid` and `metadata.resourceVersion` into *body* for
        compare-and-swap.
        """

    async def strategic_patch(
        self, ref: ObjectRef, body: Mapping[str, Json], *, audit_id: str = "", dry_run: bool = False
    ) -> dict[str, Json]:
        """Strategic merge patch, for built-in kinds."""

    async def json_patch(
        self, ref: ObjectRef, operations: Sequence[Mapping[str, Json]], *, audit_id: str = "", dry_run: bool = False
    ) -> dict[str, Json]:
        """JSON patch (RFC 6902); `test` operations that fail raise Conflict."""

    async def create(
        self,
        resource: Resource,
        body: Mapping[str, Json],
        *,
        namespace: str = "",
        audit_id: str = "",
        dry_run: bool = False,
    ) -> dict[str, Json]:
        """Create an object. Raises Conflict when the name is taken."""

    async def delete(self, ref: ObjectRef, *, audit_id: str = "", propagation: str = "Background") -> None:
        """Delete, with `ref.uid` as precondition where given. Raises NotFound."""

    async def evict(self, ref: ObjectRef, *, audit_id: str = "", dry_run: bool = False) -> None:
        """Evict a pod. Raises Conflict when a PodDisruptionBudget forbids it now."""


class Logs(Protocol):
    """Logs of one cluster's containers, without secrets. All raise NotFound, Denied, Throttled, Unreachable."""

    async def read(self, query: LogQuery) -> LogRead:
        """The newest lines, merged by time. Raises BadArguments when a pod has several containers and none is named."""

    def follow(self, query: LogQuery) -> AsyncGenerator[LogLine, None]:
        """Lines as they are written, until every container has ended or the iterator is closed."""


class Exec(Protocol):
    """Runs programs in containers of one cluster."""

    async def run(self, query: ExecQuery) -> ExecResult:
        """Run to the end, or until its time is up. Raises NotFound, Denied, BadArguments, Rejected, Unreachable."""


class Probes(Protocol):
    """Asks what runs in one cluster over HTTP."""

    async def get(self, query: ProbeQuery) -> ProbeAnswer | NoAnswer:
        """One GET, not followed further. Raises BadArguments, NotFound, Denied, Throttled, Unreachable."""


class StorageReader(Protocol):
    """Usage and quotas on the shared file system. All raise Unreachable, with the node named, when no node answers."""

    @property
    def namespace(self) -> str:
        """Where the instances live: who may speak of that namespace may speak of their folders."""

    async def usage(self, instance: str) -> InstanceUsage:
        """One instance. Raises NotFound with near misses."""

    async def usages(self) -> Sequence[InstanceUsage]:
        """Every instance, by name."""

    async def nodes(self) -> Sequence[NodeStorage]:
        """How each node sees the file system; a node that does not answer is in it with its fault."""

    async def backups(self) -> Sequence[Backup]:
        """Every finished backup, the newest first. Raises BadArguments where the nodes were not told their folder."""


class Storage(StorageReader, Protocol):
    """The same, with writes."""

    async def set_quota(self, instance: str, quota_bytes: int, *, below_usage: bool = False) -> None:
        """Set the limit and read it back.

        Raises NotFound, Denied (the key may not), Rejected (less than is in use, unless *below_usage*), and
        Unreachable, after which the effect is not known.
        """


@dataclass(frozen=True)
class ReadOnly:
    """The backends, reading half."""

    cluster: ClusterReader
    storage: StorageReader | None = None
    """None where no storage nodes are configured."""
    logs: Logs | None = None
    places: BackupPlaces = PLATFORM
    probes: Probes | None = None
    fingerprints: Fingerprints = OF_THIS_PROCESS


@dataclass(frozen=True)
class Backends:
    """The backends with their writing half; only the executor holds it."""

    cluster: Cluster
    storage: Storage | None = None
    logs: Logs | None = None
    places: BackupPlaces = PLATFORM
    probes: Probes | None = None
    exec: Exec | None = None
    fingerprints: Fingerprints = OF_THIS_PROCESS
    """The same in every copy of the bot: one plans, another compares."""

    @property
    def reading(self) -> ReadOnly:
        """The same without writes."""
        return ReadOnly(
            cluster=self.cluster,
            storage=self.storage,
            logs=self.logs,
            places=self.places,
            probes=self.probes,
            fingerprints=self.fingerprints,
        )


class Directory(Protocol):
    """People of the Slack workspace, and which channels they are in."""

    async def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:
        """The account, from a cache of at most 10 minutes or *fresh* from Slack.

        Raises NotFound, Unreachable, Throttled.
        """

    async def channels(self, user_id: str) -> Collection[str]:
        """Ids of the channels that he is in, as far as the bot can see them. Raises Unreachable, Throttled."""

    async def is_shared(self, channel: str, *, fresh: bool = False) -> bool:
        """Whether people of another workspace are in it; remembered as `person`. Raises Unreachable, Throttled."""


class Permissions(Protocol):
    """Every layer of permission, asked without doing anything; for `can-i` and `who-can`."""

    async def explain(
        self, subject: Subject, *, channel: str, namespace: str, verb: str, resource: Resource, name: str = ""
    ) -> Sequence[Layer]:
        """What each layer answers *subject* in *channel*; *verb* is Kubernetes' or the name of a command."""

    def people(self) -> Mapping[str, Subject]:
        """Slack user id → subject: everyone whom policy knows."""


class Operations(Protocol):
    """What was asked, decided and done, to look at."""

    async def operations(
        self, *, states: Collection[State] = (), requester: str = "", limit: int = 50
    ) -> Sequence[Operation]:
        """The newest first; *states* empty: in any state; *requester*: a subject's user."""

    async def numbered(self, number: int) -> Operation:
        """The operation that people call by *number*. Raises NotFound."""

    async def story(self, operation_id: str) -> Sequence[Noted]:
        """What the audit has of it, the oldest first."""


class Clock(Protocol):
    """Time, handed in so that tests own it."""

    def now(self) -> datetime:
        """The time now, aware, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Let *seconds* pass."""
