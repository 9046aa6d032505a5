"""What one cell says: dates, times, numbers, yes and no, lists, opening hours, as people write them.

Each reader takes the text of a cell that is not empty and returns what the record types read, or raises
ValueError saying what may stand there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from site_builder.records import WEEKDAYS

Reader = Callable[[str], Any]

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
CLOCK = re.compile(r"(\d{1,2})\s*[:：点时]\s*(\d{2})?\s*分?")
DASH = r"\s*(?:-|—+|–|~|～|至|到)\s*"
SPAN = re.compile(rf"{CLOCK.pattern}{DASH}{CLOCK.pattern}")
DAYS = "一二三四五六日"
DAY_WORD = r"(?:周|星期|礼拜)?[一二三四五六日天]"
DAY_RANGE = re.compile(rf"({DAY_WORD})(?:{DASH}({DAY_WORD}))?")
GROUPS: Mapping[str, tuple[int, ...]] = {
    "工作日": (0, 1, 2, 3, 4),
    "周末": (5, 6),
    "双休日": (5, 6),
    "每天": tuple(range(7)),
    "每日": tuple(range(7)),
    "全天": tuple(range(7)),
}
YES = frozenset({"是", "有", "对", "√", "✓", "1", "yes", "true", "y"})
NO = frozenset({"否", "无", "没有", "不", "×", "0", "no", "false", "n"})


def text(cell: str) -> str:
    return cell


def line(cell: str) -> str:
    return " ".join(cell.split())


def lines(cell: str) -> list[str]:
    """饮水、充电；如厕: several words in one cell."""
    return [part for part in (line(part) for part in re.split(r"[、;；,，\n]", cell)) if part]


def number(cell: str) -> str:
    """Kept as written, without separators of thousands: 125,460.30 -> 125460.30."""
    plain = cell.replace(",", "").replace("，", "").strip()
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise ValueError("只写数字，单位另写一列 (the number only; its unit has a column of its own)")
    return plain


def whole(cell: str) -> int:
    plain = number(cell)
    if "." in plain:
        raise ValueError("请写整数 (a whole number)")
    return int(plain)


def day(cell: str) -> str:
    match = DAY.fullmatch(cell.strip())
    try:
        if match:
            return date(*map(int, match.groups())).isoformat()
    except ValueError:
        pass
    raise ValueError("日期请写成 2025-04-01 (write a date as 2025-04-01)")


def partial_date(cell: str) -> str:
    """2024, 2024-10 or 2024-10-11."""
    plain = cell.strip().removesuffix("年")
    if re.fullmatch(r"\d{4}", plain):
        return plain
    if (match := MONTH.fullmatch(cell.strip())) and 1 <= int(match[2]) <= 12:
        return f"{match[1]}-{int(match[2]):02}"
    return day(cell)


def clock(cell: str) -> str:
    match = CLOCK.fullmatch(cell.strip())
    if not match:
        raise ValueError("时间请写成 19:00 (write a time as 19:00)")
    return _clock(match[1], match[2])


def _clock(hour: str, minute: str | None) -> str:
    told = f"{int(hour):02}:{minute or '00'}"
    if int(hour) > 24 or int(minute or 0) > 59 or (int(hour) == 24 and told != "24:00"):
        raise ValueError(f"没有 {told} 这个时间 (there is no such time)")
    return told


def day_or_moment(cell: str) -> str:
    """2025-04-01, or 2025-04-01 19:00 by Beijing's clock."""
    plain = cell.strip()
    match = DAY.match(plain)
    rest = plain[match.end() :].strip(" T") if match else ""
    if not match or not rest:
        return day(plain)
    return f"{day(match[0])}T{clock(rest)}:00+08:00"


def yes_no(cell: str) -> bool:
    word = cell.strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise ValueError("请写“是”或“否” (yes or no)")


def free_or_price(cell: str) -> dict[str, Any]:
    """免费, or a number of yuan: 88 or 88元."""
    word = cell.strip()
    if word in ("免费", "free", "0"):
        return {"free": True}
    return {"free": False, "value": number(word.removesuffix("元"))}


def weekdays(cell: str) -> list[str]:
    """周二、四、六; 周一至周五; 工作日."""
    found: set[int] = set()
    rest = cell
    for word, days in GROUPS.items():
        if word in rest:
            found |= set(days)
            rest = rest.replace(word, " ")
    for match in DAY_RANGE.finditer(rest):
        first = _weekday(match[1])
        last = _weekday(match[2]) if match[2] else first
        found |= {place % 7 for place in range(first, last + 1 if last >= first else last + 8)}
    rest = re.sub(r"(?:周|星期|礼拜|每|[、,，\s和及])", "", DAY_RANGE.sub("", rest))
    if not found or rest:
        raise ValueError("星期请写成“周一至周五”或“周二、周四” (weekdays: 周一至周五)")
    return [WEEKDAYS[place] for place in sorted(found)]


def _weekday(word: str) -> int:
    return DAYS.index(word[-1].replace("天", "日"))


def hours(cell: str) -> list[dict[str, Any]]:
    """周二、周四 8:00-11:00，14:00-18:00；周日 9:00-12:00. Without weekdays: every day."""
    entries = []
    for part in re.split(r"[;；\n]", cell):
        if not part.strip():
            continue
        spans = list(SPAN.finditer(part))
        if not spans:
            raise ValueError("开放时间请写成“周一至周五 08:30-17:00” (opening hours: 周一至周五 08:30-17:00)")
        rest = part[spans[-1].end() :].strip(" ，,。")
        between = "".join(part[a.end() : b.start()] for a, b in pairwise(spans))
        if rest or between.strip(" 、,，和及"):
            raise ValueError("不同的星期之间请用分号隔开 (separate different weekdays by a semicolon)")
        named = part[: spans[0].start()].strip(" :：，,")
        days = weekdays(named) if named else list(WEEKDAYS)
        for span in spans:
            opens, closes = _clock(span[1], span[2]), _clock(span[3], span[4])
            entries.append({"days": days, "opens": opens, "closes": closes})
    return entries


def one_of(choices: Iterable[tuple[str, Iterable[str]]]) -> Reader:
    """One of some codes, each of which may be written by one of its names."""
    names: dict[str, str] = {}
    shown = []
    for code, written in choices:
        words = list(written)
        shown.append(words[0])
        names |= {word.lower(): code for word in (*words, code)}

    def read(cell: str) -> str:
        code = names.get(cell.strip().lower())
        if code is None:
            raise ValueError(f"请写其中之一：{'、'.join(shown)} (one of these)")
        return code

    return read
