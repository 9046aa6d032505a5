"""What one site will contain: `plan(content, union, as_of) -> SitePlan`, pure and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from site_builder.content_store import Content
from site_builder.records import BaseRecord, Problem, Union

StateCode = Literal[
    "upcoming", "open", "closing", "full", "running", "standing", "suspended", "ended", "unknown"
]
"""预告, 报名中, 即将截止, 名额已满, 进行中, 常年办理, 暂停, 已结束, 请咨询 (no dates are known: never "open")."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a record stands in its life at the plan's `as_of`. Moments are for a reader's own clock."""

    code: StateCode
    days_left: int | None = None
    opens: datetime | None = None
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One record on one site, with editions and slots already applied."""

    record: BaseRecord
    source: BaseRecord
    """The record as its owner wrote it; for an edition, the edition's own file."""
    path: str
    """From the site's root: /programs/<slug>/, or /programs/<owner>/<slug>/ where another union owns it."""
    via: Literal["own", "edition", "required", "taken"]
    pinned: bool
    filled: tuple[str, ...]
    """The slots this union filled."""
    state: State | None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn record's place: it says that, why, and where to go instead."""

    record: UUID
    path: str
    reason: str
    target: str | None
    """A path on this site, an absolute URL, or nothing."""


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
    next_change: datetime | None
    """The first moment after `as_of` at which this plan would differ."""
    problems: tuple[Problem, ...]
    by_id: dict[UUID, Planned] = field(repr=False)
    by_source: dict[UUID, Planned] = field(repr=False)
    """By every record id that leads here: the record's own, and those of the sources an edition replaces."""


# plan(content: Content, union: str, as_of: datetime) -> SitePlan
# Tree(content.unions): ancestors, children, descendants, line members; built once per Content.
__all__ = ["Content", "Planned", "Redirect", "SitePlan", "State", "Tombstone"]
