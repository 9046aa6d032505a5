"""How dates, numbers, figures, telephone numbers and colours are written, in Chinese and in English.

Pure functions from plain text to plain text; nothing here knows the clock, HTML or a site. Languages
are `zh-Hans` and `en`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from site_builder.records import LEADING_QUALIFIERS

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T(\d{2}):(\d{2}))?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_UNSAFE = re.compile(r"[\x00-\x20\\\x7f]")
_TEN_THOUSAND = 10_000
_SCHEMES = ("http:", "https:", "mailto:", "tel:")


# --- dates ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4_096, typed=True)
def date_text(
    value: str, language: str, *, time: bool = False, weekday: bool = False, after: str = ""
) -> str:
    """`2025-04-01` as 2025年4月1日 or 1 April 2025; a partial date only as far as it is known.

    An ISO moment shows its day, with `time` also hours and minutes. `after` is the date printed before it:
    its year is not repeated in Chinese (2025年4月1日 至 4月11日). What is no date comes back as it is.
    """
    match = _DATE.match(value)
    if not match:
        return value
    year, month, day, hour, minute = match.groups()
    chinese = language != "en"
    if not month:
        return f"{year}年" if chinese else year
    if not day:
        return f"{year}年{int(month)}月" if chinese else f"{_MONTHS[int(month) - 1]} {year}"
    if chinese:
        text = f"{int(month)}月{int(day)}日" if after[:4] == year else f"{year}年{int(month)}月{int(day)}日"
    else:
        text = f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
    if weekday:
        number = date(int(year), int(month), int(day)).weekday()
        text = f"{text} 星期{'一二三四五六日'[number]}" if chinese else f"{_WEEKDAYS[number]}, {text}"
    if time and hour:
        text += f" {int(hour)}:{minute}" if chinese else f", {hour}:{minute}"
    return text


_PERIOD = re.compile(r"(至?)(\d{4}(?:-\d{2}){0,2})(?:—(\d{4}(?:-\d{2}){0,2})|(起))?")


def period_text(period: str, language: str) -> str:
    """`2019—2023-07` as 2019年—2023年7月; also `至2025-03`, `2019-06-13起`. Words stay as they are."""
    match = _PERIOD.fullmatch(period)
    if not match:
        return period
    until, first, second, since = match.groups()
    if language == "en":
        before = "until " if until else "since " if since else ""
        return before + " – ".join(date_text(day, language) for day in (first, second) if day)
    return until + "—".join(date_text(day, language) for day in (first, second) if day) + (since or "")


# --- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the parts in which it is printed: 近 | 24 | 万 | 余 | 名 | 以上."""

    lead: str
    number: str
    scale: str
    middle: str
    unit: str
    tail: str

    def __str__(self) -> str:
        return f"{self.lead}{self.number}{self.scale}{self.middle}{self.unit}{self.tail}"


_DIGITS = 21
"""Signs before the point, a minus among them, up to which a value is a number: see records.Number."""


def number_text(value: str, language: str, unit: str = "") -> tuple[str, str]:
    """A number as (digits, scale): 240000 is ("24", "万") in Chinese and ("240,000", "") in English.

    Five and more digits are grouped by commas and four are not (GB/T 15835-2011, 5.1.2.2; English
    groups from four); whole thousands from ten thousand on are counted in 万 unless the unit already
    does. Nothing is rounded: the digits say what the value says.
    """
    if not _NUMBER.fullmatch(value) or len(value.partition(".")[0]) > _DIGITS:
        return value, ""
    number = Decimal(value)
    if (
        language != "en"
        and abs(number) >= _TEN_THOUSAND
        and number % 1000 == 0
        and not unit.startswith(("万", "亿"))
    ):
        scaled = number / _TEN_THOUSAND
        return f"{scaled.normalize():f}", "万"
    smallest = 1_000 if language == "en" else _TEN_THOUSAND
    return (f"{number:,f}" if abs(number) >= smallest else value), ""


def amount(item: Mapping[str, Any], language: str) -> Amount:
    """What has `value`, `unit` and `qualifier` (a Figure, Benefit, Quota, Parameter) in its printed parts."""
    unit = item.get("unit") or ""
    qualifiers: Iterable[str] = item.get("qualifier") or ()
    if isinstance(qualifiers, str):
        qualifiers = (qualifiers,)
    number, scale = number_text(str(item["value"]), language, unit)
    following = [word for word in qualifiers if word not in LEADING_QUALIFIERS]
    return Amount(
        lead="".join(word for word in qualifiers if word in LEADING_QUALIFIERS),
        number=number,
        scale=scale,
        middle="".join(word for word in following if word != "以上"),
        unit=unit,
        tail="".join(word for word in following if word == "以上"),
    )


# --- addresses ------------------------------------------------------------------------------------


def tel_link(phone: str) -> str:
    """A number as a person wrote it, as the address that dials it: 0532-8888 (转2) dials 05328888."""
    match = re.search(r"\+?\d[\d\s()-]*", phone)
    return "tel:" + re.sub(r"[^\d+]", "", match.group()) if match else ""


def map_link(address: str) -> str:
    """A search for an address on a map: https://lbs.amap.com/api/uri-api/guide/search/search."""
    return "https://uri.amap.com/search?keyword=" + quote(address, safe="")


@lru_cache(maxsize=8_192, typed=True)
def relative(href: str, root: str) -> str:
    """A link of a context, as it stands on the page whose way to the site's root is `root`.

    Paths from the site's root become relative (absolute where `root` is, as on 404.html); links of
    http, https, mailto and tel and fragments stay; anything else leads nowhere.
    """
    if _UNSAFE.search(href):
        href = quote(href, safe="/:?#[]@!$&'()*+,;=%~")
    if href.startswith("#"):
        return href
    if href.startswith("/") and not href.startswith("//"):
        # "./" keeps a first segment with a colon from being read as a scheme, and "" from meaning "here".
        return (root or "./") + href[1:]
    return href if href[:8].lower().startswith(_SCHEMES) else "#"


# --- colours --------------------------------------------------------------------------------------

_Colour = tuple[int, int, int]


def _parse(colour: str) -> _Colour:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"{colour!r} is no colour of the form #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: _Colour) -> float:
    """Relative luminance as WCAG 2.2 defines it."""

    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(channel, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(_parse(first)), _luminance(_parse(second))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` in it."""
    parts = zip(_parse(colour), _parse(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def readable(colour: str, background: str, at_least: float = 4.5) -> str:
    """The colour, moved towards black or white only as far as it must be to be read on `background`."""
    pole = max(("#000000", "#ffffff"), key=lambda end: contrast(end, background))
    for step in range(0, 21):
        candidate = mix(colour, pole, step / 20)
        if contrast(candidate, background) >= at_least:
            return candidate
    return pole


def ink_on(colour: str) -> str:
    """White or black, whichever is read better on `colour`: one of them always has a contrast of 4.5."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))
