"""Whom a page's share reaches, by the plan's own rules, among the unions as the CMS knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

from cms.records.models import RecordPage
from cms.unions.models import UnionPage
from site_builder.plan.tree import Tree
from site_builder.records import Closure, Level, Share

Mode = Literal["required", "offered"]


class Branch(NamedTuple):
    """A union as the tree knows it. Whom a share addresses does not ask whether a union is no more."""

    level: Level
    parent: str | None
    industry_line: str | None
    closure: Closure | None = None


def tree() -> Tree:
    """The tree of unions, in one query."""
    rows = UnionPage.objects.values_list("slug", "level", "parent_union__slug", "industry_line__slug")
    return Tree({slug: Branch(Level(level), parent, line) for slug, level, parent, line in rows})


def mode_of(page: RecordPage, owner: str, union: str, known: Tree) -> Mode | None:
    """What the record is to `union`; None where it is not shared with it."""
    if page.share_mode == "none" or not page.share_to:
        return None
    # Only these two are asked for; the page may be a draft whose share is not complete.
    share = Share.model_construct(mode=cast(Any, page.share_mode), to=tuple(page.share_to))
    if not known.reaches(share, owner, union):
        return None
    return "required" if page.share_mode == "required" and owner in known.above(union) else "offered"


def shares(page: RecordPage, union: UnionPage) -> bool:
    """Whether the record is required of `union` or offered to it."""
    return mode_of(page, page.union.slug, union.slug, tree()) is not None


def editions() -> dict[UUID, UUID]:
    """What each edition is an edition of."""
    return dict(RecordPage.objects.exclude(edition_of=None).values_list("uuid", "edition_of"))


def sources_of(record: UUID, known: Mapping[UUID, UUID]) -> list[UUID]:
    """What a record is an edition of, nearest first; a circle of editions is gone round once."""
    found: list[UUID] = []
    while (source := known.get(record)) is not None and source not in found:
        found.append(source)
        record = source
    return found


def targets_below(owner: str) -> frozenset[str]:
    """The share targets under which a record of `owner` reaches a union of which it may require something."""
    slugs, known = UnionPage.objects.values_list("slug", flat=True), tree()
    below = (slug for slug in slugs if owner in known.above(slug))
    return frozenset().union(*(known.addresses(owner, slug) for slug in below))
