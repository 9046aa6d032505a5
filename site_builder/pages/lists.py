"""The lists, topics and the site index, and the orders in which they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from site_builder import body, paths
from site_builder.contexts import LinkContext, ListPage, PageLink, SiteContext, SiteIndexPage
from site_builder.pages import structured
from site_builder.pages.calendar import months
from site_builder.pages.record import record_data
from site_builder.pages.site import HOME_LINK, cards, section_link
from site_builder.pages.timetable import gone_by, has_calendar, to_come
from site_builder.pages.view import PAGE_SIZE, View, parsed
from site_builder.plan import Planned
from site_builder.records import BEIJING, Kind, Place

_RANK = {
    "closing": 0, "open": 1, "standing": 2, "upcoming": 3, "unknown": 4, "full": 5, "running": 5,
    "suspended": 6, "postponed": 6, "closed": 6, "ended": 7, "past": 7, "cancelled": 7,
}  # fmt: skip


def programs_in_order(items: Iterable[Planned]) -> list[Planned]:
    """What can be used now, soonest closing first; then what comes, what is not known, what is past."""

    def order(item: Planned) -> tuple[int, float]:
        closes = item.state.closes if item.state and item.state.code == "closing" else None
        return _RANK[code_of(item)], closes.timestamp() if closes else 0.0

    return sorted(items, key=order)


def code_of(item: Planned) -> str:
    return item.state.code if item.state else "unknown"


def list_pages(view: View, site: SiteContext) -> Iterator[ListPage]:
    """The list of each kind: twenty records a page; the first page has no number."""
    for kind in view.listed:
        if kind is Kind.EVENT:
            yield from event_lists(view, site)
            continue
        items = view.by_kind.get(kind, [])
        if kind is Kind.PROGRAM:
            items = programs_in_order(items)
        elif kind in _ORDER:
            items = sorted(items, key=_ORDER[kind])
        title, title_en = paths.LABELS[kind]
        yield from _paginated(
            view, site, items, "list.html", paths.list_path(kind), kind,
            title=title_en if site.language == "en" else title, heading="", description=view.union.name,
            feed=paths.feed_path(kind) if kind in view.fed else "",
        )  # fmt: skip


def event_lists(view: View, site: SiteContext) -> Iterator[ListPage]:
    """What is to come, the next first; and on pages of its own what is over, the latest first."""
    events, as_of = view.events(), view.plan.as_of
    past = gone_by(events, as_of)
    english = site.language == "en"
    title, title_en = paths.LABELS[Kind.EVENT]
    more = {
        "months": months(view),
        "calendar": paths.CALENDAR if has_calendar(events) else "",
    }
    yield from _paginated(
        view, site, to_come(events, as_of), "events.html", paths.list_path(Kind.EVENT), Kind.EVENT,
        title=title_en if english else title, heading="", description=view.union.name,
        feed=paths.feed_path(Kind.EVENT) if Kind.EVENT in view.fed else "",
        more={**more, "past": paths.PAST_EVENTS if past else ""},
    )  # fmt: skip
    if past:
        heading = "Past events" if english else "往期活动"
        yield from _paginated(
            view, site, past, "events.html", paths.PAST_EVENTS, Kind.EVENT, title=heading,
            heading=heading, description=view.union.name, feed="", more=more,
            trail=(HOME_LINK, section_link(Kind.EVENT)),
        )  # fmt: skip


def place_order(item: Planned) -> tuple[bool, str, str, str]:
    record = item.record
    assert isinstance(record, Place)
    return record.status == "closed", record.region, record.title, str(record.id)


_SERVICE_STATES = ("live", "planned", "retired")


def service_order(item: Planned) -> tuple[int, bool, float]:
    return _SERVICE_STATES.index(code_of(item)), not item.pinned, -item.record.published.timestamp()


_ORDER: Mapping[Kind, Callable[[Planned], tuple[Any, ...]]] = {
    Kind.PLACE: place_order, Kind.SERVICE: service_order,
}  # fmt: skip
"""Places by district, then name; services that work before those to come and those that are gone."""


def topic_pages(view: View, site: SiteContext) -> Iterator[ListPage]:
    """A page for each collection, with what belongs to it."""
    for item in view.by_kind.get(Kind.COLLECTION, []):
        record = item.record
        yield from _paginated(
            view, site, view.plan.members[record.id], "topic.html", item.path, Kind.COLLECTION,
            title=record.title, heading=record.title, description=view.summary(record, 120), feed="",
            topic=item,
        )  # fmt: skip


def _paginated(
    view: View,
    site: SiteContext,
    items: Sequence[Planned],
    template: str,
    first: str,
    kind: Kind,
    *,
    title: str,
    heading: str,
    description: str,
    feed: str,
    topic: Planned | None = None,
    trail: tuple[LinkContext, ...] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[ListPage]:
    last = max(1, -(-len(items) // PAGE_SIZE))
    trail = trail or ((HOME_LINK,) if topic is None else (HOME_LINK, section_link(kind)))
    for number in range(1, last + 1):
        path = paths.page_path(first, number)
        root = paths.root_of(path)
        canonical = view.absolute(paths.href(path))
        yield ListPage(
            template=template,
            path=path,
            root=root,
            title=title,
            description=description,
            canonical=canonical,
            site=site,
            trail=trail,
            json_ld=(structured.breadcrumbs(trail, title, canonical, view),),
            kind=kind.value,
            heading=heading,
            intro_html=_intro(view, topic, root) if topic and number == 1 else "",
            cards=cards(items[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], view),
            total=len(items),
            page=number,
            pages=tuple(
                PageLink(other, paths.href(paths.page_path(first, other)), other == number)
                for other in range(1, last + 1)
            ),
            previous=paths.href(paths.page_path(first, number - 1)) if number > 1 else "",
            next=paths.href(paths.page_path(first, number + 1)) if number < last else "",
            feed=feed,
            json_path=paths.json_path(path) if topic and number == 1 else "",
            data=record_data(topic, view) if topic and number == 1 else None,
            **more,
        )


def _intro(view: View, topic: Planned, root: str) -> str:
    """A collection's text: what the local union says, then the prose of its own."""
    record = topic.record
    parts = [view.markdown(record.intro, view.union.slug if "intro" in topic.filled else record.union, root)]
    parts += (
        view.html(block.blocks, record.union, root)
        for block in parsed(record.body)
        if isinstance(block, body.Prose)
    )
    return "\n".join(part for part in parts if part)


def site_index(view: View, site: SiteContext) -> SiteIndexPage:
    """Everything on the site by kind, stories by year: what a reader without a script searches."""
    return SiteIndexPage(
        template="site_index.html",
        path=paths.SITE_INDEX,
        root=paths.root_of(paths.SITE_INDEX),
        title="Site index" if site.language == "en" else "全部内容",
        description=view.union.name,
        canonical=view.absolute(paths.SITE_INDEX),
        site=site,
        trail=(HOME_LINK,),
        groups=tuple(_groups(view)),
    )


def _groups(view: View) -> Iterator[dict[str, Any]]:
    for kind in paths.LISTED:
        items = view.by_kind.get(kind, [])
        if kind is Kind.STORY:
            for year, of_year in groupby(
                items, key=lambda item: item.record.published.astimezone(BEIJING).year
            ):
                yield {"kind": kind.value, "heading": str(year), "cards": cards(of_year, view)}
        elif items:
            yield {"kind": kind.value, "heading": "", "cards": cards(items, view)}
