"""Text -> tree. A small splitter finds the blocks of the top level with their exact lines; prose goes on
to Python-Markdown, fences to their readers."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import ValidationError

from site_builder.body.fences import Fence, check_prose_only, read_fence, read_short
from site_builder.body.normal import joined, normalise_block, normalise_line
from site_builder.body.problems import problem
from site_builder.body.prose import read_line, read_prose
from site_builder.body.tables import is_separator, is_table, read_table
from site_builder.body.tree import Block, Body, Image, Prose, ProseBlock, Quote, Section
from site_builder.records import Picture

# The first and last line of a fence, as pymdownx.blocks 10 and later finds them.
_FENCE_START = re.compile(r"^ {0,3}(/{3,}) *([\w-]+) *(?:\| *(.*?) *)?$")
_FENCE_END = re.compile(r"^ {0,3}(/{3,}) *$")
_FENCE_LIKE = re.compile(r"^ {0,3}/{3,}")
_OPTION = re.compile(r"^ {4,}\S")
_HEADING = re.compile(r"^(#{1,6})(.*)$")
_CLOSING_HASHES = re.compile(r"(?<!\\)((?:\\\\)*)#+\s*$")
_QUOTE = re.compile(r"^ {0,3}> ?(.*)$")
_RULE = re.compile(r"^ {0,3}([-_*]) {0,2}(?:\1 {0,2}){2,}$")
_UNDERLINE = re.compile(r"^(?:=+|-+) *$")
_IMAGE = re.compile(r"^ {0,3}!\[((?:\\.|[^\\])*)\]\( *<?(\S+?)>?(?: +(?:\"(.*)\"|'(.*)'))? *\) *$")
_ESCAPED = re.compile(r"\\(.)")
_OPENING = frozenset(" /#>!=-_*")
"""How a line begins that may be more than a line of a paragraph, if it has no bar of a table."""


@lru_cache(maxsize=2048)
def parse(text: str) -> Body:
    """Read a body into its canonical tree (see `normalise`).

    Accepts any text of the dialect. Raises BodyError, whose problem has the line (from 1 within `text`),
    the field, what is wrong and what to do.
    """
    return joined(_Splitter(_lines_of(text)).blocks())


@lru_cache(maxsize=2048)
def parse_prose(text: str) -> tuple[ProseBlock, ...]:
    """Read a short Markdown field (a step's text, an intro, a note): paragraphs and lists only.

    Raises BodyError.
    """
    return read_short(text)


def _lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")


class _Splitter:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0
        self.prose: list[str] = []
        self.found: list[Block | None] = []

    def blocks(self) -> list[Block | None]:
        """Each as `normalise_block` has it."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line or (line[0] not in _OPENING and "|" not in line):
                self.prose.append(line)
                self.at += 1
            elif _FENCE_LIKE.match(line):
                self.flush()
                self.fence()
            elif _HEADING.match(line):
                self.flush()
                self.heading()
            elif _QUOTE.match(line):
                self.flush()
                self.quote()
            elif self.opens_block() and is_table(self.lines[self.at : self.at + 2]):
                self.flush()
                self.table()
            elif self.opens_block() and self.stands_alone() and (match := _IMAGE.match(line)):
                self.flush()
                self.image(match)
            else:
                self.refuse(line)
                self.prose.append(line)
                self.at += 1
        self.flush()
        return self.found

    def flush(self) -> None:
        if blocks := read_prose(self.prose, self.at - len(self.prose) + 1):
            self.found.append(Prose(blocks))
        self.prose = []

    def opens_block(self) -> bool:
        return not self.prose or not self.prose[-1].strip()

    def stands_alone(self) -> bool:
        return self.at + 1 == len(self.lines) or not self.lines[self.at + 1].strip()

    def refuse(self, line: str) -> None:
        number = self.at + 1
        if not self.opens_block() and _UNDERLINE.match(line):
            raise problem(
                "heading-underlined",
                number,
                "Underlined headings are not part of the dialect",
                "Write ## before the heading, or begin this line with a backslash.",
            )
        if _RULE.match(line):
            raise problem(
                "dividing-line",
                number,
                "Dividing lines are not part of the dialect",
                "Use a heading (##) to divide the text, or begin the line with a backslash.",
            )
        if not self.opens_block() and is_separator(line):
            raise problem(
                "table-place",
                number,
                "This looks like a table inside a paragraph",
                "Leave an empty line before the table, and give both rows the same number of cells.",
            )

    def heading(self) -> None:
        number = self.at + 1
        match = _HEADING.match(self.lines[self.at])
        assert match
        level = len(match.group(1))
        if level not in (2, 3):
            raise problem(
                "heading-level",
                number,
                f"A heading of level {level} is not part of the dialect",
                "Use ## or ###; write \\# for a line that begins with # but is no heading.",
            )
        text = _CLOSING_HASHES.sub(r"\1", match.group(2)).strip()
        heading = normalise_line(read_line(text, number, "A heading"))
        if not heading:
            raise problem("heading-empty", number, "This heading is empty", "Write its text, or remove it.")
        self.found.append(Section(heading, 2 if level == 2 else 3))
        self.at += 1

    def quote(self) -> None:
        first = self.at + 1
        inner: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            match = _QUOTE.match(line)
            if match:
                inner.append(match.group(1))
            elif not line.strip():
                if not self.quote_goes_on():
                    break
                inner.append("")
            elif _FENCE_LIKE.match(line) or _HEADING.match(line) or not inner[-1].strip():
                break
            else:
                inner.append(line)
            self.at += 1
        check_prose_only(inner, first, "A quotation")
        blocks = read_prose(inner, first)
        if blocks:
            self.found.append(Quote(blocks))

    def quote_goes_on(self) -> bool:
        for line in self.lines[self.at :]:
            if line.strip():
                return _QUOTE.match(line) is not None
        return False

    def table(self) -> None:
        first = self.at
        while self.at < len(self.lines) and self.lines[self.at].strip():
            self.at += 1
        self.found.append(read_table(self.lines[first : self.at], first + 1))

    def image(self, match: re.Match[str]) -> None:
        alt, media, double, single = match.groups()
        caption = double if double is not None else single or ""
        try:
            picture = Picture(
                media=_ESCAPED.sub(r"\1", media),
                alt=normalise_line(_ESCAPED.sub(r"\1", alt)),
                caption=normalise_line(_ESCAPED.sub(r"\1", caption)),
            )
        except ValidationError as error:
            raise problem(
                "image-media",
                self.at + 1,
                f"{media!r} is not a picture of the content",
                "Use media:<union>/<name>, a file in content/media.",
                "media",
            ) from error
        self.found.append(Image(picture))
        self.at += 1

    def fence(self) -> None:
        number = self.at + 1
        line = self.lines[self.at]
        match = _FENCE_START.match(line)
        if not match:
            closing = _FENCE_END.match(line)
            raise problem(
                "fence-start",
                number,
                "This closes a block that is not open"
                if closing
                else "This is not the first line of a block",
                "Write /// kind or /// kind | text; write \\/// for text that begins with slashes.",
            )
        slashes, kind, argument = match.groups()
        options: list[str] = []
        content: list[str] = []
        self.at += 1
        while self.at < len(self.lines) and _OPTION.match(self.lines[self.at]):
            options.append(self.lines[self.at])
            self.at += 1
        while self.at < len(self.lines):
            end = _FENCE_END.match(self.lines[self.at])
            if end and end.group(1) == slashes:
                break
            content.append(self.lines[self.at])
            self.at += 1
        else:
            raise problem(
                "fence-open",
                number,
                f"/// {kind} is never closed",
                f"Write a line {slashes} after its last line.",
            )
        self.at += 1
        fence = Fence(kind.lower(), argument or "", number, options, content)
        self.found.append(normalise_block(read_fence(fence)))
