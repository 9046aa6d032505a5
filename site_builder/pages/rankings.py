"""Rankings as they are shown: ranked, and summed by county and by size of enterprise. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from site_builder import paths
from site_builder.records import Dataset, Ranked, Ranking

_SIZES = ("large", "medium", "small", "micro", "")


def table_paths(path: str, record: Dataset) -> Iterator[str]:
    """What lies below the page of a dataset at `path`: its table as a file, the pages of earlier rankings."""
    yield paths.table_path(path)
    for ranking in newest_first(record)[1:]:
        yield paths.ranking_path(path, ranking.as_of)


def newest_first(record: Dataset) -> list[Ranking]:
    """The rankings by date. Of dates known less exactly the earliest possible day counts."""
    return sorted(record.rankings, key=lambda ranking: ranking.as_of, reverse=True)


def standing(ranking: Ranking) -> dict[str, Any]:
    """A ranking as it is shown: everything in it ranked, then by county and by size of enterprise.

    {"as_of", "note", "total", "count", "entries", "counties", "sizes"}; an entry is records.Ranked with
    `rank` and `tied`; a county or size is {"name" or "size", "anchor", "rank", "tied", "total", "count",
    "entries"}, where entries keep their rank in the whole and have `rank_here` among their own. Totals are
    sums of scores.
    """
    entries = tuple(ranked(ranking.entries))
    return {
        "as_of": ranking.as_of,
        "note": ranking.note,
        "total": _sum(entries),
        "count": len(entries),
        "entries": entries,
        "counties": tuple(_groups(entries, "county", "name", "c")),
        "sizes": tuple(_groups(entries, "size", "size", "s")),
    }


def ranks(scores: Sequence[Decimal]) -> list[int]:
    """1, 2, 2, 4: equal scores rank equally, and the next rank counts those above."""
    order = sorted(scores, reverse=True)
    return [order.index(score) + 1 for score in scores]


def ranked(entries: Iterable[Ranked]) -> Iterator[dict[str, Any]]:
    """The entries with `rank` and `tied`, the highest score first; of equal ones by county and name."""
    listed = sorted(entries, key=lambda entry: (-entry.score, entry.county, entry.name))
    scores = [entry.score for entry in listed]
    places = ranks(scores)
    for entry, rank in zip(listed, places, strict=True):
        yield {
            **entry.model_dump(mode="json"),
            "rank": rank,
            "tied": places.count(rank) > 1,
        }


def _groups(
    entries: Sequence[Mapping[str, Any]], field: str, name: str, anchor: str
) -> Iterator[dict[str, Any]]:
    """The entries of each county, the higher total first, or of each size; nothing for one group.

    Entries whose county is not given come last, and nobody stands behind them for it.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        found.setdefault(entry[field], []).append(entry)
    if len(found) < 2:
        return
    if field == "size":
        order = sorted(found, key=_SIZES.index)
    else:
        order = sorted(found, key=lambda key: (not key, -Decimal(_sum(found[key])), key))
    places = ranks([Decimal(_sum(found[key])) for key in order if key or field == "size"])
    places += [0] * (len(order) - len(places))
    for number, (key, rank) in enumerate(zip(order, places, strict=True), 1):
        here = ranks([Decimal(entry["score"]) for entry in found[key]])
        yield {
            name: key,
            "anchor": f"{anchor}{number}",
            "rank": rank,
            "tied": rank > 0 and places.count(rank) > 1,
            "total": _sum(found[key]),
            "count": len(found[key]),
            "entries": tuple(
                {**entry, "rank_here": place} for entry, place in zip(found[key], here, strict=True)
            ),
        }


def _sum(entries: Iterable[Mapping[str, Any]]) -> str:
    return str(sum((Decimal(entry["score"]) for entry in entries), Decimal(0)))
