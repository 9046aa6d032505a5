"""The fenced blocks: what stands between `/// kind | argument` and `///` becomes a block of the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from site_builder import records
from site_builder.body.normal import normalise_line
from site_builder.body.problems import problem
from site_builder.body.prose import read_prose
from site_builder.body.tables import read_table
from site_builder.body.tree import (
    Attachment,
    Block,
    Chart,
    ContactCard,
    Figures,
    Gallery,
    Image,
    Listing,
    Measure,
    Measures,
    Note,
    ProseBlock,
    Quote,
    Section,
    Steps,
)
from site_builder.errors import BodyError
from site_builder.front_matter import Document, YamlError, explained, load
from site_builder.records import Contact, Figure, Line, Link, Markdown, MediaRef, Model, Picture, Step


class MeasureFields(Model):
    label: Line
    slogan: Line = ""
    text: Markdown = ""
    link: Link | None = None


class _Caption(Model):
    caption: Line = ""


class _SectionOptions(Model):
    anchor: str = ""
    level: Literal["2", "3"] = "2"


class _QuoteOptions(Model):
    speaker: Line = ""
    source: Line = ""


class _FiguresOptions(_Caption):
    items: tuple[Figure, ...]


class _GalleryOptions(_Caption):
    items: tuple[Picture, ...]


class _TableOptions(Model):
    header: Literal["row", "column", "both", "none"] = "row"


class _StepsOptions(_Caption):
    items: tuple[Step, ...]


class _MeasuresOptions(_Caption):
    items: tuple[MeasureFields, ...]


class _AttachmentOptions(Model):
    media: MediaRef
    title: Line
    note: Line = ""
    accessible: MediaRef | None = None


class _NoOptions(Model):
    pass


@dataclass(frozen=True)
class Fence:
    """One fence as it stands in the file. Lines count from 1 within the body."""

    kind: str
    argument: str
    line: int
    options: list[str]
    content: list[str]

    @property
    def content_line(self) -> int:
        return self.line + 1 + len(self.options)

    def prose(self) -> tuple[ProseBlock, ...]:
        check_prose_only(self.content, self.content_line, f"/// {self.kind}")
        blocks = read_prose(self.content, self.content_line)
        if not blocks:
            raise problem(
                "fence-empty", self.line, f"/// {self.kind} is empty", "Write its text, or remove the block."
            )
        return blocks


_NOT_PROSE = re.compile(r"^(?:#{1,6}| {0,3}>| {0,3}/{3,}| {0,3}!\[.*\]\(.*\) *$)")


def check_prose_only(lines: list[str], first: int, where: str) -> None:
    """Headings, quotes, fences and pictures stand at the top level only."""
    for at, line in enumerate(lines):
        if _NOT_PROSE.match(line):
            raise problem(
                "body-nested-block",
                first + at,
                f"{where} holds paragraphs and lists only",
                "Move this heading, quote, picture or block out of it, or begin the line with a backslash.",
            )


def read_fence(fence: Fence) -> Block:
    """Make a block of a fence. Raises BodyError."""
    reader = READERS.get(fence.kind)
    if reader is None:
        raise problem(
            "fence-kind",
            fence.line,
            f"{fence.kind!r} is not a block of this dialect",
            f"Use one of: {', '.join(READERS)}.",
        )
    options_type, has_argument, has_content, make = reader
    if fence.argument and not has_argument:
        raise problem(
            "fence-argument",
            fence.line,
            f"/// {fence.kind} takes nothing after |",
            "Remove it, or use an option.",
        )
    if not has_content and any(line.strip() for line in fence.content):
        at = next(at for at, line in enumerate(fence.content) if line.strip())
        raise problem(
            "fence-content",
            fence.content_line + at,
            f"/// {fence.kind} has no text inside, only options",
            "Indent options by four spaces directly under the first line, without empty lines.",
        )
    return make(_options(fence, options_type), fence)


def _options(fence: Fence, options_type: type[Model]) -> Any:
    first = fence.line + 1
    indent = min((len(line) - len(line.lstrip(" ")) for line in fence.options), default=0)
    try:
        document = load("\n".join(line[indent:] for line in fence.options))
    except YamlError as error:
        line = first + (error.line or 1) - 1
        raise problem("fence-yaml", line, error.message, error.action, error.field or "body") from error
    value = {} if document.value is None else document.value
    if not isinstance(value, dict):
        raise problem(
            "fence-yaml",
            first,
            f"The options of /// {fence.kind} are not fields",
            "Write them as field: value.",
        )
    try:
        options = _adapter(options_type).validate_python(value)
    except ValidationError as error:
        raise _invalid(error, document, fence) from error
    _check_markdown(value.get("items"), document, first)
    return options


@cache
def _adapter(options: Any) -> TypeAdapter[Any]:
    return TypeAdapter(options)


def _invalid(error: ValidationError, document: Document, fence: Fence) -> BodyError:
    found = explained(error.errors(include_url=False)[0], document)
    return problem(
        "fence-option",
        fence.line if found.line is None else fence.line + found.line,
        found.message,
        found.action,
        found.field or fence.kind,
    )


def _check_markdown(items: object, document: Document, first: int) -> None:
    """Steps and measures hold Markdown: it must be of the dialect too."""
    for at, item in enumerate(items if isinstance(items, list) else ()):
        text = item.get("text") if isinstance(item, Mapping) else None
        if not isinstance(text, str):
            continue
        path = ("items", at, "text")
        try:
            read_short(text)
        except BodyError as error:
            line = first + (document.line(path) or 1) - 1
            raise problem(
                error.problem.code, line, error.problem.message, error.problem.action, document.written(path)
            ) from error


def read_short(text: str) -> tuple[ProseBlock, ...]:
    """Read a short Markdown field: paragraphs and lists. Raises BodyError."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    check_prose_only(lines, 1, "This text")
    return read_prose(lines, 1)


# --- one function a kind --------------------------------------------------------------------------


def _section(options: _SectionOptions, fence: Fence) -> Block:
    heading = normalise_line(fence.argument)
    if not heading:
        raise problem(
            "heading-empty", fence.line, "This section has no heading", "Write /// section | heading."
        )
    if options.anchor and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", options.anchor):
        raise problem(
            "section-anchor",
            fence.line,
            f"The anchor {options.anchor!r} is not one",
            "Use small letters, digits and hyphens.",
            "anchor",
        )
    return Section(heading, 3 if options.level == "3" else 2, options.anchor)


def _quote(options: _QuoteOptions, fence: Fence) -> Block:
    return Quote(fence.prose(), options.speaker, options.source)


def _figures(options: _FiguresOptions, fence: Fence) -> Block:
    return Figures(options.items, options.caption)


def _image(options: Picture, fence: Fence) -> Block:
    return Image(options)


def _gallery(options: _GalleryOptions, fence: Fence) -> Block:
    return Gallery(options.items, options.caption)


def _table(options: _TableOptions, fence: Fence) -> Block:
    lines = list(fence.content)
    first = fence.content_line
    while lines and not lines[0].strip():
        lines.pop(0)
        first += 1
    while lines and not lines[-1].strip():
        lines.pop()
    return read_table(lines, first, normalise_line(fence.argument), options.header)


def _steps(options: _StepsOptions, fence: Fence) -> Block:
    return Steps(options.items, options.caption)


def _measures(options: _MeasuresOptions, fence: Fence) -> Block:
    items = tuple(Measure(item.label, item.slogan, item.text, item.link) for item in options.items)
    return Measures(items, options.caption)


def _contact(options: Contact, fence: Fence) -> Block:
    return ContactCard(options)


def _attachment(options: _AttachmentOptions, fence: Fence) -> Block:
    return Attachment(options.media, options.title, options.note, options.accessible or "")


def _note(options: _NoOptions, fence: Fence) -> Block:
    return Note(fence.prose(), normalise_line(fence.argument))


def _chart(options: records.Chart, fence: Fence) -> Block:
    return Chart(options)


def _listing(options: records.Listing, fence: Fence) -> Block:
    return Listing(options)


READERS: Mapping[str, tuple[type[Model], bool, bool, Callable[[Any, Fence], Block]]] = {
    "section": (_SectionOptions, True, False, _section),
    "quote": (_QuoteOptions, False, True, _quote),
    "figures": (_FiguresOptions, False, False, _figures),
    "image": (Picture, False, False, _image),
    "gallery": (_GalleryOptions, False, False, _gallery),
    "table": (_TableOptions, True, True, _table),
    "steps": (_StepsOptions, False, False, _steps),
    "measures": (_MeasuresOptions, False, False, _measures),
    "contact": (Contact, False, False, _contact),
    "attachment": (_AttachmentOptions, False, False, _attachment),
    "editor_note": (_NoOptions, True, True, _note),
    "chart": (records.Chart, False, False, _chart),
    "listing": (records.Listing, False, False, _listing),
}
"""Kind -> its options, whether it takes an argument, whether it has text inside, and what makes the block."""
