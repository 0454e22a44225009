"""A real cluster whose Jobs mount folders of the test's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store import PostgresLedger
from tests.commands.backup_lab import IMAGE, NAMESPACE, Kubectl, Lab, opened_lab
from tests.kubelab import import_images


@pytest.fixture(scope="session")
def mounting(kubelab: Path, kubectl: Kubectl) -> Iterator[Path]:
    """The kubeconfig of a cluster with a namespace whose pods may mount folders of the node."""
    import_images(IMAGE)
    kubectl("create", "namespace", NAMESPACE)
    yield kubelab
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture
async def lab(mounting: Path, kubectl: Kubectl, ledger: PostgresLedger, tmp_path: Path) -> AsyncIterator[Lab]:
    """An instance of this test's own, with odd files in it."""
    async with opened_lab(mounting, kubectl, ledger, tmp_path) as opened:
        yield opened
