"""QR codes: the standard's shape, the same bytes, refused where an address is too long."""

from __future__ import annotations

import io
import re

import pytest
import segno
from PIL import Image

from site_builder import qr

ADDRESS = "https://pingdu.example/programs/zhigong-yexiao/"


def dark(symbol: qr.Symbol) -> set[tuple[int, int]]:
    """The dark modules that a path strokes: (row, column)."""
    found: set[tuple[int, int]] = set()
    row = column = 0
    for part in re.findall(r"M(\d+) (\d+)\.5h(\d+)|m(\d+) 0h(\d+)", symbol.path):
        if part[0]:
            column, row, length = int(part[0]), int(part[1]), int(part[2])
        else:
            column, length = column + int(part[3]), int(part[4])
        found |= {(row, place) for place in range(column, column + length)}
        column += length
    return found


@pytest.mark.parametrize("address", [ADDRESS, "https://a.example/", f"https://x.example/{'很长' * 60}/"])
def test_the_path_draws_the_code_of_the_address(address: str) -> None:
    symbol = qr.symbol(address)
    expected = segno.make_qr(address, error="m", mask=3, boost_error=False)
    rows = [list(row) for row in expected.matrix_iter(border=qr.QUIET)]
    assert symbol.size == len(rows)
    assert dark(symbol) == {
        (row, column) for row, line in enumerate(rows) for column, module in enumerate(line) if module
    }


def test_addresses_have_codes_of_their_own() -> None:
    assert qr.symbol(ADDRESS) != qr.symbol(ADDRESS + "x")


def test_a_picture_has_the_same_modules() -> None:
    made = qr.png(ADDRESS, scale=4)
    image = Image.open(io.BytesIO(made.data)).convert("L")
    assert image.size == (made.size, made.size)
    symbol = qr.symbol(ADDRESS)
    modules = {
        (row, column)
        for row in range(symbol.size)
        for column in range(symbol.size)
        if image.getpixel((column * 4 + 2, row * 4 + 2)) == 0
    }
    assert modules == dark(symbol)
    assert qr.png(ADDRESS, scale=4) == made


@pytest.mark.parametrize("make", [qr.symbol, qr.png])
def test_what_does_not_fit_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        make("https://a.example/" + "x" * 3000)  # type: ignore[operator]


@pytest.mark.parametrize("length", [1, 13, 14, 15, 26, 27, 42])
def test_many_codes_are_put_together_as_the_library_would(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [("https://u7.example/news/2025/04/x-9_/" * 2)[start : start + length] for start in range(5)]
    qr.symbol.cache_clear()
    one_by_one = [qr.symbol(address) for address in addresses]
    qr.symbol.cache_clear()
    monkeypatch.setattr(qr, "_MANY", 0)
    assert [qr.symbol(address) for address in addresses] == one_by_one
