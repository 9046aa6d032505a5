"""Small sites with their search, served as any web server would, and what a page shows of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from site_builder.contexts import Page as SitePage
from site_builder.contexts import SearchPage, SiteContext, WorkerPage
from site_builder.render import Bundle
from site_builder.search import static_index
from site_builder.search.documents import SearchDocument

REPOSITORY = Path(__file__).parent.parent.parent.parent
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
# What an editor might write to break the page that shows it.
HOSTILE = '<img src=x onerror="document.title=1"> 夜校 & "引号"'


def searchable(number: int, kind: str, path: str, title: str, date: str, **fields: Any) -> SearchDocument:
    identity = f"11111111-0000-4000-8000-{number:012}"
    return SearchDocument(id=identity, owner="pingdu", kind=kind, path=path, title=title, date=date, **fields)


PINGDU = (
    searchable(
        1, "program", "/programs/yexiao/", "职工夜校春季班", "2025-03-01", region="平度", state="open",
        summary="面向全市职工,每周两晚,免费听课。", text="职工夜校在工人文化宫开课。\n88元/人",
        closes="2999-01-01T00:00:00+08:00",
    ),
    searchable(
        2, "story", "/news/2025/04/zouhong/", "职工夜校走红", "2025-04-01",
        summary="下班以后去上课。", text="平度市总工会办的夜校走红,350余个班。",
    ),
    searchable(
        3, "guide", "/guides/huiyuan/", "怎样加入工会", "2025-02-01", summary=HOSTILE, text="入会办法。"
    ),
    *(
        searchable(
            100 + number, "story", f"/news/2024/01/duanxun-{number}/", f"短讯第{number}号", "2024-01-02",
            text="工会服务职工的消息。",
        )
        for number in range(30)
    ),
)  # fmt: skip
JIAOZHOU = (
    searchable(
        200, "story", "/news/2025/01/huixun/", "胶州职工书屋开放", "2025-01-01", text="书屋周末开放。"
    ),
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


def write_site(
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
        site=_site(name, hotline), index="/search/index.json", uppers=uppers, sites=True,
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


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    handler: Any = type("OneHandler", (Handler,), {"asked": [], "broken": False})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", handler
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def wait_for_results(page: Page) -> None:
    expect(page.locator("[data-results]")).to_have_attribute("data-state", "done")


def found_on(page: Page) -> list[str]:
    wait_for_results(page)
    return [
        str(link.get_attribute("data-record")) for link in page.locator("[data-results] [data-record]").all()
    ]
