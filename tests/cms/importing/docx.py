"""Files as Word writes them, of as much as a test is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from PIL import Image

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NAMES = (
    f'xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}/relationships" xmlns:m="{_OFFICE}/math"'
    f' xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture"'
)
_STYLES = {"Title": "Title", "Subtitle": "Subtitle", "1": "heading 1", "2": "heading 2", "Caption": "caption"}
_TYPES = {"png": "image/png", "emf": "image/x-emf", "bmp": "image/bmp"}
_FORMATS = {1: "bullet", 2: "decimal"}


def docx(
    *body: str, media: Mapping[str, bytes] | None = None, extra: Mapping[str, bytes] | None = None
) -> bytes:
    """A file of these elements; `media` are its pictures by the name that `picture` gives them."""
    media = media or {}
    types = "".join(f'<Default Extension="{end}" ContentType="{type}"/>' for end, type in _TYPES.items())
    links = "".join(_link(name, "image", f"media/{name}") for name in media)
    links += _link("far", "image", "http://far.example/a.png", ' TargetMode="External"')
    links += _link("s", "styles", "styles.xml") + _link("n", "numbering", "numbering.xml")
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": _links(_link("d", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _links(links),
        "word/styles.xml": f"<w:styles {_NAMES}>{''.join(map(_style, _STYLES))}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_NAMES}>{_numbering()}</w:numbering>",
        "word/document.xml": f"<w:document {_NAMES}><w:body>{''.join(body)}</w:body></w:document>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
        for name, data in media.items():
            file.writestr(f"word/media/{name}", data)
        for name, data in (extra or {}).items():
            file.writestr(name, data)
    return made.getvalue()


def _links(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _link(name: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"{more}/>'


def _style(id: str) -> str:
    return f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{_STYLES[id]}"/></w:style>'


def _numbering() -> str:
    """Lists of two kinds, of three levels each."""
    lists = ""
    for number, format in _FORMATS.items():
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{format}"/></w:lvl>' for level in range(3)
        )
        lists += f'<w:abstractNum w:abstractNumId="{number}">{levels}</w:abstractNum>'
    return lists + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in _FORMATS
    )


def p(text: str = "", style: str = "", inner: str = "") -> str:
    """A paragraph."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p>{named}{run}{inner}</w:p>"


def item(text: str, *, ordered: bool = False, level: int = 0) -> str:
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{2 if ordered else 1}"/></w:numPr>'
    return f"<w:p><w:pPr>{number}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """Cells are XML: `cell` makes them of words."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"


def cell(text: str, wide: int = 1, *, merged: str = "") -> str:
    """`merged`: restart for the first of cells merged downwards, continue for the others."""
    span = f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
    down = f'<w:vMerge w:val="{merged}"/>' if merged else ""
    return f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{p(text)}</w:tc>"


def picture(name: str, alt: str = "", link: str = "embed") -> str:
    """A run with a picture; `link` says "link" of one that is not in the file."""
    blip = f'<pic:pic><pic:blipFill><a:blip r:{link}="{name}"/></pic:blipFill></pic:pic>'
    graphic = f"<a:graphic><a:graphicData>{blip}</a:graphicData></a:graphic>"
    told = f'<wp:docPr id="1" name="x" descr="{alt}"/>'
    return f"<w:r><w:drawing><wp:inline>{told}{graphic}</wp:inline></w:drawing></w:r>"


def drawn(colour: str, format: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(made, format)
    return made.getvalue()
