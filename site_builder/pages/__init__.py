"""A plan becomes page contexts: `pages(plan, content) -> Iterator[Page]`, pure, already paginated.

    view.py        links, pictures and texts of one site; what leads nowhere is not linked
    site.py        what all pages share; cards
    fields.py      a record's public fields, for templates and for index.json
    blocks.py      the blocks of a body
    record.py      the page of a record
    facts.py       what templates read of events, places and services beyond their fields
    home.py        the front page
    lists.py       lists, topics, the site index
    timetable.py   which events are to come, which are over, in which months they lie
    calendar.py    the months of the calendar
    usable.py      what a worker can use, and by what it is looked for
    finder.py      the finder: by need, audience, place, time, life event
    groups.py      which pages show records of some kinds alone
    places.py      the page of places: districts, facilities, sketch map, what is near
    ics.py         calendar files
    beside.py      QR codes, posters, the page for readers without a connection, the service worker
    rankings.py    rankings with their ranks and sums
    datasets.py    what datasets show, earlier rankings, tables as files
    earlier.py     the texts of guides that held before
    collections.py what columns, series, timelines and digests show beside their items
    structured.py  JSON-LD

The same plan and content give equal contexts; the only thing read besides are the sizes of pictures.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from site_builder import body, paths, pictures
from site_builder.content_store import Content
from site_builder.contexts import (
    FinderPage,
    ListPage,
    NoticePage,
    Page,
    RecordPage,
    SearchPage,
    SiteContext,
    StylePage,
    TextPage,
)
from site_builder.pages import groups as page_groups
from site_builder.pages.beside import (
    codes_and_posters,
    has_poster,
    offline_page,
    share_images,
    site_image,
    undrawable,
    worker_page,
)
from site_builder.pages.blocks import block_context, body_context
from site_builder.pages.calendar import calendar_pages
from site_builder.pages.datasets import ranking_pages, table_files
from site_builder.pages.earlier import earlier_pages
from site_builder.pages.everything import index_pages
from site_builder.pages.fields import media_references
from site_builder.pages.finder import finder_pages
from site_builder.pages.groups import CALENDAR, FINDER, group_of
from site_builder.pages.home import home_page
from site_builder.pages.ics import Calendar, calendar_files
from site_builder.pages.lists import list_pages, topic_pages
from site_builder.pages.record import record_page
from site_builder.pages.site import (
    HOME_LINK,
    brand_context,
    children,
    front_context,
    pages_context,
    style_context,
)
from site_builder.pages.view import View, opening, parsed, view_of
from site_builder.pictures.titles import Words
from site_builder.plan import Planned, SitePlan
from site_builder.records import Kind, Picture, Problem

__all__ = [
    "block_context", "calendars", "group_of", "groups", "item_files", "media", "pages", "record_json",
    "record_pages", "record_paths", "shared", "tables", "variants",
]  # fmt: skip


def pages(
    plan: SitePlan,
    content: Content,
    cache: Path | None = None,
    *,
    records: bool = True,
    without_groups: Container[str] = (),
) -> Iterator[Page]:
    """Every page of a site and what else templates make (brand.css, sw.js, QR codes), home first.

    Paths are unique.
    `cache`: where what is known of pictures is kept from one build to the next; it changes nothing else.
    `records`: whether their own pages and what lies beside them are among them (`record_pages`).
    `without_groups`: the groups of pages (`groups`) that are left out.
    """
    view = view_of(plan, content, cache)
    sites = _sites(view)
    site, style = sites.site, sites.style
    home = home_page(view, front_context(view))
    yield home
    yield from list_pages(view, site, without=without_groups)
    for item in plan.items if records else ():
        if item.record.kind is not Kind.COLLECTION:
            yield from record_pages(item, view)
    yield from topic_pages(view, site)
    if CALENDAR not in without_groups:
        yield from calendar_pages(view, site)
    if FINDER not in without_groups:
        yield from finder_pages(view, site)
    yield from ranking_pages(view, site)
    yield from earlier_pages(view, site)
    yield _about(view, site)
    yield _accessibility(view, site)
    yield _search(view, site)
    yield from index_pages(view, site, without=without_groups)
    yield from _notices(view, site)
    yield StylePage(
        template="brand.css",
        path=paths.BRAND,
        root=paths.root_of(paths.BRAND),
        title="",
        description="",
        canonical="",
        site=brand_context(view, style),
    )
    offline = offline_page(view, site)
    yield offline
    yield worker_page(view, style, (home, offline))


@dataclass(frozen=True, slots=True)
class _Sites:
    """What all pages of a site say of it, and the collections by what belongs to them."""

    site: SiteContext
    style: SiteContext
    topics: dict[UUID, list[Planned]]


def _sites(view: View) -> _Sites:
    known: _Sites | None = view.memo.get("pages.sites")
    if known is None:
        known = _Sites(pages_context(view), style_context(view), topics_of(view.plan))
        view.memo["pages.sites"] = known
    return known


def record_pages(item: Planned, view: View) -> Iterator[Page]:
    """The page of one record that is no collection, first, and what templates make beside it."""
    sites = _sites(view)
    page = record_page(item, view, sites.site, sites.topics)
    yield page
    yield from codes_and_posters(page, view, sites.site, sites.style)


def record_paths(item: Planned) -> tuple[str, ...]:
    """Where the pages of `record_pages` lie, in their order."""
    poster = (paths.poster_path(item.path),) if has_poster(item) else ()
    return (item.path, paths.qr_path(item.path), *poster)


def groups(plan: SitePlan, content: Content) -> Mapping[str, tuple[Planned, ...]]:
    """The groups of pages that a site has, by name, with the records that they may show."""
    return page_groups.groups(view_of(plan, content))


def record_json(page: RecordPage | ListPage) -> dict[str, Any]:
    """`index.json` beside a record's page: its public fields as stored, `path`, `url`, `owner`, `state`.

    `owner` is {"slug", "name", "url"}, with "region_code" where that is known, and where the union is no more
    "closed": {"how", "since", "successors": [{"slug", "name", "url"}]}; `state` {"code", "days_left",
    "opens", "closes"} or null. Raises ValueError for a list that is no topic's first page: there is no such
    file beside it.
    """
    if not page.data:
        raise ValueError(f"{page.path} is no record's page")
    return page.data


def item_files(made: Iterable[Page]) -> Iterator[tuple[Page, str, tuple[dict[str, Any], ...]]]:
    """What the scripts of some pages read beside them: page, site path, and the entries of the file there."""
    for page in made:
        if isinstance(page, FinderPage) and page.items:
            yield page, page.items_path, page.items
        elif isinstance(page, ListPage) and page.nearby:
            yield page, page.nearby["path"], page.nearby_items


def media(plan: SitePlan, content: Content) -> Mapping[str, Path]:
    """The files that the pages of a site refer to: site path -> file. Nothing of records not shown."""
    view = view_of(plan, content)
    used: set[str] = set()
    illustrated = _illustrated(view)
    for item in plan.items:
        if illustrated is None or item.filled or item.entry.number in illustrated:
            used.update(_media_of(item, view))
    union = plan.union
    used.update(link for link in body.links(parsed(union.body)) if link.startswith("media:"))
    used.update(item.link for item in union.site.menu if item.link.startswith("media:"))
    used.update(
        contact.url for contact in union.site.contacts if contact.url and contact.url.startswith("media:")
    )
    wechat = union.site.wechat
    used.update(ref for ref in (union.site.logo, union.site.icon, wechat and wechat.code) if ref)
    notices = (union.site.home.notice, union.site.festival, union.site.emergency)
    links = (notice.link or "" for notice in notices if notice)
    used.update(link for link in links if link.startswith("media:"))
    if union.site.festival and union.site.festival.picture:
        used.add(union.site.festival.picture.media)
    found = {paths.media_path(ref): file for ref in used if (file := view.file(ref)) is not None}
    found.update(vector for ref in used if (vector := view.vector(ref)) is not None)
    return dict(sorted(found.items()))


def variants(
    found: Mapping[str, Path], content: Content, cache: Path | None = None
) -> Mapping[str, tuple[Path, int, str]]:
    """The smaller files of the pictures among `media(...)`: site path -> picture, width, format."""
    made: dict[str, tuple[Path, int, str]] = {}
    for path, file in found.items():
        media = content.media.get(path.removeprefix(paths.MEDIA))
        if media is None or media.vector or (known := pictures.facts(file, cache)) is None:
            continue
        wanted = [(width, kind) for kind in pictures.FORMATS for width in known.widths]
        for width, kind in (*wanted, *((known.plain,) if known.plain else ())):
            made[paths.variant_path(media.ref, width, kind)] = (file, width, kind)
    return made


def tables(plan: SitePlan, content: Content) -> Mapping[str, bytes]:
    """The tables of a site's datasets as CSV files: site path -> bytes."""
    return table_files(view_of(plan, content))


def shared(plan: SitePlan, content: Content) -> tuple[Mapping[str, Words], tuple[Problem, ...]]:
    """The pictures to draw for what is shared, by name (`paths.share_path`); and what cannot be drawn."""
    view = view_of(plan, content)
    return dict(share_images(view)), tuple(undrawable(view))


def calendars(plan: SitePlan, content: Content) -> Mapping[str, Calendar]:
    """The calendar files of a site by their site paths."""
    return calendar_files(view_of(plan, content))


def _illustrated(view: View) -> frozenset[int] | None:
    """The records that refer to media, themselves or as editions; None where nobody has looked."""
    if not view.content.versions:
        return None
    known: frozenset[int] | None = view.index.memo.get("pages.illustrated")
    if known is None:
        pictured = {id.int for id, file in view.content.files.items() if file in view.content.pictured}
        editions = (entry for entry in view.index.entries.values() if entry.sources)
        known = view.index.memo["pages.illustrated"] = frozenset(
            (*pictured, *(entry.number for entry in editions
                          if any(source.id.int in pictured for source in entry.sources)))
        )  # fmt: skip
    return known


def _media_of(item: Planned, view: View) -> frozenset[str]:
    key = ("pages.media", id(item.record))
    made: frozenset[str] | None = None if item.filled else view.index.memo.get(key)
    if made is None:
        text = item.record.body
        links = body.links(parsed(text)) if "media:" in text else ()
        in_body = (link for link in links if link.startswith("media:"))
        made = frozenset((*media_references(item.record), *in_body))
        if not item.filled:
            view.index.memo[key] = made
    return made


def topics_of(plan: SitePlan) -> dict[UUID, list[Planned]]:
    """The collections of a site by the records that belong to them."""
    found: dict[UUID, list[Planned]] = {}
    for collection, members in plan.members.items():
        for member in members:
            found.setdefault(member.record.id, []).append(plan.by_id[collection])
    return found


def _about(view: View, site: SiteContext) -> TextPage:
    root = paths.root_of(paths.ABOUT)
    wechat = view.union.site.wechat if not view.closed else None
    code = Picture(media=wechat.code, alt=wechat.name) if wechat and wechat.code else None
    return TextPage(
        template="about.html",
        path=paths.ABOUT,
        root=root,
        title=f"About {view.union.name}" if site.language == "en" else f"关于{view.union.name}",
        description=opening(view.union.body, 120) or view.union.name,
        canonical=view.absolute(paths.ABOUT),
        site=site,
        trail=(HOME_LINK,),
        heading=view.union.name,
        og_image=site_image(view),
        children=children(view),
        body=body_context(parsed(view.union.body), view, view.union.slug, root),
        wechat_code=view.image(code) if code else None,
    )


def _accessibility(view: View, site: SiteContext) -> TextPage:
    """What the site does for those who see, hear or move less well, what it cannot do, and whom to tell. The
    words are the theme's."""
    return TextPage(
        template="accessibility.html",
        path=paths.ACCESSIBILITY,
        root=paths.root_of(paths.ACCESSIBILITY),
        title="Accessibility" if site.language == "en" else "无障碍声明",
        description=view.union.name,
        canonical=view.absolute(paths.ACCESSIBILITY),
        site=site,
        trail=(HOME_LINK,),
        heading="",
        children=(),
    )


def _search(view: View, site: SiteContext) -> SearchPage:
    return SearchPage(
        template="search.html",
        path=paths.SEARCH,
        root=paths.root_of(paths.SEARCH),
        title="Search" if site.language == "en" else "搜索",
        description=view.union.name,
        canonical=view.absolute(paths.SEARCH),
        site=site,
        trail=(HOME_LINK,),
        index=paths.SEARCH_INDEX,
        uppers=tuple(
            (upper.slug, upper.short, f"{upper.site.base_url}/")
            for upper in view.answering(reversed(view.index.tree.ancestors(view.union.slug)))
        ),
        sites=len(view.content.unions) > 1,
    )


def _notices(view: View, site: SiteContext) -> Iterator[NoticePage]:
    """404, what was withdrawn, and what moved. None shows a word of what once stood there."""
    base = view.union.site.base_url
    yield NoticePage(
        template="404.html",
        path=paths.NOT_FOUND,
        root=f"{base}/",
        title="404",
        description="",
        canonical=view.absolute(paths.NOT_FOUND),
        site=site,
        noindex=True,
    )
    for tombstone in view.plan.tombstones:
        target = tombstone.target or ""
        yield NoticePage(
            template="withdrawn.html",
            path=tombstone.path,
            root=paths.root_of(tombstone.path),
            title="",
            description="",
            canonical=view.absolute(paths.href(tombstone.path)),
            site=site,
            trail=(HOME_LINK,),
            noindex=True,
            target=view.href(target, view.union.slug) or "" if target else "",
            reason=tombstone.reason,
        )
    for redirect in view.plan.redirects:
        target = paths.href(redirect.target)
        yield NoticePage(
            template="redirect.html",
            path=redirect.path,
            root=paths.root_of(redirect.path),
            title="",
            description="",
            canonical=view.absolute(target),
            site=site,
            noindex=True,
            target=target,
        )
