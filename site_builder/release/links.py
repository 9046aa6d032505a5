"""Do the links of a site lead somewhere? Every `href`, `src` and the like of every page is followed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from html import unescape
from urllib.parse import unquote, urlsplit

from site_builder.halves import Half, Rendered

# A start tag as the HTML standard's tokenizer takes one (13.2.5): up to the first ">" outside quotes.
_SKIPPED = re.compile(r"<!--.*?-->|<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"""<[a-zA-Z][^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_ATTRIBUTE = re.compile(
    r"""[\s"'/](href|src|action|poster|data|id|srcset)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_NAME = re.compile(r"""<a\s[^>]*?\bname\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_ANCHOR = re.compile(rf"""[\s"'/]id\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)|{_NAME.pattern}""", re.IGNORECASE)
_REFRESH = re.compile(
    r"""<meta\s[^>]*?\brefresh\b[^>]*?\bcontent\s*=\s*("[^"]*url=[^"]*"|'[^']*url=[^']*')""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a page matters to links: where it points, and what can be pointed at."""

    links: tuple[str, ...]
    ids: frozenset[str]


def outline(html: bytes) -> Outline:
    """Read a page; what stands in scripts, styles and comments is no link."""
    text = html.decode()
    links: dict[str, None] = {}
    ids: set[str] = set()
    if "<script" in text or "<style" in text or "<!--" in text:
        text = _SKIPPED.sub(_start_tag, text)
    found = [tag for tag in _TAG.findall(text) if "=" in tag]
    tags = "".join(found)
    for name, quoted in _ATTRIBUTE.findall(tags):
        value = _value(quoted)
        name = name.lower()
        if name == "id":
            ids.add(value)
        elif name == "srcset":
            links.update(dict.fromkeys(part.split()[0] for part in value.split(",") if part.split()))
        else:
            links[value] = None
    anchors = "".join(tag for tag in found if tag[1] in "aA" and "name" in tag.lower())
    ids.update(map(_value, _NAME.findall(anchors)))
    links.update((_value(quoted).partition("url=")[2], None) for quoted in _REFRESH.findall(tags))
    links.pop("", None)
    return Outline(tuple(links), frozenset(ids))


def outline_of(page: Rendered) -> Outline:
    """The same of a page just rendered: its halves, which are those of many pages, are read once."""
    if not page.halves:
        return outline(page.data)
    shell, main = page.halves
    parts = (_outline(shell), _read(main) if page.own else _outline(main))
    links = dict.fromkeys(link for part in parts for link in part.links)
    links.update(dict.fromkeys(page.links))
    return Outline(tuple(links), frozenset().union(*(part.ids for part in parts)))


def anchors(html: bytes) -> set[str]:
    """What a page has that can be pointed at, and perhaps more: what looks like it in its text counts too."""
    return {_value(quoted) for pair in _ANCHOR.findall(html.decode()) for quoted in pair if quoted}


def digest_of(ids: Iterable[str]) -> str:
    """A hash of what a page has that can be pointed at."""
    return blake2b("\n".join(sorted(ids)).encode(), digest_size=8).hexdigest()


def _read(half: Half) -> Outline:
    return outline(b"".join(piece for piece in half if isinstance(piece, bytes)))


_outline = lru_cache(maxsize=4096)(_read)


def _value(quoted: str) -> str:
    value = quoted[1:-1] if quoted[0] in "\"'" else quoted
    return unescape(value) if "&" in value else value


def _start_tag(match: re.Match[str]) -> str:
    """A script keeps its own address; what it says is not read."""
    return "" if match[1] is None else match[0][: match[0].index(">") + 1]


@dataclass(frozen=True, slots=True)
class BrokenLink:
    page: str
    link: str
    why: str


def broken(
    outlines: Mapping[str, Outline],
    files: Collection[str],
    base_url: str,
    *,
    pages: Iterable[str] | None = None,
) -> list[BrokenLink]:
    """The internal links that lead nowhere. `outlines` by path of the page (`news/index.html`).

    `pages`: only the links of these; the outlines of others tell what they can point at.

    Internal are relative links and absolute ones below `base_url`; a link from the host's root (`/x/`)
    counts as broken, since it would leave a site that lies under a sub-path.
    """
    found = []
    for page in sorted(outlines if pages is None else pages):
        for link in doubtful(page, outlines[page], files, base_url).links:
            why = _trouble(page, link, outlines, files, base_url)
            if why:
                found.append(BrokenLink(page, link, why))
    return found


def doubtful(page: str, seen: Outline, files: Collection[str], base_url: str) -> Outline:
    """The outline of a page without the links that lead out of the site, or to one of `files` and no place
    in it: what is left has to be taken apart. `files` may be fewer than there are."""
    absolute = f"{base_url}/"
    # Nearly all links are the way to the root and then a path: those need not be taken apart.
    root = "../" * page.count("/")
    plain = len(root)
    left = []
    for link in seen.links:
        rest = link[plain:] if link.startswith(root) else None
        if not rest and link.startswith(absolute):
            rest = link[len(absolute) :]
        if rest is not None and "%" not in rest and _leads_to(rest) in files:
            continue
        if link[0] == "#" and link[1:] in seen.ids:
            continue
        if link.startswith("https://") and not link.startswith(base_url):
            continue
        left.append(link)
    return Outline(tuple(left), seen.ids)


def _leads_to(path: str) -> str:
    return f"{path}index.html" if not path or path[-1] == "/" else path


def _trouble(
    page: str, link: str, outlines: Mapping[str, Outline], known: Collection[str], base_url: str
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
    target = _leads_to(path)
    if target not in known:
        return "leads to nothing on this site"
    if parts.fragment and target in outlines and unquote(parts.fragment) not in outlines[target].ids:
        return f"there is no #{parts.fragment} on that page"
    return None
