"""Our search and Pagefind's in one real Chromium, every file they ask for counted."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SCRIPTS = Path(__file__).parents[2] / "themes" / "base" / "scripts" / "search"
OURS = """async (query) => {
    const { Engine } = await import('/js/engine.js');
    const { hits } = await new Engine('/search/index.json').search(query);
    return hits.map(({ id }) => id);
}"""
PAGEFIND = """async (query) => {
    const pagefind = await import('/pagefind/pagefind.js');
    await pagefind.destroy();
    await pagefind.init();
    const { results } = await pagefind.search(query);
    const data = await Promise.all(results.slice(0, 10).map((result) => result.data()));
    return data.map(({ url }) => url.replace(/^\\/|\\.html$/g, ''));
}"""


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Handler(SimpleHTTPRequestHandler):
    sent: list[tuple[str, int]] = []

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        self.sent.append((self.path, path.stat().st_size if path.is_file() else 0))
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """What was sent is in `sent`."""


class Browsing:
    """A browser that is started when it is first needed; a fresh context, so a cold cache, for every
    query."""

    def __enter__(self) -> Browsing:
        self._open: Any = None
        self._servers: list[ThreadingHTTPServer] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.shutdown()
        if self._open:
            self._browser.close()
            self._open.stop()

    def _serve(self, folder: Path) -> tuple[str, list[tuple[str, int]]]:
        if not self._open:
            self._open = sync_playwright().start()
            path = shutil.which("chromium") or shutil.which("google-chrome")
            self._browser = self._open.chromium.launch(executable_path=path, args=FLAGS)
        handler: Any = type("OneHandler", (Handler,), {"sent": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (folder / "empty.html").write_text("<!doctype html><html lang=zh><title>x</title>", encoding="utf-8")
        return f"http://127.0.0.1:{server.server_port}", handler.sent

    def ours(self, files: dict[str, bytes]) -> Callable[[str], tuple[list[str], float, float]]:
        folder = Path(tempfile.mkdtemp())
        shutil.copytree(SCRIPTS, folder / "js")
        for name, content in files.items():
            (folder / "search" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "search" / name).write_bytes(content)
        return self._asker(folder, OURS, lambda path: path.startswith("/search/"))

    def pagefind(self, folder: Path) -> Callable[[str], tuple[list[str], float, float]]:
        return self._asker(
            folder, PAGEFIND, lambda path: "/pagefind/" in path and not path.endswith((".js", ".css"))
        )

    def _asker(
        self, folder: Path, script: str, counts: Callable[[str], bool]
    ) -> Callable[[str], tuple[list[str], float, float]]:
        address, sent = self._serve(folder)

        def ask(text: str) -> tuple[list[str], float, float]:
            context = self._browser.new_context()
            page: Page = context.new_page()
            page.goto(f"{address}/empty.html")
            sent.clear()
            started = time.perf_counter()
            found = page.evaluate(script, text)
            taken = time.perf_counter() - started
            context.close()
            return found, taken, sum(size for path, size in sent if counts(path))

        return ask
