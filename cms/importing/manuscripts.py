"""Reads a text as offices write it, in Word or WPS, or pasted from anywhere, into the blocks of a body.

What people see survives: headings, paragraphs, bold and italics, links, lists, tables, pictures with their
captions, notes at the foot. Fonts, colours and places on the page do not. Nothing here knows of Wagtail: a
picture stays where it stands in the text as a `Drawing`, until it has a place in a library.

Many offices write no heading styles. Then what is written as GB/T 9704 (党政机关公文格式) numbers its parts,
一、 and （一） in a line of their own, is taken for headings; so is what Word numbers by itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

import mammoth

from cms.exporting import richtext
from cms.importing.tables import MAX_UNPACKED
from cms.importing.words import both
from site_builder import body

MAX_BYTES = 50 * 1024 * 1024
MAX_LETTERS = 200_000
"""Of a text that is pasted: a long report has fifty thousand."""
TITLE = 60
"""A first line that is no longer is taken for the title."""
HEADING = 40
"""A numbered line that is no longer, and no sentence, is taken for a heading."""

_STYLES = """
p[style-name='Title'] => p.title:fresh
p[style-name='title'] => p.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='caption'] => p.caption:fresh
p[style-name='Caption'] => p.caption:fresh
"""
_ENDS_A_SENTENCE = ("。", "！", "？", "；", "，", "：", ".", "!", "?", ";", ",", ":")
_PART = re.compile(r"[一二三四五六七八九十百]+、\s*\S")
_CHAPTER = re.compile(r"[（(][一二三四五六七八九十百]+[）)]\s*\S")
_OLE = b"\xd0\xcf\x11\xe0"
"""How files of Office before 2007 begin, and those with a password since."""
_MADE_ALT = re.compile(
    r"自动生成|automatically generated|\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf)$", re.IGNORECASE
)
"""What programs write where a person should have said what is in a picture."""
_OBJECTS = {
    "word/charts/chart": ("图表", "charts"),
    "word/diagrams/data": ("SmartArt 图形", "SmartArt"),
    "word/embeddings/": ("嵌入的文件", "embedded files"),
}
_TEXT = "word/document.xml"
_FORMULA = b"<m:oMath>"


class ManuscriptError(ValueError):
    """No text that this program reads; the message says why and what to do, in both languages."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture where it stands in the text."""

    data: bytes
    alt: str = ""
    caption: str = ""


Part = body.Block | Drawing


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A text, taken apart. `left_out`: what does not come along, a sentence each in both languages."""

    title: str
    subtitle: str
    parts: tuple[Part, ...]
    left_out: tuple[str, ...] = ()


def read(data: bytes, name: str) -> Manuscript:
    """A manuscript from a .docx file; `name` is what it is called where nothing in it is a title.

    Raises ManuscriptError.
    """
    left_out = _objects(_opened(data))
    pictures: list[bytes] = []

    @mammoth.images.img_element
    def keep(image: Any) -> dict[str, str]:
        try:
            with image.open() as file:
                pictures.append(file.read())
        except (KeyError, OSError, ValueError):  # it is on the author's machine, or on the web
            left_out.append(
                both(
                    "有一张图片只是链接，不在文件里：请在 Word 里另存到文件中，或补传",
                    "a picture is only linked, not in the file: save it in the file, or upload it",
                )
            )
            return {"src": ""}
        return {"src": str(len(pictures) - 1)}

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=keep, include_embedded_style_map=False
        )
        tree = ElementTree.fromstring(f"<body>{made.value}</body>")
    except Exception as error:  # whatever a damaged file makes of its readers
        raise ManuscriptError(
            both(
                "文件打不开，可能坏了：请用 Word 或 WPS 打开，另存为新的 .docx 再导入",
                "the file cannot be read, it may be damaged: open it in Word and save it anew",
            )
        ) from error
    return _manuscript([*_pieces(tree, pictures)], PurePosixPath(name).stem, left_out)


def read_text(text: str) -> Manuscript:
    """A manuscript from pasted text: a paragraph a line. Raises ManuscriptError for none, or too much."""
    lines = [line.strip() for line in text.splitlines()]
    if not any(lines):
        raise ManuscriptError(both("没有文字：请粘贴文字，或选一个 .docx 文件", "there is no text"))
    if len(text) > MAX_LETTERS:
        raise ManuscriptError(both("文字太长，请分成几篇", "the text is too long: make several of it"))
    pieces = [_Piece("p", words=line, html=f"<p>{escape(line)}</p>") for line in lines if line]
    return _manuscript(pieces, pieces[0].words[:TITLE], [])


# --- the file -------------------------------------------------------------------------------------


def _opened(data: bytes) -> ZipFile:
    if data.startswith(_OLE):
        raise ManuscriptError(
            both(
                "这是旧的 .doc、.wps，或者加了密码：请在 Word 或 WPS 里去掉密码，另存为 .docx",
                "an old .doc, or one with a password: save it as .docx without a password",
            )
        )
    try:
        file = ZipFile(io.BytesIO(data))
        names = set(file.namelist())
    except (BadZipFile, ValueError, OSError) as error:
        raise _no_docx() from error
    if not any(name.endswith("document.xml") for name in names):
        raise _no_docx()
    if sum(entry.file_size for entry in file.infolist()) > MAX_UNPACKED:
        raise ManuscriptError(
            both("文件太大，请压缩图片后再导入", "the file is too large: shrink its pictures")
        )
    return file


def _no_docx() -> ManuscriptError:
    return ManuscriptError(
        both(
            "这不是 .docx 文件：请用 Word 或 WPS 另存为 .docx，或者把文字粘贴进来",
            "this is no .docx file: save it as .docx, or paste the text",
        )
    )


def _objects(file: ZipFile) -> list[str]:
    """What programs draw into a text, which no body can show."""
    with file:
        names = file.namelist()
        found = [what for start, what in _OBJECTS.items() if any(name.startswith(start) for name in names)]
        if _TEXT in names and _FORMULA in file.read(_TEXT):
            found.append(("公式", "formulas"))
    return [
        both(
            f"{zh}没有带过来：要用的，请截图存成图片再插入",
            f"{en} were left out: insert a picture of them where they matter",
        )
        for zh, en in found
    ]


# --- from HTML to pieces --------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Piece:
    """A paragraph, list, table or picture, with what it takes to decide what it is."""

    kind: str
    """p, title, subtitle, caption, list, table, picture, or h1 to h6."""
    words: str = ""
    html: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    items: int = 0
    ordered: bool = False
    drawing: Drawing | None = None


def _pieces(tree: ElementTree.Element, pictures: Sequence[bytes]) -> Iterator[_Piece]:
    for link in tree.iter("a"):
        # Between a text and its notes; on a page they would lead nowhere.
        if link.get("href", "").startswith("#"):
            del link.attrib["href"]
            link.text = "" if link.text == "↑" else link.text
    for element in tree:
        words = _words(element)
        match element.tag:
            case "ul" | "ol":
                html = ElementTree.tostring(element, encoding="unicode", method="html")
                yield _Piece("list", words, html, items=len(element), ordered=element.tag == "ol")
            case "table":
                yield from _table(element)
            case _ if words:
                html = ElementTree.tostring(element, encoding="unicode", method="html")
                kind = element.get("class") or element.tag
                yield _Piece(kind, words, html)
        for image in element.iter("img"):
            number = image.get("src", "")
            if number.isdigit():
                alt = " ".join((image.get("alt") or "").split())
                drawing = Drawing(pictures[int(number)], "" if _MADE_ALT.search(alt) else alt)
                yield _Piece("picture", drawing=drawing)


def _words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _table(element: ElementTree.Element) -> Iterator[_Piece]:
    """A table; one of a single cell is a frame around its text."""
    lines = [line for part in element for line in ([part] if part.tag == "tr" else part)]
    rows = [[cell for cell in line if cell.tag in ("td", "th")] for line in lines]
    cells = [cell for row in rows for cell in row]
    if len(cells) == 1:
        yield from (piece for piece in _pieces(cells[0], ()) if piece.kind != "picture")
        return
    grid = _grid(rows)
    if any(any(row) for row in grid):
        yield _Piece("table", rows=grid)


def _grid(rows: Sequence[Sequence[ElementTree.Element]]) -> tuple[tuple[str, ...], ...]:
    """The words of each cell; what a merged cell covers besides its first place is empty."""
    found: list[list[str]] = []
    below: dict[tuple[int, int], bool] = {}
    for number, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            while below.get((number, len(line))):
                line.append("")
            wide, high = int(cell.get("colspan") or 1), int(cell.get("rowspan") or 1)
            for step in range(1, high):
                below.update({(number + step, len(line) + place): True for place in range(wide)})
            line += [" ".join(filter(None, map(_words, cell))) or _words(cell), *[""] * (wide - 1)]
        while below.get((number, len(line))):
            line.append("")
        found.append(line)
    width = max(map(len, found), default=0)
    return tuple((*line, *[""] * (width - len(line))) for line in found)


# --- from pieces to a manuscript --------------------------------------------------------------------


def _manuscript(pieces: list[_Piece], name: str, left_out: list[str]) -> Manuscript:
    title = _title(pieces)
    subtitle = [piece for piece in pieces if piece.kind == "subtitle"][:1]
    rest = [piece for piece in pieces if piece not in title and piece not in subtitle]
    if not any(_level(piece) for piece in rest):
        _number(rest)
    parts = _parts(rest)
    if not parts and not title:
        raise ManuscriptError(both("文件里没有文字和图片", "there is neither text nor a picture in the file"))
    words = "".join(piece.words for piece in title) or name.strip()
    return Manuscript(words, "".join(piece.words for piece in subtitle), parts, tuple(left_out))


def _title(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The lines of the title: those of its style, the only heading of the first level where the text begins
    with it, or a short first line."""
    styled = [place for place, piece in enumerate(pieces) if piece.kind == "title"]
    if styled:
        start = styled[0]
        return [pieces[place] for number, place in enumerate(styled) if place == start + number]
    spoken = next((piece for piece in pieces if piece.words), None)
    if spoken is None:
        return []
    only = spoken.kind == "h1" and sum(piece.kind == "h1" for piece in pieces) == 1
    short = spoken.kind == "p" and len(spoken.words) <= TITLE and not spoken.words.endswith(_ENDS_A_SENTENCE)
    return [spoken] if only or short else []


def _level(piece: _Piece) -> int:
    """1 to 6 of a heading, else 0."""
    return int(piece.kind[1]) if re.fullmatch("h[1-6]", piece.kind) else 0


def _number(pieces: Sequence[_Piece]) -> None:
    """Take numbered lines for headings, where nothing else is one."""
    for piece in pieces:
        if piece.kind == "p" and _is_line(piece):
            if _PART.match(piece.words):
                piece.kind = "h1"
            elif _CHAPTER.match(piece.words):
                piece.kind = "h2"
    # Word numbers a heading as a list of one, with text below it.
    alone = [piece for piece in pieces if piece.ordered and piece.items == 1 and _is_line(piece)]
    if len(alone) > 1 and not any(map(_level, pieces)):
        for piece in alone:
            piece.kind = "h1"


def _is_line(piece: _Piece) -> bool:
    return len(piece.words) <= HEADING and not piece.words.endswith(_ENDS_A_SENTENCE)


def paragraph(words: str) -> body.Prose:
    """A paragraph of nothing but words."""
    return body.Prose((body.Paragraph((body.Plain(words),)),))


def _parts(pieces: Sequence[_Piece]) -> tuple[Part, ...]:
    """Headings of two levels, prose, tables with the captions above them, pictures with those below."""
    highest = min(filter(None, map(_level, pieces)), default=1)
    parts: list[Part] = []
    caption = ""
    for piece in pieces:
        if piece.kind == "caption":
            if parts and isinstance(parts[-1], Drawing) and not parts[-1].caption:
                parts[-1] = replace(parts[-1], caption=piece.words)
            else:
                caption = piece.words
            continue
        if piece.kind == "table":
            parts.append(body.Table(piece.rows, caption))
            caption = ""
            continue
        if caption:
            parts.append(paragraph(caption))
            caption = ""
        if piece.drawing is not None:
            parts.append(piece.drawing)
        elif level := _level(piece):
            parts.append(body.Section(piece.words, 2 if level == highest else 3))
        elif prose := richtext.from_html(piece.html, richtext.NoLinks()):
            parts.append(body.Prose(prose))
    if caption:
        parts.append(paragraph(caption))
    return tuple(parts)
