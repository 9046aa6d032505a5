"""Whom a page's share reaches, by the plan's own rules, among the unions as the CMS knows them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Literal, cast

from cms.records.models import RecordPage
from cms.unions.models import UnionPage
from site_builder.plan.tree import Tree
from site_builder.records import Level, Share, Union

Mode = Literal["required", "offered"]


def tree() -> Tree:
    """The tree of unions, in one query."""
    rows = UnionPage.objects.values_list("slug", "level", "parent_union__slug", "industry_line__slug")
    unions = {
        slug: SimpleNamespace(level=Level(level), parent=parent, industry_line=line)
        for slug, level, parent, line in rows
    }
    return Tree(cast(Mapping[str, Union], unions))


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
