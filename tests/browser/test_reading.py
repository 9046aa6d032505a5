"""A reader with a keyboard, and the choices a reader makes: they stay, are said aloud, and never flash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import sites
from tests.browser.conftest import PATIENCE
from tests.demo_pages import every_kind_of_page

pytestmark = pytest.mark.browser

MENU = ".nav-list a"


def shown(name: str) -> Any:
    return every_kind_of_page()[name]


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def visit(context: BrowserContext, name: str, face: str = "city") -> Page:
    each = shown(name)
    sites.serve(context, lambda: sites.files_of(each.page, face, each.media))
    page = context.new_page()
    page.goto(sites.address(each.page))
    return page


def focused(page: Page) -> str:
    """What has the focus: its text, else its label; and that one can see where it is."""
    return str(
        page.evaluate(
            """() => {
              const at = document.activeElement;
              const style = getComputedStyle(at);
              const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              if (!seen) return "no outline: " + at.outerHTML;
              const box = at.getBoundingClientRect();
              const label = at.closest("label");
              if (!label && box.width < 24 && box.height < 24) return "too small: " + at.outerHTML;
              return (at.textContent || at.getAttribute("aria-label") || at.name).trim();
            }"""
        )
    )


def walk(page: Page, steps: int) -> list[str]:
    names = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        names.append(focused(page))
    return names


@pytest.mark.parametrize(
    "name", ["home", "story/report", "program/program", "guide", "search", "finder", "calendar"]
)
def test_tab_goes_from_the_skip_link_through_settings_and_menu_to_the_text(
    desk: BrowserContext, name: str
) -> None:
    page = visit(desk, name)
    menu = page.locator(MENU).all_text_contents()
    way = walk(page, 5 + len(menu))
    assert way[:4] == ["跳到正文", "长辈版", "高对比", "English"]
    rest = [step for step in way[4:] if step != shown(name).page.site.name]
    assert rest[: len(menu)] == [text.strip() for text in menu]


@pytest.mark.parametrize(
    "name", ["home", "story/report", "program/program", "guide", "search", "finder", "calendar"]
)
def test_every_stop_of_a_whole_walk_can_be_seen_and_none_is_a_trap(desk: BrowserContext, name: str) -> None:
    page = visit(desk, name)
    count = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled).length"""
    )
    page.locator("body").press("Tab")
    first = page.evaluate("document.activeElement.outerHTML")
    stops = 1
    while stops <= count + 5:
        assert not focused(page).startswith(("no outline", "too small")), focused(page)
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body || document.activeElement.outerHTML") in (
            True,
            first,
        ):
            break
        stops += 1
    assert stops <= count + 2, "the walk ends (what scrolls is a stop too)"
    assert stops >= count * 0.8, "and leaves nothing out (of a group of radio buttons one is a stop)"


def test_the_skip_link_leads_past_the_masthead(desk: BrowserContext) -> None:
    page = visit(desk, "story/report")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_search_is_asked_from_the_keyboard(desk: BrowserContext) -> None:
    page = visit(desk, "home")
    field = page.locator(".nav-search input")
    field.focus()
    page.keyboard.type("夜校")
    with page.expect_request(lambda request: "/search/?q=" in request.url):
        page.keyboard.press("Enter")


@pytest.mark.parametrize("face", ["city", "county", "industry"])
def test_what_the_field_in_the_menu_proposes_is_not_cut(desk: BrowserContext, face: str) -> None:
    field = visit(desk, "story/report", face).locator(".nav-search input")
    needed, there = field.evaluate(
        """(field) => {
          const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
          pen.font = `${style.fontSize} ${style.fontFamily}`;
          const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
          return [pen.measureText(field.placeholder).width, room];
        }"""
    )
    assert 0 < needed <= there


@pytest.mark.parametrize(("tool", "name"), [("large", "长辈版"), ("contrast", "高对比")])
def test_a_choice_is_made_by_key_said_aloud_and_kept(desk: BrowserContext, tool: str, name: str) -> None:
    page = visit(desk, "story/report")
    button = page.get_by_role("button", name=name)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-said]")).to_have_text(f"{name}已打开")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.locator("[data-said]")).to_have_text(f"{name}已关闭")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_in_english_a_calendar_s_day_stays_a_number_and_choices_are_english(desk: BrowserContext) -> None:
    page = visit(desk, "calendar")
    days = page.locator(".day-date time").all_inner_texts()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator(".day-date time").all_inner_texts() == days
    page.close()
    page = visit(desk, "finder")
    if page.locator("html").get_attribute("lang") != "en":
        page.get_by_role("button", name="English").click()
    expect(page.locator("select[name=need] option").first).to_have_text("Any")
    expect(page.locator("select[name=kind] option").last).to_have_text(re.compile("^[A-Z][a-z ]+$"))


def test_a_choice_holds_for_one_union_s_site(desk: BrowserContext) -> None:
    """Two sites under one host share the storage, not the choice."""
    here = shown("story/report").page
    there = replace(here, site=replace(here.site, slug="elsewhere"), path="/news/elsewhere/")
    files = {**sites.files_of(here), **sites.files_of(there)}
    sites.serve(desk, lambda: files)
    page = desk.new_page()
    page.goto(sites.address(here))
    page.get_by_role("button", name="长辈版").click()
    page.goto(sites.address(there))
    expect(page.locator("html")).not_to_have_attribute("data-large", "")
    page.goto(sites.address(here))
    expect(page.locator("html")).to_have_attribute("data-large", "")


def test_large_type_is_one_column_with_large_targets_and_the_tasks_first(desk: BrowserContext) -> None:
    page = visit(desk, "program/program")
    before = sites.size_of(page, "body")
    expect(page.locator(".tasks")).to_be_hidden()
    page.get_by_role("button", name="长辈版").click()
    assert sites.size_of(page, "body") == pytest.approx(before * 1.5)
    assert page.evaluate("getComputedStyle(document.querySelector('.record-columns')).display") == "block"
    tasks = page.locator(".tasks a")
    assert 1 <= tasks.count() <= 3
    assert all(box["height"] >= 44 for box in (task.bounding_box() for task in tasks.all()) if box)
    assert page.evaluate(
        "document.querySelector('.tasks').compareDocumentPosition(document.querySelector('.nav')) & 4"
    ), "the tasks come before the menu"


def test_what_was_chosen_stands_before_the_first_paint(desk: BrowserContext) -> None:
    """Without the modules, which come later, the page is large already: so nothing jumps."""
    page = visit(desk, "story/report")
    page.get_by_role("button", name="长辈版").click()
    desk.route("**/site.*/*.js", lambda route: route.abort())
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-large", "")


@pytest.mark.parametrize(
    "name",
    [
        "home", "story/report", "program/program", "guide", "search", "place/reading_room", "finder",
        "list/place", "events/event",
    ],
)  # fmt: skip
@pytest.mark.parametrize("choice", ["none", "large"])
def test_nothing_moves_while_a_page_loads(chromium: Browser, name: str, choice: str) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    try:
        page = visit(context, name)
        if choice == "large":
            page.get_by_role("button", name="长辈版").click()
        page.reload()
        moved = page.evaluate(
            """async () => {
              let sum = 0;
              const add = (list) => list.getEntries().forEach((entry) => { sum += entry.value; });
              new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
              // What the page still does, it has done when it was idle, drawn, and loads nothing more.
              for (let known = -1, now; known !== now; ) {
                known = performance.getEntriesByType("resource").length;
                await new Promise((done) => requestIdleCallback(done));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)));
                await new Promise((done) => requestIdleCallback(done));
                now = performance.getEntriesByType("resource").length;
              }
              return sum;
            }"""
        )
        assert moved == 0
    finally:
        context.close()


def test_where_no_voice_can_be_no_line_is_kept_for_one(desk: BrowserContext) -> None:
    assert visit(desk, "program/program").locator(".read-aloud").evaluate("e => e.offsetHeight") > 0
    desk.add_init_script("delete window.speechSynthesis")
    assert visit(desk, "program/program").locator(".read-aloud").evaluate("e => e.offsetHeight") == 0


def test_on_paper_a_decision_guide_stands_whole(desk: BrowserContext) -> None:
    page = visit(desk, "guide")
    steps = """document.querySelector("main").insertAdjacentHTML("beforeend",
      '<section class="decision" data-walking><p class="decision-step" data-shown>一</p>'
      + '<p class="decision-step">二</p></section>')"""
    page.evaluate(steps)
    second = page.get_by_text("二", exact=True)
    assert not second.is_visible()
    page.emulate_media(media="print")
    assert second.is_visible()


@pytest.mark.parametrize("kind", ["program/program", "program/call"])
def test_a_program_answers_before_anybody_scrolls(chromium: Browser, kind: str) -> None:
    """Is it open, can I, what do I get, by when, how: all begin on the first screen of a small phone."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    try:
        page = visit(context, kind, "county")
        answers = page.locator(".answers > div")
        for number in range(5):
            box = answers.nth(number).locator("dt").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 740, answers.nth(number).inner_text()
    finally:
        context.close()
