"""Wagtail's rich text <-> the prose of `site_builder.body`.

Wagtail stores rich text as HTML in a dialect of its own: `<a linktype="page" id="7">` for a link to a page,
`<a linktype="document" id="3">` for a file, `data-block-key` on every block. In `content/` the same links
are `record:<uuid>` and `media:<union>/<name>`, which hold when a page moves or another database is loaded.
A `Links` object knows both names of things; a link whose target it does not know keeps its address, so that
nothing is lost between `load` and `export`.

Only what the prose tree can say survives: paragraphs, bold, italics, links, line breaks, nested lists. Any
other element gives its text. The result is in the normal form of `site_builder.body`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from typing import Protocol
from uuid import UUID

from site_builder.body import (
    Anchor,
    Break,
    Emphasis,
    Item,
    List,
    Paragraph,
    Plain,
    ProseBlock,
    Span,
    Strong,
    normalise_prose,
)
from site_builder.records import check_link


class Links(Protocol):
    """The two names of a link's target. Each method returns None where it knows nothing of the target."""

    def page_of(self, record: UUID) -> int | None: ...

    def document_of(self, ref: str) -> int | None:
        """`ref` is `<union>/<name>`, without `media:`."""

    def record_of(self, page: int) -> UUID | None: ...

    def media_of(self, document: int) -> str | None: ...


class NoLinks:
    """For texts that know nothing of this database, or of which no link needs to be followed."""

    def page_of(self, record: UUID) -> int | None:
        return None

    def document_of(self, ref: str) -> int | None:
        return None

    def record_of(self, page: int) -> UUID | None:
        return None

    def media_of(self, document: int) -> str | None:
        return None


# --- prose -> HTML --------------------------------------------------------------------------------


def to_html(blocks: Sequence[ProseBlock], links: Links) -> str:
    """Rich text as Wagtail stores it, without block keys (Draft.js gives each block its own)."""
    return "".join(_block_html(block, links) for block in blocks)


def _block_html(block: ProseBlock, links: Links) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_spans_html(block.spans, links)}</p>"
    return _list_html(block, links)


def _list_html(block: List, links: Links) -> str:
    tag = "ol" if block.ordered else "ul"
    items = "".join(
        "".join(
            (
                "<li>",
                _spans_html(item.spans, links),
                *(_list_html(below, links) for below in item.lists),
                "</li>",
            )
        )
        for item in block.items
    )
    return f"<{tag}>{items}</{tag}>"


def _spans_html(spans: Sequence[Span], links: Links) -> str:
    return "".join(_span_html(span, links) for span in spans)


def _span_html(span: Span, links: Links) -> str:
    match span:
        case Plain(text):
            return escape(text, quote=False)
        case Strong(inner):
            return f"<b>{_spans_html(inner, links)}</b>"
        case Emphasis(inner):
            return f"<i>{_spans_html(inner, links)}</i>"
        case Anchor(href, inner):
            return f"<a {_target(href, links)}>{_spans_html(inner, links)}</a>"
        case Break():
            return "<br/>"


def _target(href: str, links: Links) -> str:
    if href.startswith("record:"):
        page = links.page_of(UUID(href.removeprefix("record:")))
        if page is not None:
            return f'linktype="page" id="{page}"'
    elif href.startswith("media:"):
        document = links.document_of(href.removeprefix("media:"))
        if document is not None:
            return f'linktype="document" id="{document}"'
    return f'href="{escape(href)}"'


# --- HTML -> prose --------------------------------------------------------------------------------


def from_html(html: str, links: Links) -> tuple[ProseBlock, ...]:
    """The prose tree of a piece of Wagtail's rich text. Never fails: what it cannot say gives its text."""
    reader = _Reader(links)
    reader.feed(html)
    reader.close()
    return reader.finish()


_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "pre", "hr", "td", "th"})
_STYLES = {"b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "a": "anchor"}
_UNSEEN = frozenset({"script", "style"})


@dataclass
class _Frame:
    """An inline element that is still open, or a block's own line of text (style "")."""

    style: str = ""
    tag: str = ""
    href: str = ""
    spans: list[Span] = field(default_factory=list)


@dataclass
class _OpenList:
    ordered: bool
    items: list[Item] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, links: Links) -> None:
        super().__init__(convert_charrefs=True)
        self.links = links
        self.blocks: list[ProseBlock] = []
        self.line: list[_Frame] = [_Frame()]
        self.lists: list[_OpenList] = []
        self.unseen = 0

    # HTMLParser calls these

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _STYLES:
            self.line.append(_Frame(_STYLES[tag], tag, self._href(dict(attrs)) if tag == "a" else ""))
        elif tag == "br":
            self.line[-1].spans.append(Break())
        elif tag in ("ul", "ol"):
            self._end_line()
            self.lists.append(_OpenList(tag == "ol"))
        elif tag == "li" or tag in _BLOCKS:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in _STYLES:
            self._close_style(tag)
        elif tag in ("ul", "ol"):
            self._end_line()
            self._close_list()
        elif tag == "li" or tag in _BLOCKS:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.line[-1].spans.append(Plain(data))

    def finish(self) -> tuple[ProseBlock, ...]:
        self._end_line()
        while self.lists:
            self._close_list()
        return normalise_prose(self.blocks)

    # building the tree

    def _href(self, attrs: dict[str, str | None]) -> str:
        """The link in content's words; "" where content may not carry it."""
        identity = attrs.get("id") or ""
        if attrs.get("linktype") == "page" and identity.isdigit():
            record = self.links.record_of(int(identity))
            return "" if record is None else f"record:{record}"
        if attrs.get("linktype") == "document" and identity.isdigit():
            ref = self.links.media_of(int(identity))
            return "" if ref is None else f"media:{ref}"
        href = (attrs.get("href") or "").strip()
        try:
            return check_link(href) if href else ""
        except ValueError:
            return ""

    def _close_style(self, tag: str) -> None:
        """Close the nearest open `tag`, and whatever was left open inside it."""
        if all(frame.tag != tag for frame in self.line[1:]):
            return
        while True:
            frame = self.line.pop()
            self.line[-1].spans.append(_wrap(frame))
            if frame.tag == tag:
                return

    def _end_line(self) -> None:
        while len(self.line) > 1:
            frame = self.line.pop()
            self.line[-1].spans.append(_wrap(frame))
        spans = tuple(self.line.pop().spans)
        self.line = [_Frame()]
        if not spans:
            return
        if self.lists:
            self.lists[-1].items.append(Item(spans))
        else:
            self.blocks.append(Paragraph(spans))

    def _close_list(self) -> None:
        if not self.lists:
            return
        closed = self.lists.pop()
        if not closed.items:
            return
        block = List(closed.ordered, tuple(closed.items))
        if not self.lists:
            self.blocks.append(block)
        elif self.lists[-1].items:
            owner = self.lists[-1].items[-1]
            self.lists[-1].items[-1] = replace(owner, lists=(*owner.lists, block))
        else:
            self.lists[-1].items.append(Item((), (block,)))


def _wrap(frame: _Frame) -> Span:
    spans = tuple(frame.spans)
    if frame.style == "strong":
        return Strong(spans)
    if frame.style == "emphasis":
        return Emphasis(spans)
    return Anchor(frame.href, spans)
