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
from functools import cached_property, lru_cache
from xml.sax.saxutils import escape, quoteattr

import orjson
from feedgenerator import Atom1Feed, rfc3339_date
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

from site_builder import paths
from site_builder.records import BEIJING

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What an XML 1.0 document cannot hold in any form: one in a title must not cost a site its build."""

EMPTY = datetime(1970, 1, 1, tzinfo=BEIJING)
"""When a feed without entries, on a site without content, was updated."""


@dataclass(frozen=True)
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

    @cached_property
    def written(self) -> str:
        """The entry as XML: it stands in the feed of everything and in that of its kind."""
        return _written(self)

    @cached_property
    def as_json(self) -> dict[str, object]:
        """The same as an item of JSON Feed 1.1."""
        return {
            "id": f"urn:uuid:{self.id}",
            "url": self.link,
            "title": self.title,
            "content_text": self.summary or self.title,
            **({"summary": self.summary} if self.summary else {}),
            **({"image": self.image} if self.image else {}),
            "date_published": self.date.isoformat(),
            "date_modified": self.modified.isoformat(),
            **({"authors": [{"name": self.author}]} if self.author else {}),
            **({"tags": self.tags} if self.tags else {}),
        }


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
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{name} - {feed.title}" if feed.title else name,
        "home_page_url": f"{site_url}/",
        "feed_url": f"{site_url}/{paths.json_feed(feed.path)}",
        **({"description": feed.subtitle} if feed.subtitle else {}),
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [entry.as_json for entry in feed.entries],
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
        for entry in self._entries:
            handler.ignorableWhitespace(entry.written)  # as it is


def _words(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _written(entry: FeedEntry) -> str:
    """An entry as the library writes it, which takes many times as long."""
    told = entry.title, entry.summary, entry.author, entry.date, entry.modified, entry.tags
    before, after = _around_link(entry.id, *told)
    return f"{before}{quoteattr(entry.link)}{after}"


@lru_cache(maxsize=4_000)
def _around_link(
    id: str, title: str, summary: str, author: str, date: datetime, modified: datetime, tags: tuple[str, ...]
) -> tuple[str, str]:
    """An entry without its address, in which alone the sites differ that carry the record."""
    title, summary, author = _words(title), _words(summary), _words(author)
    texts = {
        "title": escape(title),
        "summary": escape(summary),
        "author": escape(author),
        "id": f"urn:uuid:{escape(id)}",
        "date": rfc3339_date(date),
        "modified": rfc3339_date(modified),
        **{f"tag{number}": quoteattr(_words(tag)) for number, tag in enumerate(tags)},
    }
    form = _form(bool(title), bool(summary), bool(author), len(tags))
    place = next(number for number, (_, hole) in enumerate(form) if hole == "link")
    pieces = [f"{before}{texts.get(hole, '')}" for before, hole in form]
    return "".join(pieces[: place + 1]), "".join(pieces[place + 1 :])


_HOLE = re.compile(r"""["']?urn:hole:(\w+):["']?""")
_DATES = {"date": datetime(2001, 1, 1, tzinfo=BEIJING), "modified": datetime(2002, 2, 2, tzinfo=BEIJING)}


@lru_cache(maxsize=128)
def _form(title: bool, summary: bool, author: bool, tags: int) -> tuple[tuple[str, str], ...]:
    """An entry that has these, as the library writes it: the text up to each hole, and the name of the hole.
    In attributes a hole has its quotes."""
    feed = Atom1Feed(title="", link="", description="")
    feed.add_item(
        title="urn:hole:title:" if title else "",
        link="urn:hole:link:",
        unique_id="urn:hole:id:",
        description="urn:hole:summary:" if summary else None,
        author_name="urn:hole:author:" if author else None,
        categories=tuple(f"urn:hole:tag{number}:" for number in range(tags)),
        pubdate=_DATES["date"],
        updateddate=_DATES["modified"],
    )
    made = io.StringIO()
    feed.write_items(SimplerXMLGenerator(made, "utf-8", short_empty_elements=True))
    written = made.getvalue()
    for name, moment in _DATES.items():
        written = written.replace(rfc3339_date(moment), f"urn:hole:{name}:")
    pieces = [*_HOLE.split(written), ""]
    return tuple(zip(pieces[::2], pieces[1::2], strict=True))
