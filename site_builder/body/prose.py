"""Running text: Python-Markdown up to its element tree, then our own.

Python-Markdown decides what a paragraph, a list, a link or strong text is, so that its other users read
our files as we do. What the dialect does not have is taken out of it: raw HTML, entities, automatic and
reference links, code, and everything that the splitter has already dealt with.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import OListProcessor, UListProcessor
from markdown.inlinepatterns import LinkInlineProcessor
from pymdownx.escapeall import ESCAPE_NO_NL_RE, EscapeAllPattern

from site_builder.body.normal import normalise_link, normalise_prose, normalise_words
from site_builder.body.problems import problem
from site_builder.body.tree import (
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
)
from site_builder.records import check_link

MAX_LEVELS = 12
"""Of a list: whoever shows a text goes down into its lists, and must never run out of stack."""
MAX_BRACKETS = 2_000
"""In one paragraph. Python-Markdown looks for the end of every bracket: its time grows with their square."""

_MARKER = re.compile(r"^( *)(\d+\.|[*+-]) +")
_UNESCAPE = re.compile("\x02(\\d+)\x03")
_MARKS = re.compile(r"[*_\[\]\\`<>&!\x00-\x08\x0b-\x1f\x85\u2028\u2029]")
"""What text has that may be more than words, wherever it stands."""


class _Escape(EscapeAllPattern):  # type: ignore[misc]
    """Escape `<`, `>` and `&` like any other character: no HTML is made here."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:
        return f"\x02{ord(m.group(1))}\x03", m.start(0), m.end(0)


class _Link(LinkInlineProcessor):
    """Look for a link only where one can end."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        if data.find("](", m.end(0)) < 0:
            return None, None, None
        return super().handleMatch(m, data)


class _Ordered(OListProcessor):
    """A list of the other kind, after an empty line, is a list of its own (as with `sane_lists`)."""

    SIBLING_TAGS = ["ol"]


class _Unordered(UListProcessor):
    SIBLING_TAGS = ["ul"]


def _markdown() -> Markdown:
    md = Markdown(
        extensions=["pymdownx.escapeall"],
        extension_configs={"pymdownx.escapeall": {"hardbreak": True}},
    )
    md.preprocessors.deregister("html_block")
    for name in ("code", "hashheader", "setextheader", "hr", "quote", "reference"):
        md.parser.blockprocessors.deregister(name)
    for name in (
        "backtick", "reference", "image_reference", "short_reference", "short_image_ref", "autolink",
        "automail", "html", "entity",
    ):  # fmt: skip
        md.inlinePatterns.deregister(name)
    parser: BlockParser = md.parser
    parser.blockprocessors.register(_Ordered(parser), "olist", 40)
    parser.blockprocessors.register(_Unordered(parser), "ulist", 30)
    md.inlinePatterns.register(_Link(r"(?<!\!)\[", md), "link", 160)
    md.inlinePatterns.register(_Escape(ESCAPE_NO_NL_RE, False, md), "escape", 180)
    md.treeprocessors.deregister("prettify")
    return md


class _Parser(threading.local):
    """One Markdown instance a thread: it keeps state while it works."""

    def __init__(self) -> None:
        self.md = _markdown()

    def tree(self, text: str) -> Element:
        """Read paragraphs and lists. Raises RecursionError."""
        with self.clean():
            lines = text.split("\n")
            for preprocessor in self.md.preprocessors:
                lines = preprocessor.run(lines)
            root = cast("Element", self.md.parser.parseDocument(lines).getroot())
            return self.finished(root)

    def line(self, text: str) -> Element:
        """Read what stands inside one line. Raises RecursionError."""
        root = Element("div")
        SubElement(root, "p").text = text
        with self.clean():
            return self.finished(root)

    def finished(self, root: Element) -> Element:
        for treeprocessor in self.md.treeprocessors:
            changed = treeprocessor.run(root)
            root = root if changed is None else changed
        return root

    @contextmanager
    def clean(self) -> Iterator[None]:
        """An error leaves Python-Markdown in the middle of its work, and `reset` does not mend that."""
        self.md.reset()
        if self.md.delimiters is not None:
            self.md.delimiters.reset()
        try:
            yield
        except BaseException:
            self.md = _markdown()
            raise


_PARSER = _Parser()


def read_prose(lines: list[str], first: int) -> tuple[ProseBlock, ...]:
    """Read `lines`, of which the first stands on line `first` of the body. Raises BodyError."""
    text = "\n".join(lines)
    if _MARKS.search(text) or any(map(_leads_or_breaks, lines)):
        return read_marked(lines, first)
    # Most of a newspaper is nothing but words: in a tenth of the time.
    return normalise_words(text)


def _leads_or_breaks(line: str) -> bool:
    """Whether a line may be more than words by how it begins or ends: an item of a list, a break."""
    return bool(line) and (line[0] in " +-" or line[0].isdigit() or line[-1] in " \t")


def read_marked(lines: list[str], first: int) -> tuple[ProseBlock, ...]:
    """`read_prose` for any text, by way of Python-Markdown."""
    _check_lists(lines, first)
    chunks = _chunks(lines, first)
    for chunk, line in chunks:
        if sum(text.count("[") for text in chunk) > MAX_BRACKETS:
            raise problem(
                "body-brackets", line, "This paragraph has too many square brackets", "Break it up."
            )
    try:
        return normalise_prose(_blocks(_PARSER.tree("\n".join(lines)), _Place(lines, first)))
    except RecursionError as error:
        raise problem(
            "body-depth",
            first,
            "This text is nested too deeply",
            f"A list has {MAX_LEVELS} levels at most; marks nest but a few.",
        ) from error


def read_line(text: str, line: int, what: str) -> str:
    """Read one line of text that carries no links and no marks: a heading, a cell."""
    return text if _MARKS.search(text) is None else read_marked_line(text, line, what)


def read_marked_line(text: str, line: int, what: str) -> str:
    """`read_line` for any text, by way of Python-Markdown."""
    try:
        root = _PARSER.line(text)
    except RecursionError as error:
        raise problem("body-depth", line, f"{what} is nested too deeply", "Use fewer marks.") from error
    for element in root.iter():
        if element.tag in ("a", "img"):
            raise problem(
                "body-link-in-line",
                line,
                f"{what} cannot hold a link or a picture",
                "Put it into the text; write \\[ for a bracket that is meant as such.",
            )
    return _UNESCAPE.sub(_character, "".join(root.itertext()))


class _Place:
    """Finds the line of something that Python-Markdown no longer knows the line of."""

    def __init__(self, lines: list[str], first: int) -> None:
        self.lines = lines
        self.first = first

    def line(self, needle: str) -> int:
        for at, line in enumerate(self.lines):
            if needle and (needle in line or needle in line.replace("\\", "")):
                return self.first + at
        return self.first


def _chunks(lines: list[str], first: int) -> Iterator[tuple[list[str], int]]:
    chunk: list[str] = []
    for at, line in enumerate(lines):
        if line.strip():
            chunk.append(line)
        elif chunk:
            yield chunk, first + at - len(chunk)
            chunk = []
    if chunk:
        yield chunk, first + len(lines) - len(chunk)


def _check_lists(lines: list[str], first: int) -> None:
    """Refuse the lists that Python-Markdown would silently read as something else.

    It flattens what is nested by two or three spaces, mixes two kinds of lists that follow each other, and
    takes an item less deep than the first one after an empty line for one as deep.
    """
    depth = -1
    chunk: dict[int, bool] = {}
    start = 0
    previous = ""
    for at, line in enumerate(lines):
        match = _MARKER.match(line)
        if not previous.strip():
            chunk.clear()
            start = len(match.group(1)) // 4 if match else 0
        if match and (depth >= 0 or not previous.strip()):
            indent = len(match.group(1))
            if indent % 4 or indent > 4 * (depth + 1):
                raise problem(
                    "body-list-nesting",
                    first + at,
                    f"This list item is indented by {indent} spaces",
                    f"Indent it by {4 * max(0, min(depth + 1, round(indent / 4)))}: "
                    "each level of a list is four spaces.",
                )
            depth = indent // 4
            ordered = match.group(2) not in "*+-"
            if chunk.setdefault(depth, ordered) is not ordered or depth < start:
                raise problem(
                    "body-list-kind",
                    first + at,
                    "This item continues another list than it seems",
                    "Leave an empty line before it.",
                )
            for deeper in [level for level in chunk if level > depth]:
                del chunk[deeper]
        elif line.strip() and not previous.strip() and not line.startswith(" "):
            depth = -1
        previous = line


def _blocks(root: Element, place: _Place) -> Iterator[ProseBlock]:
    for element in root:
        if element.tag in ("ul", "ol"):
            yield _list(element, place)
        else:
            yield Paragraph(tuple(_spans(element, place)))


def _list(element: Element, place: _Place, level: int = 1) -> List:
    if level > MAX_LEVELS:
        raise RecursionError(f"a list of more than {MAX_LEVELS} levels")
    return List(element.tag == "ol", tuple(_item(item, place, level) for item in element))


def _item(element: Element, place: _Place, level: int) -> Item:
    inline = Element("p")
    inline.text = element.text
    lists: list[List] = []
    paragraphs = 0
    for child in element:
        if child.tag in ("ul", "ol"):
            lists.append(_list(child, place, level + 1))
            if (child.tail or "").strip():
                paragraphs = 2
        elif child.tag == "p":
            paragraphs += 1 + bool(lists)
            inline = child
        else:
            inline.append(child)
    if paragraphs > 1 or (paragraphs and (element.text or "").strip()):
        words = "".join(element.itertext()).strip().split("\n")[0]
        raise problem(
            "body-list-item",
            place.line(words),
            "A list item is one paragraph, then perhaps lists below it",
            "Join its paragraphs with a backslash at the line's end, or end the list with unindented text.",
        )
    return Item(tuple(_spans(inline, place)), tuple(lists))


def _character(match: re.Match[str]) -> str:
    return chr(int(match.group(1)))


def _text(text: str | None) -> Iterator[Plain]:
    if text:
        yield Plain(_UNESCAPE.sub(_character, text))


def _spans(element: Element, place: _Place) -> Iterator[Span]:
    yield from _text(element.text)
    for child in element:
        match child.tag:
            case "br":
                yield Break()
            case "strong":
                yield Strong(tuple(_spans(child, place)))
            case "em":
                yield Emphasis(tuple(_spans(child, place)))
            case "a":
                yield _anchor(child, place)
            case "img":
                raise problem(
                    "body-image-in-text",
                    place.line(child.get("src", "")),
                    "A picture cannot stand inside a text",
                    "Give it a paragraph of its own, or write /// image.",
                )
            case tag:
                raise problem(
                    "body-element", place.first, f"<{tag}> is not part of the dialect", "Remove it."
                )
        yield from _text(child.tail)


def _anchor(element: Element, place: _Place) -> Anchor:
    written = element.get("href", "")
    href = normalise_link(written)
    line = place.line(written)
    spans = tuple(_spans(element, place))
    if element.get("title"):
        raise problem(
            "body-link-title", line, "A link has no title in this dialect", "Remove the quoted text."
        )
    try:
        check_link(href)
    except ValueError as error:
        raise problem(
            "body-link",
            line,
            str(error) if not href.startswith("record:") else f"{href!r} does not name a record",
            "Use https://, mailto:, tel:, record:<id>, media:<union>/<name>, or a path that starts with /.",
        ) from error
    return Anchor(href, spans)
