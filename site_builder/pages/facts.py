"""What templates read of events, places and services beyond their fields: dates, hours, lines of a list.

More fields of an event's page: `dates`, each a contexts.DateContext as a dict together with the fields of its
records.Session; `more`, how many dates are not listed; `rules`, the sessions that repeat, as records.Session
and `whole_day`. Of a place's page: `hour_rows`, contexts.HourRow; `holidays`, those not yet over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from site_builder.contexts import CardFacts, DateContext, HourRow
from site_builder.pages.fields import values
from site_builder.pages.view import View
from site_builder.plan import Occurrence, Planned, occurrences
from site_builder.records import BEIJING, WEEKDAYS, BaseRecord, Event, Hours, Place, Service, Weekday

ALL_DATES, NEXT_DATES = 24, 12
"""A page lists all dates of an event up to so many; of a longer row it lists the next ones."""


def more_fields(record: BaseRecord, view: View, owner: str, root: str) -> dict[str, Any]:
    """What the page of a record reads besides its fields; links are those of the union `owner`."""
    if isinstance(record, Event):
        return _event_fields(record, view, owner, root)
    if isinstance(record, Place):
        today = view.plan.as_of.astimezone(BEIJING).date()
        coming = (holiday for holiday in record.holiday_hours if holiday.last >= today)
        return {
            "hour_rows": hour_rows(record.hours),
            "holidays": tuple(values(holiday, view, owner, root) for holiday in coming),
        }
    return {}


def card_facts(item: Planned, view: View) -> CardFacts | None:
    """What a line of a list says of an event, a place or a service; None for other kinds."""
    record = item.record
    match record:
        case Event():
            dates = occurrences(record, view.plan.as_of)
            coming = [one for one in dates if one.ends > view.plan.as_of]
            shown = (coming or dates[-1:])[:1]
            return CardFacts(
                type=record.type,
                edition=record.edition,
                modes=record.modes,
                date=_date(shown[0], view) if shown else None,
                dates=len(coming),
                when=record.when,
                place=record.place,
                free=bool(record.cost and record.cost.free),
            )
        case Place():
            return CardFacts(
                type=record.type,
                place=record.place,
                hour_rows=hour_rows(record.hours),
                always_open=record.always_open,
                hours_note=record.hours_note,
                facilities=record.facilities,
                access=record.access,
            )
        case Service():
            return CardFacts(
                type=record.type,
                operator=record.operator,
                platform=record.platform,
                ways=tuple(way.label for way in record.apply),
            )
    return None


def _event_fields(record: Event, view: View, owner: str, root: str) -> dict[str, Any]:
    dates = occurrences(record, view.plan.as_of)
    coming = [one for one in dates if one.ends > view.plan.as_of]
    listed = dates if len(dates) <= ALL_DATES else tuple((coming or list(dates))[:NEXT_DATES])
    return {
        "dates": tuple(
            {**values(one.session, view, owner, root), **asdict(_date(one, view))} for one in listed
        ),
        "more": len(dates) - len(listed),
        "rules": tuple(
            {**values(session, view, owner, root), "whole_day": not isinstance(session.starts, datetime)}
            for session in record.sessions
            if session.repeats is not None
        ),
    }


def _date(one: Occurrence, view: View) -> DateContext:
    ends = ""
    if one.whole_day:
        last = (one.ends - timedelta(seconds=1)).astimezone(BEIJING).date()
        ends = last.isoformat() if last > one.starts.date() else ""
    elif one.end_known:
        ends = one.ends.astimezone(BEIJING).isoformat()
    return DateContext(
        starts=one.starts.date().isoformat() if one.whole_day else one.starts.isoformat(),
        ends=ends,
        whole_day=one.whole_day,
        over=one.ends <= view.plan.as_of,
        status=one.status,
    )


def hour_rows(hours: Sequence[Hours]) -> tuple[HourRow, ...]:
    """Opening hours by weekdays, the days with the same hours in one row, in the order of the week."""
    by_day: dict[Weekday, list[Hours]] = {}
    for entry in hours:
        for day in entry.days:
            by_day.setdefault(day, []).append(entry)
    rows: dict[tuple[tuple[str, ...], str], tuple[Weekday, ...]] = {}
    for day in WEEKDAYS:
        if day in by_day:
            entries = sorted(by_day[day], key=lambda entry: entry.opens)
            times = tuple(f"{entry.opens}–{entry.closes}" for entry in entries)
            note = "、".join(dict.fromkeys(entry.note for entry in entries if entry.note))
            rows[times, note] = (*rows.get((times, note), ()), day)
    return tuple(
        HourRow(days=days, times=times, note=note, **_run(days)) for (times, note), days in rows.items()
    )


def _run(days: Iterable[Weekday]) -> dict[str, str]:
    """The ends of a run of three or more days in a row."""
    numbers = [WEEKDAYS.index(day) for day in days]
    if len(numbers) < 3 or numbers[-1] - numbers[0] != len(numbers) - 1:
        return {}
    return {"first": WEEKDAYS[numbers[0]], "last": WEEKDAYS[numbers[-1]]}
