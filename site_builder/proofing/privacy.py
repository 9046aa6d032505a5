"""Personal data that no site should show.

Masked numbers (370202********1234) are fine, so are hotlines, landlines and whatever is written as a contact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from site_builder.proofing.hits import HAN, Hit, each
from site_builder.records import looks_like_a_name

_NUMBER = re.compile(r"(?<![0-9A-Za-z*.])\d(?:[ \-]?\d){13,18}[\dXx]?(?![0-9A-Za-z*])")
"""Fifteen to nineteen digits, perhaps in groups."""
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_PROVINCES = frozenset(
    map(
        str,
        (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71),
    )
)
"""GB/T 2260. 81 to 83 are residence permits of Hong Kong, Macao and Taiwan people, of one place each."""
_PERMITS = frozenset({"810000", "820000", "830000"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def numbers(text: str) -> Iterator[Hit]:
    """Numbers of identity cards and of bank cards, in any text."""
    blank = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    for match in _NUMBER.finditer(blank):
        digits = re.sub(r"[ \-]", "", match[0]).upper()
        shown = {"found": masked(digits)}
        if is_identity_number(digits):
            yield Hit("identity-number", *match.span(), shown)
        elif len(digits) == 15 and _is_old_identity_number(digits):
            yield Hit("identity-number-old", *match.span(), shown)
        elif is_bank_card(digits) and (_OF_UNIONPAY.match(digits) or _CARD.search(blank[: match.start()])):
            yield Hit("bank-card", *match.span(), shown)


def masked(digits: str) -> str:
    """A number as messages and logs may name it."""
    return f"{digits[:4]}…{digits[-2:]}"


def is_identity_number(digits: str) -> bool:
    """Whether it is a citizen's number of 18 places: place, birthday and check digit (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dX]", digits) or not _known_place(digits):
        return False
    if not _is_day(digits[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _CHECKS[total % 11] == digits[17]


def _is_old_identity_number(digits: str) -> bool:
    """One of 15 places (GB 11643-1989) has no check digit: place and birthday must do."""
    return _known_place(digits) and digits[2:6] != "0000" and _is_day(f"19{digits[6:12]}")


def _known_place(digits: str) -> bool:
    return digits[:2] in _PROVINCES or digits[:6] in _PERMITS


def _is_day(digits: str) -> bool:
    try:
        return 1850 <= date.fromisoformat(digits).year <= 2099
    except ValueError:
        return False


_OF_UNIONPAY = re.compile(r"62|9558|95599")
"""Of other first digits a tenth of all numbers would pass: there the text must speak of a card."""
_CARD = re.compile(r"(?:银行卡|借记卡|储蓄卡|信用卡|工资卡|卡号)[^。；]{0,12}$")


def is_bank_card(digits: str) -> bool:
    """Whether a number of 16 to 19 digits has the check digit of cards (ISO/IEC 7812-1, Luhn)."""
    if not digits.isdecimal() or not 16 <= len(digits) <= 19 or len(set(digits)) < 4:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


_MOBILE = re.compile(r"(?<![0-9A-Za-z*.\-])(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?![0-9A-Za-z*])")
_PLATE = re.compile(
    r"(?<![0-9A-Za-z])[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·•]?"
    r"(?=[A-HJ-NP-Z]*\d[A-HJ-NP-Z]*\d[A-HJ-NP-Z]*\d)(?:[A-HJ-NP-Z0-9]{5}|[DF][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF])"
    r"(?![0-9A-Za-z\-])"
)
"""GA 36-2018; of five signs at least three are digits."""
_HOME = re.compile(
    rf"(?:家住|家庭住址|家庭地址|现住址|住址|现住|居住在)[^。；\n]{{2,40}}?"
    rf"(?:\d+|[一二三四五六七八九十]+)(?:号楼|栋|幢|单元)[^。；\n{HAN}]{{0,8}}(?:\d+\s*(?:号楼|单元|层|楼)\s*)*\d{{2,4}}(?:室|号|户)"
)


def prose(text: str) -> Iterator[Hit]:
    """What is personal where a text runs on, and may stand in a contact."""
    for match in _MOBILE.finditer(_ADDRESS.sub(lambda match: " " * len(match[0]), text)):
        digits = re.sub(r"\D", "", match[0])[-11:]
        yield Hit("mobile-number", *match.span(), {"found": f"{digits[:3]}…{digits[-2:]}"})
    for match in _PLATE.finditer(text):
        yield Hit("plate-number", *match.span(), {"found": f"{match[0][:2]}…{match[0][-1]}"})
    yield from each("home-address", _HOME, text)
    yield from _helped(text)


_HELPED = re.compile(
    rf"(?:(?:特别?困|困难|特困|深度困难|相对困难|因病致困|患病|大病)(?:职工|农民工|党员|劳模|学生|家庭)|受助(?:者|人|职工|学生|对象)|"
    rf"(?:被|受)救助(?:者|人|职工)|获助(?:者|职工|学生))"
    rf"(?P<name>[{HAN}]{{2,3}}?)(?=(?:激动|感激|感动|高兴|哽咽|动情|含泪)(?:地|不已|得)|说[，：:道]|说|告诉记者|"
    rf"表示|接过|拿到|收到|领到|握着|拉着|紧紧|的(?:家|丈夫|妻子|母亲|父亲|儿子|女儿|孩子)|家[中里]|，?今年\d|，\d\d岁|（\d)"
)


def _helped(text: str) -> Iterator[Hit]:
    """The house rule that nobody who was helped is named: said to be helped, a full name, does or says."""
    for match in _HELPED.finditer(text):
        name = match["name"]
        masked_name = re.search(
            r"某|师傅|女士|先生|大姐|大哥|大爷|大妈|阿姨|老师|同志|化名", f"{name}{text[match.end() :][:5]}"
        )
        if looks_like_a_name(name) and not masked_name:
            yield Hit("helped-person", *match.span("name"), {"found": match[0]})
