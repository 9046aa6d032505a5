"""Without a connection, read aloud, passed on, on paper: the site as a reader's browser has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from site_builder import content_store
from site_builder.release.build import build_site
from site_builder.release.report import Places
from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
CONTENT = ROOT / "tests/golden/site/content"
AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
PROGRAM = "programs/zhigong-yexiao/"
STORY = "news/2024/10/yexiao-zouhong/"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; manifest-src 'self'"
)
VOICE = """
  const said = window.said = [];
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; }
  };
  const voices = [{ lang: "zh-CN", localService: LOCAL, name: "x" }];
  Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
    getVoices: () => voices,
    cancel() { this.at = null; },
    speak(utterance) {
      said.push(utterance.text);
      this.at = utterance;
      utterance.dispatchEvent(new Event("start"));
      if (AUTO) setTimeout(() => { if (this.at === utterance) this.finish(); }, 10);
    },
    finish() {
      this.at.dispatchEvent(new Event("end"));
    },
  }) });
"""


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The golden site of pingdu, served under a sub-path."""
    folder = tmp_path_factory.mktemp("site")
    places = Places(CONTENT, folder / "var", folder / "out", ROOT / "themes")
    report = build_site(content_store.read(CONTENT), "pingdu", AS_OF, places)
    assert not report.has_errors, report.problems
    handler = partial(_Handler, directory=str(places.output / "sites"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/pingdu/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def ready(page: Page, address: str) -> None:
    """Visit a page and wait until the site's service worker keeps what it pins."""
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "async () => { const names = await caches.keys();"
        " const cache = await caches.open(names.find((name) => name.includes('pinned')));"
        " return (await cache.keys()).some((request) => request.url.endsWith('/search/')); }"
    )


# --- without a connection ---------------------------------------------------------------------------


def test_what_was_read_and_what_is_pinned_can_be_read_again(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    ready(page, origin)
    page.goto(origin + PROGRAM)
    expect(page.locator("h1")).to_be_visible()
    phone.set_offline(True)
    for path in (PROGRAM, "", "guides/shandong/falv-yuanzhu/", "services/shandong/qiluhui/"):
        page.goto(origin + path)
        expect(page.locator("main#content h1, .masthead-title").first).to_be_visible()
        assert "没有网络" not in page.title()


def test_other_pages_say_that_there_is_no_connection(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    ready(page, origin)
    page.goto(origin + PROGRAM)
    phone.set_offline(True)
    page.goto(origin + STORY)
    expect(page.locator("h1")).to_have_text("现在没有网络")
    kept = page.locator("[data-kept] a")
    expect(kept.filter(has_text="平度职工夜校")).to_be_visible()
    assert page.eval_on_selector("body", "e => getComputedStyle(e).margin") == "0px", "it has its style sheet"
    kept.filter(has_text="平度职工夜校").click()
    expect(page).to_have_url(origin + PROGRAM)


def test_a_page_that_is_there_is_never_an_old_one(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    ready(page, origin)
    page.goto(origin + PROGRAM)
    old = page.evaluate(
        "async () => { const name = (await caches.keys()).find((name) => name.endsWith('visited'))"
        " ?? `unionpress ${new URL('../../', location.href).pathname} visited`;"
        " await (await caches.open(name)).put(location.href, new Response('<h1>旧的</h1>'));"
        " return name; }"
    )
    assert old.startswith("unionpress /pingdu/ ")
    page.goto(origin + PROGRAM)
    expect(page.locator("h1")).to_have_text("平度职工夜校")


def test_a_page_that_is_gone_is_forgotten(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    ready(page, origin)
    page.evaluate(
        "async () => (await caches.open('unionpress /pingdu/ visited'))"
        ".put(new URL('news/gone/', location.href).href, new Response('<h1>撤回的</h1>'))"
    )
    page.goto(origin + "news/gone/")
    phone.set_offline(True)
    page.goto(origin + "news/gone/")
    expect(page.locator("h1")).to_have_text("现在没有网络")


def test_a_new_release_takes_the_place_of_the_old(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    page.goto(origin)
    page.evaluate("caches.open('unionpress /pingdu/ pinned 000000')")
    page.evaluate("caches.open('unionpress /other/ pinned 000000')")
    ready(page, origin)
    page.wait_for_function("async () => !(await caches.keys()).includes('unionpress /pingdu/ pinned 000000')")
    assert "unionpress /other/ pinned 000000" in page.evaluate("caches.keys()"), "a neighbour's is its own"


# --- read aloud ----------------------------------------------------------------------------------------


def reader(phone: BrowserContext, origin: str, *, local: bool = True, auto: bool = True) -> Page:
    """A story on a device with a voice; without `auto`, a sentence ends when a test says so."""
    page = phone.new_page()
    page.add_init_script(VOICE.replace("LOCAL", str(local).lower()).replace("AUTO", str(auto).lower()))
    page.goto(origin + STORY)
    return page


def test_the_text_is_read_in_order_and_marked(phone: BrowserContext, origin: str) -> None:
    page = reader(phone, origin)
    page.get_by_role("button", name="朗读").click()
    page.wait_for_function("() => said.length > 2")
    expect(page.get_by_text("已读完")).to_be_visible()
    said = page.evaluate("said")
    assert page.locator("h1").inner_text() in said
    body = re.sub(r"\s", "", page.locator(".body").inner_text())
    for point in page.locator(".points li").all_inner_texts():
        said.remove(point)  # read before the text, in which the same may be said
    places = [body.find(re.sub(r"\s", "", text)) for text in said]
    found = [place for place in places if place >= 0]
    assert len(found) > 2
    assert found == sorted(found)
    assert not [text for text in said if "分享" in text or "复制网址" in text]
    assert not page.evaluate("CSS.highlights.has('reading')")


def test_it_pauses_goes_on_and_stops_by_keyboard(phone: BrowserContext, origin: str) -> None:
    page = reader(phone, origin, auto=False)
    page.get_by_role("button", name="朗读").press("Enter")
    expect(page.get_by_role("button", name="暂停")).to_be_focused()
    assert page.evaluate("CSS.highlights.has('reading')")
    page.evaluate("speechSynthesis.finish()")
    assert page.evaluate("said.length") == 2
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="朗读")).to_be_focused()
    page.keyboard.press("Enter")
    first, second, again = page.evaluate("said")
    assert again == second != first, "from the beginning of the sentence"
    page.keyboard.press("Escape")
    expect(page.get_by_text("朗读已停止")).to_be_visible()


def test_where_no_voice_lives_on_the_device_nothing_is_offered(phone: BrowserContext, origin: str) -> None:
    page = reader(phone, origin, local=False)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="朗读")).to_be_hidden()


def test_nothing_moves_when_a_voice_is_found(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    page.add_init_script(VOICE.replace("LOCAL", "true").replace("AUTO", "true"))
    page.add_init_script(
        "window.moved = []; new PerformanceObserver((list) => {"
        " for (const entry of list.getEntries()) for (const { node } of entry.sources)"
        " moved.push(node?.outerHTML ?? node?.textContent);"
        " }).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(origin + STORY)
    expect(page.get_by_role("button", name="朗读")).to_be_visible()
    assert page.evaluate("moved") == []


# --- passed on, and on paper ----------------------------------------------------------------------------


def test_the_code_comes_when_it_is_asked_for(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(origin + STORY)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("qr.svg")]
    page.locator(".share summary").click()
    expect(page.locator(".share .qr")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.share .qr').naturalWidth > 0")


def test_the_address_can_be_copied(chromium: Browser, origin: str) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"], locale="zh-CN")
    page = context.new_page()
    page.goto(origin + STORY)
    page.locator(".share summary").click()
    page.get_by_role("button", name="复制网址").click()
    expect(page.get_by_text("网址已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator('link[rel="canonical"]').get_attribute("href")
    context.close()


def test_paper_has_the_code_and_no_buttons(phone: BrowserContext, origin: str) -> None:
    page = phone.new_page()
    page.goto(origin + PROGRAM)
    page.emulate_media(media="print")
    expect(page.locator(".print-qr")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.print-qr').naturalWidth > 0")
    for gone in (".pass", ".read-aloud", ".nav", ".footer", ".right h2"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".right-address")).to_contain_text(PROGRAM)


@pytest.mark.parametrize("path", [PROGRAM, "guides/shandong/falv-yuanzhu/", "events/youhua-ke/"])
def test_a_poster_is_one_sheet(phone: BrowserContext, origin: str, path: str) -> None:
    page = phone.new_page()
    page.goto(f"{origin}{path}poster.html")
    expect(page.locator(".code")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, "on a phone it is read without scrolling sideways"
    page.emulate_media(media="print")
    over = page.evaluate(
        "() => ['.sheet', '.rows'].map((name) => document.querySelector(name))"
        ".map((e) => e.scrollHeight - e.clientHeight)"
    )
    assert max(over) <= 0
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
