"""Rows of numbers as rows of bits: what makes the files of the static index small.

A number v with parameter k is an Exp-Golomb code of order k (ITU-T H.264, 9.1, whose order 0 is `ue(v)`):
with w = (v >> k) + 1, as many zero bits as w has bits after its first, then w, then the lowest k bits of v.
Highest bit first. Small numbers are short, and no number is too large, which rows of distances need: words
come in bursts.

Most distances are as chance would have it, for which a Rice code (q zeros, a one, k bits) is shorter: with
`plain` p, v >> k is q below p, and what is above p - 1 follows as an Exp-Golomb code behind p more zeros.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

UInt = npt.NDArray[np.uint64]
Int = npt.NDArray[np.int64]


def codes(values: Int, order: Int | int, plain: int = 0) -> tuple[UInt, Int]:
    """The code of each value, without its leading zeros, and its length in bits."""
    order = np.broadcast_to(np.asarray(order, np.int64), values.shape)
    upper = (values >> order) + 1
    length = upper + order
    many = upper > plain  # Few are where there is a plain part: the others need no counting of bits.
    rest = upper[many] - plain
    length[many] = 2 * bit_lengths(rest) - 1 + plain + order[many]
    upper = np.ones_like(upper)
    upper[many] = rest
    code = (upper << order) | (values & ((np.int64(1) << order) - 1))
    return code.astype(np.uint64), length


def bit_lengths(values: Int) -> Int:
    """Of each value below 2^53; 0 has none."""
    found: Int = np.frexp(values.astype(np.float64))[1].astype(np.int64)
    return found


def orders(total: int, count: Int) -> Int:
    """The order that suits distances between `count` of `total` records."""
    return np.maximum(bit_lengths(total // (count + 1)) - 1, 0)


def order_of(total: int, count: int) -> int:
    """The same for one."""
    return max((total // (count + 1)).bit_length() - 1, 0)


def pack(code: UInt, ends: Int) -> bytes:
    """Codes below 2^33, each of which ends before the bit that `ends` names; codes never overlap."""
    if not code.size:
        return b""
    last = (ends - 1) >> 5
    shifted = code << ((-ends) & 31).astype(np.uint64)
    words = np.bincount(last + 1, (shifted & np.uint64(0xFFFFFFFF)).astype(np.float64), int(last[-1]) + 2)
    # What a code has above its last word of 32 bits belongs to the one before. Sums are exact: bits are
    # apart.
    words[:-1] += np.bincount(last, (shifted >> np.uint64(32)).astype(np.float64), words.size - 1)
    return words[1:].astype(">u4").tobytes()


class BitReader:
    """Reads what `pack` wrote."""

    def __init__(self, raw: bytes) -> None:
        self._value = int.from_bytes(raw, "big")
        self._left = len(raw) * 8

    def number(self, order: int, plain: int = 0) -> int:
        """One code. Zeros for ever behind the end would be no code: callers know how many there are."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
        upper = zeros
        if zeros >= plain:
            zeros -= plain
            upper = plain - 1 + (1 << zeros | self.bits(zeros))
        return upper << order | self.bits(order)

    def bits(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the file ends too early")
        found = self._value >> self._left
        self._value ^= found << self._left
        return found
