"""The lists and topics, and the orders in which they stand."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from site_builder import paths
from site_builder.contexts import CardGroup, LinkContext, ListPage, PageLink, SiteContext
from site_builder.pages import places, structured
from site_builder.pages.beside import site_image
from site_builder.pages.calendar import months, webcal
from site_builder.pages.collections import archived, collection_fields, opening_html, rest_of_body
from site_builder.pages.groups import page_group
from site_builder.pages.record import record_data
from site_builder.pages.site import HOME_LINK, cards, section_link
from site_builder.pages.timetable import current, ended, gone_by, has_calendar, to_come
from site_builder.pages.view import PAGE_SIZE, View
from site_builder.plan import Planned
from site_builder.records import Kind, Place

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


def list_pages(view: View, site: SiteContext, *, without: Container[str] = ()) -> Iterator[ListPage]:
    """The list of each kind: twenty records a page; the first page has no number. `without`: see `pages`."""
    for kind in view.listed:
        if kind.value in without:
            continue
        if kind is Kind.EVENT:
            yield from event_lists(view, site)
            continue
        if kind is Kind.PROGRAM:
            yield from program_lists(view, site)
            continue
        if kind is Kind.COLLECTION:
            yield from collection_lists(view, site)
            continue
        items = view.shown(kind)
        if kind in _ORDER:
            items = sorted(items, key=_ORDER[kind])
        title, title_en = paths.LABELS[kind]
        yield from _paginated(
            view, site, items, "list.html", paths.list_path(kind), kind,
            title=title_en if site.language == "en" else title, heading="", description=view.union.name,
            feed=paths.feed_path(kind) if kind in view.fed else "",
            first_more=places.more(items, view) if kind is Kind.PLACE else {},
            group=places.districts if kind is Kind.PLACE else None, without=without,
        )  # fmt: skip


STATE_GROUPS: Mapping[str, str] = {
    "closing": "now", "open": "now", "standing": "now", "upcoming": "soon", "unknown": "ask",
}  # fmt: skip
"""Under which heading a program stands in their list; all others are `paused`: full, running, suspended."""


def by_state(items: Iterable[Planned], view: View) -> tuple[CardGroup, ...]:
    """Programs under headings, in the order in which they come."""
    found: dict[str, list[Planned]] = {}
    for item in items:
        found.setdefault(STATE_GROUPS.get(code_of(item), "paused"), []).append(item)
    return tuple(
        CardGroup(key=f"program.group_{name}", label="", anchor=f"programs-{name}", cards=cards(of, view))
        for name, of in found.items()
    )


def program_lists(view: View, site: SiteContext) -> Iterator[ListPage]:
    """What is not over, by state; and on pages of its own what is."""
    everything = view.shown(Kind.PROGRAM)
    gone = ended(everything)
    english = site.language == "en"
    title, title_en = paths.LABELS[Kind.PROGRAM]
    yield from _paginated(
        view, site, programs_in_order(current(everything)), "list.html", paths.list_path(Kind.PROGRAM),
        Kind.PROGRAM, title=title_en if english else title, heading="", description=view.union.name,
        feed=paths.feed_path(Kind.PROGRAM) if Kind.PROGRAM in view.fed else "",
        more={"past": paths.PAST_PROGRAMS if gone else ""}, group=by_state,
    )  # fmt: skip
    if gone:
        heading = "Past programs" if english else "往期项目"
        yield from _paginated(
            view, site, gone, "list.html", paths.PAST_PROGRAMS, Kind.PROGRAM, title=heading, heading=heading,
            description=view.union.name, feed="", trail=(HOME_LINK, section_link(Kind.PROGRAM)),
        )  # fmt: skip


def collection_lists(view: View, site: SiteContext) -> Iterator[ListPage]:
    """All collections, then the lists of columns and of series; series that are over come last in each."""
    english = site.language == "en"
    groups = tuple(
        LinkContext(name, f"/{folder}/", name_en)
        for folder, (name, name_en) in paths.COLLECTION_LISTS.items()
        if view.collections(folder)
    )
    lists = [("", paths.list_path(Kind.COLLECTION), paths.LABELS[Kind.COLLECTION])]
    lists += [
        (folder, f"/{folder}/", name)
        for folder, name in paths.COLLECTION_LISTS.items()
        if view.collections(folder)
    ]
    for folder, path, (title, title_en) in lists:
        items = sorted(view.collections(folder), key=lambda item: archived(item, view))
        name = title_en if english else title
        yield from _paginated(
            view, site, items, "collections.html", path, Kind.COLLECTION, title=name,
            heading=name if folder else "", description=view.union.name, feed="",
            more={
                "lists": groups,
                "archived": tuple(str(item.record.id) for item in items if archived(item, view)),
            },
        )  # fmt: skip


def event_lists(view: View, site: SiteContext) -> Iterator[ListPage]:
    """What is to come, the next first; and on pages of its own what is over, the latest first."""
    events, as_of = view.events(), view.plan.as_of
    past, coming = gone_by(events, as_of), to_come(events, as_of)
    english = site.language == "en"
    title, title_en = paths.LABELS[Kind.EVENT]
    more = {
        "months": months(view),
        "calendar": paths.CALENDAR if has_calendar(events) else "",
        "webcal": webcal(view),
    }
    yield from _paginated(
        view, site, coming, "events.html", paths.list_path(Kind.EVENT), Kind.EVENT,
        title=title_en if english else title, heading="", description=view.union.name,
        feed=paths.feed_path(Kind.EVENT) if Kind.EVENT in view.fed else "",
        more={**more, "past": paths.PAST_EVENTS if past else ""},
        first_more=places.events_nearby(coming, view),
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
    """A page for each collection, with what belongs to it. Below columns and series lies their list."""
    for item in view.by_kind.get(Kind.COLLECTION, []):
        record = item.record
        yield from _paginated(
            view, site, view.plan.members[record.id], "topic.html", item.path, Kind.COLLECTION,
            title=record.title, heading=record.title, description=view.summary(record, 120),
            feed=paths.collection_feed(paths.href(item.path)),
            topic=item, trail=(HOME_LINK, _list_of(item)),
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
    first_more: Mapping[str, Any] = MappingProxyType({}),
    group: Callable[[Sequence[Planned], View], tuple[CardGroup, ...]] | None = None,
    without: Container[str] = (),
) -> Iterator[ListPage]:
    """`more` belongs to every page of the list, `first_more` to the first alone; `group` puts the cards of a
    page under headings. `without`: the groups that are left out."""
    last = max(1, -(-len(items) // PAGE_SIZE))
    trail = trail or ((HOME_LINK,) if topic is None else (HOME_LINK, section_link(kind)))
    # One object for all pages of a list: they are as many as their links to each other are together.
    picture = site_image(view)
    others = [PageLink(n, paths.href(paths.page_path(first, n)), False) for n in range(1, last + 1)]
    for number in range(1, last + 1):
        if page_group(kind.value, number, len(items)) in without:
            continue
        path = paths.page_path(first, number)
        root = paths.root_of(path)
        canonical = view.absolute(paths.href(path))
        shown = items[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        yield ListPage(
            template=template,
            path=path,
            root=root,
            title=title,
            description=description,
            canonical=canonical,
            site=site,
            trail=trail,
            og_image=picture,
            json_ld=(structured.breadcrumbs(trail, title, canonical, view),),
            noindex=topic is not None and topic.record.noindex,
            kind=kind.value,
            heading=heading,
            intro_html=opening_html(topic, view, root) if topic and number == 1 else "",
            collection=collection_fields(topic, view, root) if topic and number == 1 else None,
            body=rest_of_body(topic, view, root) if topic and number == 1 else (),
            cards=cards(shown, view),
            groups=group(shown, view) if group else (),
            total=len(items),
            page=number,
            pages=(*others[: number - 1], replace(others[number - 1], current=True), *others[number:]),
            previous=others[number - 2].href if number > 1 else "",
            next=others[number].href if number < last else "",
            feed=feed,
            json_path=paths.json_path(path) if topic and number == 1 else "",
            data=record_data(topic, view) if topic and number == 1 else None,
            **more,
            **(first_more if number == 1 else {}),
        )


def _list_of(item: Planned) -> LinkContext:
    """The list that a collection stands in."""
    folder = item.path.split("/")[1]
    if folder in paths.COLLECTION_LISTS:
        name, name_en = paths.COLLECTION_LISTS[folder]
        return LinkContext(name, f"/{folder}/", name_en)
    return section_link(Kind.COLLECTION)
