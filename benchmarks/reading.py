"""How soon a page stands on a cheap phone: 400 kB/s, 150 ms, a processor four times slower, nothing cached.

    python benchmarks/reading.py OUTPUT UNION [PATH...] [--rounds N]
    python benchmarks/reading.py OUTPUT --every [--rounds N]

Serves OUTPUT/sites as a web server with gzip would, and reads it with Chromium through the DevTools
protocol. Prints one JSON document: for each page the medians of first contentful paint and of everything
loaded, in milliseconds, what came over the wire, how much moved, and the other hosts that were asked.
`--every` reads one page of each type in OUTPUT, whatever its site: the one with most to say.
"""

from __future__ import annotations

import argparse
import gzip
import json
import mimetypes
import os
import re
import shutil
import statistics
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PAGES = ("", "news/", "programs/", "search/", "search/?q=夜校")
PHONE = {"width": 360, "height": 740}
LINE = {"offline": False, "latency": 150, "downloadThroughput": 400_000, "uploadThroughput": 100_000}
SLOWER = 4
TIMES = """() => new Promise((done) => {
  let moved = 0;
  const add = (list) => list.getEntries().forEach((entry) => { moved += entry.value; });
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    complete: performance.getEntriesByType("navigation")[0].loadEventEnd,
    bytes: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .reduce((sum, entry) => sum + entry.transferSize, 0),
    moved,
  }), 1500); // What comes after everything loaded, as results do, may move too.
})"""


class Handler(BaseHTTPRequestHandler):
    """Files below `root`, text with gzip."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, root: Path) -> None:
        self._root = root
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        file = self._root / (path.strip("/") + "/index.html" if path.endswith("/") else path.strip("/"))
        found = file.is_file()
        data = gzip.compress(file.read_bytes(), 9) if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(data)))
        if found:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def every_type(sites: Path) -> list[str]:
    """UNION/PATH of the largest page of each type, told by its section and the class of its body."""
    largest: dict[tuple[str, str], tuple[int, str]] = {}
    for site in sorted(path for path in sites.iterdir() if path.is_dir()):
        for folder, _, files in os.walk(site, followlinks=True):
            if "index.html" not in files:
                continue
            html = Path(folder, "index.html").read_bytes()
            path = Path(folder).relative_to(site).as_posix().removeprefix(".")
            said = re.search(rb'<body class="([^"]+)"', html)
            kind = (said[1].decode() if said else "", path.split("/")[0])
            if said and b'http-equiv="refresh"' not in html and len(html) > largest.get(kind, (0, ""))[0]:
                largest[kind] = (len(html), f"{site.name}/{path}".rstrip("/") + "/")
    return [path for _, path in sorted(largest.values())]


def visit(browser: Browser, address: str) -> dict[str, Any]:
    """One visit with an empty cache."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    found: dict[str, Any] = page.evaluate(TIMES)
    context.close()
    return found | {"hosts": sorted(hosts - {urlsplit(address).netloc, ""})}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("union", nargs="?")
    parser.add_argument("paths", nargs="*", default=PAGES)
    parser.add_argument("--every", action="store_true", help="one page of each type, of any site")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if bool(given.union) == given.every:
        parser.error("name a UNION, or say --every")
    paths = (
        every_type(given.output / "sites")
        if given.every
        else [f"{given.union}/{path}" for path in given.paths]
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, root=given.output / "sites"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = shutil.which("chromium") or shutil.which("google-chrome")
    report = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=own, args=FLAGS)
        for path in paths:
            address = f"http://127.0.0.1:{server.server_port}/{path}"
            seen = [visit(browser, address) for _ in range(given.rounds)]
            report[f"/{path}"] = {
                "paint_ms": round(statistics.median(one["paint"] for one in seen)),
                "complete_ms": round(statistics.median(one["complete"] for one in seen)),
                "bytes": seen[-1]["bytes"],
                "moved": max(one["moved"] for one in seen),
                "other_hosts": sorted({host for one in seen for host in one["hosts"]}),
            }
        browser.close()
    server.shutdown()
    print(json.dumps({"rounds": given.rounds, "pages": report}, indent=2))


if __name__ == "__main__":
    main()
