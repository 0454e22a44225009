"""The kubeconfig text with which a client reaches the practice cluster as one user."""

import base64

import yaml

CONTEXT = "practice"


def kubeconfig(*, server: str, certificate_pem: bytes, user: str, token: str, namespace: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "clusters": [{"name": CONTEXT, "cluster": {
                "server": server,
                "certificate-authority-data": base64.b64encode(certificate_pem).decode(),
            }}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": user, "namespace": namespace}}],
        },
        sort_keys=False,
    )  # fmt: skip
