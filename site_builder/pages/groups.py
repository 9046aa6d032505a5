"""Pages that show the records of some kinds and nothing else of a site: they stay as long as those do.

A *group* is kept or made as a whole, so that a new story costs nothing of the calendar or the list of places.
What is in no group shows a little of everything (the front page, the site index) or costs little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from site_builder.contexts import CalendarPage, FinderPage, ListPage, Page
from site_builder.pages.usable import KINDS
from site_builder.pages.view import View
from site_builder.plan import Planned
from site_builder.records import Kind

CALENDAR = "calendar"
FINDER = "finder"


def groups(view: View) -> Mapping[str, tuple[Planned, ...]]:
    """The groups of pages a site has, each with the records that its pages may show."""
    found = {kind.value: tuple(view.by_kind.get(kind, ())) for kind in _kinds(view)}
    if view.by_kind.get(Kind.EVENT):
        found[CALENDAR] = tuple(view.by_kind[Kind.EVENT])
    if view.finder:
        found[FINDER] = tuple(item for kind in KINDS for item in view.by_kind.get(kind, ()))
    return found


def group_of(page: Page) -> str:
    """The group a page belongs to; "" for none."""
    if isinstance(page, ListPage):
        return page.kind if page.kind != Kind.COLLECTION.value else ""
    if isinstance(page, CalendarPage):
        return CALENDAR
    return FINDER if isinstance(page, FinderPage) else ""


def _kinds(view: View) -> Iterator[Kind]:
    """Those whose list shows records of that kind alone: collections show what belongs to them."""
    return (kind for kind in view.listed if kind is not Kind.COLLECTION)
