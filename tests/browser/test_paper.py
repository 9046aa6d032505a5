"""A page on paper: nothing that is only for screens, nothing torn apart, and where links lead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import sites
from tests.browser.conftest import PATIENCE
from tests.demo_pages import every_kind_of_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 794, "height": 1123}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def printed(desk: BrowserContext) -> Iterator[Page]:
    page = desk.new_page()
    page.emulate_media(media="print")
    yield page
    page.close()


def visit(page: Page, name: str, face: str = "county") -> None:
    each = every_kind_of_page()[name]
    page.context.unroute_all()
    sites.serve(page.context, lambda: sites.files_of(each.page, face, each.media))
    page.goto(sites.address(each.page))


@pytest.mark.parametrize("name", ["home", "guide", "finder", "calendar", "dataset/honours"])
def test_text_begins_where_the_name_of_the_union_does(printed: Page, name: str) -> None:
    visit(printed, name)
    edges = [
        printed.locator(part).first.bounding_box() for part in (".masthead", ".masthead-title", "main > *")
    ]
    assert len({edge["x"] for edge in edges if edge}) == 1, edges


def test_nothing_is_printed_that_is_chosen_or_pressed(printed: Page) -> None:
    visit(printed, "finder")
    expect(printed.locator(".finder-form")).to_be_hidden()
    expect(printed.locator(".finder-ways")).to_be_hidden()
    visit(printed, "calendar")
    expect(printed.locator(".month-steps")).to_be_hidden()


def test_large_type_is_large_on_paper_throughout(printed: Page) -> None:
    visit(printed, "program/program")
    sizes = """() => ["h1", "h2", ".summary, .record-main p", ".answers dd"]
      .map((one) => parseFloat(getComputedStyle(document.querySelector(`main :is(${one})`)).fontSize))"""
    usual = printed.evaluate(sizes)
    printed.evaluate("document.documentElement.dataset.large = ''")
    large = printed.evaluate(sizes)
    assert {round(two / one, 1) for one, two in zip(usual, large, strict=True)} == {1.4}
    expect(printed.locator(".tasks")).to_be_hidden()


def test_a_question_stays_with_its_answer(printed: Page) -> None:
    visit(printed, "guide")
    for part in (".questions details", ".figure", ".measures dl > div"):
        for one in printed.locator(part).all():
            assert one.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    marks = printed.locator(".questions summary").first
    assert marks.evaluate("e => getComputedStyle(e).listStyleType") == "none"


def test_links_to_elsewhere_say_where_they_lead(printed: Page) -> None:
    visit(printed, "guide")
    printed.locator("main .prose, main dd").first.evaluate(
        """e => e.insertAdjacentHTML("beforeend", '<a id="out" href="https://ruxue.example/b">报名</a>'
          + '<a id="map" href="https://uri.amap.com/search?keyword=a">县城</a>')"""
    )
    said = "id => getComputedStyle(document.querySelector(id), '::after').content"
    assert "ruxue.example" in printed.evaluate(said, "#out")
    assert printed.evaluate(said, "#map") == "none"
