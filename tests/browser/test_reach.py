"""Four times larger, in the colours of the device, without motion, by keys alone: pages stay whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from site_builder import contexts
from tests.browser import sites
from tests.browser.conftest import PATIENCE, started
from tests.demo_pages import every_kind_of_page

pytestmark = pytest.mark.browser

KINDS = (
    "home",
    "story/report",
    "program/program",
    "guide",
    "search",
    "finder",
    "calendar",
    "dataset/honours",
)
DESK_AT_400_PERCENT = {"width": 320, "height": 256}
"""A window of 1280 x 1024, zoomed: WCAG 1.4.10."""


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    opened = window.new_page()
    yield opened
    opened.close()


def visit(page: Page, name: str, face: str = "county") -> contexts.Page:
    each = every_kind_of_page()[name]
    page.context.unroute_all()
    sites.serve(page.context, lambda: sites.files_of(each.page, face, each.media))
    page.goto(sites.address(each.page))
    return each.page


@pytest.mark.parametrize("face", ["province", "enterprise"])
def test_four_times_larger_nothing_scrolls_sideways_or_is_cut(page: Page, face: str) -> None:
    page.set_viewport_size(DESK_AT_400_PERCENT)  # type: ignore[arg-type]
    for name in KINDS:
        visit(page, name, face)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        cut = page.evaluate(
            """() => [...document.querySelectorAll("main :is(h1, h2, h3, p, li, dt, dd, a, button, label)")]
              .filter((e) => e.checkVisibility() && !e.closest(".unseen, .table, .sketch, .chart"))
              .filter((e) => e.getBoundingClientRect().right > 321 || (
                e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "hidden"))
              .map((e) => e.outerHTML.slice(0, 100))"""
        )
        assert cut == [], name


def test_in_the_device_s_colours_what_is_current_pressed_or_focused_can_be_told(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    for name in ("program/program", "finder"):
        visit(page, name)
        decorated = "e => getComputedStyle(e).textDecorationLine"
        for current in page.locator("[aria-current]:visible").all():
            assert current.evaluate(decorated) == "underline", current.inner_text()
        page.get_by_role("button", name="高对比").click()
        pressed = page.locator('.tool[aria-pressed="true"]')
        assert pressed.evaluate(decorated) == "underline"
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.get_by_role("button", name="高对比").click()


def test_who_asks_for_stillness_gets_it(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    for name in KINDS:
        visit(page, name)
        moving = page.evaluate(
            """() => [...document.querySelectorAll("*")].filter((e) => {
              const style = getComputedStyle(e);
              return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0
                || style.scrollBehavior === "smooth";
            }).length"""
        )
        assert moving == 0, name


def test_the_calendar_is_walked_by_keys(page: Page) -> None:
    shown = visit(page, "calendar")
    assert isinstance(shown, contexts.CalendarPage)
    entry = next(entry for day in shown.days for entry in day["entries"])
    page.locator("#content a").first.focus()
    wanted = [page.get_by_role("link", name=entry["title"]).first, page.locator("a[href*='calendar']").last]
    for link in wanted:
        for _ in range(60):
            if link.evaluate("e => e === document.activeElement"):
                break
            page.keyboard.press("Tab")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()


def test_the_menu_s_last_entry_comes_into_the_clear_when_it_has_the_focus(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    visit(page, "story/report", "province")
    last = page.locator(".nav-list a").last
    last.focus()
    ends = page.evaluate(
        """() => {
          const list = document.querySelector(".nav-list").getBoundingClientRect();
          const links = document.querySelectorAll(".nav-list a");
          return list.right - links[links.length - 1].getBoundingClientRect().right;
        }"""
    )
    assert ends >= 20, "beyond the edge where the menu fades"


def test_the_menu_shows_where_one_is(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 740})
    shown = visit(page, "story/report", "province")
    last = shown.site.menu[-1]
    there = replace(
        shown, site=replace(shown.site, menu=(*shown.site.menu[:-1], replace(last, current=True)))
    )
    page.context.unroute_all()
    sites.serve(page.context, lambda: sites.files_of(there, "province"))
    page.goto(sites.address(there))
    expect(page.get_by_role("link", name=last.label, exact=True).first).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0


def test_letters_twice_as_large_on_a_phone_hide_nothing(chromium: Browser) -> None:
    """WCAG 1.4.4: the size of letters that a reader set on the device."""
    large = started(chromium.browser_type, "--blink-settings=defaultFontSize=32")
    try:
        page = large.new_page(viewport={"width": 360, "height": 740}, locale="zh-CN")
        for name in (*KINDS, "service/platform"):
            visit(page, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
            name_of_union, tools = (
                page.locator(part).bounding_box() for part in (".masthead-title", ".tools")
            )
            assert name_of_union
            assert tools
            assert name_of_union["y"] >= tools["y"] + tools["height"], f"{name}: one lies over the other"
    finally:
        large.close()
