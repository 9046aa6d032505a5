"""The sessions of an event as single dates: what a calendar, a page and a state are made of.

Repetitions are expanded by dateutil's rrule, which follows RFC 5545; times are those of Beijing, which
has had no summer time since 1991.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from dateutil import rrule

from site_builder.records import BEIJING, WEEKDAYS, Event, Repetition, Session

HORIZON = 3
"""Months, that of `as_of` included, over which a repetition is shown that has no end, or a far one."""

MOST = 1_000
"""Dates of one session at most, the latest before the horizon of one that has more: of a daily one almost
three years."""

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


@dataclass(frozen=True, slots=True)
class Dates:
    """All dates of an event, as far as they are made in the month of a moment."""

    all: tuple[Occurrence, ...]
    """In order, past ones too; of what goes on further than the horizon, those before it."""
    planned: tuple[Occurrence, ...]
    """Those on which it takes place: neither cancelled nor put off."""
    first: datetime | None
    """When the first of all planned ones begins, made or not; None where none is planned."""
    last: datetime | None
    """The first moment at which the last planned one is over, made or not; None where there is none."""
    goes_on: bool
    """Whether there are more after the horizon."""

    def changes(self, as_of: datetime) -> Iterator[datetime]:
        """Moments after `as_of` at which what is said of the dates may change; the last of them is enough."""
        after = [one for one in self.all if one.ends > as_of]
        if after:
            yield min(one.ends for one in after)
            yield from [one.starts for one in after if one.starts > as_of][:1]
        if self.goes_on:
            day = as_of.astimezone(BEIJING).date().replace(day=28) + timedelta(days=4)
            yield datetime.combine(day.replace(day=1), time(), BEIJING)


def dates(event: Event, as_of: datetime) -> Dates:
    """The dates of an event."""
    until = horizon(as_of)
    rows = [_row(session, until if _is_long(session) else None) for session in event.sessions]
    found = sorted(
        (one for row in rows for one in row.made),
        key=lambda one: (one.starts, one.ends, one.session.title, one.session.room),
    )
    planned = [
        row
        for session, row in zip(event.sessions, rows, strict=True)
        if session.status not in _OFF and row.first is not None
    ]
    lasts = [row.last for row in planned]
    endless = any(_is_endless(session.repeats) for session in event.sessions)
    return Dates(
        all=tuple(found),
        planned=tuple(one for one in found if one.status not in _OFF),
        first=min((row.first for row in planned if row.first is not None), default=None),
        last=None if endless else max((last for last in lasts if last is not None), default=None),
        goes_on=any(row.goes_on for row in rows),
    )


def occurrences(event: Event, as_of: datetime) -> tuple[Occurrence, ...]:
    """Every date of an event in order, past ones too; those of what goes on up to the horizon."""
    return dates(event, as_of).all


_OFF = ("cancelled", "postponed")


@dataclass(frozen=True, slots=True)
class _Row:
    """The dates of one session."""

    made: tuple[Occurrence, ...]
    first: datetime | None
    """When the first begins; None where every one is left out."""
    last: datetime | None
    """When the last is over; None also where there is no last one."""
    goes_on: bool = False


def _is_endless(repeats: Repetition | None) -> bool:
    return repeats is not None and repeats.until is None and repeats.count is None


def _is_long(session: Session) -> bool:
    """Whether not all of its dates are made: there may be more than MOST."""
    repeats = session.repeats
    if repeats is None or repeats.count is not None:
        return False
    if repeats.until is None:
        return True
    return (repeats.until - _first(session)).days > MOST * _step(repeats)


def _first(session: Session) -> date:
    return session.starts_at.astimezone(BEIJING).date()


def _step(repeats: Repetition) -> float:
    """Days from one date to the next, on the average at least."""
    return {"day": 1, "week": 7, "month": 28}[repeats.every] * repeats.interval / max(1, len(repeats.on))


@lru_cache(maxsize=4_096)
def _row(session: Session, until: datetime | None) -> _Row:
    """The dates of one session; of a long one the last MOST of those before `until`."""
    length = session.ends_at - session.starts_at
    starts = session.starts_at.astimezone(BEIJING)
    repeats, first = session.repeats, starts.date()

    def begins(day: date) -> datetime:
        return datetime.combine(day, starts.time(), BEIJING)

    def made(days: Iterable[date]) -> tuple[Occurrence, ...]:
        return tuple(Occurrence(begins(day), begins(day) + length, session, session.status) for day in days)

    if repeats is None:
        return _Row((Occurrence(starts, starts + length, session, session.status),), starts, starts + length)
    if until is None:
        days = sorted({*_kept(repeats, _days(repeats, first, repeats.until)), *repeats.extra})
        if not days:
            return _Row((), None, None)
        return _Row(made(days), begins(days[0]), begins(days[-1]) + length)
    end = until.date() - timedelta(days=1)
    shown = end if repeats.until is None else min(end, repeats.until)
    latest = deque(_days(repeats, _near(repeats, first, shown), shown), MOST)
    near = {*_kept(repeats, latest), *(day for day in repeats.extra if day <= end)}
    one = next(_kept(repeats, _days(repeats, first, repeats.until)), None)
    firsts = [*([one] if one else []), *repeats.extra]
    if not firsts:
        return _Row((), None, None)
    last = None if repeats.until is None else _last(repeats, first)
    goes_on = last is None or last > end
    return _Row(made(sorted(near)), begins(min(firsts)), begins(last) + length if last else None, goes_on)


def _last(repeats: Repetition, first: date) -> date | None:
    """The last date of a long row that ends."""
    assert repeats.until is not None
    latest = deque(_days(repeats, _near(repeats, first, repeats.until), repeats.until), MOST)
    return max((*_kept(repeats, latest), *repeats.extra), default=None)


def _near(repeats: Repetition, first: date, last: date) -> date:
    """A day from which the rule gives the same last MOST dates up to `last` as from its first day."""
    period = {"day": 1, "week": 7}.get(repeats.every)
    if period is None:  # of months are too few to be worth it, and they have no 31st by turns
        return first
    period *= repeats.interval
    unneeded = (last - first).days - int(MOST * _step(repeats)) - 2 * period
    return first + timedelta(days=max(0, unneeded) // period * period)


def _kept(repeats: Repetition, days: Iterable[date]) -> Iterator[date]:
    left_out = set(repeats.skips)
    return (day for day in days if day not in left_out)


def _days(repeats: Repetition, start: date, last: date | None) -> Iterator[date]:
    """The dates of the rule from `start`, one of them, to `last`; without it to the end of time, if nothing
    else ends them."""
    weekdays = [_DAYS[WEEKDAYS.index(day)] for day in repeats.on]
    if repeats.nth is not None:
        weekdays = [day(repeats.nth) for day in weekdays]
    rule = rrule.rrule(
        _FREQUENCIES[repeats.every],
        dtstart=datetime.combine(start, time()),
        interval=repeats.interval,
        byweekday=weekdays or None,
        count=repeats.count,
    )
    days = (moment.date() for moment in rule)
    return days if last is None else takewhile(lambda day: day <= last, days)
