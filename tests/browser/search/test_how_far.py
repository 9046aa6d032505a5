"""Searching the unions above, or all of them, from one site."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.search.served import (
    JIAOZHOU,
    PINGDU,
    found_on,
    searchable,
    serving,
    write_site,
)

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
        missing = page.locator("[data-missing] a")
        assert missing.all_inner_texts() == ["laixi"]
        assert missing.get_attribute("href") == f"{address}/laixi/search/?q=%E4%B9%A6%E5%B1%8B"


def test_a_site_alone_on_its_host_says_that_others_cannot_be_asked_from_here(
    page: Page, network: Path
) -> None:
    with serving(network / "pingdu") as (address, _):
        page.goto(f"{address}/search/?q=夜校&scope=above")
        assert len(found_on(page)) == 3, "what the own site has is shown all the same"
        link = page.locator("[data-missing] a")
        assert link.get_attribute("href") == "https://shandong.example/search/?q=%E5%A4%9C%E6%A0%A1"
