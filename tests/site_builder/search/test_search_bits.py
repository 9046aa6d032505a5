"""Exp-Golomb and Rice codes: what is packed is read again, and the codes are those of the standard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.search.bits import BitReader, codes, order_of, orders, pack


def packed(values: list[tuple[int, int]], plain: int = 0) -> bytes:
    numbers = np.array([value for value, _ in values], np.int64)
    code, length = codes(numbers, np.array([order for _, order in values], np.int64), plain)
    return pack(code, np.cumsum(length))


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 20)), max_size=60), st.integers(0, 5))
def test_what_is_packed_is_read(values: list[tuple[int, int]], plain: int) -> None:
    reader = BitReader(packed(values, plain))
    assert [(reader.number(order, plain), order) for _, order in values] == values


@pytest.mark.parametrize(
    ("value", "order", "bits"),
    # Up to 3 * 2^order a Rice code, then an Exp-Golomb code behind four zeros.
    [(0, 0, "1"), (3, 0, "0001"), (4, 0, "00001"), (5, 0, "0000010"), (9, 2, "00101"), (17, 2, "0000101")],
)
def test_small_numbers_are_rice_codes(value: int, order: int, bits: str) -> None:
    raw = packed([(value, order)], plain=4)
    assert f"{int.from_bytes(raw, 'big'):0{len(raw) * 8}b}".startswith(bits)


@pytest.mark.parametrize(
    ("value", "order", "bits"),
    # ITU-T H.264, table 9-1, and one of order 2.
    [(0, 0, "1"), (1, 0, "010"), (2, 0, "011"), (6, 0, "00111"), (9, 2, "01101"), (3, 2, "111")],
)
def test_codes_are_those_of_the_standard(value: int, order: int, bits: str) -> None:
    raw = packed([(value, order)])
    assert f"{int.from_bytes(raw, 'big'):0{len(raw) * 8}b}".startswith(bits)


def test_a_file_that_ends_too_early_is_an_error() -> None:
    with pytest.raises(ValueError, match="ends too early"):
        BitReader(b"").number(0)


@given(st.integers(0, 2**20), st.lists(st.integers(1, 2**20), min_size=1))
def test_orders_of_many_are_those_of_one(total: int, counts: list[int]) -> None:
    assert orders(total, np.array(counts)).tolist() == [order_of(total, count) for count in counts]
