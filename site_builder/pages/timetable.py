"""Which events and programs of a site are over, which are not, and in which months events have dates.

Pure functions of a plan's items, so that a site's paths can be known before its pages are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from site_builder.plan import Occurrence, Planned, occurrences
from site_builder.records import BEIJING, Event

MONTHS = 24
"""Months that a calendar has at most; of more, the last ones."""

_OVER = ("ended", "past", "cancelled")
_FAR = datetime(9999, 1, 1, tzinfo=BEIJING)


def is_over(item: Planned, as_of: datetime) -> bool:
    """Whether an event belongs to those past: over, or cancelled and its dates gone by."""
    record = item.record
    assert isinstance(record, Event)
    if item.state is None or item.state.code not in _OVER:
        return False
    dates = occurrences(record, as_of)
    return item.state.code != "cancelled" or not dates or dates[-1].ends <= as_of


def to_come(items: Iterable[Planned], as_of: datetime) -> list[Planned]:
    """What is going on or to come, by its next date; what has no date comes last."""

    def order(item: Planned) -> tuple[datetime, str]:
        record = item.record
        assert isinstance(record, Event)
        dates = (one.starts for one in occurrences(record, as_of) if one.ends > as_of)
        return next(dates, _FAR), str(record.id)

    return sorted((item for item in items if not is_over(item, as_of)), key=order)


def gone_by(items: Iterable[Planned], as_of: datetime) -> list[Planned]:
    """What is over, the latest first; what has no date comes last."""

    def order(item: Planned) -> tuple[float, str]:
        record = item.record
        assert isinstance(record, Event)
        dates = occurrences(record, as_of)
        return -dates[-1].ends.timestamp() if dates else 0.0, str(record.id)

    return sorted((item for item in items if is_over(item, as_of)), key=order)


def current(items: Iterable[Planned]) -> list[Planned]:
    """The programs that are not over, in the order given."""
    return [item for item in items if item.state is None or item.state.code not in _OVER]


def ended(items: Iterable[Planned]) -> list[Planned]:
    """The programs that are over."""
    return [item for item in items if item.state is not None and item.state.code in _OVER]


def by_month(
    items: Sequence[Planned], as_of: datetime
) -> dict[tuple[int, int], list[tuple[Planned, Occurrence]]]:
    """The dates of the events of a site by the months in which they lie, MONTHS at most."""
    found: dict[tuple[int, int], list[tuple[Planned, Occurrence]]] = {}
    for item in items:
        assert isinstance(item.record, Event)
        for one in occurrences(item.record, as_of):
            first = one.starts.date()
            last = (one.ends - timedelta(microseconds=1)).astimezone(BEIJING).date()
            for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
                found.setdefault((number // 12, number % 12 + 1), []).append((item, one))
    return {month: found[month] for month in sorted(found)[-MONTHS:]}


def has_calendar(items: Sequence[Planned]) -> bool:
    """Whether a site has a calendar file: as soon as one of its events has a date."""
    return any(isinstance(item.record, Event) and item.record.sessions for item in items)
