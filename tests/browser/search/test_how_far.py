"""Searching the unions above, or all of them, from one site."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from site_builder.serving import serve
from tests.browser.search.served import (
    JIAOZHOU,
    PINGDU,
    found_on,
    searchable,
    serving,
    write_site,
)
from tests.site_builder.conftest import network_in

pytestmark = pytest.mark.browser


UPPERS = (("shandong", "山东省总", "https://shandong.example/"),)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sites beside each other, as one host with sub-paths serves them; the upper one lists three."""
    root = tmp_path_factory.mktemp("network")
    shared = searchable(300, "program", "/programs/zhuxue/", "金秋助学", "2025-01-01", state="open")
    upper = searchable(301, "story", "/news/2025/01/quansheng/", "全省夜校五年", "2025-01-05", text="夜校。")
    write_site(root / "shandong", "shandong", (replace(shared, path="/programs/zhuxue/"), upper))
    inherited = replace(shared, path="/programs/shandong/zhuxue/")
    write_site(root / "pingdu", "pingdu", (*PINGDU, inherited), uppers=UPPERS)
    write_site(root / "jiaozhou", "jiaozhou", JIAOZHOU)
    listed = [
        (name, name, f"https://{name}.example/") for name in ("jiaozhou", "laixi", "pingdu", "shandong")
    ]
    (root / "shandong" / "search" / "sites.json").write_text(json.dumps(listed), encoding="utf-8")
    return root


def test_a_switch_widens_to_the_unions_above_and_to_all(page: Page, network: Path) -> None:
    with serving(network) as (address, handler):
        page.goto(f"{address}/pingdu/search/?q=夜校")
        assert len(found_on(page)) == 3
        assert not [path for path in handler.asked if not path.startswith("/pingdu/")], "nobody asked yet"
        page.locator("[data-search-scope] input[value=above]").check()
        expect(page.locator("[data-record]")).to_have_count(4)
        expect(page).to_have_url(f"{address}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&scope=above")
        upper = page.locator('[data-results] a[href*="/shandong/news/"]')
        assert upper.get_attribute("href") == f"{address}/shandong/news/2025/01/quansheng/"
        page.go_back()
        expect(page.locator("[data-record]")).to_have_count(3)
        assert page.locator("[data-search-scope] input[value='']").is_checked()


def test_what_the_own_site_has_not_is_looked_for_on_all_by_one_press(page: Page, network: Path) -> None:
    with serving(network) as (address, _):
        page.goto(f"{address}/pingdu/search/?q=书屋")
        assert found_on(page) == []
        page.get_by_role("button", name="到全部工会的网站里找").press("Enter")
        expect(page.locator("[data-record]")).to_have_count(1)
        expect(page).to_have_url(f"{address}/pingdu/search/?q=%E4%B9%A6%E5%B1%8B&scope=network")
        expect(page.locator("[data-search-scope] input[value=network]")).to_be_checked()
        expect(page.locator("[data-search-scope] input[value=network]")).to_be_focused()
        page.goto(f"{address}/pingdu/search/?q=火星夜市&scope=network")
        found_on(page)
        assert page.get_by_role("button", name="到全部工会的网站里找").count() == 0, "there is no wider"


def test_of_a_large_network_the_neighbours_are_asked_first(page: Page, tmp_path: Path) -> None:
    """The list goes down the tree: below a union stand its own ones, behind it those beside it."""
    names = [f"u{number:02}" for number in range(60)]
    write_site(tmp_path / "top", "top", JIAOZHOU)
    write_site(tmp_path / "u40", "u40", JIAOZHOU, uppers=(("top", "全国", "https://top.example/"),))
    listed = [("top", "全国", ""), *((name, name, "") for name in names)]
    (tmp_path / "top" / "search" / "sites.json").write_text(json.dumps(listed), encoding="utf-8")
    with serving(tmp_path) as (address, _):
        page.goto(f"{address}/u40/search/?q=书屋&scope=network")
        found_on(page)
        missing = page.locator("p:has([data-t='search.missing']) a").all_inner_texts()
        assert set(missing) == {*names[41:], *names[:5]}
        page.get_by_role("button", name="继续查其余 35 个工会").click()
        expect(page.locator("p:has([data-t='search.missing']) a")).to_have_count(48)


def test_sites_on_hosts_of_their_own_are_asked_too(page: Page, tmp_path: Path) -> None:
    """As `unionpress serve` gives them, whose headers are those of nginx and Caddy."""
    network = network_in(tmp_path)
    for union in ("shandong", "pingdu"):
        assert not network.build(union).failed
    server = serve(network.places.output, list, port=0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page.goto(f"http://shandong.localhost:{server.port}/search/?q=夜校走红&scope=network")
        assert found_on(page)
        found = page.locator("[data-record]").evaluate_all(
            "links => links.map(link => new URL(link.href).host)"
        )
        assert f"pingdu.localhost:{server.port}" in found
    finally:
        server.shutdown()
        server.server_close()


def test_what_several_sites_show_is_found_once_and_on_the_nearest(page: Page, network: Path) -> None:
    with serving(network) as (address, _):
        page.goto(f"{address}/pingdu/search/?q=金秋助学&scope=above")
        assert len(found_on(page)) == 1
        href = str(page.locator("[data-record]").get_attribute("href"))
        assert href.endswith("/pingdu/programs/shandong/zhuxue/")
        assert page.locator("[data-search-status]").inner_text() == "找到 1 条"


def test_sites_that_cannot_be_reached_are_named_with_their_own_search(page: Page, network: Path) -> None:
    with serving(network) as (address, _):
        page.goto(f"{address}/pingdu/search/?q=书屋&scope=network")
        assert found_on(page) == [JIAOZHOU[0].id]
        missing = page.locator("p:has([data-t='search.missing']) a")
        assert missing.all_inner_texts() == ["laixi"]
        assert missing.get_attribute("href") == f"{address}/laixi/search/?q=%E4%B9%A6%E5%B1%8B"


def test_a_site_alone_on_its_host_says_that_others_cannot_be_asked_from_here(
    page: Page, network: Path
) -> None:
    with serving(network / "pingdu") as (address, _):
        page.goto(f"{address}/search/?q=夜校&scope=above")
        assert len(found_on(page)) == 3, "what the own site has is shown all the same"
        link = page.locator("p:has([data-t='search.missing']) a")
        assert link.get_attribute("href") == "https://shandong.example/search/?q=%E5%A4%9C%E6%A0%A1"
