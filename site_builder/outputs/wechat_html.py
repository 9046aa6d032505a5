"""HTML that survives WeChat's editor: styles inlined, no classes, no scripts, links as numbered notes.

WeChat drops style sheets, classes, ids and scripts, follows no link out of itself and shows no picture
from elsewhere. So every style goes into its element, a link becomes its words with a number, and addresses
stand at the end, where they can be copied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import css_inline

_RENAMED = {
    "figure": "section", "figcaption": "p", "cite": "span", "time": "span", "article": "section",
    "header": "section", "footer": "section", "aside": "section", "div": "section", "mark": "strong",
    "dl": "section", "dt": "p", "dd": "p", "thead": "", "tbody": "",
}  # fmt: skip
_ALLOWED = frozenset(
    {
        "section", "p", "span", "strong", "b", "em", "h2", "h3", "h4", "ul", "ol", "li", "blockquote",
        "table", "tr", "th", "td", "caption", "img", "br", "hr", "sup", "sub",
    }
)  # fmt: skip
_VOID = frozenset({"img", "br", "hr"})
_KEPT = {"img": ("src", "alt"), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "ol": ("start",)}
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object"})
_INSIDE = "mp.weixin.qq.com"
_NOTES = "data-notes"


@dataclass(frozen=True, slots=True)
class Note:
    """A link of the text: `number` stands behind its words, `address` at the end."""

    number: int
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    html: str
    notes: tuple[Note, ...]


def clean(html: str, css: str, address: str, picture: Callable[[str], str | None]) -> Cleaned:
    """`html` with `css` inlined; `address` is the page's, from which its links lead.

    `picture` gives the place in the edition of a picture by its address on the page; None leaves it out.
    """
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    parser = _Cleaner(address, picture, notes_style=_style_of(inliner, css, "notes"))
    parser.feed(inliner.inline_fragment(html, css))
    parser.close()
    return Cleaned(parser.text(), tuple(parser.notes))


def _style_of(inliner: css_inline.CSSInliner, css: str, name: str) -> str:
    """The declarations that a class alone gives."""
    made = inliner.inline_fragment(f'<p class="{name}"></p>', css)
    return made.partition('style="')[2].partition('"')[0]


@dataclass(slots=True)
class _Link:
    address: str
    words: list[str] = field(default_factory=list)


class _Cleaner(HTMLParser):
    def __init__(self, address: str, picture: Callable[[str], str | None], notes_style: str) -> None:
        super().__init__(convert_charrefs=True)
        self.notes: list[Note] = []
        self._address = address
        self._picture = picture
        self._notes_style = notes_style
        self._out: list[str] = []
        self._open: list[str] = []
        self._links: list[_Link | None] = []
        self._silent = 0
        self._notes_at: int | None = None

    def text(self) -> str:
        if self.notes and self._notes_at is not None:
            self._out[self._notes_at] = self._notes()
        return "".join(self._out).strip() + "\n"

    # --- as HTMLParser calls it ---

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SILENT or self._silent:
            self._silent += tag not in _VOID
            return
        if _NOTES in given:
            self._notes_at = len(self._out)
            self._out.append("")
            self._open.append("")  # a place alone: WeChat drops an empty section
            return
        if tag == "a":
            self._begin_link(given.get("href") or "")
            return
        name = _RENAMED.get(tag, tag)
        if name not in _ALLOWED:
            self._open.append("")
            return
        if name == "img":
            self._image(given)
            return
        self._out.append(_tag(name, given))
        if name not in _VOID:
            self._open.append(name)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._silent -= 1
        elif tag == "a":
            self._end_link()
        elif tag not in _VOID and self._open:
            name = self._open.pop()
            if name:
                self._out.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        for link in self._links:
            if link:
                link.words.append(data)
        if data.strip():
            self._out.append(escape(data, quote=False))
        elif "\n" not in data:  # between two words, and not between two lines of a template
            self._out.append(" ")

    # --- links and pictures ---

    def _begin_link(self, href: str) -> None:
        address = urljoin(self._address, href)
        parts = urlsplit(address)
        outside = parts.scheme in ("http", "https") and not (href.startswith("#") or not href)
        if outside and parts.netloc == _INSIDE:
            self._out.append(f'<a href="{escape(address)}">')
        self._links.append(_Link(address) if outside else None)

    def _end_link(self) -> None:
        link = self._links.pop() if self._links else None
        if link is None:
            return
        if urlsplit(link.address).netloc == _INSIDE:
            self._out.append("</a>")
            return
        words = "".join(link.words).strip()
        if words == link.address:  # it says where it leads itself
            return
        known = next((note for note in self.notes if note.address == link.address), None)
        if known is None:
            known = Note(len(self.notes) + 1, words, link.address)
            self.notes.append(known)
        self._out.append(f"<sup>[{known.number}]</sup>")

    def _image(self, given: dict[str, str | None]) -> None:
        place = self._picture(given.get("src") or "")
        if place is not None:
            self._out.append(_tag("img", {**given, "src": place}))

    def _notes(self) -> str:
        lines = "".join(
            f"<p>[{note.number}] {escape(note.words, quote=False)}：{escape(note.address, quote=False)}</p>"
            for note in self.notes
        )
        style = f' style="{_short(self._notes_style)}"' if self._notes_style else ""
        return f"<section{style}>{lines}</section>"


def _tag(name: str, given: dict[str, str | None]) -> str:
    style = _short(given.get("style") or "")
    kept = [(key, given[key] or "") for key in _KEPT.get(name, ()) if key in given]
    if style:
        kept.append(("style", style))
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in kept)
    return f"<{name}{attributes}>"


def _short(style: str) -> str:
    """Declarations without what is not needed, as every character counts, and without pictures."""
    pairs = (part.partition(":") for part in style.split(";") if part.strip() and "url(" not in part)
    return ";".join(f"{name.strip()}:{value.strip()}" for name, _, value in pairs)
