"""The front page: as an editor composed it, and good without anybody composing it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import get_args
from uuid import UUID

from site_builder import paths
from site_builder.contexts import Card, HomePage, NoticeContext, SiteContext
from site_builder.pages import structured
from site_builder.pages.beside import site_image
from site_builder.pages.collections import archived
from site_builder.pages.lists import code_of, place_order, programs_in_order, service_order
from site_builder.pages.site import card, cards, children, notice_context, topic_links
from site_builder.pages.timetable import to_come
from site_builder.pages.view import View
from site_builder.plan import Planned
from site_builder.records import Home, HomeBlock, Kind, Level, Season

HOME_NEWS, HOME_USABLE, HOME_PROGRAMS, HOME_GUIDES, HOME_TOPICS = 6, 6, 8, 8, 8
HOME_EVENTS, HOME_PLACES, HOME_SERVICES = 6, 6, 6
"""How many of each at most; news stand in two columns and in three, and fill both."""
FRESH = 10
"""Among how many of the newest stories the page looks for one to lead with: the union's own before those
of others, one with a picture before one without."""

_USABLE = ("closing", "open", "standing")
_GONE = ("ended", "past", "cancelled", "retired", "closed")
_FIRST: tuple[HomeBlock, ...] = ("lead", "usable")
_LINES: tuple[HomeBlock, ...] = ("events", "places", "services", "programs", "guides")
"""Parts that are columns of single lines."""
_ABREAST = 3
"""Columns of lines that fit into a row; four stand two by two."""
_SHORT = 2
"""What can be used now, so few that beside a lead with a picture there is room below it."""


def home_page(view: View, site: SiteContext) -> HomePage:
    """What an editor chose comes first: the lead, what is pinned, the order of the parts. A record pinned on
    this site leads where no lead is chosen."""
    stories = view.shown(Kind.STORY)
    programs = programs_in_order(view.shown(Kind.PROGRAM))
    lead = _lead(view, stories)
    places = sorted(view.shown(Kind.PLACE), key=place_order)
    services = sorted(view.shown(Kind.SERVICE), key=service_order)
    coming = to_come(view.events(), view.plan.as_of)
    composed = view.union.site.home
    season = _season(view, composed)
    seasonal = [item for item in _chosen(view, season.items if season else ()) if _fits(item, lead)]
    shown = {item.entry.number for item in (*seasonal, *((lead,) if lead else ()))}
    usable = _usable(view, (*programs, *coming), shown)
    shown |= {item.entry.number for item in usable}

    def rest(items: Iterable[Planned], limit: int) -> tuple[Card, ...]:
        left = [item for item in items if item.entry.number not in shown]
        return cards(sorted(left, key=lambda item: not item.pinned)[:limit], view)

    canonical = view.absolute(paths.HOME)
    page = HomePage(
        template="home.html",
        path=paths.HOME,
        root="",
        title=view.union.name,
        description=view.union.site.slogan or view.union.name,
        canonical=canonical,
        site=site,
        og_image=site_image(view),
        json_ld=(structured.organisation(view),),
        lead=card(lead, view, lead=True) if lead else None,
        usable=cards(usable, view),
        news=rest(stories, HOME_NEWS),
        programs=rest((item for item in programs if code_of(item) != "ended"), HOME_PROGRAMS),
        guides=rest(view.shown(Kind.GUIDE), HOME_GUIDES),
        topics=topic_links([item for item in view.collections() if not archived(item, view)][:HOME_TOPICS]),
        children=children(view),
        events=rest(coming, HOME_EVENTS),
        places=rest((item for item in places if code_of(item) != "retired"), HOME_PLACES),
        services=rest((item for item in services if code_of(item) == "live"), HOME_SERVICES),
        notice=notice_context(composed.notice, view),
        festival=notice_context(view.union.site.festival, view),
        season=NoticeContext(season.text, season.text_en) if season and seasonal else None,
        seasonal=cards(seasonal, view),
    )
    blocks = composed.blocks or _filled_up(page, default_blocks(view.union.level))
    return replace(page, rows=tuple(_rows(page, blocks)))


def default_blocks(level: Level) -> tuple[HomeBlock, ...]:
    """All parts; nearest to the workplace, what a worker can use comes before the news."""
    first = _FIRST
    if level in (Level.COUNTY, Level.TOWN):
        first = ("usable", "lead")
    blocks: tuple[HomeBlock, ...] = get_args(HomeBlock)
    return (*first, *(block for block in blocks if block not in first))


def _filled_up(page: HomePage, blocks: tuple[HomeBlock, ...]) -> Sequence[HomeBlock]:
    """The same parts; where there is room beside the lead, the first short column of lines comes forward."""
    filled = _filled(page)
    found = next((block for block in _LINES if 0 < len(filled[block]) <= 2 * _SHORT), None)
    if found is None or not _has_room(page):
        return blocks
    return (*blocks[:2], found, *(block for block in blocks[2:] if block != found))


def _has_room(page: HomePage) -> bool:
    return bool(page.lead and page.lead.image and 0 < len(page.usable) <= _SHORT)


def _filled(page: HomePage) -> Mapping[HomeBlock, Sequence[object]]:
    return {
        "lead": (page.lead,) if page.lead else (), "usable": page.usable, "news": page.news,
        "events": page.events, "places": page.places, "services": page.services,
        "programs": page.programs, "guides": page.guides, "topics": page.topics,
        "unions": page.children, "season": page.seasonal,
    }  # fmt: skip


def _rows(page: HomePage, blocks: Iterable[HomeBlock]) -> Iterator[tuple[str, ...]]:
    filled = _filled(page)
    row: list[HomeBlock] = []
    for block in blocks:
        if not filled[block]:
            continue
        if row and not _beside(row, block, page):
            yield from _abreast(row)
            row = []
        row.append(block)
    yield from _abreast(row)


def _beside(row: Sequence[HomeBlock], block: HomeBlock, page: HomePage) -> bool:
    """Whether a part stands in one row with those that it follows, in whatever order they are."""
    if row[0] in _LINES:
        return block in _LINES or (block == "topics" and len(row) == 1)
    if row[0] not in _FIRST:
        return False
    return (len(row) == 1 and block in _FIRST) or (len(row) == 2 and block in _LINES and _has_room(page))


def _abreast(parts: Sequence[HomeBlock]) -> Iterator[tuple[HomeBlock, ...]]:
    """As few rows as hold the parts, as even as they can be."""
    rows = -(-len(parts) // _ABREAST)
    for place in range(rows):
        yield tuple(parts[len(parts) * place // rows : len(parts) * (place + 1) // rows])


def _season(view: View, composed: Home) -> Season | None:
    """What this time of the year brings, where the front page has a part for it."""
    if composed.blocks and "season" not in composed.blocks:
        return None
    return next((one for one in composed.seasons if one.window.holds(view.plan.as_of)), None)


def _fits(item: Planned, lead: Planned | None) -> bool:
    return item is not lead and code_of(item) not in _GONE


def _usable(view: View, offered: Sequence[Planned], elsewhere: Container[int]) -> list[Planned]:
    """What can be used today, what an editor pinned first, then what closes first; `elsewhere`: by number."""
    pinned = [item for item in _chosen(view, view.union.site.home.pinned) if code_of(item) not in _GONE]
    open_now = (item for item in programs_in_order(offered) if code_of(item) in _USABLE)
    found = {item.entry.number: item for item in (*pinned, *open_now)}
    return [item for number, item in found.items() if number not in elsewhere][:HOME_USABLE]


def _chosen(view: View, refs: Iterable[str]) -> Iterator[Planned]:
    """What an editor named, where this site has it: by editions too."""
    for ref in refs:
        if (item := view.plan.by_source.get(UUID(ref.removeprefix("record:")))) is not None:
            yield item


def _pictured(stories: Iterable[Planned], view: View) -> Iterator[Planned]:
    return (item for item in stories if item.record.lead_picture and view.image(item.record.lead_picture))


def _lead(view: View, stories: Sequence[Planned]) -> Planned | None:
    lead = view.union.site.home.lead
    chosen = (
        item for item in _chosen(view, (lead,) if lead else ()) if item.record.kind is not Kind.COLLECTION
    )
    pinned = (item for item in view.plan.items if item.pinned and item.record.kind is not Kind.COLLECTION)
    fresh = stories[:FRESH]
    own = [item for item in fresh if item.record.union == view.union.slug]
    anything = (item for item in view.plan.items if item.record.kind is not Kind.COLLECTION)
    by_worth = (chosen, pinned, _pictured(own, view), own, _pictured(fresh, view), stories, anything)
    for choice in by_worth:
        if (first := next(iter(choice), None)) is not None:
            return first
    return None
