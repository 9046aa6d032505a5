"""Tree -> canonical Markdown, with as few escapes as its meaning allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from site_builder.body.normal import normalise, normalise_prose, runs
from site_builder.body.prose import read_prose
from site_builder.body.tree import (
    Anchor,
    Attachment,
    Block,
    Break,
    Chart,
    ContactCard,
    Emphasis,
    Figures,
    Gallery,
    Image,
    Item,
    List,
    Listing,
    Measures,
    Note,
    Paragraph,
    Plain,
    Prose,
    ProseBlock,
    Quote,
    Section,
    Span,
    Steps,
    Strong,
    Table,
)
from site_builder.front_matter import dump, plain

_LEADING = re.compile(r"^(?:(?=[-+*](?:\s|$)|#|>|/{3}|[-=]+\s*$|[|:\- ]+$)|\d+(?=\.(?:\s|$)))")
_RULE = re.compile(r"^([-_*]) {0,2}(?:\1 {0,2}){2,}$")


def write(body: Iterable[Block]) -> str:
    """Return the canonical Markdown of a body: it ends with one line end, and is "" if nothing is in it.

    `parse(write(body)) == normalise(body)`.
    """
    texts: list[str] = []
    plain_quote = False
    for block in normalise(body):
        fenced = isinstance(block, Quote) and plain_quote
        text = _block(block, fenced)
        plain_quote = text.startswith(">")
        texts.append(text)
    return "\n\n".join(texts) + "\n" if texts else ""


def write_prose(blocks: Iterable[ProseBlock]) -> str:
    """Return the canonical Markdown of running text, without a line end after it."""
    return _prose(normalise_prose(blocks))


# --- blocks ---------------------------------------------------------------------------------------


def _block(block: Block, fenced: bool) -> str:
    match block:
        case Prose(blocks):
            return _prose(blocks)
        case Section(heading, level, ""):
            return f"{'#' * level} {_line(heading)}"
        case Section(heading, level, anchor):
            return _fence("section", heading, {"anchor": anchor, "level": level if level != 2 else None})
        case Quote(blocks, "", "") if not fenced:
            return "\n".join(f"> {line}".rstrip() for line in _prose(blocks).split("\n"))
        case Quote(blocks, speaker, source):
            return _fence("quote", "", {"speaker": speaker, "source": source}, _prose(blocks))
        case Figures(figures, caption):
            return _fence("figures", "", {"caption": caption, "items": [plain(item) for item in figures]})
        case Image(picture):
            return _fence("image", "", plain(picture))
        case Gallery(pictures, caption):
            return _fence("gallery", "", {"caption": caption, "items": [plain(item) for item in pictures]})
        case Table(rows, caption, header):
            table = _table(rows)
            if header == "row" and not caption:
                return table
            return _fence("table", caption, {"header": header if header != "row" else None}, table)
        case Steps(steps, caption):
            return _fence("steps", "", {"caption": caption, "items": [plain(item) for item in steps]})
        case Measures(measures, caption):
            items = [
                _kept({"label": item.label, "slogan": item.slogan, "text": item.text, "link": item.link})
                for item in measures
            ]
            return _fence("measures", "", {"caption": caption, "items": items})
        case ContactCard(contact):
            return _fence("contact", "", plain(contact))
        case Attachment(media, title, note, accessible):
            options = {"media": media, "title": title, "note": note, "accessible": accessible}
            return _fence("attachment", "", options)
        case Note(blocks, label):
            return _fence("editor_note", label, {}, _prose(blocks))
        case Chart(chart):
            return _fence("chart", "", plain(chart))
        case Listing(listing):
            return _fence("listing", "", plain(listing))


def _kept(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, "", ())}


def _fence(kind: str, argument: str, options: Mapping[str, Any], content: str = "") -> str:
    lines = [f"/// {kind} | {argument}" if argument else f"/// {kind}"]
    lines += [f"    {line}" for line in dump(_kept(options), blank_lines=False).splitlines()]
    if content:
        lines.append(content)
    lines.append("///")
    return "\n".join(lines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(_line(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)


# --- running text ---------------------------------------------------------------------------------


def _prose(blocks: Iterable[ProseBlock]) -> str:
    return "\n\n".join(
        "\n".join(_list(block, "")) if isinstance(block, List) else _paragraph(block.spans)
        for block in blocks
    )


def _list(block: List, indent: str) -> Iterator[str]:
    loose = False
    for number, item in enumerate(block.items, 1):
        lines = list(_item(item, f"{number}." if block.ordered else "-", indent))
        if loose:
            yield ""
        yield from lines
        # After an empty line anywhere inside an item Python-Markdown needs another before the next one.
        loose = "" in lines


def _item(item: Item, marker: str, indent: str) -> Iterator[str]:
    first, *rest = _paragraph(item.spans).split("\n")
    yield f"{indent}{marker} {first}"
    deeper = indent + "    "
    yield from (f"{deeper}{line}" for line in rest)
    for at, inner in enumerate(item.lists):
        if at:
            yield ""
        yield from _list(inner, deeper)


def _paragraph(spans: tuple[Span, ...]) -> str:
    """One paragraph or item. What is written is read again: Python-Markdown has the last word on marks."""
    for style in _STYLES:
        text = style.paragraph(spans)
        if _reads_as(text, spans):
            return text
    raise AssertionError(f"no Markdown found for {spans!r}")


def _reads_as(text: str, spans: tuple[Span, ...]) -> bool:
    if len(spans) == 1 and isinstance(spans[0], Plain) and not _SPECIAL.search(text):
        return True
    return read_prose(text.split("\n"), 1) == (Paragraph(spans),)


_SPECIAL = re.compile(r"[\\*_\[!]")
_BRACKETS = re.compile(r"\][(:\[]")
_STAR = re.compile(r"(?<!\s)\*|\*(?!\s)")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])|_(?=_)|(?<=_)_")


@dataclass(frozen=True, slots=True)
class _Style:
    """A way of writing marks. The first one that Python-Markdown reads back as it was meant is taken."""

    strong: str = "**"
    emphasis: str = "*"
    escape_all: bool = False
    apart: str = ""
    """Stands where marks could meet; an empty link reads as nothing and keeps them apart."""

    def paragraph(self, spans: tuple[Span, ...]) -> str:
        brackets = self.escape_all or any(map(_has_anchor, spans)) or bool(_BRACKETS.search(_words(spans)))
        return _lead(self.spans(spans, brackets, False))

    def spans(self, spans: Sequence[Span], brackets: bool, in_link: bool) -> str:
        parts = []
        for at, span in enumerate(spans):
            following = spans[at + 1] if at + 1 < len(spans) else None
            parts.append(self.span(span, brackets, in_link, isinstance(following, Anchor)))
        return self.apart.join(parts)

    def marked(self, token: str, spans: Sequence[Span], brackets: bool, in_link: bool) -> str:
        return f"{token}{self.apart}{self.spans(spans, brackets, in_link)}{self.apart}{token}"

    def span(self, span: Span, brackets: bool, in_link: bool, before_anchor: bool) -> str:
        match span:
            case Plain(text):
                return self.plain(text, brackets, in_link, before_anchor)
            case Break():
                return "\\\n"
            case Strong(inner):
                return self.marked(self.strong, inner, brackets, in_link)
            case Emphasis(inner):
                return self.marked(self.emphasis, inner, brackets, in_link)
            case Anchor(href, inner):
                return f"[{self.spans(inner, brackets, True)}]({_href(href)})"

    def plain(self, text: str, brackets: bool, in_link: bool, before_anchor: bool) -> str:
        text = re.sub(r"([\\`])", r"\\\1", text)
        if self.escape_all:
            text = re.sub(r"([*_])", r"\\\1", text)
        else:
            text = _UNDERSCORE.sub(r"\\_", _STAR.sub(r"\\*", text))
        if brackets:
            text = text.replace("[", "\\[")
        if in_link:
            text = text.replace("]", "\\]")
        return f"{text[:-1]}\\!" if before_anchor and text.endswith("!") else text


_STYLES = (
    _Style(),
    _Style(emphasis="_"),
    _Style(strong="__"),
    _Style(escape_all=True),
    _Style(emphasis="_", escape_all=True),
    _Style(escape_all=True, apart="[](#)"),
)


def _has_anchor(span: Span) -> bool:
    match span:
        case Anchor():
            return True
        case Strong(inner) | Emphasis(inner):
            return any(map(_has_anchor, inner))
        case _:
            return False


def _words(spans: Iterable[Span]) -> str:
    return "".join(run.text or "" for run in runs(spans))


def _href(href: str) -> str:
    return f"<{href}>" if re.search(r"[()'\"]", href) else href


def _lead(text: str) -> str:
    """Escape what would make a line something else than text."""
    return "\n".join(map(_lead_line, text.split("\n")))


def _lead_line(line: str) -> str:
    match = _LEADING.match(line)
    if match:
        return f"{line[: match.end()]}\\{line[match.end() :]}"
    return f"\\{line}" if _RULE.match(line) else line


def _line(text: str) -> str:
    """A heading or a cell, which hold no marks."""
    style = _STYLES[0]
    return re.sub(r"^#|#$", r"\\#", style.plain(text, bool(_BRACKETS.search(text)), False, False))
