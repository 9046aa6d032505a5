"""How texts and rows of numbers are written in the files of the static index, so that they are small."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

_DOUBTFUL = re.compile("[\u1e3f\u9fb4-\u9fbb\ue000-\uf8ff\ufe10-\ufe19]")
"""What Python and browsers (https://encoding.spec.whatwg.org/), or two versions of GB 18030, write
otherwise."""
_UTF8 = b"\0"
_SMALL = 1 << 12
STEPS = 32
"""Numbers of files between one power of two and the next: were each possible, every tenth change of one
record would make all files anew, because there is one more or less."""


def packed(text: str) -> bytes:
    """Raw deflate (RFC 1951), as DecompressionStream("deflate-raw") reads it, of GB 18030, which needs two
    bytes for a Chinese character where UTF-8 needs three; of a zero and UTF-8 where that is shorter or
    surer."""
    content, plain = text.encode("gb18030"), text.encode()
    if len(plain) < len(content) or _DOUBTFUL.search(text):
        content = _UTF8 + plain
    # A window no larger than what is written is quicker to set up, which counts over thousands of files.
    packer = zlib.compressobj(9, zlib.DEFLATED, -12 if len(content) <= _SMALL else -15)
    return packer.compress(content) + packer.flush()


def unpacked(raw: bytes) -> str:
    """What `packed` was given."""
    content = zlib.decompress(raw, -15)
    return content[1:].decode() if content.startswith(_UTF8) else content.decode("gb18030")


def stepped(number: int) -> int:
    """The greatest number of files in `number` that is one of STEPS."""
    step = max(1, (1 << number.bit_length() - 1) // STEPS)
    return number // step * step


def stretches(numbers: Iterable[int]) -> list[int]:
    """Rising numbers: how many are left out, how many follow each other, and so on. 3, 4, 5, 9 is
    3, 3, 3, 1."""
    found: list[int] = []
    end = 0
    for number in numbers:
        if found and number == end:
            found[-1] += 1
        else:
            found += (number - end, 1)
        end = number + 1
    return found


def stretched(row: Sequence[int]) -> Iterator[int]:
    """The numbers that `stretches` was given."""
    place = 0
    for skipped, count in zip(row[::2], row[1::2], strict=True):
        place += skipped
        yield from range(place, place + count)
        place += count
