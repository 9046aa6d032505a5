"""Two sites beside each other, one of them deep in the other's host."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.search.served import (
    JIAOZHOU,
    PINGDU,
    REPOSITORY,
    Handler,
    serving,
    write_site,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sites")
    shutil.copytree(REPOSITORY / "themes" / "base" / "scripts" / "search", root / "scripts")
    write_site(root / "pingdu", "pingdu", PINGDU)
    write_site(root / "deep" / "er" / "jiaozhou", "jiaozhou", JIAOZHOU)
    return root


@pytest.fixture
def server(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    with serving(folder) as served:
        yield served
