"""The sessions of an event as single dates: what a calendar, a page and a state are made of.

Repetitions are expanded by dateutil's rrule, which follows RFC 5545; times are those of Beijing, which
has had no summer time since 1991.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal

from dateutil import rrule

from site_builder.records import BEIJING, WEEKDAYS, Event, Repetition, Session

HORIZON = 3
"""Months, that of `as_of` included, over which a repetition without an end is shown."""

MOST = 1_000
"""Dates of one session at most, the latest of one that goes on: a daily one has almost three years."""

_FREQUENCIES = {"day": rrule.DAILY, "week": rrule.WEEKLY, "month": rrule.MONTHLY}
_DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One session on one date."""

    starts: datetime
    ends: datetime
    """The first moment at which it is over."""
    session: Session
    """What was written; its own dates are those of the first occurrence."""
    status: Literal["", "cancelled", "postponed", "full"] = ""

    @property
    def whole_day(self) -> bool:
        return not isinstance(self.session.starts, datetime)

    @property
    def end_known(self) -> bool:
        """Whether a time of day is known at which it ends."""
        return isinstance(self.session.ends, datetime)


def horizon(as_of: datetime) -> datetime:
    """The first moment after the months in which endless repetitions are shown."""
    day = as_of.astimezone(BEIJING).date()
    month = day.year * 12 + day.month - 1 + HORIZON
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=BEIJING)


def is_endless(event: Event) -> bool:
    return any(_endless(session.repeats) for session in event.sessions)


def occurrences(event: Event, as_of: datetime) -> tuple[Occurrence, ...]:
    """Every date of an event in order, past ones too; endless repetitions up to the horizon."""
    until = horizon(as_of)
    found = [
        occurrence
        for session in event.sessions
        for occurrence in (
            (one for one in _all(session, until) if one.starts < until)
            if _endless(session.repeats)
            else _all(session, None)
        )
    ]
    return tuple(sorted(found, key=lambda one: (one.starts, one.ends, one.session.title, one.session.room)))


def planned(event: Event, as_of: datetime) -> tuple[Occurrence, ...]:
    """The dates on which it takes place: neither cancelled nor put off."""
    return tuple(one for one in occurrences(event, as_of) if one.status not in ("cancelled", "postponed"))


def changes(event: Event, as_of: datetime) -> Iterator[datetime]:
    """Moments after `as_of` at which what is said of the sessions may change; the last of them is enough."""
    dates = occurrences(event, as_of)
    after = [one for one in dates if one.ends > as_of]
    if after:
        yield min(one.ends for one in after)
        yield from (one.starts for one in islice((one for one in after if one.starts > as_of), 1))
    if is_endless(event):
        day = as_of.astimezone(BEIJING).date().replace(day=28) + timedelta(days=4)
        yield datetime.combine(day.replace(day=1), time(), BEIJING)


def _endless(repeats: Repetition | None) -> bool:
    return repeats is not None and repeats.until is None and repeats.count is None


@lru_cache(maxsize=4_096)
def _all(session: Session, until: datetime | None) -> tuple[Occurrence, ...]:
    """The dates of one session; those before `until`, if it has no end of its own."""
    length = session.ends_at - session.starts_at
    starts = session.starts_at.astimezone(BEIJING)
    if session.repeats is None:
        return (Occurrence(starts, starts + length, session, session.status),)
    days = set(_days(session.repeats, starts.date(), until))
    return tuple(
        Occurrence(begins, begins + length, session, session.status)
        for begins in (datetime.combine(day, starts.time(), BEIJING) for day in sorted(days))
    )


def _days(repeats: Repetition, first: date, until: datetime | None) -> Iterator[date]:
    weekdays = [_DAYS[WEEKDAYS.index(day)] for day in repeats.on]
    if repeats.nth is not None:
        weekdays = [day(repeats.nth) for day in weekdays]
    last = repeats.until or (until.date() if until is not None else None)
    rule = rrule.rrule(
        _FREQUENCIES[repeats.every],
        dtstart=datetime.combine(first, time()),
        interval=repeats.interval,
        byweekday=weekdays or None,
        count=repeats.count,
        until=datetime.combine(last, time()) if last is not None and repeats.count is None else None,
    )
    skipped = set(repeats.skips)
    # Of a row that goes on, the days around now are meant: its first thousand may be over for years.
    moments = deque(rule, MOST) if _endless(repeats) else islice(rule, MOST)
    yield from (day for moment in moments if (day := moment.date()) not in skipped)
    yield from repeats.extra
