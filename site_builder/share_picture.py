"""The picture that a messenger shows beside a shared address: a record's title, on its union's colour.

Drawn once for the network, on the site of the union that owns the record; other sites name that one. The font
comes with the program (fonts/, made by tools/share_font.py), so that the same content gives the same bytes on
every machine. A title with a character that the font lacks is not drawn, rather than with a hole in it.
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
_SHADES = 15
"""Steps from paper to ink; the sixteenth colour is the union's."""
_PAPER, _INK = "#fdfcf9", "#191613"
_VERSION = "2"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a picture."""

    title: str
    sender: str
    rubric: str
    colour: str
    """#rrggbb"""


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
    sheet = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(sheet)
    small = _font(_SMALL)
    pen.text((_MARGIN, 62), words.sender, 0, small)
    size, lines = _set(words.title)
    large = _font(size)
    leading = round(size * _LEADING)
    top = 150 + (HEIGHT - 150 - 120 - leading * len(lines)) // 2
    for number, line in enumerate(lines):
        hang = size // 2 if line[0] in NOT_LAST and not line[0].isascii() else 0
        pen.text((_MARGIN - hang, top + number * leading), line, 0, large)
    pen.text((_MARGIN, HEIGHT - 92), words.rubric, 70, _font(30))
    made = sheet.point([min(_SHADES - 1, value * _SHADES // 256) for value in range(256)]).convert("L")
    made = _indexed(made, words.colour)
    pen = ImageDraw.Draw(made)
    pen.rectangle((0, 0, WIDTH, 17), fill=_SHADES)
    pen.rectangle((_MARGIN, 128, WIDTH - _MARGIN, 133), fill=_SHADES)
    out = io.BytesIO()
    made.save(out, "PNG", bits=4, compress_level=6)
    return out.getvalue()


def _indexed(sheet: Image.Image, colour: str) -> Image.Image:
    """Shades as places of a palette from ink to paper; the union's colour comes last."""
    made = Image.frombytes("P", sheet.size, sheet.tobytes())
    shades = [formats.mix(_INK, _PAPER, step / (_SHADES - 1)) for step in range(_SHADES)]
    made.putpalette([int(shade[at : at + 2], 16) for shade in (*shades, colour) for at in (1, 3, 5)])
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
    return "\n".join((words.title, words.sender, words.rubric, words.colour, _maker()))
