"""What the reader's index costs on 5,000 documents of about 1,300 characters, and what a site that shares
it costs.

.venv/bin/python benchmarks/search/cost.py [--chromium]     # every second short query in a browser too
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import replace

from browsers import Browsing
from corpus import enlarged
from run import HERE, document

from site_builder.search.segment import combined
from site_builder.search.static_index import build_segment
from site_builder.search.static_query import StaticIndex


def tell(label: str, sizes: list[float]) -> None:
    p90 = sorted(sizes)[int(len(sizes) * 0.9)]
    print(f"{label}: median {statistics.median(sizes) / 1000:.1f} KB, p90 {p90 / 1000:.1f} KB")


def main() -> None:
    documents = [document(article) for article in enlarged(5000, 1460)]
    started = time.process_time()
    whole = build_segment(documents)
    seconds = time.process_time() - started
    files = combined([whole])
    text = sum(len((one.title + one.text).encode()) for one in documents)
    kinds: Counter[str] = Counter()
    for name, content in files.items():
        kinds[name.split("/")[1] if name.count("/") == 2 else name.split("/")[-1]] += len(content)
    print(f"{len(documents)} documents, {text / 3 / len(documents):.0f} characters each")
    print(
        f"build {seconds / 5:.2f} s CPU per 1,000; size {sum(kinds.values()) / text:.3f} of the text; "
        f"{len(files) / len(documents):.2f} files per document"
    )
    print({kind: f"{size / text:.3f}" for kind, size in kinds.most_common()})

    queries = json.loads((HERE / "queries.json").read_text(encoding="utf-8"))["queries"]
    county = [replace(one, id=f"own-{one.id}") for one in documents[:50]]
    short = [q["text"] for q in queries if len(q["text"]) < 7]
    with Browsing() as browsing:
        for label, found in (
            ("one segment", files),
            ("a county's 50 records and 5,000 inherited", combined([build_segment(county), whole])),
        ):
            index = StaticIndex(found)
            tell(f"{label}, short query", [index.search(text).bytes_read for text in short])
            long = [q["text"] for q in queries if q["text"] not in short]
            tell(f"{label}, long query", [index.search(text).bytes_read for text in long])
            if "--chromium" in sys.argv:
                ask = browsing.ours(found)
                tell(f"{label}, short query in Chromium", [ask(text)[2] for text in short[::2]])

    inherited = build_segment(documents[:250])
    started = time.process_time()
    combined([build_segment(documents[250:300]), inherited], hidden=[documents[0].id])
    print(f"300 records, 250 of them indexed already: {time.process_time() - started:.3f} s CPU")


if __name__ == "__main__":
    main()
