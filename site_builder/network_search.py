"""Searching the network, and keeping its index up to the sites that are live."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from site_builder import locks
from site_builder.choosing import choose
from site_builder.content_store import Content
from site_builder.errors import BuildError
from site_builder.paths import href
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, Problem
from site_builder.release.record_files import RecordFiles
from site_builder.release.report import Places, index_folder
from site_builder.release.state import BuildState, Records
from site_builder.search.network_index import Filters, NetworkIndex


def keep_up(content: Content, places: Places, now: datetime) -> list[Problem]:
    """Bring the index up to the sites that are live now. It never delays or fails them."""
    try:
        update_index(content, places, now)
    except Exception as error:
        first = (
            "Make room there or correct the permissions, then delete"
            if isinstance(error, OSError)
            else "Delete"
        )
        return [
            Problem(
                severity="warning",
                code="search-index",
                message=f"the network's search index was not updated: {type(error).__name__}: {error}",
                action=f"{first} {index_folder(places)} and search again",
            )
        ]
    return []


def search(
    content: Content,
    places: Places,
    query: str,
    *,
    union: str | None = None,
    kind: str | None = None,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """The Contract's `results`, best first: those of `find`."""
    results: list[dict[str, Any]] = find(
        content, places, query, Filters(union=union, kind=kind), limit=limit
    )["results"]
    return results


def find(
    content: Content, places: Places, query: str, filters: Filters, *, limit: int = 20
) -> dict[str, Any]:
    """`results` as the Contract has them, best first; `total`, how many match; `facets`, for each its values
    and how many of all that match have them; `did_you_mean`, what was searched instead, or empty.

    Makes the index if there is none, or if it is damaged. Raises UsageError for an unknown union.
    """
    for union in filter(None, (filters.union, filters.owner)):
        choose(content, [union])
    index = NetworkIndex(index_folder(places))
    try:
        answer = index.find(query, filters, limit)
    except BuildError:  # there is none yet, or it is damaged
        update_index(content, places, datetime.now(BEIJING))
        answer = index.find(query, filters, limit)
    return {
        "results": [
            {**asdict(hit), "url": f"{content.unions[hit.union].site.base_url}{href(hit.path)}"}
            for hit in answer.hits
            if hit.union in content.unions
        ],
        "total": answer.total,
        "facets": {
            name: [{"value": value, "count": count} for value, count in values]
            for name, values in answer.facets.items()
        },
        "did_you_mean": answer.did_you_mean,
    }


def update_index(content: Content, places: Places, now: datetime, *, anew: bool = False) -> int:
    """Bring the network's index up to what every site shows; how many entries changed.

    Each union is looked at as its last build left it (`now` for those never built), and only if its release
    is not the one that the index knows. `anew`: from nothing.
    """
    records = Records(places.data)
    states: dict[str, BuildState | None] = {}

    def planned(union: str) -> SitePlan:
        state = states[union]
        return (
            plan(content, union, state.as_of, without=state.left_out) if state else plan(content, union, now)
        )

    with locks.exclusive(places.data / "locks" / "search.lock"):
        # Asked only now: who waited must not put back what another build has brought it up to.
        states |= {union: records.state(union) for union in content.unions}
        index = NetworkIndex(index_folder(places))
        if anew:
            index.clear()
        sites = {
            union: RecordFiles(places, union, state.release) if state and state.release else None
            for union, state in states.items()
        }
        return index.follow(content, sites, planned)
