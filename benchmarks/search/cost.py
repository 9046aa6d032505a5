"""What the reader's index costs on 5,000 documents of about 1,300 characters, and what a site that shares
it costs.

.venv/bin/python benchmarks/search/cost.py
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from dataclasses import replace

from corpus import enlarged
from run import HERE, document

from site_builder.search.static_index import build_segment, combined
from site_builder.search.static_query import StaticIndex


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
    for label, index in (
        ("one segment", StaticIndex(files)),
        ("a county's 50 records and 5,000 inherited", StaticIndex(combined([build_segment(county), whole]))),
    ):
        for name, wanted in (("short", range(7)), ("long", range(7, 99))):
            sizes = sorted(index.search(q["text"]).bytes_read for q in queries if len(q["text"]) in wanted)
            p90 = sizes[int(len(sizes) * 0.9)]
            median = statistics.median(sizes)
            print(f"{label}, {name} query: median {median / 1000:.1f} KB, p90 {p90 / 1000:.1f} KB")

    inherited = build_segment(documents[:250])
    started = time.process_time()
    combined([build_segment(documents[250:300]), inherited], hidden=[documents[0].id])
    print(f"300 records, 250 of them indexed already: {time.process_time() - started:.3f} s CPU")


if __name__ == "__main__":
    main()
