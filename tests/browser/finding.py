"""A site made of a network in memory, served to a browser: for tests of what pages do when scripts run."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import orjson
from playwright.sync_api import BrowserContext, Route

from site_builder.pages import item_files, pages
from site_builder.plan import plan
from site_builder.render import Bundle
from tests.builders import Network

THEMES = Path(__file__).parents[2] / "themes"
ORIGIN = "https://site.test/sub"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}
CSP = "; ".join(
    ["default-src 'none'", *(f"{what}-src 'self'" for what in ("script", "style", "img", "connect"))]
)


@cache
def bundle() -> Bundle:
    return Bundle.load(THEMES, "base")


def files(network: Network, union: str, as_of: datetime) -> dict[str, bytes]:
    """The pages of a site as they are at `as_of`, the data beside them, and the theme's files."""
    content = network.content()
    made = tuple(pages(plan(content, union, as_of), content))
    found = dict(bundle().assets) | {page.path: bundle().render(page) for page in made}
    return found | {path: orjson.dumps({"items": list(items)}) for _, path, items in item_files(made)}


def serve(context: BrowserContext, found: dict[str, bytes]) -> list[str]:
    """Answer from `found` under a sub-path; gives the list that collects every other address asked for."""
    missing: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0].split("#")[0]
        if route.request.url.startswith(ORIGIN) and path in found:
            kind = TYPES.get(Path(path).suffix, "text/html; charset=utf-8")
            headers = {"Content-Type": kind, "Content-Security-Policy": CSP}
            route.fulfill(body=found[path], headers=headers)
        else:
            missing.append(route.request.url)
            route.fulfill(status=404)

    context.route("**/*", answer)
    return missing
