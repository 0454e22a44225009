"""Somebody's own cluster for the demo: the platform is put into it, and taken away at the end."""

import base64
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bot.errors import BadArguments, BotError
from bot.k8s.credentials import Credentials
from playground.cluster.resources import Catalogue
from playground.demo.adapting import LABEL, manifests, past
from playground.demo.clusters import Cluster, write_private
from playground.demo.kube import APPLY, Kube, Refused, reached
from playground.demo.trouble import Trouble

Json = dict[str, Any]

FIELD_MANAGER = "saas-demo"
TOKEN_SECONDS = 86_400
"""The bot's own token: a demo is over within a day."""

TAKE_AWAY = f"kubectl delete namespaces,clusterroles,clusterrolebindings -l {LABEL}"

TOKEN = "/api/v1/namespaces/saas-bot/serviceaccounts/saas-bot/token"  # noqa: S105 - a path


@contextlib.asynccontextmanager
async def borrowed_cluster(kubeconfig: Path, *, of: Path, context: str, keeps: bool) -> AsyncIterator[Cluster]:
    """Put the platform into the cluster of the kubeconfig *of*, and write the bot's own *kubeconfig* for it.

    What is there already and is not the demo's is not touched. Raises Trouble, having changed nothing.
    """
    try:
        credentials = Credentials(str(of), context or None)
        await credentials.load()
        tls = credentials.tls()
    except BadArguments as error:
        raise Trouble(f"{error} Nothing was changed.") from error
    async with reached(credentials.host, tls, credentials.authorization) as kube:
        objects = manifests()
        await _refuse_foreign(kube, credentials.host, objects)
        print(
            f"The practice platform is put into the namespaces saasodoo and saas-bot of {credentials.host} …",
            flush=True,
        )
        try:
            await _apply(kube, objects)
            write_private(kubeconfig, await _bots_kubeconfig(kube, credentials.host, tls))
            yield Cluster(kube, None, told=f"your own, at {credentials.host}")
        finally:
            if keeps:
                print("The practice platform stays in the cluster; the next start without --keep takes it away.")
            else:
                await _remove(kube, credentials.host, objects)


async def _refuse_foreign(kube: Kube, host: str, objects: Sequence[Json]) -> None:
    """Look at everything before anything is written."""
    try:
        found = [one for one in objects if await _is_foreign(kube, one)]
    except (aiohttp.ClientError, TimeoutError, BotError) as error:
        raise Trouble(f"The cluster at {host} cannot be reached ({_one_line(error)}). Nothing was changed.") from error
    except Refused as error:
        raise Trouble(f"The cluster at {host} refuses: {error}. Nothing was changed.") from error
    if found:
        names = ", ".join(f"{one['kind'].lower()}/{one['metadata']['name']}" for one in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise Trouble(f"{names}{more} in {host} is not the demo's, and is left alone. Nothing was changed.")


async def _is_foreign(kube: Kube, manifest: Json) -> bool:
    try:
        there = await kube.ask("GET", path_of(manifest))
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return False
        raise
    return LABEL not in there["metadata"].get("labels", {})


async def _apply(kube: Kube, objects: Sequence[Json]) -> None:
    """Apply in order, earlier states of workloads first."""
    try:
        for manifest in objects:
            for state in (*past(manifest), manifest):
                await kube.ask("PATCH", path_of(manifest), state, kind=APPLY, fieldManager=FIELD_MANAGER, force="true")
    except Refused as error:
        raise Trouble(f"The cluster refuses a part of the platform: {error}.") from error


async def _remove(kube: Kube, host: str, objects: Sequence[Json]) -> None:
    """Take away what is ours, the last first; what is gone already does not matter, what stays is told."""
    left = []
    for manifest in reversed(objects):
        try:
            if not await _is_foreign(kube, manifest):
                await kube.ask("DELETE", path_of(manifest), propagationPolicy="Background")
        except Refused as error:
            if error.status != HTTPStatus.NOT_FOUND:
                left.append(str(error))
        except (aiohttp.ClientError, TimeoutError, BotError) as error:  # as it will be with all others
            left.append(f"it cannot be reached ({_one_line(error)})")
            break
    if left:
        print(f"Not all of the practice platform could be taken away from {host}: {left[0]}. Do it with\n  {TAKE_AWAY}")


async def _bots_kubeconfig(kube: Kube, host: str, tls: ssl.SSLContext) -> str:
    """The bot's own account, with exactly the rights that its commands declare."""
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": TOKEN_SECONDS},
    }
    token = (await kube.ask("POST", TOKEN, body))["status"]["token"]
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "demo",
            "clusters": [{"name": "demo", "cluster": {"server": host, **_authority(tls)}}],
            "users": [{"name": "saas-bot", "user": {"token": token}}],
            "contexts": [{"name": "demo", "context": {"cluster": "demo", "user": "saas-bot"}}],
        }
    )


def _authority(tls: ssl.SSLContext) -> Json:
    """Whom to trust, as a kubeconfig says it: whom we were told to trust ourselves."""
    if tls.verify_mode is ssl.CERT_NONE:
        return {"insecure-skip-tls-verify": True}
    trusted = "".join(ssl.DER_cert_to_PEM_cert(found) for found in tls.get_ca_certs(binary_form=True))
    return {"certificate-authority-data": base64.b64encode(trusted.encode()).decode()}


def path_of(manifest: Json) -> str:
    """Where the API has the object."""
    resource = Catalogue().of_kind(manifest["apiVersion"], manifest["kind"])
    if resource is None:
        raise ValueError(f"nothing serves {manifest['kind']}")
    metadata = manifest["metadata"]
    root = f"/apis/{resource.api_version}" if resource.group else f"/api/{resource.version}"
    inside = f"/namespaces/{metadata.get('namespace', 'default')}" if resource.namespaced else ""
    return f"{root}{inside}/{resource.plural}/{metadata['name']}"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
