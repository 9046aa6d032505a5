"""How much a phone loads until a page stands complete: HTML, style sheets, scripts, as gzip sends them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest

from site_builder import contexts
from site_builder.render import Bundle
from tests.demo_pages import FACES, THEMES, brand, every_kind_of_page

STORY = 14 * 1024
"""What fits into the first ten packets of a connection (RFC 6928): nothing is waited for twice."""
HOME = 30 * 1024
ANY = 34 * 1024
"""Search: the engine itself is most of it."""

_LOADED = re.compile(
    r'<(?:link rel="stylesheet"(?P<rest>[^>]*?)|script[^>]*?) (?:href|src)="(?P<url>[^"]+)"(?P<more>[^>]*)'
)
_IMPORT = re.compile(rb'^import\b[^;]*?["\'](\.[^"\']+)["\']', re.MULTILINE)


def loaded(page: contexts.Page, face: str) -> Iterator[tuple[str, bytes]]:
    """A page, and what it loads before it is done: sheets for the screen, scripts and what these import."""
    bundle = Bundle.load(THEMES, face)
    html = bundle.render(page)
    yield page.path, html
    asked = [
        "/assets/" + match["url"].partition("assets/")[2]
        for match in _LOADED.finditer(html.decode())
        if 'media="print"' not in match[0]
    ]
    assert asked, "a page loads a style sheet"
    seen = set()
    while asked:
        path = asked.pop()
        if path in seen:
            continue
        seen.add(path)
        data = brand(face, page) if path == "/assets/brand.css" else bundle.assets[path]
        yield path, data
        folder = path.rpartition("/")[0]
        asked += [f"{folder}/{name.decode().removeprefix('./')}" for name in _IMPORT.findall(data)]


@pytest.mark.parametrize("face", FACES)
def test_pages_are_light(face: str) -> None:
    weights = {}
    for name, each in every_kind_of_page().items():
        parts = {path: len(gzip.compress(data, 9)) for path, data in loaded(each.page, face)}
        assert each.page.template == "poster.html" or any(path.endswith(".js") for path in parts), name
        weights[name] = sum(parts.values())
    heavy = {
        name: weight
        for name, weight in weights.items()
        if weight > (STORY if name.startswith("story/") else HOME if name == "home" else ANY)
    }
    assert heavy == {}
    assert sum(name.startswith("story/") for name in weights) >= 5
