"""Traefik's IngressRoutes: which host and path leads to which service."""

from bot.model.kube.meta import KubeObject, KubeStruct


class RouteService(KubeStruct):
    name: str = ""
    port: int | str = 0


class Route(KubeStruct):
    match: str = ""
    services: tuple[RouteService, ...] = ()


class IngressRouteSpec(KubeStruct):
    entry_points: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


class IngressRoute(KubeObject):
    spec: IngressRouteSpec = IngressRouteSpec()
