"""Reads of one cluster: objects and pages, straight from the wire into Structs."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
from multidict import CIMultiDict

from bot.k8s.access_review import review
from bot.k8s.changes import changes, list_changes
from bot.k8s.kinds import JSON_OBJECT, JSON_PAGE, RESOURCE_OF, decoder_of, page_decoder_of
from bot.k8s.pages import decoded, listed
from bot.k8s.request import Request, request_for, request_of_path
from bot.k8s.session import Answer, Session
from bot.model.actor import Subject
from bot.model.kube.authorship import Authorship
from bot.model.kube.meta import KubeStruct
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.resources import Resource
from bot.ports import Permission

K = TypeVar("K", bound=KubeStruct)

METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
"""Without falling back to the whole object: a server that cannot leave the content out refuses (406)."""
AUTHORSHIP = msgspec.json.Decoder(Authorship)


class KubernetesReader:
    """bot.ports.ClusterReader over a session."""

    def __init__(self, session: Session, name: str = "main", headers: Mapping[str, str] | None = None) -> None:
        """Read the cluster called *name*; *headers* go with each request."""
        self.name = name
        self._session = session
        self._headers: CIMultiDict[str] = CIMultiDict(headers or {})

    async def get(self, kind: type[K], name: str, namespace: str = "") -> K:
        """One object, decoded. Raises NotFound."""
        request = request_for("get", RESOURCE_OF[kind], namespace, name)
        decoder: msgspec.json.Decoder[K] = decoder_of(kind)
        return decoded(request, await self._send(request), decoder)

    async def list(
        self, kind: type[K], namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[K]:
        """All objects of a kind; *namespace* empty: of every namespace; *limit* 0: all. Raises BadArguments."""
        request = request_for("list", RESOURCE_OF[kind], namespace)
        asking = request.asking(labelSelector=selector, fieldSelector=fields)
        return await listed(self._send, asking, page_decoder_of(kind), limit)

    async def get_object(self, resource: Resource, name: str, namespace: str = "") -> dict[str, Json]:
        """One object of any kind as the API's JSON. Raises NotFound."""
        request = request_for("get", resource, namespace, name)
        return decoded(request, await self._send(request), JSON_OBJECT)

    async def list_objects(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = "", limit: int = 0
    ) -> Sequence[dict[str, Json]]:
        """All objects of any kind as JSON; *limit* 0: all. Items carry no kind and apiVersion of their own."""
        request = request_for("list", resource, namespace).asking(labelSelector=selector, fieldSelector=fields)
        return await listed(self._send, request, JSON_PAGE, limit)

    async def authorship(self, resource: Resource, name: str, namespace: str = "") -> Authorship:
        """Who wrote which fields of an object, and when; its content is not asked for. Raises NotFound."""
        request = request_for("get", resource, namespace, name)
        metadata_only = replace(request, headers=CIMultiDict({"Accept": METADATA_ONLY}))
        return decoded(request, await self._send(metadata_only), AUTHORSHIP)

    async def get_path(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Json]:
        """Any other GET that answers JSON. Raises NotFound."""
        request = request_of_path(path, query)
        return decoded(request, await self._send(request), JSON_OBJECT)

    def changes(self, refs: Sequence[ObjectRef]) -> AsyncGenerator[None, None]:
        """Yield whenever one of *refs*, or a pod or ReplicaSet it owns, may have changed; see bot.k8s.changes."""
        return changes(self._session, refs)

    def list_changes(
        self, resource: Resource, namespace: str = "", *, selector: str = "", fields: str = ""
    ) -> AsyncGenerator[None, None]:
        """Yield whenever a list may have changed; see bot.k8s.changes."""
        listing = request_for("list", resource, namespace).asking(labelSelector=selector, fieldSelector=fields)
        return list_changes(self._session, listing)

    async def may(
        self, subject: Subject, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = ""
    ) -> Permission:
        """Ask the API server whether *subject* may; error, timeout and evaluationError are a no."""
        return await review(
            self._session, subject, verb=verb, resource=resource, group=group, namespace=namespace, name=name
        )

    async def _send(self, request: Request) -> Answer:
        if not self._headers:
            return await self._session.send(request)
        headers = CIMultiDict(request.headers)
        headers.extend(self._headers)
        return await self._session.send(replace(request, headers=headers))
