"""Other ways to write the numbers of a text: 88元 is also asked for as 八十八元, 50万元 as 500000元.

A text is given them when it is indexed, so that a query needs nothing of this. Left out are numbers below ten
and years, which say little about a text and stand in every one, and numerals of one character (三公里).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

DIGITS = "零一二三四五六七八九"
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = re.compile(
    rf"([0-9{_NUMERALS}](?<![0-9.{_NUMERALS}].)(?:(?<=[0-9])[0-9]*+(?:\.[0-9]++)?|(?<=[{_NUMERALS}])[{_NUMERALS}]++))"
    r"[多余]?([万亿]?)[多余]?(?!年)([\u3400-\u9fff])"
)
"""Begins with a character, since it takes ten times as long to look for what stands before one."""
_PART = re.compile("[0-9.]+|.")
LEAST, GREATEST = 10, 10**12
DIGITS_SAID = 3
"""Digits before zeros of a number that people spell; longer ones they type."""
SMALL = 1000
"""Yuan below which people say 块."""


def others(folded: str) -> Iterator[str]:
    """Each number of a folded text as it is written otherwise, with the character behind it: `88元` ->
    `八十八元`, `12000人` -> `1.2万人`; of money also as it is said, `八十八块`."""
    for number, power, unit in dict.fromkeys(_NUMBER.findall(folded)):
        small, forms = _otherwise(number + power)
        for form in forms:
            if form != number + power:
                yield form + unit
            if unit == "元" and small:
                yield f"{form}块"


@lru_cache(maxsize=10_000)
def _otherwise(written: str) -> tuple[bool, Sequence[str]]:
    """Whether a number is small, and its forms; none where they are left out."""
    value = value_of(written)
    return value < SMALL, forms_of(value) if LEAST <= value < GREATEST else ()


def value_of(written: str) -> float:
    """`一千二百零五` -> 1205, `1.2万` -> 12000, `二〇二四` -> 2024."""
    total = part = digit = 0.0
    for piece in _PART.findall(written.replace("两", "二")):
        power = _POWERS.get(piece, 0)
        if power > 1000:
            total, part, digit = total + (part + digit) * power, 0, 0
        elif power:
            part, digit = part + (digit or 1) * power, 0
        elif piece[0] in "0123456789":
            digit = float(piece)
        else:
            digit = digit * 10 + max(0, DIGITS.find(piece))
    return total + part + digit


def forms_of(value: float) -> list[str]:
    """`12000` -> 12000, 1.2万, 一万两千."""
    found = [_plain(value)]
    for unit in "万亿":
        short = value / _POWERS[unit]
        if short >= 1 and round(short, 2) == short:
            found.append(f"{_plain(short)}{unit}")
    if value % 1 == 0 and len(str(int(value)).rstrip("0")) <= DIGITS_SAID:
        found.append(_spelled(int(value)))
    return found


def _plain(value: float) -> str:
    """As short as it is exact: 12000, 1.2."""
    rounded = round(value, 4)
    return str(int(rounded)) if rounded % 1 == 0 else str(rounded)


def _spelled(value: int) -> str:
    """`1205` -> 一千二百零五."""
    for unit in "亿万千百十":
        power = _POWERS[unit]
        if value >= power:
            head, rest = divmod(value, power)
            said = _spelled(head) if head > 9 else "两" if head == 2 and power > 100 else DIGITS[head]
            if unit == "十" and head == 1:
                said = ""
            gap = "零" if 0 < rest < power // 10 else ""
            if rest and 10 <= rest < 20 and not gap and power > 10:
                return f"{said}{unit}一{_spelled(rest)}"
            return f"{said}{unit}{gap}{_spelled(rest) if rest else ''}"
    return DIGITS[value]
