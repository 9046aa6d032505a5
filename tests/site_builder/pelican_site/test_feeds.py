"""An entry of a feed is what the library writes of it, whatever its words are."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from feedgenerator import Atom1Feed
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

from site_builder.pelican_site.feeds import FeedEntry

PIECES = ["工会", "a", '"', "'", "<", "&", ">", "\n", "\t", " ", "urn:hole:title:", '"urn:hole:link:"', "]]>"]


def by_the_library(entry: FeedEntry) -> str:
    feed = Atom1Feed(title="", link="", description="")
    feed.add_item(
        title=entry.title,
        link=entry.link,
        unique_id=f"urn:uuid:{entry.id}",
        description=entry.summary or None,
        author_name=entry.author or None,
        categories=entry.tags,
        pubdate=entry.date,
        updateddate=entry.modified,
    )
    written = io.StringIO()
    feed.write_items(SimplerXMLGenerator(written, "utf-8", short_empty_elements=True))
    return written.getvalue()


@pytest.mark.parametrize("seed", range(100))
def test_an_entry_is_what_the_library_writes(seed: int) -> None:
    random = Random(seed)

    def words() -> str:
        return "".join(random.choices(PIECES, k=random.randrange(6)))

    zone = timezone(timedelta(hours=random.choice([-3, 0, 8])))
    date = datetime(2019 + seed % 7, 1 + seed % 12, 1 + seed % 28, 9, seed % 60, tzinfo=zone)
    entry = FeedEntry(
        id=f"{seed:032x}",
        title=words(),
        link=f"https://shandong.example/news/{seed}/?a=1&b=2",
        summary=words(),
        author=words(),
        date=date,
        modified=date + timedelta(days=random.randrange(3)),
        tags=tuple(words() for _ in range(random.randrange(4))),
    )
    assert entry.written == by_the_library(entry)


def test_what_xml_cannot_hold_is_left_out() -> None:
    moment = datetime(2025, 4, 1, tzinfo=UTC)
    odd = FeedEntry("1", "工\x00会", "https://x.example/", "\x0b", "a\x1f", moment, moment, ("\ufffe",))
    plain = FeedEntry("1", "工会", "https://x.example/", "", "a", moment, moment, ("",))
    assert odd.written == by_the_library(plain)
