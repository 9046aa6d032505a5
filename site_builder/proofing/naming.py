"""A union's name with a slip in it: 青岛市市总工会, 清岛市总工会. 青鸟市总工会 is none: there may be one.

Looked for are the names of the record's own union, of those above and of those just below; what differs is
one character of the same sound, one written twice or two that changed places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from site_builder.proofing.hits import Around, Hit
from site_builder.search.pinyin_table import READINGS

_REAL = frozenset(
    re.findall(
        "..",
        "山西陕西苏州宿州福州抚州宜春伊春玉林榆林泰州台州金州锦州晋州徐州叙州惠州徽州滨州彬州吉州冀州蓟州"
        "襄阳向阳宜阳弋阳益阳青阳庆阳阜阳富阳丽水溧水",
    )
)
"""Places that are both there and sound alike: neither is a slip for the other."""
_SHORTEST = 5


def naming(text: str, around: Around) -> Iterator[Hit]:
    if "会" not in text:  # the last character of every union's name
        return
    sounds = text.translate(_sounds())
    for name in around.unions:
        if len(name) < _SHORTEST:
            continue
        for start, end in (*_sounding_like(name, text, sounds), *_misplaced(name, text)):
            place = re.split(r"[省市县区]", text[start:end])[0]
            if place not in _REAL and not _is_part(text, (start, end), around.unions):
                yield Hit("union-name", start, end, {"found": text[start:end], "right": name})


def _sounding_like(name: str, text: str, sounds: str) -> Iterator[tuple[int, int]]:
    """Where a text sounds like the name, and one character is another."""
    for match in re.finditer(re.escape(name.translate(_sounds())), sounds):
        found = text[match.start() : match.end()]
        if sum(one != other for one, other in zip(name, found, strict=True)) == 1:
            yield match.span()


def _misplaced(name: str, text: str) -> Iterator[tuple[int, int]]:
    for slip in _slips(name):
        at = text.find(slip)
        if at >= 0:
            yield at, at + len(slip)


def _is_part(text: str, span: tuple[int, int], names: tuple[str, ...]) -> bool:
    """Whether a name that is right covers the place."""
    return any(
        match.start() < span[1] and span[0] < match.end()
        for name in names
        for match in re.finditer(re.escape(name), text)
    )


@cache
def _slips(name: str) -> tuple[str, ...]:
    """The name with one character twice, or two that changed places."""
    twice = [name[: at + 1] + name[at:] for at in range(len(name))]
    changed = [name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)]
    return tuple({*twice, *changed} - {name})


@cache
def _sounds() -> dict[int, int]:
    """Each character -> the first of those of the same syllable."""
    found: dict[int, int] = {}
    for entry in READINGS.split(","):
        characters = entry.partition(":")[2]
        for character in characters:
            found.setdefault(ord(character), ord(characters[0]))
    return found
