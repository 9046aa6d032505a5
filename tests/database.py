"""The database of a run: migrated once, and copied for each process that runs tests.

Migrating takes longer than most files of tests. A server that is not SQLite is set up as pytest-django does.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            made = setup_databases(verbosity=0, interactive=False, serialized_aliases=["default"])
            yield
            teardown_databases(made, verbosity=0)
            return
        migrated, contents = _migrated(shared)
        connection.close()
        # As create_test_db leaves it.
        name = shutil.copy(migrated, own / "tests.sqlite3")
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        connection._test_serialized_contents = contents.read_text("utf-8")  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        connection.close()


def _migrated(folder: Path) -> tuple[Path, Path]:
    """A migrated database, and its contents as a test whose transactions are real puts them back."""
    migrated, contents = folder / "migrated.sqlite3", folder / "migrated.json"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not migrated.exists():
            name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=True)
            contents.write_text(connection._test_serialized_contents, "utf-8")  # type: ignore[attr-defined]
            connection.close()
            shutil.move(name, migrated)
    return migrated, contents
