"""Atom feeds through Pelican's own feed writer, without its two habits that change bytes; the same as JSON.

Pelican stamps a feed without entries with the present time, and makes ids from the address of an entry,
so that a renamed record would come to readers a second time. Here the moment comes from the content, and
an entry's id is its record's.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from xml.sax.saxutils import quoteattr

import orjson
from feedgenerator import Atom1Feed
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

from site_builder import paths
from site_builder.records import BEIJING

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What an XML 1.0 document cannot hold in any form: one in a title must not cost a site its build."""

EMPTY = datetime(1970, 1, 1, tzinfo=BEIJING)
"""When a feed without entries, on a site without content, was updated."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One record in a feed: what Pelican's writer asks of an article, and no more."""

    id: str
    """The record's UUID."""
    title: str
    link: str
    """Absolute."""
    summary: str
    author: str
    date: datetime
    modified: datetime
    tags: tuple[str, ...]
    image: str = ""
    """Absolute, or empty."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A planned feed. `title` follows the site's name; empty for the feed of everything."""

    path: str
    title: str
    subtitle: str
    author: str
    language: str
    updated: datetime
    """Used when there are no entries."""
    entries: tuple[FeedEntry, ...]


def json_feed(feed: Feed, *, name: str, site_url: str) -> bytes:
    """The feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); `name` is the site's."""
    items = [
        {
            "id": f"urn:uuid:{entry.id}",
            "url": entry.link,
            "title": entry.title,
            "content_text": entry.summary or entry.title,
            **({"summary": entry.summary} if entry.summary else {}),
            **({"image": entry.image} if entry.image else {}),
            "date_published": entry.date.isoformat(),
            "date_modified": entry.modified.isoformat(),
            **({"authors": [{"name": entry.author}]} if entry.author else {}),
            **({"tags": entry.tags} if entry.tags else {}),
        }
        for entry in feed.entries
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{name} - {feed.title}" if feed.title else name,
        "home_page_url": f"{site_url}/",
        "feed_url": f"{site_url}/{paths.json_feed(feed.path)}",
        **({"description": feed.subtitle} if feed.subtitle else {}),
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": items,
    }
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


class SiteFeed(Atom1Feed):  # type: ignore[misc]
    """An Atom feed whose every byte comes from the content (RFC 4287)."""

    def __init__(self, *, feed: Feed, title: str, site_url: str, feed_url: str) -> None:
        super().__init__(
            title=_words(title),
            link=f"{site_url}/",
            description="",
            subtitle=_words(feed.subtitle) or None,
            language=feed.language,
            author_name=_words(feed.author),
            feed_url=feed_url,
            feed_guid=feed_url,
        )
        self._updated = feed.updated
        self._entries: list[FeedEntry] = []

    def latest_post_date(self) -> datetime:
        return max((entry.modified for entry in self._entries), default=self._updated)

    def add(self, entry: FeedEntry) -> None:
        self._entries.append(entry)

    def write_items(self, handler: SimplerXMLGenerator) -> None:
        for one in self._entries:
            before, after = _around_link(
                one.id, one.title, one.summary, one.author, one.date, one.modified, one.tags
            )
            handler.ignorableWhitespace(f"{before}{quoteattr(one.link)}{after}")  # as it is


def _words(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


_HERE = "urn:link"


@lru_cache(maxsize=20_000)
def _around_link(
    id: str,
    title: str,
    summary: str,
    author: str,
    date: datetime,
    modified: datetime,
    tags: tuple[str, ...],
) -> tuple[str, str]:
    """An entry as the library writes it, before and after its address: nothing else differs between sites."""
    feed = Atom1Feed(title="", link="", description="")
    feed.add_item(
        title=_words(title),
        link=_HERE,
        unique_id=f"urn:uuid:{id}",
        description=_words(summary) or None,
        author_name=_words(author) or None,
        categories=tuple(map(_words, tags)),
        pubdate=date,
        updateddate=modified,
    )
    written = io.StringIO()
    feed.write_items(SimplerXMLGenerator(written, "utf-8", short_empty_elements=True))
    # No text can hold this: its "<" would be escaped.
    before, after = written.getvalue().split(f'<link href="{_HERE}"')
    return f"{before}<link href=", after
