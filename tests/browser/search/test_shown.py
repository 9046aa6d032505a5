"""What a search shows: words where they stand, days, the way by keys, what to do when nothing is found."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.search.served import (
    PINGDU,
    Handler,
    found_on,
    wait_for_results,
    write_site,
)

pytestmark = pytest.mark.browser


def test_words_deep_in_a_text_are_shown_where_they_stand(
    page: Page, server: tuple[str, type[Handler]], folder: Path
) -> None:
    data = {"id": PINGDU[1].id, "body": f"## 开头\n\n{'别的话。' * 40}\n\n办了**350余个**班,人人叫好。"}
    page_data = folder / "pingdu" / PINGDU[1].path[1:] / "index.json"
    page_data.write_text(json.dumps(data), encoding="utf-8")
    page.goto(f"{server[0]}/pingdu/search/?q=350余个")
    assert found_on(page) == [PINGDU[1].id]
    expect(page.locator(".result-snippet mark")).to_have_text("350余个")
    assert "班,人人叫好" in page.locator(".result-snippet").inner_text()
    read = [path for path in server[1].asked if path.endswith("/zouhong/index.json")]
    assert len(read) == 1


def test_a_range_of_days_narrows(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    assert len(found_on(page)) == 3
    page.locator(".filters summary").click()
    page.locator("#search-from").fill("2025-02-15")
    expect(page.locator("[data-record]")).to_have_count(2)
    page.locator("#search-to").fill("2025-03-31")
    expect(page.locator("[data-record]")).to_have_count(1)
    assert found_on(page) == [PINGDU[0].id]
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&from=2025-02-15&to=2025-03-31")


def test_a_filter_that_was_chosen_is_taken_back(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=职工")
    everything = found_on(page)
    page.locator(".filters summary").click()
    year = page.locator("#search-year")
    year.select_option("2025")
    expect(page).to_have_url(re.compile("&year=2025$"))
    year.select_option(label="全部")
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E8%81%8C%E5%B7%A5")
    assert found_on(page) == everything


def test_filters_that_leave_nothing_say_so_and_are_cleared(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校&kind=program&to=2020-01-01")
    assert found_on(page) == []
    expect(page.locator("[data-search-status]")).to_have_text("没有找到，换个条件试试")
    assert page.locator("[data-results] [data-t='search.try']").count() == 0, (
        "the words are there, so no others are offered"
    )
    page.get_by_role("button", name="清除条件").click()
    expect(page.locator("[data-record]")).to_have_count(3)
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1")


def test_arrows_lead_from_the_field_to_the_results_and_back(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    found = found_on(page)
    page.locator("#q").focus()
    active = "document.activeElement.dataset.record ?? document.activeElement.id"
    for key, expected in (
        ("ArrowDown", found[0]),
        ("ArrowDown", found[1]),
        ("ArrowUp", found[0]),
        ("ArrowUp", "q"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(active) == expected


def test_nothing_found_offers_words_that_the_site_has_and_the_hotline(
    page: Page, server: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    topical = (replace(PINGDU[0], topics=("职工夜校", "会员")), *PINGDU[1:])
    write_site(folder / tmp_path.name, tmp_path.name, topical, hotline="12351")
    page.goto(f"{server[0]}/{tmp_path.name}/search/?q=火星夜市")
    assert found_on(page) == []
    assert page.locator('[data-results] a[href="tel:12351"]').inner_text() == "12351"
    page.locator("p:has([data-t='search.try']) a").first.click()
    expect(page.locator("#q")).to_have_value("职工夜校")
    assert found_on(page)


def test_one_character_is_looked_for_in_texts(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=红")
    assert found_on(page) == [PINGDU[1].id]


def test_what_was_searched_once_is_found_without_a_line(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    found = found_on(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # Only now does everything pass the worker.
    assert found_on(page) == found
    page.context.set_offline(True)
    page.reload()
    assert found_on(page) == found
    page.locator("#q").fill("走红")
    page.locator("form button[type=submit]").click()
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "error")
    assert "没有网络" in page.locator("[data-search-status]").inner_text()


def test_without_a_script_the_page_leads_to_the_site_index(
    chromium: Browser, server: tuple[str, type[Handler]]
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    assert page.locator(".search-without a").get_attribute("href") == "../index/"
    assert page.locator("[data-search-scope]:visible").count() == 0
    context.close()


@pytest.mark.parametrize("query", ["夜校", "火星移民"])
def test_nothing_moves_when_results_come_after_the_page_was_drawn(
    page: Page, server: tuple[str, type[Handler]], query: str
) -> None:
    drawn = False
    held: list[Route] = []
    page.route("**/search/**/*.bin", lambda route: route.continue_() if drawn else held.append(route))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{server[0]}/pingdu/search/?q={query}")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "loading")
    drawn = True
    for route in held:
        route.continue_()
    wait_for_results(page)
    moved = page.evaluate(
        """async () => {
          const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => { sum += value; }))
            .observe({ type: "layout-shift", buffered: true });
          for (let left = 3; left; left -= 1) await frame();
          return sum;
        }"""
    )
    assert moved == 0
