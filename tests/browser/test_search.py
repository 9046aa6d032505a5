"""The reader's search in a real browser: no server, strict CSP, any sub-path."""

from __future__ import annotations

import base64
import json
import os
import shutil
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from site_builder.contexts import Page as SitePage
from site_builder.contexts import SearchPage, SiteContext, WorkerPage
from site_builder.render import Bundle
from site_builder.search import static_index
from site_builder.search.documents import SearchDocument
from site_builder.search.packing import packed
from site_builder.search.static_index import KINDS
from site_builder.search.static_query import StaticIndex
from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

pytestmark = pytest.mark.browser
REPOSITORY = Path(__file__).parent.parent.parent
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
# What an editor might write to break the page that shows it.
HOSTILE = '<img src=x onerror="document.title=1"> 夜校 & "引号"'


def _document(number: int, kind: str, path: str, title: str, date: str, **fields: Any) -> SearchDocument:
    identity = f"11111111-0000-4000-8000-{number:012}"
    return SearchDocument(id=identity, owner="pingdu", kind=kind, path=path, title=title, date=date, **fields)


PINGDU = (
    _document(
        1, "program", "/programs/yexiao/", "职工夜校春季班", "2025-03-01", region="平度", state="open",
        summary="面向全市职工,每周两晚,免费听课。", text="职工夜校在工人文化宫开课。\n88元/人",
        closes="2999-01-01T00:00:00+08:00",
    ),
    _document(
        2, "story", "/news/2025/04/zouhong/", "职工夜校走红", "2025-04-01",
        summary="下班以后去上课。", text="平度市总工会办的夜校走红,350余个班。",
    ),
    _document(
        3, "guide", "/guides/huiyuan/", "怎样加入工会", "2025-02-01", summary=HOSTILE, text="入会办法。"
    ),
    *(
        _document(
            100 + number, "story", f"/news/2024/01/duanxun-{number}/", f"短讯第{number}号", "2024-01-02",
            text="工会服务职工的消息。",
        )
        for number in range(30)
    ),
)  # fmt: skip
JIAOZHOU = (
    _document(200, "story", "/news/2025/01/huixun/", "胶州职工书屋开放", "2025-01-01", text="书屋周末开放。"),
)


class Handler(SimpleHTTPRequestHandler):
    asked: list[str] = []
    broken = False

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.broken and ".bin" in self.path:
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """The requests are in `asked`."""


def _site(name: str, hotline: str = "") -> SiteContext:
    return SiteContext(
        slug=name, name="测试市总工会", short_name="测试", level="city", language="zh-Hans",
        base_url=f"https://{name}.example", slogan="", primary="#a4161a", accent="", logo=None, menu=(),
        uppers=(), dateline="", organiser="", undertaker="", address="", postcode="", footer_note="", icp="",
        police_record="", website_code="", hotline=hotline, contacts=(), feeds=(),
    )  # fmt: skip


def _write_site(
    folder: Path,
    name: str,
    documents: tuple[SearchDocument, ...],
    synonyms: tuple[tuple[str, ...], ...] = (),
    uppers: tuple[tuple[str, str, str], ...] = (),
    hotline: str = "",
) -> None:
    bundle = Bundle.load(REPOSITORY / "themes", "base")
    page = SearchPage(
        template="search.html", path="/search/", root="../", title="搜索", description="", canonical="",
        site=_site(name, hotline), index="/search/index.json", kinds=KINDS, uppers=uppers, sites=True,
    )  # fmt: skip
    brand = SitePage(
        template="brand.css", path="/assets/brand.css", root="../", title="", description="", canonical="",
        site=_site(name),
    )  # fmt: skip
    worker = WorkerPage(
        template="sw.js", path="/sw.js", root="./", title="", description="", canonical="", site=_site(""),
        version="1", shell=("/assets/brand.css",), pinned=(),
    )  # fmt: skip
    files = {"search/index.html": bundle.render(page), "assets/brand.css": bundle.render(brand)}
    files["sw.js"] = bundle.render(worker)
    files |= {path.removeprefix("/"): content for path, content in bundle.assets.items()}
    files |= {f"search/{path}": content for path, content in static_index.build(documents, synonyms).items()}
    for document in documents:
        files[f"{document.path[1:]}index.html"] = (
            f"<!doctype html><html lang=zh><title>x</title><h1>{document.id}</h1>".encode()
        )
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sites")
    shutil.copytree(REPOSITORY / "themes" / "base" / "scripts" / "search", root / "scripts")
    _write_site(root / "pingdu", "pingdu", PINGDU)
    _write_site(root / "deep" / "er" / "jiaozhou", "jiaozhou", JIAOZHOU)
    return root


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    handler: Any = type("OneHandler", (Handler,), {"asked": [], "broken": False})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", handler
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def server(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    with _serving(folder) as served:
        yield served


def _done(page: Page) -> None:
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "done")


def _found(page: Page) -> list[str]:
    _done(page)
    return [
        str(link.get_attribute("data-record")) for link in page.locator("[data-results] [data-record]").all()
    ]


def _module(page: Page, name: str) -> str:
    """The address of a module of the page's own search."""
    script = page.locator("script[src*='/search.']")
    return str(script.evaluate("(script, name) => new URL(name, script.src).href", name))


def test_a_query_in_the_address_shows_results_and_a_click_opens_the_record(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    found = _found(page)
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
    assert _found(page) == [JIAOZHOU[0].id]
    page.goto(f"{server[0]}/pingdu/search/?q=书屋")
    assert _found(page) == []
    assert "没有找到" in page.locator("[data-search-status]").inner_text()
    assert page.locator('[data-results] a[href$="/pingdu/about/"]').count() == 1
    assert page.locator('[data-results] a[href$="/pingdu/index/"]').count() == 1


def test_typing_searches_and_the_back_button_keeps_query_and_kind(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/")
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "idle")
    page.locator("#q").press_sequentially("夜校")
    assert len(_found(page)) == 3
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1")
    page.locator('.facet[data-kind="story"]').click()
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&kind=story")
    assert _found(page) == [PINGDU[1].id]
    page.locator(f'[data-record="{PINGDU[1].id}"]').click()
    expect(page.locator("h1")).to_have_text(PINGDU[1].id)
    page.go_back()
    expect(page.locator("#q")).to_have_value("夜校")
    assert _found(page) == [PINGDU[1].id]
    page.go_back()
    expect(page.locator('.facet[data-kind="story"]')).to_have_attribute("aria-pressed", "false")
    assert len(_found(page)) == 3


@pytest.mark.parametrize(
    ("query", "first", "status"),
    [
        ("平度夜校", PINGDU[0].id, "找到 2 条"),
        ("職工夜校", PINGDU[0].id, "找到"),
        ("８８元", PINGDU[0].id, "找到"),
        ("350余个", PINGDU[1].id, "找到"),
        ("夜校在哪里报名听课", PINGDU[0].id, "没有找到完全符合"),
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
    assert _found(page)[0] == first
    assert page.locator("[data-search-status]").inner_text().startswith(status)


def test_filters_narrow_and_stand_in_the_address(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    assert len(_found(page)) == 3
    assert not [path for path in server[1].asked if path.endswith("/f.bin")], "read only when asked for"
    page.locator(".filters summary").click()
    page.locator("#search-open").check()
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&open=1")
    expect(page.locator("[data-record]")).to_have_count(1)
    assert _found(page) == [PINGDU[0].id]
    assert page.evaluate("document.activeElement.id") == "search-open"
    page.go_back()
    expect(page.locator("[data-record]")).to_have_count(3)
    page.locator("[data-filter=place]").select_option("平度")
    expect(page.locator("[data-record]")).to_have_count(1)
    page.goto(f"{server[0]}/pingdu/search/?q=夜校&place=胶州")
    assert _found(page) == []
    expect(page.locator("[data-filter=place]")).to_have_value("胶州")


@pytest.mark.parametrize("typed", ["yexiao", "ye xiao", "夜肖"])
def test_pinyin_and_slips_are_searched_as_what_was_meant(
    page: Page, server: tuple[str, type[Handler]], typed: str
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q={typed}")
    assert _found(page)[0] == PINGDU[0].id
    assert page.locator("[data-search-status]").inner_text() == "按“夜校”找到 3 条"
    assert page.locator("[data-results] mark").first.inner_text() == "夜校"


def test_synonyms_find_the_same_in_the_browser_too(
    page: Page, server: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    synonyms = (("夜校", "成人课堂", "c++班"),)
    _write_site(folder / tmp_path.name, tmp_path.name, PINGDU, synonyms)
    page.goto(f"{server[0]}/{tmp_path.name}/search/?q=夜校")
    wanted = _found(page)
    for query in ("成人课堂", "C++班".replace("+", "%2B")):
        page.goto(f"{server[0]}/{tmp_path.name}/search/?q={query}")
        assert _found(page) == wanted


def test_what_was_typed_before_the_script_came_is_searched(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.route("**/main.js", lambda route: route.abort())
    page.goto(f"{server[0]}/pingdu/search/")
    page.locator("#q").fill("走红")
    late = _module(page, "main.js") + "?late"
    page.evaluate(
        """(address) => {
            const script = document.createElement('script');
            script.type = 'module';
            script.src = address;
            document.head.append(script);
        }""",
        late,
    )
    assert _found(page) == [PINGDU[1].id]
    expect(page.locator("#q")).to_have_value("走红")


def test_more_results_are_added_and_the_first_new_one_has_the_focus(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=短讯")
    assert len(_found(page)) == 10
    page.locator("[data-results] button.more").click()
    expect(page.locator("[data-record]")).to_have_count(20)
    assert (
        page.evaluate("[...document.querySelectorAll('[data-record]')].indexOf(document.activeElement)") == 10
    )


def test_text_of_editors_stays_text_and_nothing_breaks_the_policy(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server[0]}/pingdu/search/?q=加入工会")
    assert _found(page)[0] == PINGDU[2].id
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
    assert page.locator('[data-results] a[href$="/pingdu/index/"]').count() == 1
    server[1].broken = False
    page.locator("[data-results] button").click()
    assert len(_found(page)) == 3


def test_a_page_that_stays_open_while_the_site_is_built_anew_finds_the_new_index(
    page: Page, tmp_path: Path, server: tuple[str, type[Handler]], folder: Path
) -> None:
    name = tmp_path.name
    _write_site(folder / name, name, PINGDU[:1])
    page.goto(f"{server[0]}/{name}/search/?q=夜校")
    assert _found(page) == [PINGDU[0].id]
    for old in (folder / name / "search").rglob("*.bin"):
        old.unlink()
    _write_site(folder / name, name, JIAOZHOU)
    page.locator("#q").fill("书屋开放")
    expect(page.locator("[data-record]")).to_have_attribute("data-record", JIAOZHOU[0].id)


def test_an_old_phone_without_decompression_streams_finds_the_same(
    browser_context: BrowserContext, server: tuple[str, type[Handler]]
) -> None:
    browser_context.add_init_script("delete globalThis.DecompressionStream")
    page = browser_context.new_page()
    page.goto(f"{server[0]}/pingdu/search/?q=职工")
    answer = StaticIndex(static_index.build(PINGDU)).search("职工")
    assert _found(page) == [hit.id for hit in answer.hits]
    assert [path for path in server[1].asked if path.endswith("/inflate.js")]


def test_a_first_search_reads_little(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    _done(page)
    read = [path for path in server[1].asked if path.endswith((".bin", ".json"))]
    assert len(read) == len(set(read)) <= 5, read
    assert not [path for path in server[1].asked if path.endswith("/inflate.js")]


def test_the_manifest_asked_for_ahead_is_never_an_old_one(
    page: Page, server: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    _write_site(folder / tmp_path.name, tmp_path.name, PINGDU)
    index = folder / tmp_path.name / "search" / "index.json"
    os.utime(index, (0, 0))  # What is so old a browser keeps for years, unless a host says for how long.
    asked = f"/{tmp_path.name}/search/index.json"
    for visit in (1, 2):
        server[1].asked.clear()
        page.goto(f"{server[0]}/{tmp_path.name}/search/?q=夜校&visit={visit}")
        assert len(_found(page)) == 3
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
    expect(page.locator("[data-results] [data-record]")).to_have_count(6)
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "loading")
    page.locator("[data-record]").first.focus()
    for route in held:
        route.continue_()
    assert _found(page) == expected
    assert page.evaluate("document.activeElement.dataset.record") == expected[0], "the list was not made anew"


def test_browsers_read_gb_18030_as_it_was_written(page: Page, server: tuple[str, type[Handler]]) -> None:
    every = "".join(map(chr, (*range(1, 0xD800), *range(0xF900, 0x10000), *range(0x20000, 0x323B0))))
    texts = [
        one
        for one in (every[at : at + 97] for at in range(0, len(every), 97))
        if zlib.decompress(packed(one), -15)[0]
    ]
    assert len(texts) > 500
    page.goto(f"{server[0]}/pingdu/search/")
    read = page.evaluate(
        """(files) => files.map((file) => {
            const raw = Uint8Array.from(atob(file), (one) => one.charCodeAt(0));
            return new TextDecoder('gb18030').decode(raw);
        })""",
        [base64.b64encode(zlib.decompress(packed(text), -15)).decode() for text in texts],
    )
    assert read == texts


def test_javascript_answers_like_python(page: Page, server: tuple[str, type[Handler]]) -> None:
    files = static_index.build(PINGDU)
    index = StaticIndex(files)
    queries = [
        "夜校", "工会", "职工", "工会职工夜校", "怎样加入工会", "短讯第1号", "第12号", "350余个", "８８元",
        "職工", "平度夜校 走红", '"夜校走红"', '"走红夜校"', "夜校 -走红", "班", "的", "火星", "火星夜校",
        "工会 消息 服务", "", "-夜校", "工人文化宫在哪里", "yexiao", "zhigong yexiao",
        "zgyx", "职工夜笑", "夜肖走洪", "职工yexiao",
        "qwzx", '"下班以后去上课"', "他在班里", '"平度市总工会办的夜校"',
        *(document.title for document in PINGDU[:8]),
    ]  # fmt: skip
    page.goto(f"{server[0]}/pingdu/search/")
    address = f"{server[0]}/scripts/engine.js"
    answers = page.evaluate(
        """async ([address, queries]) => {
            const { Engine } = await import(address);
            const engine = new Engine('index.json');
            const answers = [];
            for (const query of queries) {
                const { full, total, counts, hits, corrected } = await engine.search(query);
                const shown = hits.map(({ id, kind, state, title }) => [id, kind, state, title]);
                answers.push([full, total, counts.kind, shown, corrected]);
            }
            return answers;
        }""",
        [address, queries],
    )
    for query, answer in zip(queries, answers, strict=True):
        expected = index.search(query)
        shown = [[hit.id, hit.kind, hit.state, hit.title] for hit in expected.hits]
        assert answer == [expected.full, expected.total, dict(expected.kinds), shown, expected.corrected], (
            query
        )


def test_javascript_analyses_like_python(page: Page, server: tuple[str, type[Handler]]) -> None:
    golden = json.loads((REPOSITORY / "tests" / "golden" / "analysis.json").read_text(encoding="utf-8"))
    page.goto(f"{server[0]}/pingdu/search/")
    address = f"{server[0]}/scripts/analysis.js"
    answers = page.evaluate(
        """async ([address, traditional, simplified, golden]) => {
            const { isSign, normalise, parseQuery, runs, termHash } = await import(address);
            const terms = (text, variants) => runs(normalise(text, variants)).flatMap((units) => (
                units.flatMap((unit, place) => [
                    ...(units.length === 1 || !isSign(unit) ? [unit] : []),
                    ...(place + 1 < units.length ? [unit + units[place + 1]] : []),
                ])
            ));
            const variants = new Map(Array.from(traditional, (from, place) => [from, simplified[place]]));
            const run = ({ units, required, exact }) => ({ units, required: required.map(Number), exact });
            return {
                terms: golden.terms.map(([text]) => [text, terms(text, variants)]),
                queries: golden.queries.map(([text]) => {
                    const { runs, minus } = parseQuery(text, variants);
                    return [text, runs.map(run), minus.map(({ units }) => units)];
                }),
                hashes: Object.fromEntries(Object.keys(golden.hashes).map((term) => [term, termHash(term)])),
            };
        }""",
        [address, TRADITIONAL, SIMPLIFIED, golden],
    )
    assert answers == {key: golden[key] for key in ("terms", "queries", "hashes")}


# --- how far to look ------------------------------------------------------------------------------------

UPPERS = (("shandong", "山东省总", "https://shandong.example/"),)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sites beside each other, as one host with sub-paths serves them; the upper one lists three."""
    root = tmp_path_factory.mktemp("network")
    shared = _document(300, "program", "/programs/zhuxue/", "金秋助学", "2025-01-01", state="open")
    upper = _document(301, "story", "/news/2025/01/quansheng/", "全省夜校五年", "2025-01-05", text="夜校。")
    _write_site(root / "shandong", "shandong", (replace(shared, path="/programs/zhuxue/"), upper))
    inherited = replace(shared, path="/programs/shandong/zhuxue/")
    _write_site(root / "pingdu", "pingdu", (*PINGDU, inherited), uppers=UPPERS)
    _write_site(root / "jiaozhou", "jiaozhou", JIAOZHOU)
    listed = [
        (name, name, f"https://{name}.example/") for name in ("jiaozhou", "laixi", "pingdu", "shandong")
    ]
    (root / "shandong" / "search" / "sites.json").write_text(json.dumps(listed), encoding="utf-8")
    return root


def test_a_switch_widens_to_the_unions_above_and_to_all(page: Page, network: Path) -> None:
    with _serving(network) as (address, handler):
        page.goto(f"{address}/pingdu/search/?q=夜校")
        assert len(_found(page)) == 3
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
    with _serving(network) as (address, _):
        page.goto(f"{address}/pingdu/search/?q=金秋助学&scope=above")
        assert len(_found(page)) == 1
        href = str(page.locator("[data-record]").get_attribute("href"))
        assert href.endswith("/pingdu/programs/shandong/zhuxue/")
        assert page.locator("[data-search-status]").inner_text() == "找到 1 条"


def test_sites_that_cannot_be_reached_are_named_with_their_own_search(page: Page, network: Path) -> None:
    with _serving(network) as (address, _):
        page.goto(f"{address}/pingdu/search/?q=书屋&scope=network")
        assert _found(page) == [JIAOZHOU[0].id]
        missing = page.locator("[data-missing] a")
        assert missing.all_inner_texts() == ["laixi"]
        assert missing.get_attribute("href") == f"{address}/laixi/search/?q=%E4%B9%A6%E5%B1%8B"


def test_a_site_alone_on_its_host_says_that_others_cannot_be_asked_from_here(
    page: Page, network: Path
) -> None:
    with _serving(network / "pingdu") as (address, _):
        page.goto(f"{address}/search/?q=夜校&scope=above")
        assert len(_found(page)) == 3, "what the own site has is shown all the same"
        link = page.locator("[data-missing] a")
        assert link.get_attribute("href") == "https://shandong.example/search/?q=%E5%A4%9C%E6%A0%A1"


# --- what is shown --------------------------------------------------------------------------------------


def test_words_deep_in_a_text_are_shown_where_they_stand(
    page: Page, server: tuple[str, type[Handler]], folder: Path
) -> None:
    data = {"id": PINGDU[1].id, "body": f"## 开头\n\n{'别的话。' * 40}\n\n办了**350余个**班,人人叫好。"}
    page_data = folder / "pingdu" / PINGDU[1].path[1:] / "index.json"
    page_data.write_text(json.dumps(data), encoding="utf-8")
    page.goto(f"{server[0]}/pingdu/search/?q=350余个")
    assert _found(page) == [PINGDU[1].id]
    expect(page.locator(".result-snippet mark")).to_have_text("350余个")
    assert "班,人人叫好" in page.locator(".result-snippet").inner_text()
    read = [path for path in server[1].asked if path.endswith("/zouhong/index.json")]
    assert len(read) == 1


def test_a_range_of_days_narrows(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    assert len(_found(page)) == 3
    page.locator(".filters summary").click()
    page.locator("#search-from").fill("2025-02-15")
    expect(page.locator("[data-record]")).to_have_count(2)
    page.locator("#search-to").fill("2025-03-31")
    expect(page.locator("[data-record]")).to_have_count(1)
    assert _found(page) == [PINGDU[0].id]
    expect(page).to_have_url(f"{server[0]}/pingdu/search/?q=%E5%A4%9C%E6%A0%A1&from=2025-02-15&to=2025-03-31")


def test_arrows_lead_from_the_field_to_the_results_and_back(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    found = _found(page)
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
    _write_site(folder / tmp_path.name, tmp_path.name, topical, hotline="12351")
    page.goto(f"{server[0]}/{tmp_path.name}/search/?q=火星夜市")
    assert _found(page) == []
    assert page.locator('[data-results] a[href="tel:12351"]').inner_text() == "12351"
    page.locator("[data-nearest] a").first.click()
    expect(page.locator("#q")).to_have_value("职工夜校")
    assert _found(page)


def test_one_character_is_looked_for_in_texts(page: Page, server: tuple[str, type[Handler]]) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=红")
    assert _found(page) == [PINGDU[1].id]


def test_what_was_searched_once_is_found_without_a_line(
    page: Page, server: tuple[str, type[Handler]]
) -> None:
    page.goto(f"{server[0]}/pingdu/search/?q=夜校")
    found = _found(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # Only now does everything pass the worker.
    assert _found(page) == found
    page.context.set_offline(True)
    page.reload()
    assert _found(page) == found
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
