"""Pages that show some records and nothing else of a site: they stay as long as those do.

A *group* is kept or made as a whole, so that a new story costs nothing of the calendar or the list of places,
and a new title costs one page of a long list. What is in no group shows a little of everything (the front
page, the first page of the site index) or costs little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from site_builder.contexts import CalendarPage, FinderPage, ListPage, Page, SiteIndexPage
from site_builder.pages.index_parts import group_at
from site_builder.pages.usable import KINDS
from site_builder.pages.view import PAGE_SIZE, View
from site_builder.plan import Planned
from site_builder.records import Kind

LONG = (Kind.STORY, Kind.GUIDE, Kind.DATASET)
"""Kinds of which each page of the list shows its own records alone."""
CALENDAR = "calendar"
FINDER = "finder"


def groups(view: View) -> Mapping[str, tuple[Planned, ...]]:
    """The groups of pages a site has, each with the records that its pages may show."""
    found: dict[str, tuple[Planned, ...]] = {}
    for kind in _kinds(view):
        if kind in LONG:
            found.update(_pages(kind, view.shown(kind)))
        else:
            found[kind.value] = tuple(view.by_kind.get(kind, ()))
    if view.by_kind.get(Kind.EVENT):
        found[CALENDAR] = tuple(view.by_kind[Kind.EVENT])
    if view.finder:
        found[FINDER] = tuple(item for kind in KINDS for item in view.by_kind.get(kind, ()))
    found.update((group_at(part.path), part.items) for part in view.index_parts)
    return found


def group_of(page: Page) -> str:
    """The group a page belongs to; "" for none."""
    if isinstance(page, ListPage):
        if page.kind in LONG:
            return page_group(page.kind, page.page, page.total)
        return page.kind if page.kind != Kind.COLLECTION.value else ""
    if isinstance(page, CalendarPage):
        return CALENDAR
    if isinstance(page, SiteIndexPage):
        return group_at(page.path)
    return FINDER if isinstance(page, FinderPage) else ""


def page_group(kind: str, number: int, total: int) -> str:
    """The group of one page of a long list, which says how much there is in all."""
    return f"{kind} {number} of {total}"


def _pages(kind: Kind, shown: Sequence[Planned]) -> Iterator[tuple[str, tuple[Planned, ...]]]:
    for start in range(0, max(1, len(shown)), PAGE_SIZE):
        name = page_group(kind.value, start // PAGE_SIZE + 1, len(shown))
        yield name, tuple(shown[start : start + PAGE_SIZE])


def _kinds(view: View) -> Iterator[Kind]:
    """Those whose list shows records of that kind alone: collections show what belongs to them."""
    return (kind for kind in view.listed if kind is not Kind.COLLECTION)
