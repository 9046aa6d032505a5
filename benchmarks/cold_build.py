"""One build of a whole network with nothing cached, as `unionpress build` does it; for against_hugo.py.

    python benchmarks/cold_build.py CONTENT DATA [--lean | --plain] [--jobs N]

`--lean` leaves out what Hugo's layouts here do not make either: QR codes, posters, pictures for sharing,
calendar files, feeds in JSON. `--plain` leaves out search, feeds and index.json as well. No command does
that: less is planned, and the links that lead to what is left out count as sound. The
network's own search index (Whoosh) is not made: it comes after the sites are live, and Hugo has none. Prints
one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from site_builder import network, network_build, pages, processes
from site_builder.pelican_site import engine, files
from site_builder.pelican_site.files import (
    PlannedFeed,
    PlannedKept,
    PlannedPage,
    PlannedRecord,
    PlannedSearch,
    PlannedTree,
)
from site_builder.records import Problem
from site_builder.release import checks, links

AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")
BESIDE = ("share", "/qr.svg", "/poster.html", ".ics", ".feed.json", ".json.feed")


def leave_out(*, plain: bool) -> None:
    """Plan less, and count what is left out as if it were there; see the top."""
    planned, broken, whole = files.planned, links.broken, checks.completeness
    left_out: set[str] = set()

    def wanted(file: files.PlannedFile) -> bool:
        if isinstance(file, PlannedRecord | PlannedKept):
            return True
        if plain and isinstance(file, PlannedFeed | PlannedTree | PlannedSearch):
            return False
        if file.path.endswith(BESIDE) or (file.path.startswith("feeds/") and file.path.endswith(".json")):
            return False
        return not plain or not file.path.endswith("index.json")

    def fewer(site: files.Site, **options: Any) -> files.SiteFiles:
        found = planned(site, **options)
        left_out.clear()
        left_out.update(path for file in found.files if not wanted(file) for path in _paths(file))
        for file in found.files:
            if isinstance(file, PlannedRecord):
                left_out.update(file.paths[1:] if plain else file.paths[1:-1])
        kept = tuple(filter(wanted, found.files))
        return Fewer(kept, found.context, found.search_documents, found.records, found.problems)

    class Fewer(files.SiteFiles):
        def ahead(self) -> Iterator[str]:
            yield from super().ahead()
            yield from left_out

    def complete(planned: Iterable[str], present: Iterable[str]) -> list[Problem]:
        return whole(frozenset(planned) - left_out, present)

    def sound(outlines: Any, present: Any, *arguments: Any, **options: Any) -> Any:
        return broken(outlines, {*present, *left_out}, *arguments, **options)

    files.planned = engine.site_files.planned = fewer
    checks.completeness, links.broken = complete, sound
    pages.codes_and_posters = lambda *_: iter(())
    if plain:
        files._record_files = lambda *given: (
            PlannedPage(f"{page.path[1:]}index.html", page) for page in pages.record_pages(*given)
        )
        files.search_index = processes.search_index = lambda *_: _NoSearch()


class _NoSearch:
    """Stands where the search index would be made."""

    def manifest(self) -> bytes:
        return b""


def _paths(file: files.PlannedFile) -> tuple[str, ...]:
    return file.paths if isinstance(file, PlannedRecord | PlannedKept) else (file.path,)


class Memory(threading.Thread):
    """Samples the memory of this process and all below it: the sum of their proportional set sizes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.25):
            self.peak = max(self.peak, sum(map(_proportional, _family(os.getpid()))))

    def stop(self) -> float:
        """The highest sum so far, in MB."""
        self._done.set()
        return self.peak / 1024


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _proportional(pid: int) -> int:
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("Pss:")), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lean", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--memory", action="store_true", help="sample the memory of all processes")
    options = parser.parse_args()
    if options.plain or options.lean:
        leave_out(plain=options.plain)
    network_build._update_index = lambda *_: []
    memory = Memory()
    if options.memory:
        memory.start()
    live = [0.0]
    started = time.monotonic()
    report = network.build(
        options.content,
        options.data,
        options.data / "output",
        as_of=AS_OF,
        jobs=options.jobs,
        progress=lambda *_: live.__setitem__(0, time.monotonic() - started),
    )
    found = {
        "seconds": round(report.seconds, 2),
        "live after": round(live[0], 2),
        "sites": len(report.sites),
        "pages": sum(site.pages for site in report.sites),
        "rendered": sum(site.rendered for site in report.sites),
        "failed": sum(site.failed for site in report.sites),
        "problems": sum(len(site.problems) for site in report.sites),
    }
    if options.memory:
        found["peak of all processes, MB"] = round(memory.stop())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
