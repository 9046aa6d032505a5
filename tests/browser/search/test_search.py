"""The reader's search in a real browser: no server, strict CSP, any sub-path."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from site_builder.search import static_index
from site_builder.search.static_query import StaticIndex
from tests.browser.search.served import (
    HOSTILE,
    JIAOZHOU,
    PINGDU,
    Handler,
    found_on,
    wait_for_results,
    write_site,
)

pytestmark = pytest.mark.browser


def test_a_query_in_the_address_shows_results_and_a_click_opens_the_record(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    found = found_on(page)
    assert found[0] == PINGDU[0].id, "the open program comes first"
    assert PINGDU[1].id in found
    assert page.locator("[data-search-status]").inner_text() == "找到 3 条"
    first = page.locator("[data-results] .result").first
    assert first.locator("mark").all_inner_texts()[0] == "夜校"
    assert first.locator(".state").inner_text() == "报名中"
    page.locator(f'[data-record="{PINGDU[1].id}"]').click()
    expect(page).to_have_url(f"{server[0]}/pingdu/news/2025/04/zouhong/")


def test_two_sites_keep_to_themselves_under_their_sub_paths(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/deep/er/jiaozhou/search/?q=书屋")
    assert found_on(page) == [JIAOZHOU[0].id]
    page.goto(f"{server[0]}/pingdu/search/?q=书屋")
    assert found_on(page) == []
    assert "没有找到" in page.locator("[data-search-status]").inner_text()
    assert (
        page.locator('[data-results] a[href$="/about/"]')
        .evaluate("link => link.href")
        .endswith("/pingdu/about/")
    )
    assert (
        page.locator('[data-results] a[href$="/index/"]')
        .evaluate("link => link.href")
        .endswith("/pingdu/index/")
    )


def test_typing_searches_and_the_back_button_keeps_query_and_kind(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/")
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "idle")
    page.locator("#q").press_sequentially("夜校")
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1")
    assert len(found_on(page)) == 3
    page.locator('.facet[data-kind="story"]').click()
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&kind=story")
    assert found_on(page) == [PINGDU[1].id]
    page.locator(f'[data-record="{PINGDU[1].id}"]').click()
    expect(page.locator("h1")).to_have_text(PINGDU[1].id)
    page.go_back()
    expect(page.locator("#q")).to_have_value("夜校")
    assert found_on(page) == [PINGDU[1].id]
    page.go_back()
    expect(page.locator('.facet[data-kind="story"]')).to_have_attribute("aria-pressed", "false")
    assert len(found_on(page)) == 3


@pytest.mark.parametrize(
    ("query", "first", "status"),
    [
        ("平度夜校", PINGDU[0].id, "找到 2 条"),
        ("職工夜校", PINGDU[0].id, "找到"),
        ("８８元", PINGDU[0].id, "找到"),
        ("350余个", PINGDU[1].id, "找到"),
        ("夜校在哪里报名听课", PINGDU[0].id, "找到 1 条"),
        ("夜校在哪里停车听课", PINGDU[0].id, "没有找到完全符合"),
        ('"夜校走红"', PINGDU[1].id, "找到"),
        ("夜校 -走红 -入会", PINGDU[0].id, "找到 1 条"),
    ],
)
def test_queries_as_people_type_them(
    page: Page, server: tuple[str, type[Handler]], query: str, first: str, status: str
) -> None:
    page.goto(f"{server[0]}/pingdu/search/")
    page.locator("#q").fill(query)
    page.locator("form button[type=submit]").click()
    assert found_on(page)[0] == first
    assert page.locator("[data-search-status]").inner_text().startswith(status)


def test_filters_narrow_and_stand_in_the_address(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    assert len(found_on(page)) == 3
    assert not [path for path in server[1].asked if path.endswith("/f.bin")], "read only when asked for"
    page.locator(".filters summary").click()
    page.locator("#search-open").check()
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&open=1")
    expect(page.locator("[data-record]")).to_have_count(1)
    assert found_on(page) == [PINGDU[0].id]
    assert page.evaluate("document.activeElement.id") == "search-open"
    page.go_back()
    expect(page.locator("[data-record]")).to_have_count(3)
    page.locator("[data-filter=place]").select_option("平度")
    expect(page.locator("[data-record]")).to_have_count(1)
    page.goto(f"{server[0]}/pingdu/search/?q=夜校&place=胶州")
    assert found_on(page) == []
    expect(page.locator("[data-filter=place]")).to_have_value("胶州")


@pytest.mark.parametrize("typed", ["yexiao", "ye xiao", "夜肖"])
def test_pinyin_and_slips_are_searched_as_what_was_meant(
    page: Page, server: tuple[str, type[Handler]], typed: str
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q={typed}")
    assert found_on(page)[0] == PINGDU[0].id
    assert page.locator("[data-search-status]").inner_text() == "按“夜校”找到 3 条"
    assert page.locator("[data-results] mark").first.inner_text() == "夜校"


def test_synonyms_find_the_same_in_the_browser_too(
    page: Page, server: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    synonyms = (("夜校", "成人课堂", "c++班"),)
    write_site(folder / tmp_path.name, tmp_path.name, PINGDU, synonyms)
    page.goto(f"{server[0]}/{tmp_path.name}/search/?q=夜校")
    wanted = found_on(page)
    for query in ("成人课堂", "C++班".replace("+", "%2B")):
        page.goto(f"{server[0]}/{tmp_path.name}/search/?q={query}")
        assert found_on(page) == wanted


def test_what_was_typed_before_the_script_came_is_searched(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    held: list[Route] = []
    page.route("**/search.*/main.js", lambda route: held.append(route))
    page.goto(f"{server[0]}/pingdu/search/", wait_until="commit")
    page.locator("#q").fill("走红")
    for route in held:
        route.continue_()
    assert found_on(page) == [PINGDU[1].id]
    expect(page.locator("#q")).to_have_value("走红")


def test_more_results_are_added_and_the_first_new_one_has_the_focus(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=短讯")
    assert len(found_on(page)) == 10
    page.locator("[data-results] button.more").click()
    expect(page.locator("[data-record]")).to_have_count(20)
    assert (
        page.evaluate("[...document.querySelectorAll('[data-record]')].indexOf(document.activeElement)") == 10
    )


def test_who_comes_back_from_a_result_finds_as_many_and_where_they_stood(
    chromium: Browser, server: tuple[str, type[Handler]]
) -> None:
    """Playwright's Chromium keeps no page, as WeChat on Android does not."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        page.goto(f"{server[0]}/pingdu/search/?q=短讯")
        page.locator("[data-results] button.more").click()
        expect(page.locator("[data-record]")).to_have_count(20)
        read = page.locator("[data-record]").nth(14)  # not the last: where a page ends nothing moves on
        read.scroll_into_view_if_needed()
        stood = page.evaluate("scrollY")
        assert stood > 740
        read.click()
        expect(page).not_to_have_url(re.compile("/search/"))
        page.go_back()
        expect(page.locator("[data-record]")).to_have_count(20)
        page.wait_for_function("stood => Math.abs(scrollY - stood) < 2", arg=stood)
        page.locator("#q").fill("夜校")
        page.keyboard.press("Enter")
        expect(page.locator("[data-record]")).to_have_count(3)
        page.go_back()
        expect(page.locator("[data-record]")).to_have_count(20)
    finally:
        context.close()


def test_what_is_typed_is_one_step_however_fast_and_never_in_the_place_of_the_search_before(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=短讯")
    assert len(found_on(page)) == 10
    for query in ("夜", "夜校", "夜校走"):
        page.locator("#q").fill(query)
        expect(page).to_have_url(f"{server[0]}/pingdu/search/?q={quote(query)}")
    page.keyboard.press("Enter")
    page.go_back()
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q={quote('短讯')}")
    expect(page.locator("[data-record]")).to_have_count(10)
    page.goto(f"{server[0]}/pingdu/search/")
    page.locator("#q").fill("夜")
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C")
    page.go_back()
    expect(page.locator("[data-record]")).to_have_count(10)


def test_text_of_editors_stays_text_and_nothing_breaks_the_policy(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server[0]}/pingdu/search/?q=加入工会")
    assert found_on(page)[0] == PINGDU[2].id
    assert page.locator("[data-results] .result-snippet").first.inner_text() == HOSTILE
    assert page.locator("[data-results] img").count() == 0
    page.locator("#q").fill('<script>document.title="x"</script>')
    expect(page.locator("[data-search-status]")).to_contain_text("<script>")
    assert page.title() != "x"
    assert complaints == [], "no script error, no violation of the policy"
    assert not [path for path in server[1].asked if not path.startswith("/pingdu/")]


def test_an_index_that_cannot_be_read_says_so_and_can_be_tried_again(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    server[1].broken = True
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "error")
    assert (
        page.locator('[data-results] a[href$="/index/"]')
        .evaluate("link => link.href")
        .endswith("/pingdu/index/")
    )
    server[1].broken = False
    page.locator("[data-results] button").click()
    assert len(found_on(page)) == 3


def test_a_page_that_stays_open_while_the_site_is_built_anew_finds_the_new_index(
    page: Page, tmp_path: Path, server: tuple[str, type[Handler]], folder: Path
) -> None:
    name = tmp_path.name
    write_site(folder / name, name, PINGDU[:1])
    page.goto(f"{server[0]}/{name}/search/?q=夜校")
    assert found_on(page) == [PINGDU[0].id]
    for old in (folder / name / "search").rglob("*.bin"):
        old.unlink()
    write_site(folder / name, name, JIAOZHOU)
    page.locator("#q").fill("书屋开放")
    expect(page.locator("[data-record]")).to_have_attribute("data-record", JIAOZHOU[0].id)


def test_an_old_phone_without_decompression_streams_finds_the_same(
    browser_context: BrowserContext, server: tuple[str, type[Handler]]
) -> None:
    browser_context.add_init_script("delete globalThis.DecompressionStream")
    page = browser_context.new_page()
    page.goto(f"{server[0]}/pingdu/search/?q=职工")
    answer = StaticIndex(static_index.build(PINGDU)).search("职工")
    assert found_on(page) == [hit.id for hit in answer.hits]
    assert [path for path in server[1].asked if path.endswith("/inflate.js")]


def test_a_first_search_reads_little(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    wait_for_results(page)
    read = [path for path in server[1].asked if path.endswith((".bin", ".json"))]
    assert len(read) == len(set(read)) <= 5, read
    assert not [path for path in server[1].asked if path.endswith("/inflate.js")]


def test_the_manifest_asked_for_ahead_is_never_an_old_one(
    page: Page, server: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    write_site(folder / tmp_path.name, tmp_path.name, PINGDU)
    index = folder / tmp_path.name / "search" / "index.json"
    os.utime(index, (0, 0))  # What is so old a browser keeps for years, unless a host says for how long.
    asked = f"/{tmp_path.name}/search/index.json"
    for visit in (1, 2):
        server[1].asked.clear()
        page.goto(f"{server[0]}/{tmp_path.name}/search/?q=夜校&visit={visit}")
        assert len(found_on(page)) == 3
        assert server[1].asked.count(asked) == 1, visit


def test_the_first_results_stand_there_before_the_others(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    expected = [hit.id for hit in StaticIndex(static_index.build(PINGDU)).search("短讯").hits]
    held: list[Route] = []
    blocks: list[str] = []

    def hold(route: Route) -> None:
        blocks.append(route.request.url)
        held.append(route) if len(set(blocks)) > 3 else route.continue_()

    page.route("**/b/*.bin", hold)
    page.goto(f"{server[0]}/pingdu/search/?q=短讯")
    expect(page.locator("[data-results] [data-record]")).to_have_count(4)
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "loading")
    page.locator("[data-record]").first.focus()
    for route in held:
        route.continue_()
    assert found_on(page) == expected
    assert page.evaluate("document.activeElement.dataset.record") == expected[0], "the list was not made anew"
