"""Feeds, sitemap, robots and data: what machines read of a site."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from site_builder import content_store, paths
from site_builder.contexts import RecordPage
from site_builder.pages import pages
from site_builder.pages.view import view_of
from site_builder.pelican_site import machine_files
from site_builder.plan import plan
from site_builder.records import Kind
from site_builder.search.static_query import StaticIndex

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
YEXIAO = "55056482-44cb-466b-94f2-18a91ef7c411"


@pytest.fixture
def live(network: Network) -> Path:
    network.build("pingdu")
    return network.live("pingdu")


def feed(live: Path, name: str) -> ElementTree.Element:
    return ElementTree.parse(live / f"feeds/{name}.atom.xml").getroot()


def test_a_feed_tells_what_the_records_tell(live: Path) -> None:
    root = feed(live, "all")
    assert root.findtext(f"{ATOM}title") == "平度市总工会"
    assert root.findtext(f"{ATOM}id") == "https://sites.example/pingdu/feeds/all.atom.xml"
    assert root.findtext(f"{ATOM}updated") == "2025-04-01T09:00:00+08:00"
    entries = {entry.findtext(f"{ATOM}id"): entry for entry in root.findall(f"{ATOM}entry")}
    entry = entries[f"urn:uuid:{YEXIAO}"]
    assert entry.find(f"{ATOM}link").attrib["href"] == (  # type: ignore[union-attr]
        "https://sites.example/pingdu/programs/zhigong-yexiao/"
    )
    story = entries["urn:uuid:f33f119a-17d3-470f-a686-69d4d5e0256a"]
    assert story.findtext(f"{ATOM}published") == "2024-10-01T09:00:00+08:00"
    assert story.findtext(f"{ATOM}updated") == "2025-01-06T10:30:00+08:00"


def test_a_feed_of_one_kind_has_that_kind(live: Path) -> None:
    root = feed(live, "program")
    assert root.findtext(f"{ATOM}title") == f"平度市总工会 - {paths.LABELS[Kind.PROGRAM][0]}"
    assert [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")] == [
        "山东工会金秋助学",
        "平度职工夜校",
    ]


def test_an_entry_keeps_its_id_when_its_address_changes(network: Network, live: Path) -> None:
    before = {entry.findtext(f"{ATOM}id") for entry in feed(live, "all").findall(f"{ATOM}entry")}
    network.edit(
        "records/pingdu/program/zhigong-yexiao.md",
        lambda text: text.replace("slug: zhigong-yexiao", "slug: yexiao"),
    )
    network.build("pingdu")
    after = {
        entry.findtext(f"{ATOM}id") for entry in feed(network.live("pingdu"), "all").findall(f"{ATOM}entry")
    }
    assert after == before


def test_an_empty_feed_does_not_tell_the_time(network: Network) -> None:
    for file in (network.places.content / "records").rglob("*.md"):
        file.unlink()
    (network.places.content / "adoptions/pingdu.yaml").unlink()
    network.build("pingdu")
    root = feed(network.live("pingdu"), "all")
    assert root.findall(f"{ATOM}entry") == []
    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+08:00"


def test_the_sitemap_lists_what_may_be_found(live: Path) -> None:
    urls = {
        url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod")
        for url in ElementTree.parse(live / "sitemap.xml").getroot()
    }
    base = "https://sites.example/pingdu"
    assert urls[f"{base}/news/2024/10/yexiao-zouhong/"] == "2025-01-06T10:30:00+08:00"
    assert urls[f"{base}/programs/shandong/jinqiu-zhuxue/"] == "2025-04-01T09:00:00+08:00"
    assert f"{base}/" in urls
    for hidden in ("/404.html", "/search/", "/news/2025/02/shandong/chehui/", "/programs/shandong/zhuxue/"):
        assert f"{base}{hidden}" not in urls
    for url in urls:
        path = (url or "").removeprefix(f"{base}/")
        assert (live / path / "index.html").is_file()
    assert f"Sitemap: {base}/sitemap.xml" in (live / "robots.txt").read_text()


def test_data_lies_beside_every_record(live: Path, tree: Callable[[Path], dict[str, bytes]]) -> None:
    found = {
        path.removesuffix("/index.json"): json.loads(data)
        for path, data in tree(live).items()
        if path.endswith("/index.json")
    }
    found.pop("search")
    assert found.keys() == {
        "guides/shandong/falv-yuanzhu", "news/2024/10/yexiao-zouhong", "programs/shandong/jinqiu-zhuxue",
        "programs/zhigong-yexiao", "topics/shandong/kunnan-bangfu", "events/youhua-ke",
        "places/gongren-wenhuagong", "services/shandong/qiluhui",
    }  # fmt: skip
    for path, data in found.items():
        assert data["path"] == f"/{path}/"
        assert not {"share", "keywords", "former_paths", "expires", "review_due", "withdrawn"} & data.keys()
    assert found["programs/shandong/jinqiu-zhuxue"]["contact"]["name"] == "平度市总工会"


def test_media_are_those_that_the_site_shows(network: Network, live: Path) -> None:
    network.build("shandong")
    assert {path.name for path in (live / "media").rglob("*") if path.is_file()} == {
        "yexiao.png",
        "yexiao.svg",
    }
    assert not (network.live("shandong") / "media").exists()


def test_feeds_and_sitemap_say_what_the_pages_say(network: Network) -> None:
    """They are made of the plan, without the pages."""
    content = content_store.read(network.places.content)
    for union in ("shandong", "pingdu"):
        site_plan = plan(content, union, AS_OF)
        view = view_of(site_plan, content)
        made = list(pages(site_plan, content))
        records = {page.data["id"]: page for page in made if isinstance(page, RecordPage)}
        items = [item for item in site_plan.items if item.record.kind is not Kind.COLLECTION]
        assert len(items) == len(records)
        [everything, *_] = machine_files.feeds(items, made, made[0].site, view)
        for entry in everything.feed().entries:
            page = records[entry.id]
            assert (entry.title, entry.link, entry.summary) == (page.title, page.canonical, page.description)
            assert (entry.author, entry.image) == (page.owner.label, page.og_image)
            assert entry.tags == tuple(link.label for link in page.topics)
            assert entry.date.isoformat() == page.date
            assert page.updated in ("", entry.modified.isoformat())
        said = machine_files.sitemap(made, (), items, view).decode()
        for page in records.values():
            changed = page.data.get("updated") or page.data["published"]
            assert f"<loc>{page.canonical}</loc><lastmod>{changed}</lastmod>" in said
            assert not page.noindex


def test_what_asks_search_engines_to_leave_it_out_stays_on_the_site(
    network: Network, tree: Callable[[Path], dict[str, bytes]]
) -> None:
    """No sitemap and no feed invites anybody to it; the page, the lists and the site's own search have it."""
    for name in (
        "pingdu/program/zhigong-yexiao", "pingdu/story/yexiao-zouhong", "shandong/collection/kunnan-bangfu"
    ):  # fmt: skip
        network.edit(
            f"records/{name}.md", lambda text: text.replace("\npublished:", "\nnoindex: true\npublished:")
        )
    assert not network.build("pingdu").problems
    live = network.live("pingdu")
    said = (live / "sitemap.xml").read_text("utf-8")
    for path in ("programs/zhigong-yexiao", "news/2024/10/yexiao-zouhong", "topics/shandong/kunnan-bangfu"):
        assert '<meta name="robots" content="noindex">' in (live / path / "index.html").read_text("utf-8")
        assert f"/{path}/" not in said
        for name in ("all", "program", "story"):
            assert f"/{path}/" not in (live / f"feeds/{name}.atom.xml").read_text("utf-8")
            assert f"/{path}/" not in (live / f"feeds/{name}.json").read_text("utf-8")
    assert "zhigong-yexiao" in (live / "programs/index.html").read_text("utf-8")
    index = {
        path.removeprefix("search/"): data for path, data in tree(live).items() if path.startswith("search/")
    }
    assert YEXIAO in {hit.id for hit in StaticIndex(index).search("职工夜校").hits}
