"""Numbers, dates and shares that cannot be as they are written (GB/T 15835-2011, and the calendar)."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from site_builder.proofing.hits import HAN, Around, Hit, each

_DOUBLED = (
    # 近50余人: both say "about" or "over". 近20多年 is right: the last twenty years and more.
    re.compile(
        rf"(?:大约|约|将近|近|超过|逾|至少)\s?(?:\d[\d,.]*)\s?[万亿]*[余多](?!年|个月|天|日|来)[{HAN}]"
    ),
    re.compile(
        rf"(?:大约|约|将近|近(?!\s?\d+\s?(?:年|个月|天|周|日|小时))|超过|逾)\s?(?:\d[\d,.]*)\s?[万亿]*[{HAN}]{{1,3}}左右"
    ),
    re.compile(r"(?:超过|逾|至少|不少于|不低于)\s?(?:\d[\d,.]*)\s?[万亿]*(?:[元人名个家户次件]|%)以上"),
    re.compile(r"(?:\d|[十百千万亿])(?:多余|余多|几余)(?=[人名元个件户份次家场])"),
    re.compile(r"(?:\d[\d,.]*)\s?[万亿]*[余多][^，。；、\d]{1,2}左右"),
)
_FEWER = re.compile(r"(?:减少|降低|下降|缩短|缩小)了?近?(?:\d[\d.]*|[一两二三四五六七八九十]+)倍")
_ZERO = re.compile(
    r"[一二](?:[一二三四五六七八九〇零][0OoＯ○Ｏ]|[0OoＯ○Ｏ][〇零0OoＯ○一二三四五六七八九])[一二三四五六七八九〇零0OoＯ○]?年"
)
_WHOLE = re.compile(
    r"(?:占比|(?:覆盖|签订|满意|合格|知晓|参与|参会|参保|入会|建会|建制|到会|出席|办结|就业|达标|及格|好评|调解成功|结案)率|满意度)"
    r"(?:已?达到?|为|是|均为?|超过?|约|近|高达|保持在|，|\s)*(?P<share>\d+(?:\.\d+)?)\s*[%％]"
)


def numbers(text: str) -> Iterator[Hit]:
    spans: set[tuple[int, int]] = set()
    for pattern in _DOUBLED:
        for hit in each("number-doubled", pattern, text):
            if not any(start < hit.end and hit.start < end for start, end in spans):
                spans.add((hit.start, hit.end))
                yield hit
    yield from each("number-mixed", _ZERO, text)
    yield from each("times-fewer", _FEWER, text)
    for match in _WHOLE.finditer(text):
        if float(match["share"]) > 100:
            yield Hit("over-whole", *match.span(), {"found": match[0]})


# --- the calendar ---------------------------------------------------------------------------------

_DAY = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]"
    r"(?:\s?[（(](?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])[）)]|\s?(?:星期|周)(?P<bare>[一二三四五六日天])(?![一-龥]*[至到、]))?"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS = "一二三四五六日"
_LUNAR = re.compile(r"(?:农历|阴历|旧历)[^，。；]{0,6}$")
_RANGE = re.compile(
    r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日?\s?(?:至|到|—+|－|-|~|～)\s?((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日"
)


def days(text: str, around: Around) -> Iterator[Hit]:
    for match in _DAY.finditer(text):
        month, day, year = int(match["month"]), int(match["day"]), match["year"]
        if _LUNAR.search(text[: match.start()]):
            continue
        no_leap = (month, day) == (2, 29) and year and not isleap(int(year))
        if no_leap or not 1 <= month <= 12 or not 1 <= day <= _LONGEST[month - 1]:
            yield Hit("impossible-date", *match.span(), {"found": match[0]})
        elif weekday := match["weekday"] or match["bare"]:
            yield from _weekday(match, text, around, weekday)
    for match in _RANGE.finditer(text):
        numbers = [int(part) for part in match.groups()]
        with suppress(ValueError):
            if date(*numbers[3:]) < date(*numbers[:3]):
                yield Hit("dates-reversed", *match.span(), {"found": match[0]})


def _weekday(match: re.Match[str], text: str, around: Around, weekday: str) -> Iterator[Hit]:
    """Without a year, the weekday may be that of the nearest such day or of any year that the text names."""
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        years = {int(match["year"])}
    else:
        near = {around.day.year - 1, around.day.year, around.day.year + 1}
        nearest = min(near, key=lambda year: abs((_date(year, month, day) - around.day).days))
        named = {int(found) for found in _YEAR.findall(text)}
        years = {nearest, *named, *(near if re.search("去年|上年|前年|明年|次年|来年", text) else ())}
    said = _WEEKDAYS.index(weekday.replace("天", "日"))
    right = {_date(year, month, day).weekday() for year in years}
    if said not in right:
        known = _WEEKDAYS[_date(max(years), month, day).weekday()]
        found = {"found": match[0], "right": f"星期{known}" if len(years) == 1 else ""}
        yield Hit("weekday", *match.span(), found)


def _date(year: int, month: int, day: int) -> date:
    """29 February of a year that has none counts as 1 March: it is asked only which year is near."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1)
