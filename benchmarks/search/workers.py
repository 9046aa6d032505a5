"""Relevance over the demo network, for what people type in their own words.

    .venv/bin/python benchmarks/search/workers.py [static|whoosh ...] [--verbose]

Each record once, as its owner's site shows it. MRR of the first record that workers.tsv names, how often it
comes first, and how many queries find nothing.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from site_builder.content_store import Content, read
from site_builder.plan import plan
from site_builder.records import BEIJING
from site_builder.search import static_index
from site_builder.search.documents import SearchDocument, document
from site_builder.search.network_index import NetworkIndex
from site_builder.search.static_query import StaticIndex

HERE = Path(__file__).parent
AS_OF = datetime(2025, 4, 8, 9, tzinfo=BEIJING)


def shelf(content: Content) -> tuple[list[SearchDocument], dict[str, str]]:
    """All records, and owner/kind/slug of each by its id."""
    own = [
        item
        for union in content.unions
        for item in plan(content, union, AS_OF).items
        if item.record.union == union
    ]
    names = {
        str(item.record.id): f"{item.record.union}/{item.record.kind}/{item.record.slug}" for item in own
    }
    return [document(item) for item in own], names


def asker(engine: str, found: list[SearchDocument], content: Content) -> Callable[[str], list[str]]:
    if engine == "static":
        index = StaticIndex(static_index.build(found, synonyms=content.synonyms))
        return lambda text: [hit.id for hit in index.search(text).hits]
    network = NetworkIndex(Path(tempfile.mkdtemp()) / "whoosh")
    network.fill(found, content.synonyms)
    return lambda text: [hit.id for hit in network.search(text, limit=10)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engines", nargs="*", default=["static", "whoosh"])
    parser.add_argument(
        "--verbose", action="store_true", help="show each query whose record does not come first"
    )
    options = parser.parse_args()
    content = read(HERE.parents[1] / "content")
    found, names = shelf(content)
    lines = (HERE / "workers.tsv").read_text(encoding="utf-8").splitlines()
    queries = [line.split("\t") for line in lines if line and not line.startswith("#")]
    for engine in options.engines:
        ask = asker(engine, found, content)
        ranks: dict[str, list[float]] = defaultdict(list)
        nothing = 0
        for label, text, wanted in queries:
            hits = [names[hit] for hit in ask(text)]
            right = (
                place for place, name in enumerate(hits, 1) if any(part in name for part in wanted.split(";"))
            )
            rank = next(right, 0)
            nothing += not hits
            ranks[label].append(1 / rank if rank else 0.0)
            if options.verbose and rank != 1:
                print(f"{label:18} {text:24} {rank} {hits[:3]}")
        print(f"\n{engine}: {len(queries)} queries, {nothing} find nothing")
        ranks["all"] = [one for row in list(ranks.values()) for one in row]
        for label, row in ranks.items():
            first = sum(one == 1 for one in row) / len(row)
            print(f"{label:18} {len(row):4} MRR {statistics.mean(row):.2f}, first {first:.2f}")


if __name__ == "__main__":
    main()
