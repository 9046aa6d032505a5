"""What templates read of events, places and services beyond their fields: dates, hours, lines of a list.

Dates of sessions are dicts: `starts` (ISO moment, or ISO day for a whole day), `ends` (ISO moment, last day
of several, or "" where no end is known), `whole_day`, `over`, and what the session says of itself (`title`,
`board`, `room`, `teacher`, `status`, `note`, `live`, `replay`). Rows of hours are {"days", "first", "last",
"times", "note"}: `first` and `last` name a run of three or more days, else both are "".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from site_builder.pages.fields import values
from site_builder.pages.view import View
from site_builder.plan import Occurrence, Planned, occurrences
from site_builder.records import BEIJING, WEEKDAYS, BaseRecord, Event, Hours, Place, Service

ALL_DATES, NEXT_DATES = 24, 12
"""A page lists all dates of an event up to so many; of a longer row it lists the next ones."""


def more_fields(record: BaseRecord, view: View, owner: str, root: str) -> dict[str, Any]:
    """What the page of a record reads besides its fields; links are those of the union `owner`."""
    if isinstance(record, Event):
        return _event_fields(record, view, owner, root)
    if isinstance(record, Place):
        today = view.plan.as_of.astimezone(BEIJING).date()
        return {
            "hour_rows": hour_rows(record.hours),
            "holidays": tuple(
                values(holiday, view, owner, root)
                for holiday in record.holiday_hours
                if holiday.last >= today
            ),
        }
    return {}


def card_facts(item: Planned, view: View) -> dict[str, Any] | None:
    """What a line of a list says of an event, a place or a service; None for other kinds."""
    record = item.record
    match record:
        case Event():
            dates = occurrences(record, view.plan.as_of)
            coming = [one for one in dates if one.ends > view.plan.as_of]
            shown = (coming or dates[-1:])[:1]
            return {
                "type": record.type,
                "edition": record.edition,
                "modes": record.modes,
                "date": _date(shown[0], view) if shown else None,
                "dates": len(coming),
                "when": record.when,
                "place": record.place,
                "free": bool(record.cost and record.cost.free),
            }
        case Place():
            return {
                "type": record.type,
                "place": record.place,
                "hour_rows": hour_rows(record.hours),
                "always_open": record.always_open,
                "hours_note": record.hours_note,
                "facilities": record.facilities,
                "access": record.access,
            }
        case Service():
            return {
                "type": record.type,
                "operator": record.operator,
                "platform": record.platform,
                "ways": tuple(way.label for way in record.apply),
            }
    return None


def _event_fields(record: Event, view: View, owner: str, root: str) -> dict[str, Any]:
    dates = occurrences(record, view.plan.as_of)
    coming = [one for one in dates if one.ends > view.plan.as_of]
    listed = dates if len(dates) <= ALL_DATES else tuple((coming or list(dates))[:NEXT_DATES])
    return {
        "dates": tuple(
            {**values(one.session, view, owner, root), **_date(one, view), "repeats": None} for one in listed
        ),
        "more": len(dates) - len(listed),
        "rules": tuple(
            {**values(session, view, owner, root), "whole_day": not isinstance_moment(session.starts)}
            for session in record.sessions
            if session.repeats is not None
        ),
    }


def isinstance_moment(value: object) -> bool:
    """Whether a DayOrMoment is a moment: a date is the whole day."""
    return hasattr(value, "hour")


def _date(one: Occurrence, view: View) -> dict[str, Any]:
    ends = ""
    if one.whole_day:
        last = (one.ends - timedelta(seconds=1)).astimezone(BEIJING).date()
        ends = last.isoformat() if last > one.starts.date() else ""
    elif one.end_known:
        ends = one.ends.astimezone(BEIJING).isoformat()
    return {
        "starts": one.starts.date().isoformat() if one.whole_day else one.starts.isoformat(),
        "ends": ends,
        "whole_day": one.whole_day,
        "over": one.ends <= view.plan.as_of,
        "status": one.status,
    }


def hour_rows(hours: Sequence[Hours]) -> tuple[dict[str, Any], ...]:
    """Opening hours by weekdays, the days with the same hours in one row, in the order of the week."""
    spans: dict[tuple[str, ...], tuple[str, ...]] = {}
    by_day: dict[str, list[Hours]] = {}
    for entry in hours:
        for day in entry.days:
            by_day.setdefault(day, []).append(entry)
    for day in WEEKDAYS:
        if day in by_day:
            entries = sorted(by_day[day], key=lambda entry: entry.opens)
            key = tuple(f"{entry.opens}–{entry.closes}" for entry in entries)
            note = "、".join(dict.fromkeys(entry.note for entry in entries if entry.note))
            spans[(*key, note)] = (*spans.get((*key, note), ()), day)
    return tuple(
        {"days": days, **_run(days), "times": key[:-1], "note": key[-1]} for key, days in spans.items()
    )


def _run(days: Iterable[str]) -> dict[str, str]:
    """The ends of a run of three or more days in a row."""
    numbers = [WEEKDAYS.index(day) for day in days]
    unbroken = len(numbers) >= 3 and numbers[-1] - numbers[0] == len(numbers) - 1
    return {
        "first": WEEKDAYS[numbers[0]] if unbroken else "",
        "last": WEEKDAYS[numbers[-1]] if unbroken else "",
    }
