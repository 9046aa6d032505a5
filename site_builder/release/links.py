"""Do the links of a site lead somewhere? Every `href`, `src` and the like of every page is followed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

LINK_ATTRIBUTES = frozenset({"href", "src", "action", "poster", "data"})


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a page matters to links: where it points, and what can be pointed at."""

    links: tuple[str, ...]
    ids: frozenset[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value)
            elif name in LINK_ATTRIBUTES:
                self.links.append(value)
            elif name == "srcset":
                self.links.extend(part.split()[0] for part in value.split(",") if part.split())
            elif name == "content" and tag == "meta" and ("http-equiv", "refresh") in attrs:
                self.links.extend(value.partition("url=")[2:])


@lru_cache(maxsize=4096)
def outline(html: bytes) -> Outline:
    """Read a page; the same bytes on many sites are read once per process."""
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    return Outline(tuple(dict.fromkeys(reader.links)), frozenset(reader.ids))


@dataclass(frozen=True, slots=True)
class BrokenLink:
    page: str
    link: str
    why: str


def broken(outlines: Mapping[str, Outline], files: Iterable[str], base_url: str) -> list[BrokenLink]:
    """The internal links that lead nowhere. `outlines` by path of the page (`news/index.html`).

    Internal are relative links and absolute ones below `base_url`; a link from the host's root (`/x/`)
    counts as broken, since it would leave a site that lies under a sub-path.
    """
    known = frozenset(files)
    found = []
    for page, page_outline in sorted(outlines.items()):
        for link in page_outline.links:
            why = _trouble(page, link, outlines, known, base_url)
            if why:
                found.append(BrokenLink(page, link, why))
    return found


def _trouble(
    page: str, link: str, outlines: Mapping[str, Outline], known: frozenset[str], base_url: str
) -> str | None:
    try:
        parts = urlsplit(link)
    except ValueError:
        return "is no address"
    if parts.scheme or parts.netloc:
        if link != base_url and not link.startswith((f"{base_url}/", f"{base_url}#", f"{base_url}?")):
            return None
        path = parts.path[len(urlsplit(base_url).path) :].lstrip("/")
    elif parts.path.startswith("/"):
        return "starts at the host's root and would leave a site under a sub-path"
    elif not parts.path:
        path = page
    else:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path))
        if path.startswith(".."):
            return "leads out of the site"
        path = "" if path == "." else path + ("/" if parts.path.endswith(("/", "/.", "/..")) else "")
        if parts.path in (".", ".."):
            path = f"{path}/" if path else ""
    path = unquote(path)
    target = f"{path}index.html" if path == "" or path.endswith("/") else path
    if target not in known:
        return "leads to nothing on this site"
    if parts.fragment and target in outlines and unquote(parts.fragment) not in outlines[target].ids:
        return f"there is no #{parts.fragment} on that page"
    return None
