"""What phones load is made of the scripts that people write."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from site_builder.render import Bundle
from tools import search_scripts

THEMES = Path(__file__).parents[3] / "themes"
WRITTEN = ("main.js", "inflate.js")


@pytest.mark.parametrize("name", WRITTEN)
def test_a_script_that_was_changed_was_made_anew(name: str) -> None:
    written = (THEMES / "base" / "static" / "search" / name).read_text(encoding="utf-8")
    assert written.startswith(search_scripts.head(name)), "run: python tools/search_scripts.py"
    assert search_scripts.sources(name)


def test_the_whole_search_is_a_few_kilobytes_in_few_files() -> None:
    assets = Bundle.load(THEMES, "base").assets
    found = {
        path: data
        for path, data in assets.items()
        if path.startswith("/assets/search.") and path.endswith(".js")
    }
    scripts = {path.rpartition("/")[2]: data for path, data in found.items()}
    assert set(scripts) == set(WRITTEN)
    sizes = {name: len(gzip.compress(data, 9)) for name, data in scripts.items() if name != "inflate.js"}
    assert sum(sizes.values()) <= 12_000, sizes
