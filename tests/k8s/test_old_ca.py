"""An API server whose CA is older than what Python 3.13 asks of one: said so, and taken where settings say so."""

import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from bot.errors import Unreachable
from bot.k8s.request import Request
from bot.k8s.session import connect
from playground.cluster.certificate import Certificate
from playground.cluster.cluster import PracticeCluster
from tests.k8s.scripted_server import kubeconfig

VERSION = Request(path="/version")
PEM = serialization.Encoding.PEM


def old_certificates() -> tuple[bytes, Certificate]:
    """An authority and a server's certificate by it, neither of which names its key, as many were made."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    of_authority = _signed("old-ca", authority, "old-ca", authority, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    of_server = _signed("server", key, "old-ca", authority, names)
    form = serialization.PrivateFormat.PKCS8
    return of_authority, Certificate(of_server, key.private_bytes(PEM, form, serialization.NoEncryption()))


def _signed(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    authority: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now, a_day = datetime.now(UTC), timedelta(days=1)
    serial = x509.random_serial_number()
    builder = x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), serial, now - a_day, now + a_day)
    is_authority = isinstance(extension, x509.BasicConstraints)
    return builder.add_extension(extension, critical=is_authority).sign(authority, SHA256()).public_bytes(PEM)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@asynccontextmanager
async def old_server(tmp_path: Path) -> AsyncIterator[str]:
    """An API server with an old certificate; gives the kubeconfig that trusts it."""
    authority, certificate = old_certificates()

    async def version(request: web.Request) -> web.Response:
        return web.json_response({"gitVersion": "v1.22.0"})

    app = web.Application()
    app.router.add_get("/version", version)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate.server_context()).start()
    path = tmp_path / "old.kubeconfig"
    config = kubeconfig(f"https://127.0.0.1:{runner.addresses[0][1]}", {"token": "t"})
    clusters: Any = config["clusters"]
    clusters[0]["cluster"]["certificate-authority-data"] = b64encode(authority).decode()
    path.write_text(yaml.safe_dump(config))
    try:
        yield str(path)
    finally:
        await runner.cleanup()


@pytest.fixture
def strict_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check certificates as Python does from 3.13 on."""
    lenient = ssl.create_default_context

    def strict(*, cafile: str | None = None) -> ssl.SSLContext:
        context = lenient(cafile=cafile)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr("bot.k8s.credentials.ssl.create_default_context", strict)


async def test_an_old_ca_is_said_so_with_what_to_do(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with old_server(tmp_path) as config:
        request.getfixturevalue("strict_python")
        session = await connect(config)
        with pytest.raises(
            Unreachable, match=r"not trusted \(Missing Authority Key Identifier\) for /version"
        ) as caught:
            await session.send(VERSION)
        await session.close()
    assert "KUBE_OLD_CA=true" in caught.value.hint


async def test_an_old_ca_is_taken_where_the_settings_say_that_it_is_old(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with old_server(tmp_path) as config:
        request.getfixturevalue("strict_python")
        session = await connect(config, old_ca=True)
        assert (await session.send(VERSION)).code == 200
        await session.close()


async def test_an_old_ca_is_no_way_round_the_check(tmp_path: Path) -> None:
    async with old_server(tmp_path) as config, PracticeCluster(world=[]) as practice:
        ours, theirs = yaml.safe_load(Path(config).read_text()), yaml.safe_load(practice.kubeconfig())
        ours["clusters"][0]["cluster"]["server"] = theirs["clusters"][0]["cluster"]["server"]
        Path(config).write_text(yaml.safe_dump(ours))
        session = await connect(config, old_ca=True)
        with pytest.raises(Unreachable, match="not trusted") as caught:
            await session.send(VERSION)
        await session.close()
    assert "Name the right CA" in caught.value.hint
