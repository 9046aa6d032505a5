"""What phones load is made of the scripts that people write."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from site_builder.render import Bundle

THEMES = Path(__file__).parents[3] / "themes"
SOURCES = sorted((THEMES / "base" / "scripts" / "search").glob("*.js"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_script_that_was_changed_was_made_anew(source: Path) -> None:
    digest = hashlib.blake2b(source.read_bytes(), digest_size=8).hexdigest()
    written = (THEMES / "base" / "static" / "search" / source.name).read_text(encoding="utf-8")
    assert digest in written.split("\n")[0], "run: python tools/search_scripts.py"


def test_the_whole_search_is_a_few_kilobytes() -> None:
    assets = Bundle.load(THEMES, "base").assets
    found = {
        path: data
        for path, data in assets.items()
        if path.startswith("/assets/search.") and path.endswith(".js")
    }
    scripts = {path.rpartition("/")[2]: data for path, data in found.items()}
    assert set(scripts) == {path.name for path in SOURCES}
    sizes = {name: len(gzip.compress(data, 9)) for name, data in scripts.items() if name != "inflate.js"}
    assert sum(sizes.values()) <= 12_000, sizes
