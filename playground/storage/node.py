"""The node itself: an ssh server on loopback with one key that may run the helper and nothing else."""

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh

from playground.storage.folders import Folders
from playground.storage.requests import reply_to

USER = "storage"


class PracticeStorage:
    """Use as an async context manager; `folder` receives the client's key and the known_hosts file."""

    def __init__(self, folder: Path) -> None:
        """Keep everything under *folder*."""
        self.folder = folder
        self.folders = Folders(folder / "odoo_instances")
        self.fault = ""
        """Set to an error of the helper ("notmounted", "busy", "EACCES"); "hung" answers nothing, "flood" for ever."""
        self.requests: list[str] = []
        self._server: asyncssh.SSHAcceptor | None = None

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        if self._server is None:
            raise RuntimeError("the storage node is not started")
        return self._server.get_port()

    @property
    def key_file(self) -> Path:
        """The client's private key."""
        return self.folder / "id"

    @property
    def known_hosts(self) -> Path:
        """The pinned host key."""
        return self.folder / "known_hosts"

    async def __aenter__(self) -> Self:
        """Make keys and listen."""
        self.folders.root.mkdir(parents=True, exist_ok=True)
        host, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        client.write_private_key(str(self.key_file))
        self.key_file.chmod(0o600)
        allowed = asyncssh.import_authorized_keys(client.export_public_key().decode())
        self._server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host],
            authorized_client_keys=allowed,
            process_factory=self._serve,
            allow_pty=False,
        )
        public = host.export_public_key().decode().strip()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}\n")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        request = process.command or ""
        self.requests.append(request)
        if self.fault == "hung":
            await asyncio.Event().wait()
        while self.fault == "flood":
            process.stdout.write(" " * 65_536)
            await process.stdout.drain()
        reply = {"error": self.fault} if self.fault else reply_to(request, self.folders)
        process.stdout.write(json.dumps(reply) + "\n")
        process.exit(1 if "error" in reply else 0)
