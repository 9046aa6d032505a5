"""Calendar files (iCalendar, RFC 5545): beside each event and program with dates, and one of a site's events.

Written here and not by a library: none of those installed writes iCalendar, and all that is needed is one
component with eight properties. Repetitions go out as rules, so that a subscriber's calendar goes on
beyond the pages' horizon. A file says nothing of when it was made: DTSTAMP is the record's last change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from site_builder import paths
from site_builder.pages.timetable import has_calendar
from site_builder.pages.view import View
from site_builder.plan import Planned
from site_builder.records import BEIJING, BaseRecord, Event, Kind, Program, Repetition, Session

_ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}
_DEADLINE = {"zh-Hans": "报名截止：{}", "en": "Applications close: {}"}


@dataclass(frozen=True)
class Calendar:
    """A calendar file that is not made yet."""

    items: tuple[Planned, ...]
    """What it tells of."""
    name: str
    view: View

    def data(self) -> bytes:
        return _file(self.name, (line for item in self.items for line in _components(item, self.view)))


def calendar_files(view: View) -> Mapping[str, Calendar]:
    """Every calendar file of a site by its site path."""
    dated = [
        item
        for kind in (Kind.EVENT, Kind.PROGRAM)
        for item in view.by_kind.get(kind, ())
        if has_file(item.record)
    ]
    found = {paths.calendar_path(item.path): Calendar((item,), item.record.title, view) for item in dated}
    if has_calendar(view.events()):
        events = tuple(item for item in dated if item.record.kind is Kind.EVENT)
        found[paths.CALENDAR] = Calendar(events, view.union.name, view)
    return found


def has_file(record: BaseRecord) -> bool:
    """Whether a calendar file lies beside a record's page."""
    if isinstance(record, Event):
        return bool(record.sessions)
    return isinstance(record, Program) and any(_spans(record))


def _components(item: Planned, view: View) -> Iterator[str]:
    record = item.record
    url = view.absolute(paths.href(item.path))
    stamp = record.updated if record.updated and record.updated <= view.plan.as_of else record.published
    common = [f"DTSTAMP:{_utc(stamp)}", f"URL:{url}"]
    if isinstance(record, Event):
        for number, session in enumerate(record.sessions):
            cancelled = "cancelled" in (record.status, session.status)
            yield "BEGIN:VEVENT"
            yield f"UID:{record.id}-{number}@unionpress"
            yield from common
            yield f"SUMMARY:{_text(' '.join(filter(None, (record.title, session.title))))}"
            yield from _times(session)
            place = "、".join(filter(None, (record.place, session.room)))
            if place:
                yield f"LOCATION:{_text(place)}"
            if record.summary:
                yield f"DESCRIPTION:{_text(record.summary)}"
            if cancelled:
                yield "STATUS:CANCELLED"
            yield "END:VEVENT"
    elif isinstance(record, Program):
        words = _DEADLINE[view.union.site.language]
        for name, first, last in _spans(record):
            yield "BEGIN:VEVENT"
            yield f"UID:{record.id}-{name}@unionpress"
            yield from common
            title = words.format(record.title) if name == "window" else record.title
            yield f"SUMMARY:{_text(title)}"
            yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
            yield f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}"
            if record.summary:
                yield f"DESCRIPTION:{_text(record.summary)}"
            yield "END:VEVENT"


def _spans(program: Program) -> Iterator[tuple[str, date, date]]:
    """The last day of a program's window, and the days of its activity."""
    if program.window is not None and (closes := program.window.closes_at) is not None:
        day = (closes - timedelta(microseconds=1)).astimezone(BEIJING).date()
        yield "window", day, day
    activity = program.activity
    if activity is not None and activity.opens_at is not None and activity.closes_at is not None:
        last = (activity.closes_at - timedelta(microseconds=1)).astimezone(BEIJING).date()
        yield "activity", activity.opens_at.astimezone(BEIJING).date(), last


def _times(session: Session) -> Iterator[str]:
    starts, ends = session.starts_at.astimezone(BEIJING), session.ends_at.astimezone(BEIJING)
    whole_day = not isinstance(session.starts, datetime)
    if whole_day:
        yield f"DTSTART;VALUE=DATE:{starts:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{ends:%Y%m%d}"
    else:
        yield f"DTSTART;TZID=Asia/Shanghai:{starts:%Y%m%dT%H%M%S}"
        if isinstance(session.ends, datetime):
            yield f"DTEND;TZID=Asia/Shanghai:{ends:%Y%m%dT%H%M%S}"
    if session.repeats is not None:
        yield f"RRULE:{_rule(session.repeats, whole_day)}"
        for name, days in (("EXDATE", session.repeats.skips), ("RDATE", session.repeats.extra)):
            if days:
                yield _days(name, days, starts.time(), whole_day)


def _rule(repeats: Repetition, whole_day: bool) -> str:
    parts = [f"FREQ={_FREQUENCIES[repeats.every]}"]
    if repeats.interval > 1:
        parts.append(f"INTERVAL={repeats.interval}")
    if repeats.on:
        parts.append("BYDAY=" + ",".join(f"{repeats.nth or ''}{day[:2].upper()}" for day in repeats.on))
    if repeats.count is not None:
        parts.append(f"COUNT={repeats.count}")
    if repeats.until is not None:
        end = datetime.combine(repeats.until, time(23, 59, 59), BEIJING)
        parts.append(f"UNTIL={repeats.until:%Y%m%d}" if whole_day else f"UNTIL={_utc(end)}")
    return ";".join(parts)


def _days(name: str, days: Iterable[date], clock: time, whole_day: bool) -> str:
    if whole_day:
        return f"{name};VALUE=DATE:" + ",".join(f"{day:%Y%m%d}" for day in sorted(days))
    moments = (datetime.combine(day, clock) for day in sorted(days))
    return f"{name};TZID=Asia/Shanghai:" + ",".join(f"{moment:%Y%m%dT%H%M%S}" for moment in moments)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def _text(value: str) -> str:
    """RFC 5545, 3.3.11: escaped, and without control characters, which no text has there."""
    value = _CONTROL.sub("", value)
    for mark in ("\\", ";", ","):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\n", "\\n")


def _file(name: str, components: Iterable[str]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//unionpress//site//ZH", "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}", *_ZONE, *components, "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(_folded(line) for line in lines)


def _folded(line: str) -> bytes:
    """Lines of 75 octets at most, never cut inside a character (RFC 5545, 3.1)."""
    whole = line.encode()
    if len(whole) <= 75:
        return whole + b"\r\n"
    parts: list[bytes] = []
    current = b""
    for character in line:
        octets = character.encode()
        if len(current) + len(octets) > (75 if not parts else 74):
            parts.append(current)
            current = b""
        current += octets
    return b"\r\n ".join((*parts, current)) + b"\r\n"
