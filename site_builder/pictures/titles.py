"""The picture that a messenger shows beside a shared address: a title, in its union's face and colour.

Titles stand in Song on every face: a second font for the one face that sets headlines in Hei would add 1.5
megabyte. What tells the faces apart is what does on their sites: masthead, rules, paper, emblem.

Drawn once for the network, on the site of the union that owns the record; other sites name that one. The font
comes with the program (`fonts/`, made by tools/share_font.py), so that the same content gives the same bytes
on every machine. A title with a character that the font lacks is not drawn, rather than with a hole in it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import PIL
from PIL import Image, ImageDraw, ImageFont, features

from site_builder import formats
from site_builder.headlines import NOT_FIRST, NOT_LAST, pieces
from site_builder.pictures import keep

WIDTH, HEIGHT = 1200, 630
"""As Open Graph's readers expect (1.91:1)."""
FONT = Path(__file__).parent / "fonts" / "song-bold.otf"
_MARGIN = 84
_SIZES = (96, 84, 74, 64, 56)
_LINES = 4
_SMALL = 38
_LEADING = 1.3
_SHADES = 11
"""Steps from ink to paper; the other five of sixteen colours lead from the union's colour to paper."""
_TINTS = 16 - _SHADES
_VERSION = "3"
_RULE = 128
"""Where the rule under the sender begins."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a face sets a picture, as its style sheet sets a page. Lengths are pixels."""

    paper: str = "#fdfcf9"
    ink: str = "#191613"
    band: int = 0
    """Of the union's colour, along the upper edge."""
    side: int = 0
    """The same along the left edge."""
    rules: tuple[tuple[int, int, bool], ...] = ((0, 6, True),)
    """Under the sender: how far down, how thick, whether in the union's colour."""
    centred: bool = False
    coloured: bool = False
    """The sender in the middle; in the union's colour."""
    spaced: int = 0
    """Between the characters of the sender."""
    emblem: bool = False


PLAIN = Bearing(band=18)
BEARINGS: Mapping[str, Bearing] = {
    "province": Bearing(rules=((0, 8, False), (14, 2, False)), centred=True, coloured=True, spaced=10),
    "city": Bearing(rules=((0, 10, True),)),
    "county": Bearing("#fdf9f0", "#1f1812", band=36, rules=((0, 2, False),), coloured=True, spaced=3),
    "enterprise": Bearing(side=36, rules=((0, 3, True),)),
    "industry": Bearing(rules=((0, 3, False), (8, 2, False)), emblem=True),
}
"""Of the faces that come with the program; any other theme is set plainly."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a picture."""

    title: str
    sender: str
    rubric: str
    colour: str
    """#rrggbb"""
    face: str = ""
    """The theme of the union's site."""


def drawn(words: Words, cache: Path | None = None) -> bytes:
    """The picture as PNG. `cache`: where it is kept from one build to the next."""
    kept = cache and _place(cache, words)
    if kept and kept.is_file():
        return kept.read_bytes()
    data = _draw(words)
    if kept:
        keep(kept, data)
    return data


def key(drawn_words: Mapping[str, Words]) -> str:
    """Changes when one of these pictures would."""
    said = "\n\n".join(f"{name}\n{_said(words)}" for name, words in sorted(drawn_words.items()))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def missing(words: Words) -> str:
    """The characters that the font lacks."""
    return "".join(
        dict.fromkeys(each for each in words.title + words.sender + words.rubric if not _has(each))
    )


def _draw(words: Words) -> bytes:
    face = BEARINGS.get(words.face, PLAIN)
    sheet, tint = Image.new("L", (WIDTH, HEIGHT), 255), Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(sheet)
    _put_sender(words.sender, face, tint if face.coloured else sheet)
    if face.emblem:
        tint.paste(_emblem(64), (_MARGIN, 52))
    size, lines = _set(words.title)
    large = _font(size)
    leading = round(size * _LEADING)
    top = 150 + (HEIGHT - 150 - 120 - leading * len(lines)) // 2
    for number, line in enumerate(lines):
        hang = size // 2 if line[0] in NOT_LAST and not line[0].isascii() else 0
        pen.text((_MARGIN - hang, top + number * leading), line, 0, large)
    pen.text((_MARGIN, HEIGHT - 92), words.rubric, 70, _font(30))
    for down, thick, coloured in face.rules:
        box = (_MARGIN, _RULE + down, WIDTH - _MARGIN, _RULE + down + thick - 1)
        ImageDraw.Draw(tint if coloured else sheet).rectangle(box, 0)
    edges = ImageDraw.Draw(tint)
    if face.band:
        edges.rectangle((0, 0, WIDTH, face.band - 1), 0)
    if face.side:
        edges.rectangle((0, 0, face.side - 1, HEIGHT), 0)
    out = io.BytesIO()
    _indexed(sheet, tint, words.colour, face).save(out, "PNG", bits=4, compress_level=6)
    return out.getvalue()


def _put_sender(sender: str, face: Bearing, sheet: Image.Image) -> None:
    font = _font(_SMALL)
    wide = sum(font.getlength(each) + face.spaced for each in sender) - face.spaced
    at = (WIDTH - wide) / 2 if face.centred else _MARGIN + (84 if face.emblem else 0)
    pen = ImageDraw.Draw(sheet)
    if not face.spaced:
        pen.text((at, 62), sender, 0, font)
        return
    for each in sender:
        pen.text((at, 62), each, 0, font)
        at += font.getlength(each) + face.spaced


def _emblem(size: int) -> Image.Image:
    """The wheel of the industry face (its emblem.svg), drawn four times larger for smooth edges."""
    scale = size * 4 / 48
    sheet = Image.new("L", (size * 4, size * 4), 255)
    pen = ImageDraw.Draw(sheet)
    thick = round(2.5 * scale)
    pen.ellipse([round(each * scale) for each in (8.75, 8.75, 39.25, 39.25)], outline=0, width=thick)
    rays = ((24, 3, 24, 10), (24, 38, 24, 45), (3, 24, 10, 24), (38, 24, 45, 24), (9.2, 9.2, 14.1, 14.1))
    more = ((33.9, 33.9, 38.8, 38.8), (9.2, 38.8, 14.1, 33.9), (33.9, 14.1, 38.8, 9.2))
    word = ((17, 18.5, 31, 18.5), (24, 18.5, 24, 29.5), (16, 29.5, 32, 29.5))
    for line in (*rays, *more, *word):
        pen.line([round(each * scale) for each in line], 0, thick)
    return sheet.resize((size, size), Image.Resampling.BOX)


def _indexed(sheet: Image.Image, tint: Image.Image, colour: str, face: Bearing) -> Image.Image:
    """What is drawn in ink and what in the union's colour, as places of one palette."""
    places = sheet.point([min(_SHADES - 1, value * _SHADES // 256) for value in range(256)])
    tints = tint.point([_SHADES + min(_TINTS - 1, value * _TINTS // 256) for value in range(256)])
    places.paste(tints, mask=tint.point([255 * (value < 255) for value in range(256)]))
    made = Image.frombytes("P", places.size, places.tobytes())
    shades = [formats.mix(face.ink, face.paper, step / (_SHADES - 1)) for step in range(_SHADES)]
    shades += [formats.mix(colour, face.paper, step / _TINTS) for step in range(_TINTS)]
    made.putpalette([int(shade[at : at + 2], 16) for shade in shades for at in (1, 3, 5)])
    return made


# --- setting a title ----------------------------------------------------------------------------------


def _set(title: str) -> tuple[int, list[str]]:
    """The largest size in which a title fits, and its lines; one that fits in none is cut."""
    room = WIDTH - 2 * _MARGIN
    for size in _SIZES:
        face, most = _font(size), 2 if size > _SIZES[2] else 3
        whole = list(_broken(_phrases(title), face, room))
        if len(whole) <= most and max(map(face.getlength, whole)) <= room:
            return size, whole
        lines = list(_broken(pieces(title), face, room))
        if len(lines) <= most:
            return size, _balanced(title, face, room, lines)
    lines = list(_broken(pieces(title), _font(_SIZES[-1]), room))
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], lines[_LINES - 1][:-1] + "…"]
    return _SIZES[-1], lines


def _balanced(title: str, font: ImageFont.FreeTypeFont, room: int, lines: list[str]) -> list[str]:
    """Lines of about the same length: the narrowest measure that needs no more of them."""
    for narrower in range(room // 2, room, 24):
        found = list(_broken(pieces(title), font, narrower))
        if len(found) == len(lines) and max(map(font.getlength, found)) <= room:
            return found
    return lines


def _broken(parts: Iterable[str], font: ImageFont.FreeTypeFont, room: int) -> Iterator[str]:
    """Lines of whole pieces, no wider than `room` where a piece is not."""
    line = ""
    for piece in parts:
        if line and font.getlength(line + piece) > room:
            yield line.strip()
            line = ""
        line += piece
    if line.strip():
        yield line.strip()


def _phrases(title: str) -> Iterator[str]:
    """What stands between marks: a title that can be parted there is read at a glance."""
    phrase = ""
    for piece in pieces(title):
        if phrase and (piece[0] in NOT_LAST or piece[0] == " "):
            yield phrase
            phrase = ""
        phrase += piece
        if piece[-1] in NOT_FIRST and piece[-1] not in "·.,":
            yield phrase
            phrase = ""
    if phrase:
        yield phrase


# --- the font ------------------------------------------------------------------------------------------


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _has(character: str) -> bool:
    """What a font lacks it draws as its `.notdef`, as it draws what is no character at all."""
    return character.isspace() or bytes(_font(24).getmask(character)) != bytes(
        _font(24).getmask("\U0010fffd")
    )


@lru_cache(maxsize=1)
def _maker() -> str:
    """Part of every key: another font or version of a library draws other bytes."""
    font = hashlib.blake2b(FONT.read_bytes(), digest_size=8).hexdigest()
    return f"{font} {PIL.__version__} {features.version('freetype2')} {features.version('zlib')} {_VERSION}"


def _place(cache: Path, words: Words) -> Path:
    name = hashlib.blake2b(_said(words).encode(), digest_size=16).hexdigest()
    return cache / name[:2] / f"{name}.share.png"


def _said(words: Words) -> str:
    return "\n".join((words.title, words.sender, words.rubric, words.colour, words.face, _maker()))
