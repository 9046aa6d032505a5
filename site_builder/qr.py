"""QR codes (ISO/IEC 18004) of addresses, as one SVG path or as PNG. Pure: the same address gives the same bytes.

The library tries all eight masks and keeps the best, which takes five times as long as drawing one. A mask
only spreads dark and light; every mask is read by every reader, and a site has one code for each page.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

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
    made = _make(address)
    strokes: list[str] = []
    for row, line in enumerate(made.matrix, QUIET):
        begin, at = line.find(1), -QUIET
        while begin >= 0:
            end = line.find(0, begin)
            end = len(line) if end < 0 else end
            strokes.append(
                f"M{begin + QUIET} {row}.5h{end - begin}" if at < 0 else f"m{begin - at} 0h{end - begin}"
            )
            at, begin = end, line.find(1, end)
    return Symbol(len(made.matrix) + 2 * QUIET, "".join(strokes))


def png(address: str, scale: int = 8) -> Picture:
    """The code as a picture, each module `scale` pixels wide. Raises ValueError as `symbol` does."""
    made = _make(address)
    out = io.BytesIO()
    made.save(out, kind="png", scale=scale, border=QUIET)
    return Picture((len(made.matrix) + 2 * QUIET) * scale, out.getvalue())


def _make(address: str) -> segno.QRCode:
    try:
        return segno.make_qr(address, error=_ERROR, mask=_MASK, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError(f"an address of {len(address)} characters does not fit into a QR code") from error
