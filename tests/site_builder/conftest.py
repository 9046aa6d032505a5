"""A network of two unions for whoever tests builds: tests/golden/site/content, in a folder of one's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from site_builder import content_store
from site_builder.release.build import build_site
from site_builder.release.report import Places, SiteReport

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "site"
THEMES = ROOT / "themes"
AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")


@dataclass(frozen=True)
class Network:
    """`shandong` (a province) and `pingdu` (a county below it, whose site lies under a sub-path)."""

    places: Places

    def build(self, union: str, as_of: datetime = AS_OF, *, full: bool = False) -> SiteReport:
        return build_site(content_store.read(self.places.content), union, as_of, self.places, full=full)

    def with_themes(self, themes: Path) -> Network:
        return Network(replace(self.places, themes=themes))

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        path = self.places.content / file
        text = path.read_text("utf-8")
        changed = change(text)
        assert changed != text, "an edit that changes nothing tests nothing"
        path.write_text(changed, "utf-8")

    def live(self, union: str) -> Path:
        return (self.places.output / "sites" / union).resolve()


def network_in(folder: Path) -> Network:
    shutil.copytree(GOLDEN / "content", folder / "content")
    return Network(Places(folder / "content", folder / "var", folder / "var/output", THEMES))


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return network_in(tmp_path)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path, as a web server finds it: links are followed."""
    found = (Path(upper, name) for upper, _, names in os.walk(folder, followlinks=True) for name in names)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}


@pytest.fixture(name="tree")
def tree_of() -> Callable[[Path], dict[str, bytes]]:
    return tree
