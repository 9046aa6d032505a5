"""Where a program or guide stands in its life at a moment, and the moments at which that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from site_builder.plan.types import State
from site_builder.records import BEIJING, BaseRecord, Guide, Parameter, Program, Quota, Window

CLOSING = timedelta(days=7)
"""A window that closes within this time is `closing`."""

Validity = Literal["", "past", "current", "future"]


def state(record: BaseRecord, as_of: datetime) -> State | None:
    """The state of a program, or of a guide with a window; None for every other record.

    What a person set by hand comes first, except that nothing outlives its last date. After the window and
    before or during the activity a program is `running`: it can no longer be applied for, but it goes on.
    Without a closing date nothing is ever `running`, and a call is never `open`: then it is `unknown`,
    because a page that says 报名中 must be true.
    """
    if isinstance(record, Program):
        return _program(record, as_of)
    if isinstance(record, Guide) and record.window is not None:
        return _window(record.window, record.quota, as_of) or State("unknown")
    return None


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
    if isinstance(record, Program | Guide):
        activity = record.activity if isinstance(record, Program) else None
        for window in (record.window, activity):
            if window is not None:
                yield from (edge for edge in (window.opens_at, window.closes_at) if edge is not None)
        if record.window is not None and record.window.closes_at is not None:
            yield record.window.closes_at - CLOSING
        current = state(record, as_of)
        if current is not None and current.code == "closing":
            yield midnight(as_of.astimezone(BEIJING).date() + timedelta(days=1))
    if isinstance(record, Guide):
        for parameter in record.parameters:
            if parameter.valid_from:
                yield midnight(parameter.valid_from)
            if parameter.valid_to:
                yield midnight(parameter.valid_to + timedelta(days=1))


def midnight(day: date) -> datetime:
    """The first moment of a day in Beijing."""
    return datetime.combine(day, time(), BEIJING)
