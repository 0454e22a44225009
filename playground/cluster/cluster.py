"""The practice cluster as one object: put together, started, asked for kubeconfigs, broken on purpose, stopped."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from playground.cluster.api.access import Gate
from playground.cluster.api.body import load_yaml
from playground.cluster.api.control import ControlPath
from playground.cluster.api.eviction import EvictionSubresource
from playground.cluster.api.exec import ExecSubresource
from playground.cluster.api.logs import LogSubresource
from playground.cluster.api.metrics import MetricsApi
from playground.cluster.api.proxy import ProxySubresource
from playground.cluster.api.read import Reader
from playground.cluster.api.reviews import Reviews
from playground.cluster.api.scale import ScaleSubresource
from playground.cluster.api.server import ApiServer, Parts
from playground.cluster.api.token import TokenSubresource
from playground.cluster.api.watch import WatchServer
from playground.cluster.api.write import Writer
from playground.cluster.certificate import Certificate, make_certificate
from playground.cluster.clock import Clock, WallClock
from playground.cluster.controllers.dispatcher import Dispatcher
from playground.cluster.controllers.events import Recorder
from playground.cluster.controllers.every import every_controller
from playground.cluster.controllers.nodes import NodeController
from playground.cluster.faults import Faults
from playground.cluster.kobject import Object, key_of
from playground.cluster.kubeconfig import kubeconfig
from playground.cluster.nodes.kubelet import Kubelets
from playground.cluster.nodes.usage import Usage
from playground.cluster.objects.lifecycle import Ids
from playground.cluster.rbac.authorizer import Authorizer
from playground.cluster.resources import PODS, Catalogue
from playground.cluster.selectors import predicate
from playground.cluster.state import ClusterState
from playground.cluster.store import HISTORY, Store
from playground.cluster.users import MASTERS, Users
from playground.cluster.world.loader import build, platform
from playground.cluster.world.past import PastClock

HOST = "127.0.0.1"
ADMIN = "practice:admin"


class PracticeCluster:
    """An API server on a loopback port, its controllers, and the world in it."""

    def __init__(
        self, *, world: Iterable[Object] | None = None, speed: float = 1.0, clock: Clock | None = None,
        seed: int | None = None, history: int = HISTORY,
    ) -> None:  # fmt: skip
        self._world = platform() if world is None else world
        self._live: Clock = clock or WallClock(speed)
        self.clock = PastClock(self._live)
        self.store = Store(history)
        self.catalogue = Catalogue()
        self.state = ClusterState(self.store, self.clock, Ids(seed), self.catalogue)
        self.users = Users()
        self.faults = Faults()
        self.recorder = Recorder(self.state)
        self.kubelets = Kubelets(self.state, self.recorder)
        self.authorizer = Authorizer(self.store)
        self._usage = Usage(self.state, self.kubelets)
        self._nodes = NodeController(self.state, self.recorder, self.kubelets)
        self._dispatcher = Dispatcher(self.state)
        self._reader = Reader(self.state)
        self._server = ApiServer(self._parts())
        self._certificate: Certificate | None = None
        self._admin_token = self.users.add(ADMIN, [MASTERS])

    def _parts(self) -> Parts:
        state, kubelets = self.state, self.kubelets
        proxy = ProxySubresource(state, kubelets).serve
        return Parts(
            catalogue=self.catalogue, gate=Gate(self.users, self.authorizer), faults=self.faults, reader=self._reader,
            writer=Writer(state), watches=WatchServer(state, self.faults), reviews=Reviews(self.authorizer),
            metrics=MetricsApi(state, self._usage).serve, control=ControlPath(self).serve,
            subresources={
                "scale": ScaleSubresource(state).serve, "eviction": EvictionSubresource(state).serve,
                "log": LogSubresource(state, kubelets).serve, "exec": ExecSubresource(state, kubelets).serve,
                "proxy": proxy, "token": TokenSubresource(state, self.users).serve,
            },
        )  # fmt: skip

    # life

    async def start(self, *, port: int = 0) -> None:
        """Build the world and serve it on a loopback port (0: any free one)."""
        for controller in every_controller(self.state, self.recorder, self.kubelets, self._nodes, self._usage):
            self._dispatcher.add(controller)
        self._dispatcher.start()
        build(self.state, self._dispatcher, self.clock, [*bootstrap(), *self._world])
        self.clock.go_live()
        self._certificate = make_certificate(HOST)
        await self._server.start(HOST, port, self._certificate.server_context())

    async def stop(self) -> None:
        self._dispatcher.stop()
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    # speed

    @property
    def speed(self) -> float:
        return getattr(self._live, "speed", 1.0)

    @speed.setter
    def speed(self, factor: float) -> None:
        if not isinstance(self._live, WallClock):
            raise TypeError("only the wall clock has a speed")
        self._live.speed = factor

    # ways in

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self._server.port}"

    @property
    def certificate_pem(self) -> bytes:
        if self._certificate is None:
            raise RuntimeError("the practice cluster is not started")
        return self._certificate.certificate_pem

    def add_user(self, name: str, groups: Iterable[str] = ()) -> str:
        """Let a user in and return the bearer token; what the user may do is up to the stored RBAC."""
        return self.users.add(name, groups)

    def kubeconfig(self, user: str = ADMIN, groups: Iterable[str] = (), *, namespace: str = "default") -> str:
        """Return a kubeconfig for a user; the administrator's when none is named."""
        token = self._admin_token if user == ADMIN else self.add_user(user, groups)
        return kubeconfig(
            server=self.url, certificate_pem=self.certificate_pem, user=user, token=token, namespace=namespace
        )

    @property
    def admin_token(self) -> str:
        return self._admin_token

    # breaking things

    def expire_history(self) -> None:
        """Compact: open watches live on, but resuming them or a paged list gets 410."""
        self.store.compact()
        self._reader.forget_snapshots()

    def crash_pods(self, namespace: str, selector: str, *, code: int = 137, reason: str = "OOMKilled") -> int:
        """End the containers of the selected pods once, as a fault would; return how many pods."""
        wanted = predicate(selector, "", "Pod")
        pods = [pod for pod in self.store.items(PODS, namespace) if wanted is None or wanted(pod)]
        for pod in pods:
            self.kubelets.crash(pod, code=code, reason=reason)
            self._dispatcher.look_at(self.kubelets, key_of(pod))
        return len(pods)

    def lose_node(self, name: str) -> None:
        """Let a node fall silent; it is reported lost and emptied as on a real cluster."""
        self.kubelets.take_down(name)

    def recover_node(self, name: str) -> None:
        for key in self.kubelets.bring_up(name):
            self._dispatcher.look_at(self.kubelets, key)
        self._dispatcher.look_at(self._nodes, ("", name))


def bootstrap() -> list[Object]:
    """Return the RBAC objects that every cluster has."""
    return load_yaml((Path(__file__).parent / "rbac" / "bootstrap.yaml").read_text())
