"""What a page gains from site.js, in a real browser under a strict policy; and that it is whole without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from site_builder import contexts
from site_builder.render import Bundle
from tests.site_builder import samples

REPOSITORY = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.browser
CSP = "; ".join(
    ["default-src 'none'", *(f"{what}-src 'self'" for what in ("script", "style", "img", "connect"))]
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}
ORIGIN = "http://site.test/sub"
MORNING = datetime.fromisoformat("2025-04-08T09:00:00+08:00")


def serve(context: BrowserContext, *pages: contexts.Page) -> list[str]:
    """Serve pages under a sub-path; gives the list that collects addresses which were not there."""
    bundle = Bundle.load(REPOSITORY / "themes", "base")
    files = dict(bundle.assets) | {page.path: bundle.render(page) for page in pages}
    files["/assets/brand.css"] = bundle.render(samples.brand())
    missing: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        if path in files:
            kind = TYPES.get(Path(path).suffix, "text/html; charset=utf-8")
            headers = {"Content-Type": kind, "Content-Security-Policy": CSP}
            route.fulfill(body=files[path], headers=headers)
        else:
            missing.append(route.request.url)
            route.fulfill(status=404)

    context.route("**/*", answer)
    return missing


@pytest.fixture
def visit(browser_context: BrowserContext, page: Page) -> Callable[..., Page]:
    def go(what: contexts.Page, now: datetime = MORNING) -> Page:
        serve(browser_context, what)
        page.clock.set_fixed_time(now)
        page.goto(ORIGIN + what.path)
        expect(page.locator('[data-tool="large"]')).to_be_visible()
        return page

    return go


@pytest.mark.parametrize(
    ("code", "now", "expected"),
    [
        ("closing", "2025-04-08T09:00:00+08:00", "即将截止 还有 3 天"),
        ("closing", "2025-04-09T00:00:00+08:00", "即将截止 还有 2 天"),
        ("closing", "2025-04-11T23:59:59+08:00", "即将截止 今天截止"),
        ("closing", "2025-04-12T00:00:00+08:00", "已结束"),
        ("open", "2025-04-08T09:00:00+08:00", "即将截止 还有 3 天"),
        ("upcoming", "2025-03-31T23:59:59+08:00", "即将开始"),
        ("upcoming", "2025-04-01T00:00:00+08:00", "报名中"),
        ("standing", "2030-01-01T00:00:00+08:00", "常年办理"),
    ],
)
def test_a_state_is_corrected_by_the_reader_s_clock(
    visit: Callable[..., Page], code: str, now: str, expected: str
) -> None:
    page = visit(samples.program(code), datetime.fromisoformat(now))
    expect(page.locator(".answer-state dd")).to_have_text(expected)


def test_what_has_closed_leaves_the_front_page(visit: Callable[..., Page]) -> None:
    page = visit(samples.home(), datetime.fromisoformat("2025-06-01T00:00:00+08:00"))
    expect(page.locator(".usable .item:visible")).to_have_count(1)
    expect(page.locator(".usable .item:visible")).to_contain_text("平度职工夜校")


def test_words_change_language_and_the_choice_is_kept(visit: Callable[..., Page]) -> None:
    page = visit(samples.program())
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".answers")).to_contain_text("Is it open")
    expect(page.locator(".answers")).to_contain_text("Days left: 3")
    expect(page.locator(".answers")).to_contain_text("11 April 2025")
    expect(page.get_by_role("navigation", name="Main navigation")).to_contain_text("Programs")
    page.reload()
    expect(page.locator(".answers")).to_contain_text("Is it open")
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".answers")).to_contain_text("2025年4月1日 至 4月11日")
    expect(page.get_by_role("navigation", name="主导航")).to_contain_text("项目")


def test_large_type_is_kept(visit: Callable[..., Page]) -> None:
    page = visit(samples.story())
    size = "getComputedStyle(document.body).fontSize"
    before = float(page.evaluate(size).removesuffix("px"))
    page.get_by_role("button", name="长辈版").click()
    page.reload()
    expect(page.get_by_role("button", name="长辈版")).to_have_attribute("aria-pressed", "true")
    assert float(page.evaluate(size).removesuffix("px")) == pytest.approx(before * 1.5)


INDEX = f"{ORIGIN}/search/index.json"
"""What the search page asks for ahead; a page that stands alone here has none."""


@pytest.mark.parametrize("name", sorted(samples.HTML_PAGES.keys() - {"not_found", "redirect"}))
@pytest.mark.parametrize("width", [320, 768])
def test_no_page_scrolls_sideways_breaks_the_policy_or_asks_in_vain(
    chromium: Browser, name: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    try:
        what = samples.HTML_PAGES[name]()
        missing = serve(context, what)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(ORIGIN + what.path)
        expect(page.locator('[data-tool="large"]')).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [address for address in missing if "/media/" not in address and address != INDEX] == []
        assert [text for text in said if "404" not in text] == []
    finally:
        context.close()


def test_a_page_is_whole_without_script(chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    try:
        serve(context, samples.program())
        page = context.new_page()
        page.goto(ORIGIN + samples.program().path)
        expect(page.locator(".answer-state dd")).to_have_text("即将截止 还有 3 天")
        expect(page.locator(".tool:visible")).to_have_count(0)
        expect(page.get_by_role("navigation", name="主导航").get_by_role("link", name="搜索")).to_be_visible()
    finally:
        context.close()
