"""Pages served to a browser as a site's web server would: under a sub-path, with a strict policy."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from site_builder import contexts
from site_builder.render import Bundle
from tests.demo_pages import THEMES, brand

ORIGIN = "http://site.test/sub"
HOST = urlsplit(ORIGIN).netloc
CSP = "; ".join(
    [
        "default-src 'none'",
        *(f"{what}-src 'self'" for what in ("script", "style", "connect", "manifest", "worker")),
        "img-src 'self' data:",
    ]
)
Files = Mapping[str, bytes | Path]


def files_of(page: contexts.Page, face: str = "base", media: Mapping[str, Path] | None = None) -> Files:
    """A page and everything it loads, by path."""
    bundle = Bundle.load(THEMES, face)
    return {
        **bundle.assets,
        **(media or {}),
        "/assets/brand.css": brand(face, page),
        page.path: bundle.render(page),
    }


def serve(context: BrowserContext, files: Callable[[], Files]) -> list[str]:
    """Serve what `files()` gives at the moment; returns the list of addresses that were not there."""
    missing: list[str] = []

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        path = url.path.removeprefix(urlsplit(ORIGIN).path) if url.netloc == HOST else url.path
        found = files().get(path)
        if found is None:
            missing.append(route.request.url)
            route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(path)[0] or "text/html"
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": CSP}
        route.fulfill(body=found if isinstance(found, bytes) else found.read_bytes(), headers=headers)

    context.route("**/*", answer)
    return missing


def address(page: contexts.Page) -> str:
    """Where it is visited; the page that stands at any path (404) asks for the site's own address."""
    own = page.site.base_url if page.root.startswith("http") else ORIGIN
    return own + page.path


def size_of(page: Page, selector: str) -> float:
    """The font size of an element, in pixels."""
    return float(page.eval_on_selector(selector, "e => parseFloat(getComputedStyle(e).fontSize)"))
