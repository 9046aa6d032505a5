"""What siblings have in common: the required records of which there are no editions, planned once for all.

A county's site shows mostly what the union above requires of all its counties. As long as the union said
nothing about these records itself (no adoptions), and none of its own wants the place of one of them, each
of them stands on its site as it stands on its neighbours'. So of a site only the rest is worked out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from site_builder import paths
from site_builder.plan.index import Entry, Index
from site_builder.plan.instant import Via, instant_of
from site_builder.plan.types import Planned
from site_builder.records import Collection, Guide


class Candidate(NamedTuple):
    """A record that stands on the site whenever it is live and no nearer edition of it is."""

    entry: Entry
    via: Via


@dataclass(frozen=True, slots=True)
class Common:
    """Of required records, at one moment."""

    standing: tuple[Candidate, ...]
    """Those that stand on each of the sites."""
    items: Mapping[UUID, Planned]
    """The same, planned."""
    paths: frozenset[str]
    """Where they lie."""
    contested: tuple[Candidate, ...]
    """Those that are to be looked at on each site: there are editions of them, two want one path, or what
    belongs to them decides."""
    replacing: tuple[Candidate, ...]
    """Guides, standing or not, that take the place of others."""
    next_change: datetime | None
    """Of what stands here and of what is not live now."""


def common_of(index: Index, required: tuple[Entry, ...], union: str, as_of: datetime) -> Common:
    """What the sites have in common of which `required` is asked (one object for all of them: `required_of`).

    `union` is one of them.
    """
    key = ("plan.common", id(required), as_of)
    known: tuple[object, Common] | None = index.memo.get(key)
    if known is None or known[0] is not required:
        known = index.memo[key] = required, _common(index, required, union, as_of)
    return known[1]


def _common(index: Index, required: tuple[Entry, ...], union: str, as_of: datetime) -> Common:
    instant = instant_of(index, as_of)
    every = [Candidate(entry, "required") for entry in required]
    live = [candidate for candidate in every if instant.live(candidate.entry)]
    wanted = Counter(index.path(candidate.entry, union) for candidate in live)
    standing, contested = [], []
    items: dict[UUID, Planned] = {}
    for candidate in live:
        entry = candidate.entry
        path = index.path(entry, union)
        depends = isinstance(entry.record, Collection) or entry.root in index.edited
        if depends or wanted[path] > 1 or paths.RESERVED.fullmatch(path):
            contested.append(candidate)
        else:
            standing.append(candidate)
            items[entry.id] = instant.item(entry, path, "required", pinned=False)
    changes = [instant.next_of(candidate.entry) for candidate in every]
    changes += (instant.next_shown(item) for item in items.values())
    return Common(
        standing=tuple(standing),
        items=items,
        paths=frozenset(item.path for item in items.values()),
        contested=tuple(contested),
        replacing=tuple(candidate for candidate in every if _replaces(candidate.entry)),
        next_change=min((change for change in changes if change is not None), default=None),
    )


def _replaces(entry: Entry) -> bool:
    return isinstance(entry.record, Guide) and bool(entry.record.supersedes)
