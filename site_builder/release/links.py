"""Do the links of a site lead somewhere? Every `href`, `src` and the like of every page is followed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from html import unescape
from urllib.parse import quote, unquote, urlsplit

from site_builder.halves import Half, Rendered

# A start tag as the HTML standard's tokenizer takes one (13.2.5): up to the first ">" outside quotes.
_SKIPPED = re.compile(r"<!--.*?-->|<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"""<[a-zA-Z][^>"'=]*+(?=[="'])[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+>""")
"""One that has an attribute with a value: no other has a link, and none can be pointed at."""
_WHOLE = re.compile(r"""<[a-zA-Z/!][^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+>""")
_MARKS = re.compile("<!--|-->|</?(?:script|style)", re.IGNORECASE)
_OPEN = re.compile("[<>=]")
"""What text that is no tag does not have, or seldom."""
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

    @property
    def anchors(self) -> str:
        """A hash of what can be pointed at."""
        return _digest_of(self.ids)

    @property
    def whole(self) -> Outline:
        return self


def outline(html: bytes) -> Outline:
    """Read a page; what stands in scripts, styles and comments is no link."""
    text = html.decode()
    if "<script" in text or "<style" in text or "<!--" in text:
        text = _SKIPPED.sub(_start_tag, text)
    links: dict[str, None] = {}
    ids: set[str] = set()
    for tag in dict.fromkeys(_TAG.findall(text)):
        seen = _tag(tag)
        if seen.links:
            links.update(dict.fromkeys(seen.links))
        if seen.ids:
            ids |= seen.ids
    links.pop("", None)
    return Outline(tuple(links), frozenset(ids))


@lru_cache(maxsize=8192)
def _tag(tag: str) -> Outline:
    """The same of one start tag: the pages of a site are made of some hundred again and again."""
    links: list[str] = []
    ids: list[str] = []
    for name, quoted in _ATTRIBUTE.findall(tag):
        value = _value(quoted)
        match name.lower():
            case "id":
                ids.append(value)
            case "srcset":
                links += (part.split()[0] for part in value.split(",") if part.split())
            case _:
                links.append(value)
    if "name" in tag.lower():
        ids += map(_value, _NAME.findall(tag))
    links += (_value(quoted).partition("url=")[2] for quoted in _REFRESH.findall(tag))
    return Outline(tuple(links), frozenset(ids))


def anchors(html: bytes) -> set[str]:
    """What a page has that can be pointed at, and perhaps more: what looks like it in its text counts too."""
    return {_value(quoted) for pair in _ANCHOR.findall(html.decode()) for quoted in pair if quoted}


@lru_cache(maxsize=1024)
def _digest_of(ids: frozenset[str]) -> str:
    return blake2b("\n".join(sorted(ids)).encode(), digest_size=8).hexdigest()


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
        seen = outlines[page]
        for link in doubtful(page, seen, files, base_url).links if seen.links else ():
            why = _trouble(page, link, outlines, files, base_url)
            if why:
                found.append(BrokenLink(page, link, why))
    return found


def naming(files: Iterable[str], pages: Iterable[str], read: Callable[[str], bytes]) -> set[str]:
    """Those of `pages` that may have a link to one of `files`: somewhere in them stands its address.

    A link says all of the way from the site's root, whatever it begins with; so a page without these
    characters has none. Many files are not looked for, nor is the front page, which every page names somehow:
    then it may be any page. `read` gives a page's bytes.
    """
    addresses = sorted({file.removesuffix("index.html").rstrip("/") for file in files})
    # What lies below another is found with it.
    tops: list[str] = []
    for address in addresses:
        if not tops or not address.startswith(tops[-1]):
            tops.append(address)
    if "" in tops or len(tops) > _MANY:
        return set(pages)
    written = {form.encode() for top in tops for form in (top, quote(top))}
    found = re.compile(b"|".join(map(re.escape, sorted(written)))).search
    return {page for page in pages if found(read(page))}


_MANY = 200


def doubtful(page: str, seen: Outline, files: Collection[str], base_url: str) -> Outline:
    """The outline of a page without the links that lead out of the site, or to one of `files` and no place
    in it: what is left has to be taken apart. `files` may be fewer than there are."""
    return Outline(tuple(_doubtful(seen.links, page, seen.ids, files, base_url)), seen.ids)


class Doubts:
    """The same of the pages of one site as they are rendered: halves that are those of many pages are looked
    at once."""

    def __init__(self, files: Collection[str], base_url: str) -> None:
        self._files, self._base_url = files, base_url
        self._shells: dict[tuple[int, str], tuple[Half, _Half, tuple[str, ...]]] = {}
        """By which object a shell is and the way to the root: its links that lead out of the page."""

    def since(self, path: str, page: Rendered, before: bytes, anchors: str) -> Outline | Differing:
        """The same, of a page whose forerunner is known and had no link that leads nowhere.

        `anchors`: a hash of what could be pointed at in it. Where nothing of that came or went, what stands
        in both is not looked at again: as long as no file and no place goes, its links lead where they led.
        """
        old, new = _differing(before, page.data)
        links = _links_apart(new) if _links_apart(old) is not None else None
        if links is None:
            return self.of(path, page)
        left = _doubtful(links, path, frozenset(), self._files, self._base_url)
        return Differing(tuple(left), anchors, page.data)

    def of(self, path: str, page: Rendered) -> Outline:
        files, base_url = self._files, self._base_url
        if not page.halves:
            return doubtful(path, outline(page.data), files, base_url)
        shell, main = page.halves
        root = _root(path)
        known = self._shells.get((id(shell), root))
        if known is None:
            around = _half(shell, root)
            known = shell, around, tuple(_away(around, path, files, base_url))
            self._shells[id(shell), root] = known
        _, around, left = known
        inside = (_read if page.own else _half)(main, root)
        ids = _both(around.seen.ids, inside.seen.ids)
        here = (*around.places, *inside.places, *page.links)
        links = dict.fromkeys((*left, *_away(inside, path, files, base_url)))
        links.update(dict.fromkeys(_doubtful(here, path, ids, files, base_url)))
        return Outline(tuple(links), ids)


@dataclass(frozen=True)
class Differing:
    """What of a page's outline is new in it."""

    links: tuple[str, ...]
    anchors: str
    _data: bytes

    @cached_property
    def whole(self) -> Outline:
        return outline(self._data)

    @property
    def ids(self) -> frozenset[str]:
        return self.whole.ids


def _differing(before: bytes, after: bytes) -> tuple[str, str]:
    """The lines of two texts between what they begin and what they end with alike."""
    most = min(len(before), len(after))
    start = _alike(lambda least, up_to: before[least:up_to] == after[least:up_to], most)
    start = before.rfind(b"\n", 0, start) + 1
    one, other = len(before), len(after)
    end = _alike(
        lambda least, up_to: before[one - up_to : one - least] == after[other - up_to : other - least],
        most - start,
    )
    line = before.find(b"\n", one - end)
    end = one - line if line >= 0 else 0
    return before[start : one - end].decode(), after[start : other - end].decode()


_STEP = 4096


def _alike(same: Callable[[int, int], bool], most: int) -> int:
    """How many bytes, up to `most`, two texts have alike, where `same` compares them from one to another."""
    least = 0
    while least < most and same(least, min(least + _STEP, most)):
        least = min(least + _STEP, most)
    most = min(most, least + _STEP)
    while least < most:
        middle = (least + most + 1) // 2
        if same(least, middle):
            least = middle
        else:
            most = middle - 1
    return least


def _links_apart(lines: str) -> tuple[str, ...] | None:
    """The links in some lines of a page, if these can be read without those around them: no tag, script or
    comment begins or ends within them that does not lie in them wholly. None too if one can point at them, or
    they point at a place on their own page."""
    rest = _SKIPPED.sub("", lines)
    if _MARKS.search(rest) or _OPEN.search(_WHOLE.sub("", rest)):
        return None
    seen = outline(lines.encode())
    return None if seen.ids or any(link[0] == "#" for link in seen.links) else seen.links


@dataclass(frozen=True, slots=True)
class _Half:
    seen: Outline
    files: tuple[tuple[str, str], ...]
    """The links that need not be taken apart, and where they lead."""
    places: tuple[str, ...]
    """The links to a place on the page itself."""
    others: tuple[str, ...]


def _read(half: Half, root: str) -> _Half:
    seen = outline(b"".join([piece for piece in half if isinstance(piece, bytes)]))
    files: list[tuple[str, str]] = []
    places: list[str] = []
    others: list[str] = []
    for link in seen.links:
        if link[0] == "#":
            places.append(link)
        elif (file := _file_of(link, root)) is not None:
            files.append((link, file))
        else:
            others.append(link)
    return _Half(seen, tuple(files), tuple(places), tuple(others))


_half = lru_cache(maxsize=4096)(_read)


def _away(half: _Half, page: str, files: Collection[str], base_url: str) -> Iterator[str]:
    """Of the links of a half that lead out of the page those that have to be taken apart."""
    left = [link for link, file in half.files if file not in files]
    return _doubtful((*left, *half.others), page, frozenset(), files, base_url)


@lru_cache(maxsize=1024)
def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The same object for pages of the same parts."""
    return one | other


def _doubtful(
    links: Iterable[str], page: str, ids: frozenset[str], files: Collection[str], base_url: str
) -> Iterator[str]:
    root, absolute = _root(page), f"{base_url}/"
    for link in links:
        if link[0] == "#":
            if link[1:] in ids:
                continue
        elif link.startswith("https://"):
            if not link.startswith(base_url) or _file_of(link, absolute) in files:
                continue
        elif _file_of(link, root) in files:
            continue
        yield link


def _root(page: str) -> str:
    return "../" * page.count("/")


def _file_of(link: str, start: str) -> str | None:
    """Where a link leads that is the way to the root and then a plain path, as nearly all are."""
    if not link.startswith(start):
        return None
    rest = link[len(start) :]
    return None if "#" in rest or "%" in rest or "?" in rest else _leads_to(rest)


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
