"""QR codes (ISO/IEC 18004) of addresses, as an SVG path or as PNG. Pure: the same address, the same bytes.

The library tries all eight masks and keeps the best, which takes five times as long as drawing one. A mask
only spreads dark and light; every mask is read by every reader, and a site has one code for each page.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache

import segno

QUIET = 4
"""Modules of white that the standard asks for on each side."""
_MASK = 3
_ERROR = "m"
"""Readable with 15 % of it covered: a notice board is touched and pinned."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """`size` modules on each side, the quiet zone included; `path`, stroked one wide, draws the dark ones."""

    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, `size` pixels on each side."""

    size: int
    data: bytes


@lru_cache(maxsize=256)
def symbol(address: str) -> Symbol:
    """The code of an address. Raises ValueError for one longer than a code holds (2,331 bytes)."""
    lines = _lines(address)
    strokes: list[str] = []
    for row, line in enumerate(lines, QUIET):
        begin, at = line.find("1"), -QUIET
        while begin >= 0:
            end = line.find("0", begin)
            end = len(line) if end < 0 else end
            strokes.append(
                f"M{begin + QUIET} {row}.5h{end - begin}" if at < 0 else f"m{begin - at} 0h{end - begin}"
            )
            at, begin = end, line.find("1", end)
    return Symbol(len(lines) + 2 * QUIET, "".join(strokes))


def png(address: str, scale: int = 8) -> Picture:
    """The code as a picture, each module `scale` pixels wide. Raises ValueError as `symbol` does."""
    made = _make(address)
    out = io.BytesIO()
    made.save(out, kind="png", scale=scale, border=QUIET)
    return Picture((len(made.matrix) + 2 * QUIET) * scale, out.getvalue())


# --- many codes -----------------------------------------------------------------------------------

_HOLDS = (14, 26, 42, 62, 84, 106, 122, 152, 180)
"""Bytes in a code of version 1 to 9 at level M (ISO/IEC 18004, table 7)."""
_MANY = 500
"""Codes of one version after which it pays to learn it, which takes as long as making so many."""
_counts = [0] * len(_HOLDS)


def _lines(address: str) -> list[str]:
    """The modules of a code, line by line, as 0 and 1."""
    data = address.encode()
    version = bisect_left(_HOLDS, len(data)) + 1
    # What is all capitals and digits is set more densely, what is not ASCII with a note of its encoding.
    if version > len(_HOLDS) or not address.isascii() or not any(map(str.islower, address)):
        return [line.translate(_DIGITS).decode() for line in _make(address).matrix]
    _counts[version - 1] += 1
    if _counts[version - 1] <= _MANY:
        return [line.translate(_DIGITS).decode() for line in _make(address).matrix]
    size = 17 + 4 * version
    modules = _blank(version, len(data))
    for vector, bit in zip(_vectors(version), f"{int.from_bytes(data):0{8 * len(data)}b}", strict=False):
        if bit == "1":
            modules ^= vector
    text = f"{modules:0{size * size}b}"
    return [text[start : start + size] for start in range(0, size * size, size)]


_DIGITS = bytes([0x30, 0x31]) + bytes(254)


@cache
def _vectors(version: int) -> tuple[int, ...]:
    """Which modules turn where one bit of the text does.

    With the mask fixed every module is the sum, modulo two, of some bits of the text and a constant: error
    correction (Reed-Solomon), interleaving and masking are all linear. So a code is put together of these.
    """
    length = _HOLDS[version - 1]
    blank = _blank(version, length)
    bits = (1 << bit for bit in reversed(range(8 * length)))
    return tuple(_modules(bit.to_bytes(length), version) ^ blank for bit in bits)


@cache
def _blank(version: int, length: int) -> int:
    return _modules(bytes(length), version)


def _modules(data: bytes, version: int) -> int:
    made = segno.make_qr(data, error=_ERROR, mask=_MASK, boost_error=False, version=version, mode="byte")
    return int(b"".join(made.matrix).translate(_DIGITS), 2)


def _make(address: str) -> segno.QRCode:
    try:
        return segno.make_qr(address, error=_ERROR, mask=_MASK, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError(f"an address of {len(address)} characters does not fit into a QR code") from error
