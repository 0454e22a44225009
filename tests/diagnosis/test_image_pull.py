"""Errors of registries and runtimes, as containerd, CRI-O and docker word them, each named by what it is."""

import pytest

from bot.diagnosis.image_pull import PullFault, pull_fault, registry_words

IMAGE = "registry.example.com/shop/web:1.8.3"
CONTAINERD = (
    f'Failed to pull image "{IMAGE}": rpc error: code = {{}} desc = failed to pull and unpack image "{IMAGE}": {{}}'
)
RESOLVE = f'failed to resolve reference "{IMAGE}": '


def containerd(why: str, code: str = "Unknown") -> str:
    """The kubelet's message around containerd's."""
    return CONTAINERD.format(code, why)


def crio(why: str) -> str:
    """The kubelet's message around CRI-O's."""
    return f"rpc error: code = Unknown desc = reading manifest 1.8.3 in registry.example.com/shop/web: {why}"


def docker(why: str) -> str:
    """The kubelet's message around docker's."""
    return f"rpc error: code = Unknown desc = Error response from daemon: {why}"


WORDINGS = [
    (PullFault.MISSING, containerd(f"{RESOLVE}{IMAGE}: not found", "NotFound")),
    (PullFault.MISSING, crio("manifest unknown: manifest unknown")),
    (PullFault.MISSING, docker(f"manifest for {IMAGE} not found: manifest unknown: manifest unknown")),
    (PullFault.MISSING, crio("name unknown: repository not found")),
    (PullFault.DENIED, containerd(f"{RESOLVE}unexpected status from HEAD request to https://r/v2/: 401 Unauthorized")),
    (
        PullFault.DENIED,
        containerd(f"{RESOLVE}pulling from host r failed with status code [manifests 1]: 403 Forbidden"),
    ),
    (PullFault.DENIED, docker("pull access denied for web, repository does not exist or may require 'docker login'")),
    (PullFault.DENIED, crio("unauthorized: authentication required")),
    (PullFault.DENIED, containerd(f"{RESOLVE}pull access denied, insufficient_scope: authorization failed")),
    (
        PullFault.DENIED,
        containerd(f"{RESOLVE}failed to authorize: failed to fetch oauth token: no basic auth credentials"),
    ),
    (
        PullFault.RATE,
        containerd(f"{RESOLVE}unexpected status code: 429 Too Many Requests - Server message: toomanyrequests"),
    ),
    (PullFault.RATE, docker("toomanyrequests: You have reached your pull rate limit.")),
    (PullFault.RATE, "pull QPS exceeded"),
    (
        PullFault.NO_HOST,
        containerd(
            f'{RESOLVE}failed to do request: Head "https://r/": dial tcp: lookup r on 10.0.0.10:53: no such host'
        ),
    ),
    (PullFault.NO_HOST, docker('Get "https://r/": dial tcp: lookup r: Temporary failure in name resolution')),
    (
        PullFault.TIMEOUT,
        containerd(f'{RESOLVE}failed to do request: Head "https://r/": dial tcp 10.1.1.1:443: i/o timeout'),
    ),
    (
        PullFault.TIMEOUT,
        docker("Get https://r/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded)"),
    ),
    (PullFault.TIMEOUT, docker("net/http: TLS handshake timeout")),
    (
        PullFault.REFUSED,
        containerd(
            f'{RESOLVE}failed to do request: Head "https://r/": dial tcp 10.1.1.1:443: connect: connection refused'
        ),
    ),
    (
        PullFault.CERTIFICATE,
        containerd(f"{RESOLVE}tls: failed to verify certificate: x509: certificate signed by unknown authority"),
    ),
    (PullFault.PLAIN_HTTP, docker("Get https://r:5000/v2/: http: server gave HTTP response to HTTPS client")),
    (PullFault.PLATFORM, containerd("no match for platform in manifest: not found", "NotFound")),
    (PullFault.PLATFORM, crio("no image found in manifest list for architecture arm64, variant v8, OS linux")),
    (PullFault.PLATFORM, docker("no matching manifest for linux/arm64/v8 in the manifest list entries")),
    (PullFault.SPACE, containerd("failed to extract layer: write /var/lib/containerd/x: no space left on device")),
    (
        PullFault.SERVER,
        containerd(f"{RESOLVE}unexpected status from HEAD request to https://r/v2/: 503 Service Unavailable"),
    ),
    (PullFault.CUT, containerd("failed to copy: httpReadSeeker: failed open: unexpected EOF", "Canceled")),
    (
        PullFault.SIGNATURE,
        "SignatureValidationFailed: Source image rejected: A signature was required, but no signature exists",
    ),
    (
        PullFault.NAME,
        'Failed to apply default image tag "Web:": couldn\'t parse image name "Web:": invalid reference format',
    ),
    (
        PullFault.SCHEMA,
        containerd(
            "media type application/vnd.docker.distribution.manifest.v1+prettyjws is no longer supported",
            "FailedPrecondition",
        ),
    ),
    (PullFault.NEVER, 'Container image "web:1" is not present with pull policy of Never'),
]


@pytest.mark.parametrize(
    ("fault", "message"), WORDINGS, ids=[f"{row[0].value} {place}" for place, row in enumerate(WORDINGS)]
)
def test_each_wording_is_named_by_what_it_is(fault: PullFault, message: str) -> None:
    found = pull_fault("ErrImagePull", message)
    assert found.fault is fault
    assert found.likely
    assert found.fix


@pytest.mark.parametrize(
    "name", ["certificate-manager", "timeout", "platform", "signature-server", "eof", "web:503", "x:429"]
)
def test_the_name_of_an_image_is_no_evidence(name: str) -> None:
    message = f'failed to pull and unpack image "{name}": failed to resolve reference "{name}": {name}: not found'
    assert pull_fault("ErrImagePull", message).fault is PullFault.MISSING


def test_an_unknown_wording_is_not_guessed_at() -> None:
    assert pull_fault("ErrImagePull", "the moon is in the wrong house").fault is PullFault.UNKNOWN


@pytest.mark.parametrize(
    ("message", "words"),
    [
        pytest.param(containerd(f"{RESOLVE}{IMAGE}: not found", "NotFound"), f"{IMAGE}: not found", id="containerd"),
        pytest.param(
            f'Back-off pulling image "{IMAGE}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and '
            f'unpack image "{IMAGE}": {RESOLVE}{IMAGE}: not found',
            f"{IMAGE}: not found",
            id="back-off",
        ),
        pytest.param(docker("toomanyrequests: slow down"), "toomanyrequests: slow down", id="docker"),
        pytest.param("pull QPS exceeded", "pull QPS exceeded", id="kubelet"),
    ],
)
def test_the_registrys_own_words_are_freed_of_their_wrapping(message: str, words: str) -> None:
    assert registry_words(message) == words
