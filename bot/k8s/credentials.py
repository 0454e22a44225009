"""Where the API server is and who we are there: from a kubeconfig or the pod we run in, and again when it rotates."""

import asyncio
import os
import ssl
from pathlib import Path

import yaml
from kubernetes_asyncio.client import Configuration
from kubernetes_asyncio.config import ConfigException
from kubernetes_asyncio.config.incluster_config import (
    SERVICE_HOST_ENV_NAME,
    SERVICE_TOKEN_FILENAME,
    load_incluster_config,
)
from kubernetes_asyncio.config.kube_config import KubeConfigLoader, KubeConfigMerger

from bot.errors import BadArguments, Unreachable

PLUGIN_TIMEOUT_S = 30.0
"""How long a login plugin may take: the library waits for ever, and hangs when one writes 64 KiB to stderr."""

KUBECTLS_OWN = "~/.kube/config"
"""The file that kubectl reads where KUBECONFIG names none."""

UNUSABLE = (ConfigException, OSError, ValueError, TypeError, AttributeError, AssertionError)
"""What the library raises over a broken kubeconfig, token file or plugin: it checks little before it uses it."""


class Credentials:
    """The library's Configuration, loaded once by `load`, kept fresh by `authorization`, loaded anew by `reload`.

    A kubeconfig's plugin is run again five minutes before its token expires; a token in the pod's file is read again
    each minute; whatever the server refuses with 401 is loaded from its source again.
    """

    def __init__(self, kubeconfig: str | None, context: str | None, *, old_ca: bool = False) -> None:
        """Take the path of a kubeconfig (several, separated by colons).

        None: the pod's own account where we run in one, else kubectl's own file; a *context* is always of a file.
        *old_ca*: the cluster's CA is from before certificates had to name the key that signed them.
        """
        self._old_ca = old_ca
        self._kubeconfig = kubeconfig or _found(context)
        self._context = context
        self._configuration = Configuration()
        self._reloading = asyncio.Lock()
        self.generation = 0
        """Grows with each load."""

    async def load(self) -> None:
        """Read everything from its source. Raises BadArguments with what is wrong with it."""
        configuration = Configuration()
        try:
            if self._kubeconfig is None:
                load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]  # the library
            else:
                await self._load_kubeconfig(self._kubeconfig, configuration)
        except UNUSABLE as error:
            hint = "" if self._kubeconfig else f"Outside of a pod, set KUBECONFIG or write {KUBECTLS_OWN}."
            raise BadArguments(f"{self.source} cannot be used: {_one_line(error)}.", hint=hint) from error
        self._configuration = configuration
        self.generation += 1

    async def reload(self, generation: int) -> None:
        """Load again, unless that happened since *generation*: of many calls refused at once, one does it."""
        async with self._reloading:
            if generation == self.generation:
                await self.load()

    async def authorization(self) -> str | None:
        """Give the Authorization header's value, renewed when due; None without one. Raises Unreachable."""
        try:
            token = await self._configuration.get_api_key_with_prefix("BearerToken")
        except (*UNUSABLE, TimeoutError) as error:
            raise Unreachable(f"{self.source} gives no token now: {_one_line(error)}.") from error
        return str(token).strip() if token else None

    @property
    def source(self) -> str:
        """Where this comes from, in words."""
        if self._kubeconfig is None:
            return "The pod's service account"
        return f"The kubeconfig {self._kubeconfig}"

    @property
    def host(self) -> str:
        """The API server's address, with scheme and without a slash at the end."""
        return str(self._configuration.host).rstrip("/")

    @property
    def proxy(self) -> str | None:
        """The proxy named in the kubeconfig."""
        return self._configuration.proxy

    @property
    def server_name(self) -> str | None:
        """The name that the server's certificate must carry, where it is not the host's."""
        return self._configuration.tls_server_name

    def tls(self) -> ssl.SSLContext:
        """Build the TLS settings from the files as they are now. Raises BadArguments."""
        configuration = self._configuration
        try:
            context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
            if configuration.cert_file:
                context.load_cert_chain(configuration.cert_file, configuration.key_file)
        except (OSError, ssl.SSLError) as error:
            raise BadArguments(f"{self.source} names a certificate that cannot be used: {_one_line(error)}.") from error
        if self._old_ca:
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # which Python sets from 3.13 on; all else is still checked
        if not configuration.verify_ssl:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def tls_stamp(self) -> tuple[int, ...]:
        """Give the files' times of change: another stamp means that a certificate was rotated."""
        names = (self._configuration.ssl_ca_cert, self._configuration.cert_file, self._configuration.key_file)
        return (self.generation, *(_changed_ns(name) for name in names if name))

    async def _load_kubeconfig(self, paths: str, configuration: Configuration) -> None:
        loader = KubeConfigLoader(_merged(paths), active_context=self._context, config_base_path=None)
        await _logged_in(loader, configuration)
        if loader._user is None or "exec" not in loader._user:
            return

        async def renew(configuration: Configuration) -> None:
            async with asyncio.timeout(PLUGIN_TIMEOUT_S):
                await loader.load_from_exec_plugin()
            if hasattr(loader, "token"):
                configuration.api_key["BearerToken"] = loader.token

        configuration.refresh_api_key_hook = renew


async def _logged_in(loader: KubeConfigLoader, configuration: Configuration) -> None:
    try:
        async with asyncio.timeout(PLUGIN_TIMEOUT_S):
            await loader.load_and_set(configuration)
    except TimeoutError as error:
        raise ConfigException(f"its login plugin did not answer within {PLUGIN_TIMEOUT_S:.0f} s") from error


def _found(context: str | None) -> str | None:
    """Path of kubectl's own file, where it is what we have; None: the pod's account."""
    own = Path(KUBECTLS_OWN).expanduser()
    is_in_pod = bool(os.environ.get(SERVICE_HOST_ENV_NAME)) and Path(SERVICE_TOKEN_FILENAME).is_file()
    return str(own) if context or (own.is_file() and not is_in_pod) else None


def _merged(paths: str) -> object:
    for path in paths.split(os.pathsep):
        if path and not Path(path).expanduser().is_file():
            raise ConfigException("there is no such file")
    try:
        config = KubeConfigMerger(paths).config
    except yaml.YAMLError as error:
        raise ConfigException("it is not YAML") from error
    if config is None:
        raise ConfigException("it is empty")
    return config


def _changed_ns(name: str) -> int:
    try:
        return Path(name).stat().st_mtime_ns
    except OSError:
        return 0  # while a rotation replaces the file


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "it has an unexpected shape"
    return text.removeprefix("Invalid kube-config file. ").rstrip(".")
