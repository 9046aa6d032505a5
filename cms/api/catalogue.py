"""What the API delivers: the `index.json` of every record page on the live sites, read from the releases.

So the API says exactly what the sites say. It has no query of its own by which a draft, a restricted page or
something withdrawn could slip through, and it changes at the moment a site switches.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]


@dataclass(frozen=True)
class LiveSite:
    union: str
    release: str
    records: tuple[Record, ...]
    """Newest first."""

    @cached_property
    def by_id(self) -> Mapping[str, Record]:
        return {record["id"]: record for record in self.records}

    @property
    def own(self) -> Iterator[Record]:
        return (record for record in self.records if record["union"] == self.union)


class Catalogue:
    """The live sites under OUTPUT, each read once per release. Safe to share between threads."""

    def __init__(self, output: Path) -> None:
        self.sites = output / "sites"
        self._read: dict[str, LiveSite] = {}
        self._lock = threading.Lock()

    def unions(self) -> list[str]:
        """Slugs of the unions whose site is live."""
        if not self.sites.is_dir():
            return []
        return sorted(entry.name for entry in os.scandir(self.sites) if entry.is_symlink())

    def site(self, union: str) -> LiveSite | None:
        """One live site; None if this union has none."""
        # Asked for by exact name: a slug from a request never becomes a path.
        if union not in self.unions():
            return None
        folder = (self.sites / union).resolve()
        with self._lock:
            known = self._read.get(union)
        if known is None or known.release != folder.name:
            known = LiveSite(union, folder.name, _records(folder))
            with self._lock:
                self._read[union] = known
        return known

    def all_sites(self) -> list[LiveSite]:
        return [site for union in self.unions() if (site := self.site(union)) is not None]


def _records(release: Path) -> tuple[Record, ...]:
    found: list[Record] = []
    # Unchanged folders of a release may be links into the store, hence followlinks.
    for folder, _, names in os.walk(release, followlinks=True):
        if "index.json" in names:
            record = orjson.loads((Path(folder) / "index.json").read_bytes())
            if isinstance(record, dict) and {"id", "kind", "union", "published"} <= record.keys():
                found.append(record)
    return tuple(sorted(found, key=lambda record: (record["published"], record["id"]), reverse=True))
