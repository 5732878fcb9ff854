"""What all tests share: a private PostGIS of their own, a migrated database per test that wants one."""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

from layers import database
from layers.cluster import Cluster
from layers.migrate import migrate

_ROOM = 5 << 30  # bytes that two clusters take at most, and some more
ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile(
    "chengtu", deadline=None, max_examples=50
)  # a busy machine is no failure
hypothesis.settings.load_profile("chengtu")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test asks for decides its tier, so nobody can forget to mark one."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        for costly in ("demo_url", "processed"):  # takes long to make, so one process makes it
            if costly in used:
                item.add_marker(pytest.mark.xdist_group(costly))
                break
        if "page" in used:
            item.add_marker(pytest.mark.browser)
        elif "cluster" in used:
            item.add_marker(pytest.mark.database)
        else:
            item.add_marker(pytest.mark.unit)


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostGIS cluster in a temporary folder, without fsync; one per test process.

    In memory where there is room: hundreds of databases come and go, and on a slow disk that takes minutes.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(tempfile.mkdtemp(prefix=f"chengtu-test-{worker}-", dir=_roomy_memory()))
    folder.chmod(0o755)
    made = Cluster(folder, durable=False)
    made.start()
    yield made
    database.close_all()
    made.remove()


def _roomy_memory() -> str | None:
    """A folder in memory with room for a cluster; None for the usual place."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < _ROOM:
        return None
    free = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return str(memory) if free and int(free[1]) << 10 > 2 * _ROOM else None


@contextmanager
def copy_of(cluster: Cluster, template: str) -> Iterator[str]:
    """The address of a database like ``template``, which goes with the block: hundreds of them would fill the disk."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield cluster.create_database(name, template)
    database.close_all()
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated, empty database that tests copy (a copy takes 0.1 s, a migration 1.5 s)."""
    url = cluster.create_database("template_chengtu")
    migrate(url)
    database.close_all()
    return "template_chengtu"


@pytest.fixture(scope="session")
def database_url(cluster: Cluster, template: str) -> str:
    """A migrated database that a test process shares; its tests roll back what they do."""
    return cluster.create_database("shared", template)


@pytest.fixture
def own_database_url(cluster: Cluster, template: str) -> Iterator[str]:
    """A migrated, empty database of the test's own, for what commits."""
    with copy_of(cluster, template) as url:
        yield url
