"""Every file one site consists of: path and how to make its bytes. What is not listed here is not written.

`planned(site)` is pure: it makes contexts and lists, it renders and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID
from xml.sax.saxutils import escape

import orjson

from site_builder import pages as page_contexts
from site_builder import paths, pictures
from site_builder.content_store import Content
from site_builder.contexts import ListPage, NoticePage, Page, RecordPage, SiteContext
from site_builder.pelican_site.feeds import EMPTY, Feed, FeedEntry, json_feed
from site_builder.plan import Index, Planned, SitePlan, index_of, told
from site_builder.plan.states import state
from site_builder.records import BEIJING, BaseRecord, Kind
from site_builder.render import Bundle
from site_builder.search import static_index
from site_builder.search.documents import SearchDocument, document, documents

FEED_LENGTH = 50
"""Entries in a feed, the newest first."""


@dataclass(frozen=True, slots=True)
class Site:
    """What one build of one site starts from."""

    content: Content
    plan: SitePlan
    bundle: Bundle
    cache: Path | None = None
    """Where what is made of pictures is kept for the next build; the files are the same without it."""


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A file that the template bundle renders."""

    path: str
    page: Page


@dataclass(frozen=True, slots=True)
class PlannedBytes:
    """A file made by code. `shared`: likely the same on many sites and in many releases."""

    path: str
    make: Callable[[], bytes]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class PlannedMedia:
    """A file that lies in `content/media/` already."""

    path: str
    source: Path


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    path: str
    feed: Feed


PlannedFile = PlannedPage | PlannedBytes | PlannedMedia | PlannedFeed


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """All files of a site, in a fixed order, and what a report says of them."""

    files: tuple[PlannedFile, ...]
    context: SiteContext
    search_documents: int
    records: dict[str, str]
    """Path of a record's page (`programs/x/index.html`) -> the record's id."""

    @property
    def html(self) -> int:
        return sum(file.path.endswith(".html") for file in self.files)


def planned(site: Site) -> SiteFiles:
    """Raises BuildError where a page cannot be made of the plan."""
    pages = tuple(page_contexts.pages(site.plan, site.content, site.cache))
    context = pages[0].site
    records = [page for page in pages if isinstance(page, RecordPage | ListPage) and page.data]
    found = documents(site.plan)
    index, inherited = _search(site, found)
    files: list[PlannedFile] = [PlannedPage(_file(page.path), page) for page in pages]
    files += (PlannedBytes(_file(page.json_path), partial(_json, page)) for page in records)
    files += (
        PlannedBytes(_file(path), partial(_items, items)) for path, items in page_contexts.item_files(pages)
    )
    for feed in _feeds(pages, context, site.plan):
        files.append(PlannedFeed(feed.path, feed))
        files.append(PlannedBytes(paths.json_feed(feed.path), partial(_json_feed, feed, context)))
    files += (
        PlannedBytes(_file(path), partial(bytes, data))
        for path, data in sorted(page_contexts.calendars(site.plan, site.content).items())
    )
    files += (
        PlannedBytes(_file(path), partial(bytes, data))
        for path, data in sorted(page_contexts.tables(site.plan, site.content).items())
    )
    files.append(PlannedBytes(_file(paths.SITEMAP), partial(_sitemap, pages)))
    files.append(PlannedBytes("robots.txt", partial(_robots, context)))
    files += (
        PlannedBytes(_file(path), partial(bytes, data), shared=True)
        for path, data in sorted(site.bundle.assets.items())
    )
    media = page_contexts.media(site.plan, site.content)
    files += (PlannedMedia(_file(path), source) for path, source in sorted(media.items()))
    files += (
        PlannedBytes(_file(path), partial(pictures.encoded, *made, site.cache), shared=True)
        for path, made in sorted(page_contexts.variants(media, site.content, site.cache).items())
    )
    files += (
        PlannedBytes(_file(f"{paths.SEARCH}{name}"), partial(bytes, data), shared=name in inherited)
        for name, data in sorted(index.items())
    )
    return SiteFiles(
        files=tuple(files),
        context=context,
        search_documents=len(found),
        records={_file(page.path): str(page.data["id"]) for page in records if page.data},
    )


def _search(site: Site, found: Sequence[SearchDocument]) -> tuple[dict[str, bytes], frozenset[str]]:
    """The static index of a site, and which of its files it has in common with other sites.

    What an upper union requires is a segment of its own, made once for all unions that carry the same: there
    a record stands as its owner wrote it. With this union's slots filled it is in the site's own segment too,
    and the site hides the other.
    """
    plan, index, synonyms = site.plan, index_of(site.content), site.content.synonyms
    by_id = {document.id: document for document in found}
    upper = [item for item in plan.items if item.via == "required"]
    hidden = frozenset(str(item.record.id) for item in upper if item.filled)
    key = (
        "search.inherited",
        plan.as_of,
        *((id(index.entries[item.record.id].record), item.path) for item in upper),
    )
    segment: static_index.Segment | None = index.memo.get(key) if upper else None
    if upper and segment is None:
        segment = index.memo[key] = static_index.build_segment(
            [_as_written(item, index.entries[item.record.id].record, index, plan, by_id) for item in upper],
            synonyms,
        )
    plain = {str(item.record.id) for item in upper if not item.filled}
    own = [document for document in found if document.id not in plain]
    segments = [static_index.build_segment(own, synonyms)] if own else []
    if segment is None:
        return static_index.combined(segments), frozenset()
    return static_index.combined([*segments, segment], hidden), frozenset(segment.files)


def _as_written(
    item: Planned, record: BaseRecord, index: Index, plan: SitePlan, found: Mapping[str, SearchDocument]
) -> SearchDocument:
    if not item.filled:
        return found[str(record.id)]
    stands = state(record, plan.as_of)
    shown = told(record, stands, plan.as_of, index, ())
    return document(replace(item, record=shown, filled=(), state=stands))


def _file(path: str) -> str:
    return paths.output_file(path).as_posix()


def _json(page: RecordPage | ListPage) -> bytes:
    return orjson.dumps(page_contexts.record_json(page), option=orjson.OPT_APPEND_NEWLINE)


def _items(items: Sequence[Mapping[str, object]]) -> bytes:
    return orjson.dumps({"items": list(items)}, option=orjson.OPT_APPEND_NEWLINE)


# --- feeds ----------------------------------------------------------------------------------------


def _feeds(pages: Iterable[Page], context: SiteContext, plan: SitePlan) -> Iterator[Feed]:
    """A feed for every address that a page of the site names, and the feed of everything."""
    pages = tuple(pages)
    named = {link.href for link in context.feeds} | {
        page.feed for page in pages if isinstance(page, ListPage)
    }
    entries = sorted(
        (_entry(page) for page in pages if isinstance(page, RecordPage)),
        key=lambda entry: (entry[1].date, entry[1].id),
        reverse=True,
    )
    updated = _moment(context.dateline) if context.dateline else EMPTY
    for kind in (None, *Kind):
        path = paths.feed_path(kind)
        if kind is not None and path not in named:
            continue
        yield Feed(
            path=_file(path),
            title="" if kind is None else paths.LABELS[kind][context.language == "en"],
            subtitle=context.slogan,
            author=context.name,
            language=context.language,
            updated=updated,
            entries=tuple(entry for of, entry in entries if kind in (None, of))[:FEED_LENGTH],
        )
    by_id = {entry.id: entry for _, entry in entries}
    for page in pages:
        if not (isinstance(page, ListPage) and page.data and page.feed):
            continue
        members = (str(member.record.id) for member in plan.members.get(UUID(page.data["id"]), ()))
        found = [by_id[id] for id in members if id in by_id]
        found.sort(key=lambda entry: (entry.date, entry.id), reverse=True)
        yield Feed(
            path=_file(unquote(page.feed)),
            title=page.heading,
            subtitle=page.description,
            author=context.name,
            language=context.language,
            updated=updated,
            entries=tuple(found[:FEED_LENGTH]),
        )


def _json_feed(feed: Feed, context: SiteContext) -> bytes:
    return json_feed(feed, name=context.name, site_url=context.base_url)


def _entry(page: RecordPage) -> tuple[str, FeedEntry]:
    published = _moment(page.date)
    return str(page.data["kind"]), FeedEntry(
        id=str(page.data["id"]),
        title=page.title,
        link=page.canonical,
        summary=page.description,
        author=page.owner.label,
        date=published,
        modified=max(published, _moment(page.updated) if page.updated else published),
        tags=tuple(link.label for link in page.topics),
        image=page.og_image,
    )


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


# --- for search engines ---------------------------------------------------------------------------


def _sitemap(pages: Iterable[Page]) -> bytes:
    """Sitemap protocol 0.9 (sitemaps.org): every page that a search engine may show."""
    rows = []
    for page in sorted(pages, key=lambda page: page.path):
        if page.noindex or isinstance(page, NoticePage) or not _file(page.path).endswith(".html"):
            continue
        changed = ""
        if isinstance(page, RecordPage | ListPage) and page.data:
            moment = page.data.get("updated") or page.data["published"]
            changed = f"<lastmod>{escape(moment)}</lastmod>"
        rows.append(f"<url><loc>{escape(page.canonical)}</loc>{changed}</url>")
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *rows,
            "</urlset>\n",
        )
    ).encode()


def _robots(context: SiteContext) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {context.base_url}{paths.SITEMAP}\n".encode()
