"""Certificates for tests in which they rotate: an authority, and whom it vouches for."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import NameOID

LIFETIME = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate_pem: bytes
    key_pem: bytes


@dataclass(frozen=True)
class Authority:
    """Who signs."""

    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes

    @classmethod
    def of(cls, certificate: Path, key: Path) -> "Authority":
        """One that exists, such as a cluster's."""
        loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
        return cls(x509.load_pem_x509_certificate(certificate.read_bytes()), loaded)  # type: ignore[arg-type]  # its own

    @classmethod
    def new(cls, name: str) -> "Authority":
        """One of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(name)
        built = _begun(subject, subject, key.public_key(), key.public_key())
        basic = x509.BasicConstraints(ca=True, path_length=0)
        return cls(built.add_extension(basic, critical=True).sign(key, hashes.SHA256()), key)

    @property
    def pem(self) -> bytes:
        """What those who trust it are given."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def vouches_for(self, name: str, *groups: str) -> Issued:
        """A certificate for whoever is called so, and as a server for this machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        signer = self.certificate.public_key()
        built = _begun(_named(name, *groups), self.certificate.subject, key.public_key(), signer)
        signed = built.add_extension(here, critical=False).sign(self.key, hashes.SHA256())
        return Issued(
            signed.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


def _named(name: str, *groups: str) -> x509.Name:
    """As Kubernetes reads it: the common name is the user, each organization a group."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            *(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups),
        ]
    )


def _begun(subject: x509.Name, issuer: x509.Name, key: object, signer: object) -> x509.CertificateBuilder:
    """What every certificate has; Python 3.13 wants the two key identifiers."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)  # type: ignore[arg-type]  # what a certificate can hold
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)  # type: ignore[arg-type]
    )
