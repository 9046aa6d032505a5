"""The tree of a body: frozen plain data, what `site_builder.body` reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from site_builder import records
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
    accessible: str = ""
    """The same in a form that can be read aloud: `media:` of another file."""


@dataclass(frozen=True, slots=True)
class Note:
    """编者按, 小编说: the desk speaks, not the author."""

    blocks: tuple[ProseBlock, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers drawn, with the same numbers as a table."""

    chart: records.Chart


@dataclass(frozen=True, slots=True)
class Listing:
    """Several things, with how many there are of which how many are named."""

    listing: records.Listing


Block = (
    Prose | Section | Quote | Figures | Image | Gallery | Table | Steps | Measures | ContactCard
    | Attachment | Note | Chart | Listing
)  # fmt: skip
Body = tuple[Block, ...]
