"""Tree -> canonical Markdown, with as few escapes as its meaning allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from site_builder.body.normal import normalise, normalise_prose
from site_builder.body.tree import (
    Anchor,
    Attachment,
    Block,
    Break,
    ContactCard,
    Emphasis,
    Figures,
    Gallery,
    Image,
    Item,
    List,
    Measures,
    Note,
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
_ALWAYS = re.compile(r"[\\`]")


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
        case Attachment(media, title, note):
            return _fence("attachment", "", {"media": media, "title": title, "note": note})
        case Note(blocks, label):
            return _fence("editor_note", label, {}, _prose(blocks))


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
    for number, item in enumerate(block.items, 1):
        if number > 1 and len(block.items[number - 2].lists) > 1:
            # After an empty line inside an item Python-Markdown needs another before the next one.
            yield ""
        yield from _item(item, f"{number}." if block.ordered else "-", indent)


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
    return _lead(_spans(spans))


def _lead(text: str) -> str:
    """Escape what would make a line something else than text."""
    return "\n".join(map(_lead_line, text.split("\n")))


def _lead_line(line: str) -> str:
    match = _LEADING.match(line)
    if match:
        return f"{line[: match.end()]}\\{line[match.end() :]}"
    return f"\\{line}" if _RULE.match(line) else line


def _spans(spans: Iterable[Span], in_link: bool = False) -> str:
    return "".join(_span(span, in_link) for span in spans)


def _span(span: Span, in_link: bool) -> str:
    match span:
        case Plain(text):
            return _escape(text)
        case Break():
            return "\\\n"
        case Strong(inner):
            return f"**{_spans(inner, in_link)}**"
        case Emphasis(inner):
            return f"*{_spans(inner, in_link)}*"
        case Anchor(href, inner):
            return f"[{_spans(inner, True)}]({_href(href)})"


def _href(href: str) -> str:
    return f"<{href}>" if re.search(r"[()'\"]", href) else href


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]])", r"\\\1", text)


def _line(text: str) -> str:
    """A heading or a cell."""
    return re.sub(r"^#|#$", r"\\#", _escape(text))
