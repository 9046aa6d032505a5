"""Atom feeds through Pelican's own feed writer, without its two habits that change bytes by themselves.

Pelican stamps a feed without entries with the present time, and makes ids from the address of an entry,
so that a renamed record would come to readers a second time. Here the moment comes from the content, and
an entry's id is its record's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedgenerator import Atom1Feed

from site_builder.records import BEIJING

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


class SiteFeed(Atom1Feed):  # type: ignore[misc]
    """An Atom feed whose every byte comes from the content (RFC 4287)."""

    def __init__(self, *, feed: Feed, title: str, site_url: str, feed_url: str) -> None:
        super().__init__(
            title=title,
            link=f"{site_url}/",
            description="",
            subtitle=feed.subtitle or None,
            language=feed.language,
            author_name=feed.author,
            feed_url=feed_url,
            feed_guid=feed_url,
        )
        self._updated = feed.updated

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=self._updated)

    def add(self, entry: FeedEntry) -> None:
        self.add_item(
            title=entry.title,
            link=entry.link,
            unique_id=f"urn:uuid:{entry.id}",
            description=entry.summary or None,
            author_name=entry.author or None,
            categories=entry.tags,
            pubdate=entry.date,
            updateddate=entry.modified,
        )
