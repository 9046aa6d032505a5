"""One build of a whole network with nothing cached, as `unionpress build` does it; for against_hugo.py.

    python benchmarks/cold_build.py CONTENT DATA [--plain] [--jobs N]

`--plain` leaves out search, feeds and JSON, as no command does. The network's own search index (Whoosh) is
not made: it comes after the sites are live, and Hugo has none.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path

from site_builder import network
from site_builder.pelican_site import files
from site_builder.pelican_site.files import PlannedBytes, PlannedFeed

AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")


def leave_out() -> None:
    """No static index, no feeds, no index.json."""
    planned = files.planned
    files._search = lambda *_: ({}, frozenset())
    files.documents = lambda _plan: ()

    def without(site: files.Site) -> files.SiteFiles:
        found = planned(site)
        left = tuple(
            file
            for file in found.files
            if not isinstance(file, PlannedFeed)
            and not (isinstance(file, PlannedBytes) and file.path.endswith("index.json"))
        )
        return files.SiteFiles(left, found.context, found.search_documents, found.records)

    files.planned = without


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if options.plain:
        leave_out()
    network._update_index = lambda *_: []  # type: ignore[assignment]
    report = network.build(
        options.content, options.data, options.data / "output", as_of=AS_OF, jobs=options.jobs
    )
    rendered = sum(site.rendered for site in report.sites)
    print(json.dumps({"seconds": report.seconds, "sites": len(report.sites), "rendered": rendered}))


if __name__ == "__main__":
    main()
