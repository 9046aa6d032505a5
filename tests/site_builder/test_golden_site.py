"""The whole output of a small network, file by file, against tests/golden/site/expected."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.golden import regenerate_site


def test_the_small_network_gives_the_golden_sites(tmp_path: Path) -> None:
    """If the change is meant: python -m tests.golden.regenerate_site, and look at the difference."""
    found, expected = regenerate_site.build(tmp_path), regenerate_site.expected()
    assert sorted(found) == sorted(expected)
    for path, data in found.items():
        before, after = (text.decode().splitlines() for text in (expected[path], data))
        assert data == expected[path], "\n".join(difflib.unified_diff(before, after, path, path, lineterm=""))
