"""Why an image cannot be pulled: the registry's or runtime's wording → what went wrong, and what to do about it."""

import re
from dataclasses import dataclass
from enum import StrEnum


class PullFault(StrEnum):
    """What went wrong."""

    NAME = "invalid name"
    NEVER = "never pulled"
    RATE = "rate limited"
    NO_HOST = "no such host"
    PLAIN_HTTP = "speaks HTTP"
    CERTIFICATE = "certificate"
    REFUSED = "connection refused"
    TIMEOUT = "timeout"
    SPACE = "no space"
    SIGNATURE = "signature"
    SCHEMA = "old format"
    PLATFORM = "platform"
    DENIED = "not allowed"
    MISSING = "not there"
    SERVER = "registry fails"
    CUT = "cut off"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Pull:
    """A class with its words."""

    fault: PullFault
    likely: str
    fix: str


_WORDS: dict[PullFault, tuple[str, str]] = {
    PullFault.NAME: (
        "The image's name is not a valid one",
        "Correct the name; only a new revision mends it.",
    ),
    PullFault.NEVER: (
        "The image is not on the node, and `imagePullPolicy: Never` forbids to pull it",
        "Load it onto the node, or change the policy.",
    ),
    PullFault.RATE: (
        "The registry limits how often it is asked",
        "It heals by itself; pull with an account, or from a mirror.",
    ),
    PullFault.NO_HOST: (
        "The registry's host name cannot be resolved",
        "Check the name, and the node's DNS.",
    ),
    PullFault.PLAIN_HTTP: (
        "The registry speaks HTTP where HTTPS is expected",
        "Give it TLS, or name it as insecure to the runtime.",
    ),
    PullFault.CERTIFICATE: (
        "The registry's certificate is not accepted",
        "Renew it, or give its authority to the nodes.",
    ),
    PullFault.REFUSED: (
        "Nothing listens at the registry's address",
        "Check that the registry runs.",
    ),
    PullFault.TIMEOUT: (
        "The registry does not answer in time",
        "Check the registry and the way to it; it may heal by itself.",
    ),
    PullFault.SPACE: (
        "The node's disk is full",
        "Free space on the node; the kubelet removes unused images by itself when it can.",
    ),
    PullFault.SIGNATURE: (
        "The image's signature is not accepted",
        "Sign the image, or change the policy.",
    ),
    PullFault.SCHEMA: (
        "The image has a format that the runtime no longer reads",
        "Build and push it anew.",
    ),
    PullFault.PLATFORM: (
        "The image does not exist for this node's processor",
        "Build it for that platform, or choose other nodes.",
    ),
    PullFault.DENIED: (
        "The registry does not let this cluster read the image, or there is none of that name",
        "Check the name and the pull secret.",
    ),
    PullFault.MISSING: (
        "The registry has no image of this name and tag",
        "Push it, or go back to the revision before.",
    ),
    PullFault.SERVER: (
        "The registry itself fails",
        "Look after the registry; the kubelet tries on.",
    ),
    PullFault.CUT: (
        "The connection to the registry broke while pulling",
        "The kubelet tries on; it may heal by itself.",
    ),
    PullFault.UNKNOWN: (
        "The image cannot be pulled",
        "The registry's own words are below.",
    ),
}
"""What it most likely is, and what to do about it."""

_PATTERNS: dict[PullFault, tuple[str, ...]] = {
    PullFault.NAME: (
        "invalid reference format",
        "couldn't parse image",
        "InvalidImageName",
        "must be lowercase",
        "invalid repository name",
    ),
    PullFault.NEVER: (
        "ErrImageNeverPull",
        "pull policy of Never",
    ),
    PullFault.RATE: (
        r"\b429\b",
        "toomanyrequests",
        "too many requests",
        "rate limit",
        "pull QPS exceeded",
        "pull rate",
    ),
    PullFault.NO_HOST: (
        "no such host",
        "server misbehaving",
        "name resolution",
        r"lookup \S+ on ",
        "could not resolve host",
    ),
    PullFault.PLAIN_HTTP: (
        "server gave HTTP response to HTTPS client",
        "first record does not look like a TLS handshake",
    ),
    PullFault.CERTIFICATE: (
        "x509:",
        "certificate",
        "tls: failed to verify",
        "TLS handshake failure",
    ),
    PullFault.REFUSED: (
        "connection refused",
        "no route to host",
        "network is unreachable",
    ),
    PullFault.TIMEOUT: (
        "i/o timeout",
        "deadline exceeded",
        r"Client\.Timeout",
        "TLS handshake timeout",
        "request canceled while waiting",
        "timed out",
    ),
    PullFault.SPACE: (
        "no space left on device",
        "disk quota exceeded",
    ),
    PullFault.SIGNATURE: (
        "SignatureValidationFailed",
        "signature",
        r"policy\.json",
        "does not satisfy",
    ),
    PullFault.SCHEMA: (
        "schema ?1",
        r"v1\+prettyjws",
        "unsupported manifest media type",
        "media type .* (?:no longer )?(?:not )?supported",
    ),
    PullFault.PLATFORM: (
        "no match(?:ing manifest)? for (?:platform|linux)",
        "no matching manifest",
        "no image found in (?:manifest|image index) list",
        "platform",
    ),
    PullFault.MISSING: (
        "manifest unknown",
        r"manifest for \S+ not found",
        ": not found",
        "name unknown",
        "NAME_UNKNOWN",
        "MANIFEST_UNKNOWN",
        "repository .* not found",
        "404 Not Found",
    ),
    PullFault.DENIED: (
        r"\b40[13]\b",
        "unauthorized",
        "forbidden",
        "access denied",
        "denied:",
        "no basic auth",
        "authentication required",
        "insufficient_scope",
        "authorization failed",
        "may require",
        "pull access",
    ),
    PullFault.SERVER: (
        r"\b50[0-9]\b",
        "internal server error",
        "bad gateway",
        "service unavailable",
        "gateway timeout",
    ),
    PullFault.CUT: (
        "unexpected EOF",
        r"\bEOF\b",
        "connection reset",
        "context canceled",
        "Canceled",
        "broken pipe",
    ),
}
"""Wordings of each class; the first class of which one is found. Read from the special to the general."""

_COMPILED = tuple((fault, re.compile("|".join(words), re.IGNORECASE)) for fault, words in _PATTERNS.items())


def pull_fault(reason: str, message: str) -> Pull:
    """Read the waiting reason and message, or an event's; the image's own name is no evidence."""
    said = f"{reason} {message}"
    for name in sorted(set(_QUOTED.findall(message)), key=len, reverse=True):
        said = said.replace(name, "…")
    fault = next((one for one, pattern in _COMPILED if pattern.search(said)), PullFault.UNKNOWN)
    likely, fix = _WORDS[fault]
    return Pull(fault, likely, fix)


_QUOTED = re.compile(r'"([^"\s]+)"')
"""Names of images and addresses; the image's comes again without quotes."""
_WRAPPING = re.compile(
    r'Back-off pulling image "[^"]*": |ErrImagePull: |Failed to pull image "[^"]*": |rpc error: code = \w+ desc = |'
    r'failed to (?:pull and unpack image|resolve reference) "[^"]*": |Error response from daemon: '
)


def registry_words(message: str) -> str:
    """The part of *message* that the registry or runtime wrote, without the wrapping of every layer above."""
    return _WRAPPING.sub("", message).strip().strip('"')
