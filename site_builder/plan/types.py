"""What a plan is made of: frozen plain data, the contract between the plan and everyone after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from site_builder.plan.index import Entry
from site_builder.records import BaseRecord, Problem, Union

StateCode = Literal[
    "upcoming", "open", "closing", "full", "running", "standing", "suspended", "ended", "unknown",
    "closed", "cancelled", "postponed", "past", "live", "planned", "retired",
    "superseded",
]  # fmt: skip
"""预告, 报名中, 即将截止, 名额已满, 进行中, 常年办理, 暂停, 已结束, 请咨询 (without dates nothing is "open").

Of events also 报名已截止, 已取消, 延期, 往期回顾 (over, and there is something to look back at); of services
and places 正在服务, 筹备中, 已停用; of guides
已不适用 (another takes its place)."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a record stands in its life at the plan's `as_of`. Moments are for a reader's own clock.

    They are those of the window, or those of the activity where no window is known or the window is over.
    """

    code: StateCode
    days_left: int | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    later: tuple[tuple[datetime, StateCode], ...] = ()
    """What it becomes, and when: the next of its life, so that a page read later need not be built again."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One record on one site, with editions and slots already applied."""

    record: BaseRecord
    source: BaseRecord
    """The record as its owner wrote it; for an edition, the edition's own file."""
    path: str
    """From the site's root: /programs/<slug>/, or /programs/<owner>/<slug>/ where another union owns it."""
    via: Literal["own", "edition", "required", "taken"]
    """`edition`: this union's own; an edition of an upper union is `required` or `taken` like any record."""
    pinned: bool
    filled: tuple[str, ...]
    """The slots this union filled."""
    state: State | None
    overdue: date | None
    """The day of its review, if that has gone by: it is in no list, and its page says so."""
    entry: Entry = field(repr=False, compare=False)
    """What the record is on all sites."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn record's place: it says that, why, and where to go instead."""

    record: UUID
    path: str
    reason: str
    target: str | None
    """A path on this site, an absolute URL, or nothing. Pages leave out a path at which nothing stands."""


@dataclass(frozen=True, slots=True)
class Redirect:
    path: str
    target: str


@dataclass(frozen=True, slots=True)
class SitePlan:
    union: Union
    as_of: datetime
    items: tuple[Planned, ...]
    """Newest first."""
    tombstones: tuple[Tombstone, ...]
    redirects: tuple[Redirect, ...]
    """Their targets are paths of items, of a guide's earlier texts or of tombstones, never of redirects."""
    next_change: datetime | None
    """The first moment after `as_of` at which this plan would differ."""
    problems: tuple[Problem, ...]
    by_id: Mapping[UUID, Planned] = field(repr=False)
    by_source: Mapping[UUID, Planned] = field(repr=False)
    """By every record id that leads here: the record's own, and those of the sources an edition replaces."""
    members: Mapping[UUID, tuple[Planned, ...]] = field(repr=False)
    """For each planned collection the records of this site that belong to it, in order; empty only for a
    timeline, which has milestones to show."""
