"""How long a reader waits for the first results on a slow line: 400 kB/s, 150 ms, a processor at a quarter.

    .venv/bin/python benchmarks/search/phone.py [--plain]

The real search page of the base theme over 5,000 documents, in Chromium, throttled by its own tools. Cold: an
empty cache, from the moment the address is opened until the results stand there, page, style and scripts
included. Warm: the next query in the same page. The server sends page, style, scripts and JSON by gzip, as
nginx and Caddy do by the configuration that `unionpress` writes; with --plain as they are. What lies in the
index is packed already.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import statistics
import tempfile
import threading
from http.server import ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

from browsers import Handler, launched
from corpus import enlarged
from playwright.sync_api import ConsoleMessage
from run import HERE, document, half_of

from site_builder.contexts import Page, SearchPage, SiteContext
from site_builder.render import Bundle
from site_builder.search.static_index import build

THEMES = Path(__file__).parents[2] / "themes"
WATCH = """
    addEventListener('DOMContentLoaded', () => {
        const results = document.querySelector('[data-results]');
        const since = () => (performance.now() - (window.asked ?? 0)) / 1000;
        new MutationObserver(() => {
            if (window.done) return;
            const done = results.dataset.state === 'done';
            if (done || results.querySelector('[data-record]:not([data-old])')) window.shown ??= since();
            if (done) console.debug(`${window.shown} ${window.done = since()}`);
        }).observe(results, { attributes: true, childList: true, subtree: true });
    });
"""
"""The page itself says when the first results and when all of them stand there: looking from outside takes a
throttled processor's time, up to a tenth of a second while the page loads."""
ASK = """(query) => {
    for (const link of document.querySelectorAll('[data-record]')) link.dataset.old = '';
    window.shown = window.done = undefined;
    window.asked = performance.now();
    const field = document.querySelector('#q');
    field.value = query;
    field.form.requestSubmit();
}"""


PACKED = {
    ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript",
    ".json": "application/json",
}  # fmt: skip


@functools.cache
def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Packing(Handler):
    """Sends text by gzip. Packed once: to pack takes of the processor that the browser is measured on."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in PACKED or not path.is_file():
            super().do_GET()
            return
        data = _packed(path)
        self.sent.append((self.path, len(data)))
        self.send_response(200)
        self.send_header("Content-Type", PACKED[path.suffix])
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def site() -> SiteContext:
    return SiteContext(
        slug="paper", name="测试市总工会", short_name="测试", level="city", language="zh-Hans",
        base_url="https://paper.example", slogan="", primary="#a4161a", accent="", logo=None, menu=(),
        uppers=(), dateline="", organiser="", undertaker="", address="", postcode="", footer_note="", icp="",
        police_record="", website_code="", hotline="", contacts=(), feeds=(),
    )  # fmt: skip


def write(folder: Path, files: dict[str, bytes]) -> None:
    bundle = Bundle.load(THEMES, "base")
    common: dict[str, Any] = {
        "root": "../",
        "title": "搜索",
        "description": "",
        "canonical": "",
        "site": site(),
    }
    page = SearchPage(template="search.html", path="/search/", index="/search/index.json", **common)
    brand = Page(template="brand.css", path="/assets/brand.css", **common)
    found = {"search/index.html": bundle.render(page), "assets/brand.css": bundle.render(brand), "sw.js": b""}
    found |= {path.removeprefix("/"): data for path, data in bundle.assets.items()}
    found |= {f"search/{name}": data for name, data in files.items()}
    for path, data in found.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _told(message: ConsoleMessage) -> bool:
    return message.type == "debug"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plain", action="store_true", help="send text as it is")
    kind = Handler if parser.parse_args().plain else Packing
    suite = json.loads((HERE / "queries.json").read_text(encoding="utf-8"))
    texts = [q["text"] for q in suite["queries"] if half_of(q) == "report" and len(q["text"]) <= 6][:40]
    with tempfile.TemporaryDirectory() as name, launched() as browser:
        write(Path(name), dict(build([document(article) for article in enlarged(5000, 1460)])))
        handler: Any = type("One", (kind,), {"sent": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cold, cold_all, warm, warm_all, sizes = [], [], [], [], []
        for text, following in pairwise(texts):
            context = browser.new_context(viewport={"width": 390, "height": 800}, service_workers="block")
            page = context.new_page()
            tools = context.new_cdp_session(page)
            tools.send("Network.enable")
            tools.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": 150,
                    "downloadThroughput": 400_000,
                    "uploadThroughput": 100_000,
                },
            )
            tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.add_init_script(WATCH)
            handler.sent.clear()
            with page.expect_console_message(_told) as told:
                page.goto(f"http://127.0.0.1:{server.server_port}/search/?q={text}", wait_until="commit")
            shown, whole = map(float, told.value.text.split())
            cold.append(shown)
            cold_all.append(whole)
            sizes.append(sum(size for path, size in handler.sent if path.endswith((".bin", ".json"))))
            page.wait_for_load_state("networkidle")
            with page.expect_console_message(_told) as told:
                page.evaluate(ASK, following)
            shown, whole = map(float, told.value.text.split())
            warm.append(shown)
            warm_all.append(whole)
            context.close()
        server.shutdown()
    for label, seconds in (
        ("cold, first results", cold),
        ("cold, all ten", cold_all),
        ("warm, first results", warm),
        ("warm, all ten", warm_all),
    ):
        p90 = sorted(seconds)[int(len(seconds) * 0.9)]
        print(f"{label}: median {statistics.median(seconds):.2f} s, p90 {p90:.2f} s")
    print(f"bytes of the index, short query: median {statistics.median(sizes) / 1000:.1f} KB")


if __name__ == "__main__":
    main()
