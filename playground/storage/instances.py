"""The demo's instances: small real files that a backup can hold, and quotas that a story can be told about."""

import json

from playground.storage.folders import Folders

GIB = 1024**3

INSTANCES = {"acme": (10 * GIB, int(8.6 * GIB)), "globex": (20 * GIB, 3 * GIB), "initech": (5 * GIB, 1 * GIB)}
"""Name → quota and what it pretends to use, in bytes. acme is near its end."""

CUSTOMERS = 40
"""A file each, so that there is something to lose."""


def furnish(folders: Folders) -> None:
    """Make every instance that is not there yet."""
    for name, (quota_bytes, used_bytes) in INSTANCES.items():
        if name not in folders.names():
            folders.add(name, quota_bytes=quota_bytes, used_bytes=used_bytes)
            _write(folders, name)


def _write(folders: Folders, name: str) -> None:
    store = folders.folder_of(name) / "filestore"
    store.mkdir()
    for number in range(CUSTOMERS):
        invoice = {
            "customer": f"{name}-{number:03}",
            "lines": [{"item": item, "price": item * 7} for item in range(30)],
        }
        (store / f"invoice-{number:03}.json").write_text(json.dumps(invoice, indent=1))
    (folders.folder_of(name) / "odoo.conf").write_text(f"[options]\ndb_name = odoo_{name}\nworkers = 2\n")
