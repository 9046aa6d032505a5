"""What the network's index costs, in seconds of a processor: to make, to ask, to follow one change.

    .venv/bin/python benchmarks/search/network_cost.py
    .venv/bin/python benchmarks/search/network_cost.py CONTENT DATA

The first makes and asks an index of 5,000 newspaper articles of 1,300 characters. The second gives a shared
story of a network (benchmarks/networks.py) another title, builds its sites, and measures the index's update.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from corpus import enlarged
from run import HERE, document

from site_builder import content_store, cutting, network, network_build, network_search
from site_builder.release.report import Places
from site_builder.search.network_index import NetworkIndex

Result = TypeVar("Result")
AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")
SETTLES = 2.1
"""Seconds until a changed file is believed by its time."""


def making_and_asking(number: int = 5000) -> None:
    documents = [document(article) for article in enlarged(number, 1460)]
    suite = json.loads((HERE / "queries.json").read_text(encoding="utf-8"))
    cutting.cut("职工夜校")  # Loads the dictionary.
    with tempfile.TemporaryDirectory() as folder:
        index = NetworkIndex(Path(folder) / "index")
        seconds, _ = _timed(index.fill, documents, tuple(map(tuple, suite["synonyms"])))
        size = sum(file.stat().st_size for file in (Path(folder) / "index").iterdir() if file.is_file())
        text = sum(len((one.title + one.text).encode()) for one in documents)
        print(f"{seconds / number * 1000:.2f} s CPU per 1,000 documents; {size / text:.2f} of the text")
        index.search("先打开")
        for name, ask in (
            ("ten results", partial(index.search, limit=10)),
            ("twenty and facets", index.find),
        ):
            taken = sorted(_timed(ask, query["text"])[0] for query in suite["queries"])
            median, late = statistics.median(taken), taken[int(len(taken) * 0.95)]
            print(f"{len(taken)} queries, {name}: median {median * 1000:.1f}, p95 {late * 1000:.1f} ms CPU")


def following(content: Path, data: Path, rounds: int = 3) -> None:
    places = Places(content.resolve(), data.resolve(), (data / "output").resolve(), network.THEMES)
    owner = min(path.name for path in (content / "records").iterdir())
    story = min((content / "records" / owner / "story").glob("*.md"))
    for turn in range(rounds + 1):
        text = story.read_text("utf-8")
        title = f"title: 第{turn}次改的标题{time.time_ns()}"
        story.write_text(re.sub(r"(?m)^title: .*$", title, text, count=1), "utf-8")
        time.sleep(SETTLES)
        network_build._update_index = lambda *_: []  # It is measured below.
        report = network.build(places.content, places.data, places.output, as_of=AS_OF)
        read = content_store.read(places.content, places.data / "cache" / "content")
        seconds, changed = _timed(network_search.update_index, read, places, AS_OF)
        switched = sum(site.switched for site in report.sites)
        print(f"{switched} sites switched, {changed} entries changed: {seconds:.2f} s CPU"
              + (" (the first: not of this change alone)" if turn == 0 else ""))  # fmt: skip


def _timed(work: Callable[..., Result], *given: Any) -> tuple[float, Result]:
    started = time.process_time()
    found = work(*given)
    return time.process_time() - started, found


if __name__ == "__main__":
    if len(sys.argv) > 2:
        following(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        making_and_asking()
