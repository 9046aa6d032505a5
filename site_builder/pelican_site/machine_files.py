"""What machines read of a site: feeds, the sitemap, robots.txt.

They say what the records' pages say, and are made of the plan: no page need be made for them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import unquote
from uuid import UUID
from xml.sax.saxutils import escape

import orjson

from site_builder import paths
from site_builder.content_store import Content
from site_builder.contexts import ListPage, NoticePage, Page, RecordPage, SearchPage, SiteContext
from site_builder.errors import blaming
from site_builder.pages import topics_of
from site_builder.pages.beside import share_image
from site_builder.pages.site import lead_image, topic_links
from site_builder.pages.view import View, holds_no_more
from site_builder.pelican_site.feeds import EMPTY, Feed, FeedEntry, json_feed
from site_builder.pelican_site.fingerprints import digest_of
from site_builder.plan import Planned, Tree
from site_builder.records import BEIJING, Kind

FEED_LENGTH = 50
"""Entries in a feed, the newest first."""


@dataclass(frozen=True)
class FeedDraft:
    """A feed that is not made yet."""

    path: str
    title: str
    subtitle: str
    context: SiteContext
    items: tuple[Planned, ...]
    view: View

    def basis(self, bases: Mapping[int, str]) -> str:
        """What the feed may depend on beside the site's ground; "" where that cannot be told."""
        found = [bases.get(item.entry.number, "") for item in self.items]
        if not all(found):
            return ""
        dateline = "" if self.items else self.context.dateline
        return digest_of((self.title, self.subtitle, dateline, *(item.path for item in self.items), *found))

    def feed(self) -> Feed:
        """The same one for its two forms."""
        return self._feed

    @cached_property
    def _feed(self) -> Feed:
        context = self.context
        return Feed(
            path=self.path,
            title=self.title,
            subtitle=self.subtitle,
            author=context.name,
            language=context.language,
            updated=_moment(context.dateline) if context.dateline else EMPTY,
            entries=tuple(_entry(item, self.view) for item in self.items),
        )


def feeds(
    items: Sequence[Planned], pages: Iterable[Page], context: SiteContext, view: View
) -> Iterator[FeedDraft]:
    """A feed for every address that a page of the site names, and the feed of everything."""
    lists = [page for page in pages if isinstance(page, ListPage)]
    named = {link.href for link in context.feeds} | {page.feed for page in lists}
    newest = _newest(items)
    for kind in (None, *Kind):
        path = paths.feed_path(kind)
        if kind is not None and path not in named:
            continue
        of_kind = [item for item in newest if kind in (None, item.record.kind)]
        title = "" if kind is None else paths.LABELS[kind][context.language == "en"]
        yield _draft(path, title, context.slogan, context, of_kind, view)
    for page in lists:
        if not (page.data and page.feed):
            continue
        members = view.plan.members.get(UUID(page.data["id"]), ())
        chosen = _newest(one for one in members if one.record.kind is not Kind.COLLECTION)
        yield _draft(unquote(page.feed), page.heading, page.description, context, chosen, view)


def _draft(
    path: str, title: str, subtitle: str, context: SiteContext, items: Sequence[Planned], view: View
) -> FeedDraft:
    file = paths.output_file(path).as_posix()
    return FeedDraft(file, title, subtitle, context, tuple(items[:FEED_LENGTH]), view)


def as_json(draft: FeedDraft, context: SiteContext) -> bytes:
    return json_feed(draft.feed(), name=context.name, site_url=context.base_url)


def _newest(items: Iterable[Planned]) -> list[Planned]:
    """Aggregators copy feeds, and search engines read them: what asks to be left out is in none."""
    current = (item for item in items if not (item.record.noindex or holds_no_more(item)))
    return sorted(current, key=lambda item: item.entry.age, reverse=True)


def _entry(item: Planned, view: View) -> FeedEntry:
    key = ("feeds.entry", item.record.id)
    known: FeedEntry | None = view.memo.get(key)
    if known is None:
        with blaming(item.record.id):
            known = view.memo[key] = _make_entry(item, view)
    return known


def _make_entry(item: Planned, view: View) -> FeedEntry:
    record = item.record
    topics: dict[UUID, list[Planned]] | None = view.memo.get("feeds.topics")
    if topics is None:
        topics = view.memo["feeds.topics"] = topics_of(view.plan)
    updated = record.updated if record.updated and record.updated <= view.plan.as_of else record.published
    picture = lead_image(item, view)
    return FeedEntry(
        id=str(record.id),
        title=record.title,
        link=view.absolute(paths.href(item.path)),
        summary=view.summary(record, 120),
        author=view.content.unions[record.union].short,
        date=record.published,
        modified=max(record.published, updated),
        tags=tuple(link.label for link in topic_links(topics.get(record.id, ()))),
        image=view.absolute(picture.src) if picture else share_image(item, view),
    )


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def sitemap(pages: Iterable[Page], kept: Iterable[str], items: Iterable[Planned], view: View) -> bytes:
    """Sitemap protocol 0.9 (sitemaps.org): every page with something to find; the search page has nothing.

    `kept`: the files of lists of which no context was made (`news/page/2/index.html`).
    """
    rows = []
    for file in kept:
        path = f"/{file.removesuffix('index.html')}"
        rows.append((path, view.absolute(paths.href(path)), ""))
    for page in pages:
        found = not isinstance(page, NoticePage | RecordPage | SearchPage) and not page.noindex
        if found and page.path.endswith(("/", ".html")):
            data = page.data if isinstance(page, ListPage) else None
            changed = (data.get("updated") or data["published"]) if data else ""
            rows.append((page.path, page.canonical, changed))
    listed = [(path, _located(url, changed)) for path, url, changed in rows]
    base = escape(view.absolute("/").removesuffix("/"))
    ends: dict[tuple[int, str], str] = view.index.memo.setdefault("sitemap.ends", {})
    for item in items:
        if item.record.noindex or holds_no_more(item):
            continue
        key = item.entry.number, item.path
        end = ends.get(key)
        if end is None:
            changed = item.record.updated or item.record.published
            end = ends[key] = _located(paths.href(item.path), _written(changed)).removeprefix(_LOCATED)
        listed.append((item.path, f"{_LOCATED}{base}{end}"))
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *(row for _, row in sorted(listed)),
            "</urlset>\n",
        )
    ).encode()


_LOCATED = "<url><loc>"


def _written(moment: datetime) -> str:
    """As the pages of records have it."""
    return moment.isoformat().replace("+00:00", "Z")


def _located(url: str, changed: str) -> str:
    return f"{_LOCATED}{escape(url)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"


def sites(content: Content, tree: Tree, closed: Container[str]) -> bytes:
    """Slug, name and address of every union: where somebody may look who searches the whole network.

    Down the tree, so that of a large one the neighbours are looked at first, which stand beside each other.
    Whoever is no more offers nothing any longer.
    """
    unions = (content.unions[slug] for slug in tree.walk() if slug not in closed)
    rows = [(union.slug, union.short, f"{union.site.base_url}/") for union in unions]
    return orjson.dumps(rows, option=orjson.OPT_APPEND_NEWLINE)


def robots(context: SiteContext) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {context.base_url}{paths.SITEMAP}\n".encode()
