"""Writes to one cluster: each carries our field manager, the caller's audit id and its preconditions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
from multidict import CIMultiDict

from bot.errors import BadArguments, Conflict, Rejected
from bot.k8s.access_review import impersonation
from bot.k8s.kinds import JSON_OBJECT
from bot.k8s.pages import decoded
from bot.k8s.reads import KubernetesReader
from bot.k8s.request import Request, request_for
from bot.model.actor import Subject
from bot.model.plan import Json
from bot.model.refs import ObjectRef
from bot.model.resources import BY_NAME, Resource

FIELD_MANAGER = "saas-bot"
"""Who we are in managedFields."""

NO_REASON = "the server rejected our request due to an error in our request"
"""All that the API server says of a JSON patch that cannot be applied, be it for its `test` or for its paths."""

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


class KubernetesCluster(KubernetesReader):
    """bot.ports.Cluster over a session."""

    def impersonating(self, subject: Subject) -> "KubernetesCluster":
        """Give the same cluster as *subject* sees it: the API server decides and audits as for him. Raises Denied."""
        return KubernetesCluster(self._session, self.name, impersonation(subject))

    async def merge_patch(
        self,
        ref: ObjectRef,
        body: Mapping[str, Json],
        *,
        audit_id: str = "",
        subresource: str = "",
        dry_run: bool = False,
    ) -> dict[str, Json]:
        """JSON merge patch; put `metadata.uid` and `metadata.resourceVersion` into *body* for compare-and-swap."""
        request = write("patch", ref, subresource=subresource, audit_id=audit_id, dry_run=dry_run)
        return await self._written(request, body, MERGE)

    async def strategic_patch(
        self, ref: ObjectRef, body: Mapping[str, Json], *, audit_id: str = "", dry_run: bool = False
    ) -> dict[str, Json]:
        """Strategic merge patch, for built-in kinds."""
        return await self._written(write("patch", ref, audit_id=audit_id, dry_run=dry_run), body, STRATEGIC)

    async def json_patch(
        self, ref: ObjectRef, operations: Sequence[Mapping[str, Json]], *, audit_id: str = "", dry_run: bool = False
    ) -> dict[str, Json]:
        """JSON patch (RFC 6902); `test` operations that fail raise Conflict."""
        request = write("patch", ref, audit_id=audit_id, dry_run=dry_run)
        try:
            return await self._written(request, operations, JSON_PATCH)
        except Rejected as error:
            if NO_REASON in str(error) and any(operation.get("op") == "test" for operation in operations):
                raise Conflict(f"{request.target} is not what this was made for. Nothing was changed.") from error
            raise

    async def apply(
        self,
        ref: ObjectRef,
        body: Mapping[str, Json],
        *,
        audit_id: str = "",
        dry_run: bool = False,
        force: bool = False,
    ) -> dict[str, Json]:
        """Apply on the server's side: create, or set the fields in *body* and own them from now on.

        *force* takes fields over from other managers; without it they raise Conflict with each field and its manager.
        """
        request = write("patch", ref, audit_id=audit_id, dry_run=dry_run)
        return await self._written(request.asking(force="true" if force else ""), body, APPLY)

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
        request = request_for("create", resource, namespace, method="POST")
        return await self._written(marked(request, audit_id=audit_id, dry_run=dry_run), body, "application/json")

    async def delete(self, ref: ObjectRef, *, audit_id: str = "", propagation: str = "Background") -> None:
        """Delete, with `ref.uid` as precondition where given. Raises NotFound."""
        request = write("delete", ref, audit_id=audit_id)
        options: dict[str, Json] = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation}
        await self._written(request, {**options, **preconditions(ref)}, "application/json")

    async def evict(self, ref: ObjectRef, *, audit_id: str = "", dry_run: bool = False) -> None:
        """Evict a pod. Raises Conflict when a PodDisruptionBudget forbids it now."""
        request = write("create", ref, subresource="eviction", audit_id=audit_id, dry_run=dry_run)
        options = {**preconditions(ref), **({"dryRun": ["All"]} if dry_run else {})}
        eviction: dict[str, Json] = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": ref.name, "namespace": ref.namespace},
            "deleteOptions": options,
        }
        await self._written(request, eviction, "application/json")

    async def _written(self, request: Request, body: Json, content_type: str) -> dict[str, Json]:
        sent = replace(request, body=msgspec.json.encode(body), content_type=content_type)
        return decoded(sent, await self._send(sent), JSON_OBJECT)


METHODS = {"patch": "PATCH", "delete": "DELETE", "create": "POST"}


def write(verb: str, ref: ObjectRef, *, subresource: str = "", audit_id: str = "", dry_run: bool = False) -> Request:
    """Aim a write at an object. Raises BadArguments for a kind that we do not know."""
    resource = BY_NAME.get(ref.kind)
    if resource is None:
        raise BadArguments(f'"{ref.kind}" is not a kind that the bot knows.')
    request = request_for(verb, resource, ref.namespace, ref.name, subresource=subresource, method=METHODS[verb])
    return marked(request, audit_id=audit_id, dry_run=dry_run)


def marked(request: Request, *, audit_id: str = "", dry_run: bool = False) -> Request:
    """Add what each write carries. The API server takes over an Audit-ID that a client chose."""
    headers = CIMultiDict({"Audit-ID": audit_id} if audit_id else {})
    marks = {"dryRun": "All"} if dry_run else {}
    if request.verb != "delete" and request.subresource != "eviction":
        marks |= {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
    return replace(request.asking(**marks), headers=headers)


def preconditions(ref: ObjectRef) -> dict[str, Json]:
    """Bind a deletion to the very object, not to its name."""
    return {"preconditions": {"uid": ref.uid}} if ref.uid else {}
