"""Where what a container mounts comes from."""

import msgspec

from bot.model.kube.meta import KubeStruct


class NamedSource(KubeStruct):
    """A ConfigMap (`name`), Secret (`secretName`, in a projection `name`) or claim (`claimName`) behind a volume."""

    name: str = ""
    secret_name: str = ""
    claim_name: str = ""
    optional: bool = False


class HostPath(KubeStruct):
    path: str = ""
    type: str = ""


class EmptyDir(KubeStruct):
    medium: str = ""
    size_limit: str = ""


class Nfs(KubeStruct):
    server: str = ""
    path: str = ""


class Csi(KubeStruct):
    driver: str = ""


class DownwardApi(KubeStruct):
    """What the pod may read of itself; of which fields is not said."""


class ServiceAccountToken(KubeStruct):
    audience: str = ""


class Projection(KubeStruct):
    """One source of several in one folder: one of these is set."""

    config_map: NamedSource | None = None
    secret: NamedSource | None = None
    downward_api: DownwardApi | None = msgspec.field(default=None, name="downwardAPI")
    service_account_token: ServiceAccountToken | None = None


class Projected(KubeStruct):
    sources: tuple[Projection, ...] = ()


class Volume(KubeStruct):
    """Where a mount comes from: one of these is set, or none for a kind that the bot does not speak of."""

    name: str
    config_map: NamedSource | None = None
    secret: NamedSource | None = None
    persistent_volume_claim: NamedSource | None = None
    host_path: HostPath | None = None
    empty_dir: EmptyDir | None = None
    projected: Projected | None = None
    downward_api: DownwardApi | None = msgspec.field(default=None, name="downwardAPI")
    nfs: Nfs | None = None
    csi: Csi | None = None
