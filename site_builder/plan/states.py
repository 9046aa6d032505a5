"""Where a record stands in its life at a moment, and the moments at which that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from site_builder.plan import sessions
from site_builder.plan.types import State, StateCode
from site_builder.records import (
    BEIJING,
    BaseRecord,
    Collection,
    Event,
    Guide,
    Parameter,
    Place,
    Program,
    Quota,
    Service,
    Window,
    start_of,
)

CLOSING = timedelta(days=7)
"""A window that closes within this time is `closing`."""

LATER = 8
"""How many of the coming states of a record its page knows."""

_STEPS = 60
"""Moments looked at for that: an event that repeats has two for each of its dates."""

Validity = Literal["", "past", "current", "future"]


def state_and_later(record: BaseRecord, as_of: datetime) -> State | None:
    """`state`, with what it becomes: by the plan of each of those moments, so that both say the same."""
    dates = _dates(record, as_of)
    found = _state(record, as_of, dates)
    if found is None or found.code in _LASTING:
        return found
    later: list[tuple[datetime, StateCode]] = []
    code, now = found.code, as_of
    for _step in range(_STEPS):
        coming = min((moment for moment in _turns(record, now, dates) if moment > now), default=None)
        if coming is None or len(later) == LATER:
            break
        now, dates = coming, _dates(record, coming)
        then = _state(record, now, dates)
        if then is not None and then.code != code:
            code = then.code
            later.append((now, code))
    return replace(found, later=tuple(later)) if later else found


def takes_effect(record: BaseRecord) -> datetime | None:
    """From when what a record says holds or happens, where it says that: of programs, guides and events."""
    if isinstance(record, Program):
        spans = (record.activity, record.window)
        return next((span.opens_at for span in spans if span and span.opens_at), None)
    if isinstance(record, Guide) and record.document and record.document.effective:
        first = _first_day(record.document.effective)
        return None if first is None else start_of(first)
    if isinstance(record, Event) and record.sessions:
        return min(start_of(session.starts) for session in record.sessions)
    return None


def _first_day(partial: str) -> date | None:
    """Of 2024, 2024-10 or 2024-10-11; None where there is no such day."""
    try:
        return date.fromisoformat((partial + "-01-01"[len(partial) - 4 :])[:10])
    except ValueError:
        return None


def overdue(record: BaseRecord, as_of: datetime) -> date | None:
    """The day of its review, if that day is over."""
    due = record.review_due
    return due if due is not None and as_of >= midnight(due + timedelta(days=1)) else None


_LASTING = frozenset({"ended", "past", "cancelled", "live", "planned", "retired"})
"""States that no date ends: what is past stays past, the others a person sets."""


def state(record: BaseRecord, as_of: datetime) -> State | None:
    """The state of a record that has one: a program, an event, a service, a guide with a window, a place that
    is not in use. None for every other.

    What a person set by hand comes first, except that nothing outlives its last date. After the window and
    before or during the activity a program is `running`: it can no longer be applied for, but it goes on.
    Without a closing date nothing is ever `running`, and a call is never `open`: then it is `unknown`,
    because a page that says 报名中 must be true.
    """
    return _state(record, as_of, _dates(record, as_of))


def _dates(record: BaseRecord, as_of: datetime) -> sessions.Dates | None:
    """Those of an event: it is asked once for all that is said of a moment."""
    return sessions.dates(record, as_of) if isinstance(record, Event) else None


def _state(record: BaseRecord, as_of: datetime, dates: sessions.Dates | None) -> State | None:
    if isinstance(record, Program):
        return _program(record, as_of)
    if isinstance(record, Guide) and record.window is not None:
        return _window(record.window, record.quota, as_of) or State("unknown")
    if isinstance(record, Event) and dates is not None:
        return _event(record, as_of, dates)
    if isinstance(record, Service):
        return State("retired" if record.status == "closed" else record.status)
    if isinstance(record, Place) and record.status:
        return State("retired" if record.status == "closed" else record.status)
    return None


def _event(record: Event, as_of: datetime, dates: sessions.Dates) -> State:
    """By registration first, as long as there is one, then by the sessions.

    What somebody cancelled or put off never looks as if it took place. Without dates nothing is known.
    """
    first, last = dates.first, dates.last
    none_planned = bool(record.sessions) and first is None
    if record.status == "cancelled" or (none_planned and _all(record, "cancelled")):
        return State("cancelled")
    if record.status == "postponed" or none_planned:
        return State("postponed")
    if record.status == "ended" or (last is not None and last <= as_of):
        return State("past" if looks_back(record) else "ended", opens=first, closes=last)
    started = first is not None and first <= as_of
    registration = _window(record.window, None, as_of) if record.window else None
    full = record.status == "full" or (record.seats is not None and record.seats.left == 0)
    if registration is not None and registration.code != "ended":
        if full and registration.code != "upcoming":
            return State("full", closes=last)
        if registration.closes is None:
            return replace(registration, closes=last) if first else State("unknown")
        if last is not None and last <= registration.closes:
            return _no_later(registration, last, as_of)
        return registration
    if started:
        return State("running", opens=first, closes=last)
    if full:
        return State("full", closes=last)
    if registration is not None:
        return State("closed", opens=first, closes=last)
    if first is not None:
        return State("upcoming", opens=first, closes=last)
    return State("unknown")


def _no_later(state: State, last: datetime, as_of: datetime) -> State:
    """A registration that is said to close after the last session closes with it."""
    if state.code in ("open", "closing") and as_of >= last - CLOSING:
        return replace(state, code="closing", closes=last, days_left=days_left(last, as_of))
    return replace(state, closes=last)


def _all(record: Event, status: str) -> bool:
    return all(session.status == status for session in record.sessions)


def looks_back(record: Event) -> bool:
    """Whether there is something to see of an event that is over."""
    return bool(
        record.outcome
        or record.results
        or record.replay
        or any(session.replay for session in record.sessions)
    )


def _program(record: Program, as_of: datetime) -> State:
    window, activity = record.window, record.activity
    if record.status == "ended" or _over(activity, as_of) or (_over(window, as_of) and activity is None):
        return _dated("ended", window or activity)
    if record.status == "suspended":
        return _dated("suspended", window or activity)
    if window is not None and _over(window, as_of):
        return _dated("running" if activity and activity.closes_at else "unknown", activity)
    if record.status == "full" or (record.quota is not None and record.quota.filled):
        return _dated("full", window or activity)
    if window is not None and (found := _window(window, record.quota, as_of)):
        endless = found.code == "open" and found.closes is None
        if endless and record.type == "call":
            return _dated("unknown", window)
        if not (endless and record.standing):
            return found
    if record.standing and record.type != "call":
        return State("standing")
    if activity is not None:
        if activity.opens_at and as_of < activity.opens_at:
            return _dated("upcoming", activity)
        if activity.closes_at:
            return _dated("running", activity)
    return State("unknown")


def _window(window: Window, quota: Quota | None, as_of: datetime) -> State | None:
    """The state by a window alone; None if it names no moment."""
    opens, closes = window.opens_at, window.closes_at
    if opens is None and closes is None:
        return None
    if closes is not None and closes <= as_of:
        return _dated("ended", window)
    if opens is not None and as_of < opens:
        return _dated("upcoming", window)
    if quota is not None and quota.filled:
        return _dated("full", window)
    if closes is not None and as_of >= closes - CLOSING:
        return replace(_dated("closing", window), days_left=days_left(closes, as_of))
    return _dated("open", window)


def _over(window: Window | None, as_of: datetime) -> bool:
    closes = window.closes_at if window else None
    return closes is not None and closes <= as_of


def _dated(code: str, window: Window | None) -> State:
    return State(
        code,  # type: ignore[arg-type]  # every caller passes a literal
        opens=window.opens_at if window else None,
        closes=window.closes_at if window else None,
    )


def days_left(closes: datetime, as_of: datetime) -> int:
    """Calendar days in Beijing from `as_of` to the last day before `closes`: 0 is 今天截止."""
    last = (closes - timedelta(microseconds=1)).astimezone(BEIJING).date()
    return (last - as_of.astimezone(BEIJING).date()).days


def validity(parameter: Parameter, as_of: datetime) -> Validity:
    """Whether a parameter of a guide holds on the day of `as_of` in Beijing; "" if it has no dates."""
    day = as_of.astimezone(BEIJING).date()
    if parameter.valid_from is None and parameter.valid_to is None:
        return ""
    if parameter.valid_from is not None and day < parameter.valid_from:
        return "future"
    return "past" if parameter.valid_to is not None and parameter.valid_to < day else "current"


def moments(record: BaseRecord, as_of: datetime) -> Iterator[datetime]:
    """Moments at which what a page says of this record may change; also such as are past."""
    if record.updated is not None:
        yield record.updated
    if isinstance(record, Collection) and record.ends_at is not None:
        yield record.ends_at
    if isinstance(record, Place):
        for holiday in record.holiday_hours:
            yield midnight(holiday.last + timedelta(days=1))
    if isinstance(record, Program | Guide | Event):
        dates = _dates(record, as_of)
        yield from _turns(record, as_of, dates)
        current = _state(record, as_of, dates)
        if current is not None and current.code == "closing":
            yield midnight(as_of.astimezone(BEIJING).date() + timedelta(days=1))
    if record.review_due is not None:
        yield midnight(record.review_due + timedelta(days=1))
    if isinstance(record, Program | Guide) and record.publicity is not None:
        yield from (record.publicity.opens_at, record.publicity.closes_at)
    if isinstance(record, Guide):
        for parameter in record.parameters:
            if parameter.valid_from:
                yield midnight(parameter.valid_from)
            if parameter.valid_to:
                yield midnight(parameter.valid_to + timedelta(days=1))


def _turns(record: BaseRecord, as_of: datetime, dates: sessions.Dates | None) -> Iterator[datetime]:
    """Those at which its state may become another."""
    if dates is not None:
        yield from dates.changes(as_of)
        yield from (one.ends for one in dates.planned[:1])
        if dates.first is not None:
            yield dates.first
        if dates.last is not None:
            yield from (dates.last, dates.last - CLOSING)
    if isinstance(record, Program | Guide | Event):
        activity = record.activity if isinstance(record, Program) else None
        for window in (record.window, activity):
            if window is not None:
                yield from (edge for edge in (window.opens_at, window.closes_at) if edge is not None)
        if record.window is not None and record.window.closes_at is not None:
            yield record.window.closes_at - CLOSING


def midnight(day: date) -> datetime:
    """The first moment of a day in Beijing."""
    return datetime.combine(day, time(), BEIJING)
