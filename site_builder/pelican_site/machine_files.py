"""What machines read of a site: feeds, the sitemap, robots.txt.

They say what the records' pages say, and are made of the plan: no page need be made for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID
from xml.sax.saxutils import escape

import orjson

from site_builder import paths
from site_builder.content_store import Content
from site_builder.contexts import ListPage, NoticePage, Page, RecordPage, SiteContext
from site_builder.pages import topics_of
from site_builder.pages.site import lead_image, topic_links
from site_builder.pages.view import View
from site_builder.pelican_site.feeds import EMPTY, Feed, FeedEntry, json_feed
from site_builder.plan import Planned
from site_builder.records import BEIJING, Kind

FEED_LENGTH = 50
"""Entries in a feed, the newest first."""


def feeds(
    items: Sequence[Planned], pages: Iterable[Page], context: SiteContext, view: View
) -> Iterator[Feed]:
    """A feed for every address that a page of the site names, and the feed of everything."""
    lists = [page for page in pages if isinstance(page, ListPage)]
    named = {link.href for link in context.feeds} | {page.feed for page in lists}
    newest = _newest(items)
    updated = _moment(context.dateline) if context.dateline else EMPTY
    topics = topics_of(view.plan)
    made: dict[UUID, FeedEntry] = {}

    def entries(of: Iterable[Planned]) -> tuple[FeedEntry, ...]:
        chosen = list(of)[:FEED_LENGTH]
        for item in chosen:
            if item.record.id not in made:
                made[item.record.id] = _entry(item, view, topics)
        return tuple(made[item.record.id] for item in chosen)

    for kind in (None, *Kind):
        path = paths.feed_path(kind)
        if kind is not None and path not in named:
            continue
        yield Feed(
            path=paths.output_file(path).as_posix(),
            title="" if kind is None else paths.LABELS[kind][context.language == "en"],
            subtitle=context.slogan,
            author=context.name,
            language=context.language,
            updated=updated,
            entries=entries(item for item in newest if kind in (None, item.record.kind)),
        )
    for page in lists:
        if not (page.data and page.feed):
            continue
        members = view.plan.members.get(UUID(page.data["id"]), ())
        yield Feed(
            path=paths.output_file(unquote(page.feed)).as_posix(),
            title=page.heading,
            subtitle=page.description,
            author=context.name,
            language=context.language,
            updated=updated,
            entries=entries(_newest(one for one in members if one.record.kind is not Kind.COLLECTION)),
        )


def as_json(feed: Feed, context: SiteContext) -> bytes:
    return json_feed(feed, name=context.name, site_url=context.base_url)


def _newest(items: Iterable[Planned]) -> list[Planned]:
    return sorted(items, key=lambda item: (item.record.published, str(item.record.id)), reverse=True)


def _entry(item: Planned, view: View, topics: Mapping[UUID, Sequence[Planned]]) -> FeedEntry:
    record = item.record
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
        image=view.absolute(picture.src) if picture else "",
    )


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def sitemap(pages: Iterable[Page], items: Iterable[Planned], view: View) -> bytes:
    """Sitemap protocol 0.9 (sitemaps.org): every page that a search engine may show."""
    rows = []
    for page in pages:
        found = not isinstance(page, NoticePage | RecordPage) and not page.noindex
        if found and page.path.endswith(("/", ".html")):
            data = page.data if isinstance(page, ListPage) else None
            changed = (data.get("updated") or data["published"]) if data else ""
            rows.append((page.path, page.canonical, changed))
    memo = view.index.memo
    for item in items:
        key = ("sitemap.changed", id(item.record))
        if key not in memo:
            moments = item.record.model_dump(mode="json", include={"published", "updated"})
            memo[key] = moments["updated"] or moments["published"]
        rows.append((item.path, view.absolute(paths.href(item.path)), memo[key]))
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *(
                f"<url><loc>{escape(url)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"
                for _, url, changed in sorted(rows)
            ),
            "</urlset>\n",
        )
    ).encode()


def sites(content: Content) -> bytes:
    """Slug, name and address of every union: where somebody may look who searches the whole network."""
    unions = sorted((union.slug, union.short, f"{union.site.base_url}/") for union in content.unions.values())
    return orjson.dumps(unions, option=orjson.OPT_APPEND_NEWLINE)


def robots(context: SiteContext) -> bytes:
    return f"User-agent: *\nAllow: /\nSitemap: {context.base_url}{paths.SITEMAP}\n".encode()
