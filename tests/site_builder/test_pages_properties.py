"""What must hold of all pages of every site, on random networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from site_builder import paths
from site_builder.contexts import ListPage, NoticePage, Page, RecordPage
from site_builder.pages import pages, record_json, shared
from site_builder.plan import plan
from tests.builders import NOW, TREE, Network, days
from tests.site_builder.networks import MOMENTS, Oracle, networks

UNIONS = st.sampled_from(sorted(TREE))
few = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORD = re.compile(r"(?:标题|提要|正文|理由)之\d+号")


def site_pages(network: Network, union: str, now: datetime) -> tuple[Page, ...]:
    content = network.content()
    return tuple(pages(plan(content, union, now), content))


def text(page: Page) -> str:
    return orjson.dumps(asdict(page)).decode()


@few
@given(networks(), MOMENTS)
def test_no_page_says_a_word_of_what_its_site_may_not_show(network: Network, now: datetime) -> None:
    """Nothing embargoed, expired, withdrawn, or another union's and unshared: not in HTML, not in JSON."""
    for union in TREE:
        allowed = set(WORD.findall("".join(Oracle(network, union, now).may_say())))
        for page in site_pages(network, union, now):
            assert set(WORD.findall(text(page))) <= allowed, (union, page.path)


@few
@given(networks(), UNIONS, MOMENTS)
def test_a_visible_record_has_its_page_and_a_withdrawn_one_its_notice(
    network: Network, union: str, now: datetime
) -> None:
    oracle = Oracle(network, union, now)
    found = site_pages(network, union, now)
    records = {page.data["id"]: page for page in found if isinstance(page, RecordPage)}
    assert set(records) == {str(id) for id in oracle.visible()}
    notices = [page for page in found if isinstance(page, NoticePage) and page.template == "withdrawn.html"]
    assert len(notices) == len(oracle.buried())
    assert len({page.path for page in found}) == len(found)


@few
@given(networks(), UNIONS, MOMENTS, st.floats(0, 0.999))
def test_pages_are_pure_and_keep_until_the_next_change(
    network: Network, union: str, now: datetime, part: float
) -> None:
    content = network.content()
    site = plan(content, union, now)
    first = tuple(pages(site, content))
    assert tuple(pages(site, content)) == first
    later = now + ((site.next_change or now + days(40)) - now) * part
    assert tuple(pages(plan(content, union, later), content)) == first
    # Another Content that says the same gives the same pages, whatever was indexed and parsed before.
    assert site_pages(network, union, now) == first


@few
@given(networks(), UNIONS, MOMENTS)
def test_every_link_within_a_site_leads_to_a_page_of_it(network: Network, union: str, now: datetime) -> None:
    found = site_pages(network, union, now)
    there = {page.path for page in found} | {paths.SITEMAP, paths.SEARCH_INDEX}
    there |= {page.json_path for page in found if isinstance(page, RecordPage | ListPage)}
    there |= {link.href for page in found for link in page.site.feeds}
    there |= {page.feed for page in found if isinstance(page, ListPage)}
    for page in found:
        for link in links(asdict(page), page.path):
            assert link in there, (page.path, link)


@few
@given(networks(), UNIONS, MOMENTS)
def test_a_link_to_another_site_leads_to_a_page_that_is_public_there(
    network: Network, union: str, now: datetime
) -> None:
    content = network.content()
    elsewhere = {slug: {page.path for page in site_pages(network, slug, now)} for slug in TREE}
    for slug, there in elsewhere.items():
        there |= set(map(paths.share_path, shared(plan(content, slug, now), content)[0]))
    for page in site_pages(network, union, now):
        for slug, path in re.findall(r"https://([a-z]+)\.example(/[a-z0-9/.-]*)", text(page)):
            assert path in elsewhere[slug], (page.path, slug, path)


def links(value: Any, path: str, key: str = "") -> Iterator[str]:
    """Every link of a context that stays on the site, as a path from its root."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("data", "json_ld", "maps"):
                yield from links(inner, path, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from links(inner, path, key)
    elif isinstance(value, str):
        inside = re.findall(r'href="([^"]*)"', value) if "<" in value else []
        if (
            key in ("href", "target", "previous", "next", "feed", "index", "link", "json_path", "url")
            and value
        ):
            inside.append(value)
        for link in inside:
            if not re.match(r"[a-z]+:|#", link):
                yield urljoin(path, link)


def test_the_record_json_is_what_the_page_carries() -> None:
    network = Network()
    network.program(
        "pingdu", "a", keywords=["内部词"], review_due="2026-01-01", former_paths=["/programs/b/"]
    )
    (page,) = (page for page in site_pages(network, "pingdu", NOW) if isinstance(page, RecordPage))
    data = record_json(page)
    assert data["title"] == "pingdu的a"
    assert data["owner"] == {"slug": "pingdu", "name": "pingdu总工会", "url": "https://pingdu.example/"}
    assert data["path"] == "/programs/a/"
    assert data["url"] == "https://pingdu.example/programs/a/"
    assert not {"share", "former_paths", "keywords", "review_due", "expires", "withdrawn"} & set(data)
    assert orjson.loads(orjson.dumps(data)) == data
