"""The relevance suite over the newspaper corpus, and what a search costs: engines side by side.

    .venv/bin/python benchmarks/search/run.py [ENGINE ...] [--half tuning|report|all] [--verbose]

Engines: static (the reader's index, asked from Python), chromium (the same files in a real browser), whoosh
(the network's index), pagefind (1.5.2 of PyPI, same browser). Tune on one half of the queries, quote the
other: which half a query is in follows from the hash of its text. What is measured is told in judge.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from browsers import Browsing
from corpus import Article, articles
from judge import Measures, Shelf, measure

from site_builder.search import static_index
from site_builder.search.documents import SearchDocument
from site_builder.search.network_index import NetworkIndex
from site_builder.search.static_query import StaticIndex

HERE = Path(__file__).parent
FIRST_SIX = ("paraphrase", "place and program", "names of bodies", "numbers", "short words", "phrases")
Engine = Callable[[str], tuple[list[str], float, float]]
"""Ids best first, seconds, bytes."""


def half_of(query: dict[str, Any]) -> str:
    return "tuning" if hashlib.sha256(query["text"].encode()).digest()[0] % 2 else "report"


def document(article: Article) -> SearchDocument:
    return SearchDocument(
        id=article.id, owner="paper", kind="story", path=f"/news/{article.id}/", title=article.title_text,
        text=article.text, date=f"1998-01-{1 + int(article.id) * 31 // 3200:02}",
    )  # fmt: skip


def files_of(found: Iterable[Article], synonyms: list[list[str]]) -> dict[str, bytes]:
    documents = [document(article) for article in found]
    started = time.process_time()
    files = dict(static_index.build(documents, synonyms=tuple(map(tuple, synonyms))))
    seconds = time.process_time() - started
    size = sum(map(len, files.values()))
    text = sum(len((d.title + d.text).encode()) for d in documents)
    print(
        f"static index: {len(documents)} documents, {seconds / len(documents) * 1000:.2f} s CPU per 1,000, "
        f"{size / text:.3f} of the text, {len(files) / len(documents):.2f} files per document",
        file=sys.stderr,
    )
    return files


def static(found: list[Article], synonyms: list[list[str]]) -> Engine:
    index = StaticIndex(files_of(found, synonyms))

    def ask(text: str) -> tuple[list[str], float, float]:
        started = time.perf_counter()
        answer = index.search(text)
        return [hit.id for hit in answer.hits], time.perf_counter() - started, answer.bytes_read

    return ask


def whoosh(found: list[Article], synonyms: list[list[str]]) -> Engine:
    index = NetworkIndex(Path(tempfile.mkdtemp()) / "whoosh")
    started = time.process_time()
    index.fill([document(article) for article in found], tuple(map(tuple, synonyms)))
    print(
        f"whoosh: {(time.process_time() - started) / len(found) * 1000:.1f} s CPU per 1,000", file=sys.stderr
    )

    def ask(text: str) -> tuple[list[str], float, float]:
        begun = time.perf_counter()
        hits = index.search(text, limit=10)
        return [hit.id for hit in hits], time.perf_counter() - begun, 0

    return ask


def pagefind(browsing: Browsing, found: list[Article]) -> Engine:
    folder = Path(tempfile.mkdtemp())
    for article in found:
        page = folder / f"{article.id}.html"
        body = "".join(f"<p>{line}</p>" for line in article.text.split("\n"))
        title = article.title_text
        page.write_text(
            f"<!doctype html><html lang=zh><title>{title}</title>"
            f"<main data-pagefind-body><h1>{title}</h1>{body}</main>",
            encoding="utf-8",
        )
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pagefind", "--site", str(folder)], check=True, stdout=subprocess.DEVNULL
    )
    text = sum(len((article.title_text + article.text).encode()) for article in found)
    made = [file.stat().st_size for file in (folder / "pagefind").rglob("*") if file.is_file()]
    print(
        f"pagefind: {(time.perf_counter() - started) / len(found) * 1000:.1f} s per 1,000, "
        f"{sum(made) / text:.2f} of the text",
        file=sys.stderr,
    )
    return browsing.pagefind(folder)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engines", nargs="*", default=["static", "chromium", "whoosh", "pagefind"])
    parser.add_argument("--half", default="report", choices=("tuning", "report", "all"))
    parser.add_argument(
        "--verbose", action="store_true", help="show every query that does not have what it should first"
    )
    options = parser.parse_args()
    suite = json.loads((HERE / "queries.json").read_text(encoding="utf-8"))
    synonyms: list[list[str]] = suite["synonyms"]
    queries = [q for q in suite["queries"] if options.half in ("all", half_of(q))]
    found = articles()
    shelf = Shelf(found)
    grades = [shelf.grades(query["need"], query.get("target")) for query in queries]
    with Browsing() as browsing:
        for name in options.engines:
            engines: dict[str, Callable[[], Engine]] = {
                "static": lambda: static(found, synonyms),
                "chromium": lambda: browsing.ours(files_of(found, synonyms)),
                "whoosh": lambda: whoosh(found, synonyms),
                "pagefind": lambda: pagefind(browsing, found),
            }
            report(name, engines[name](), queries, grades, shelf, options.verbose)


def report(
    name: str,
    ask: Engine,
    queries: list[dict[str, Any]],
    grades: list[dict[str, int]],
    shelf: Shelf,
    verbose: bool,
) -> None:
    measured: dict[str, list[Measures]] = defaultdict(list)
    short: list[float] = []
    long: list[float] = []
    seconds: list[float] = []
    titles = {article.id: article.title_text for article in shelf.articles}
    for query, graded in zip(queries, grades, strict=True):
        hits, taken, size = ask(query["text"])
        one = measure(hits, graded, query)
        measured[query["class"]].append(one)
        seconds.append(taken)
        (short if len(query["text"]) <= 6 else long).append(size)
        if verbose and (one.mrr < 1 or one.recall < 1):
            shown = [f"{graded.get(hit, 0)}:{titles[hit][:14]}" for hit in hits[:4]]
            print(f"{query['class']:18} {query['text']:20} mrr {one.mrr:.2f} recall {one.recall:.2f} {shown}")
    print(f"\n{name}: {len(queries)} queries over {len(shelf.articles)} articles")
    print(f"{'class':20} {'queries':>7} {'recall':>7} {'MRR':>6} {'nDCG':>6} {'nothing':>8}")
    for label, rows in measured.items():
        line(label, rows)
    line("first six classes", [row for label, rows in measured.items() if label in FIRST_SIX for row in rows])
    line("all classes", [row for rows in measured.values() for row in rows])
    p95 = sorted(seconds)[int(len(seconds) * 0.95)]
    print(f"seconds: median {statistics.median(seconds):.4f}, p95 {p95:.4f}")
    for label, sizes in (("short", short), ("long", long)):
        if any(sizes):
            ordered = sorted(sizes)
            print(
                f"bytes, {label} query: median {statistics.median(ordered) / 1000:.1f} KB, "
                f"p90 {ordered[int(len(ordered) * 0.9)] / 1000:.1f} KB"
            )


def line(label: str, rows: list[Measures]) -> None:
    def mean(name: str) -> float:
        return statistics.fmean(float(getattr(row, name)) for row in rows) if rows else 0.0

    nothing = sum(row.nothing for row in rows)
    print(
        f"{label:20} {len(rows):7} {mean('recall'):7.3f} {mean('mrr'):6.3f} {mean('ndcg'):6.3f} {nothing:8}"
    )


if __name__ == "__main__":
    main()
