"""The body of a record: Markdown in a small, closed dialect <-> a tree of blocks.

The dialect is Python-Markdown with `tables`, `pymdownx.escapeall(hardbreak)` and the fences of
`pymdownx.blocks`. It is closed: raw HTML is text, links carry only the schemes of
`records.LINK_SCHEMES`, headings are of level 2 and 3, and the fenced blocks are the ones below. So
nothing an editor writes can become script, style or markup of its own.

    Paragraphs, **strong**, *emphasis*, [links](record:<uuid>), a line broken by a backslash\
    at its end, lists (nested by four spaces) ......................... Prose
    ## 小标题, ### 更小的标题 .............................................. Section
    > quoted text ......................................................... Quote
    a pipe table ........................................................... Table

    /// section | 小标题          a heading that keeps its own anchor
        anchor: jiaoxue
        level: 2
    ///
    /// quote                     a quotation that names who speaks
        speaker: 夜校学员
    Quoted **text**.
    ///
    /// figures                   items: a list of records.Figure; caption
    /// image                     media, alt, caption (records.Picture)
    /// gallery                   items: a list of records.Picture; caption
    /// table | caption           a pipe table inside; header: row | column | both | none
    /// steps                     items: a list of records.Step; caption
    /// measures                  items: {label, slogan, text, link}
    /// contact                   the fields of records.Contact
    /// attachment                media, title, note
    /// editor_note | 小编说       text inside; position

Options are YAML, indented by four spaces, directly under the fence's first line. Blocks stand at the
top level only. `parse` accepts any text of this dialect; `write` gives its canonical form, and
`parse(write(blocks)) == blocks` for every tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from site_builder.records import Contact, Figure, Picture, Step

# --- spans (inside a line) ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plain:
    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in running text."""

    href: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """A line broken inside a paragraph."""


Span = Plain | Strong | Emphasis | Anchor | Break

# --- prose (running text) -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: one line of text, then perhaps lists below it."""

    spans: tuple[Span, ...]
    lists: tuple[List, ...] = ()


@dataclass(frozen=True, slots=True)
class List:
    ordered: bool
    items: tuple[Item, ...]


ProseBlock = Paragraph | List

# --- blocks (what a StreamField holds) ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prose:
    blocks: tuple[ProseBlock, ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    level: Literal[2, 3] = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[ProseBlock, ...]
    speaker: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    items: tuple[Figure, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    picture: Picture


@dataclass(frozen=True, slots=True)
class Gallery:
    items: tuple[Picture, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are plain text. `header` says which of the first row and column are headings."""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    header: Literal["row", "column", "both", "none"] = "row"


@dataclass(frozen=True, slots=True)
class Steps:
    items: tuple[Step, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    label: str
    slogan: str = ""
    text: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    items: tuple[Measure, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ContactCard:
    contact: Contact


@dataclass(frozen=True, slots=True)
class Attachment:
    media: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """编者按, 小编说: the desk speaks, not the author."""

    blocks: tuple[ProseBlock, ...]
    label: str = ""


Block = (
    Prose | Section | Quote | Figures | Image | Gallery | Table | Steps | Measures | ContactCard
    | Attachment | Note
)  # fmt: skip
Body = tuple[Block, ...]

# Public functions, implemented below:
#
#   parse(text: str) -> Body                        raises BodyError(line, field, message, action)
#   write(body: Body) -> str                        canonical Markdown, ends with one newline ("" if empty)
#   prose_html(blocks, href) -> str                 safe HTML; href(link) -> str | None resolves a link,
#                                                   None: the link's text without a link
#   plain_text(body) -> str                         for search, feeds and previews: every word a reader sees
#   links(body) -> Iterator[str]                    every record:, media: and other link in it
#   parse_prose(text) -> tuple[ProseBlock, ...]     for short Markdown fields (Step.text, intro, note)
#   write_prose(blocks) -> str
