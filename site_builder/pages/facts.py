"""What templates read of events, places and services beyond their fields: dates, hours, lines of a list.

More fields of an event's page: `dates`, each a contexts.DateContext as a dict together with the fields of
its records.Session; `more`, how many dates are not listed; `rules`, the sessions that repeat, as
records.Session and `whole_day`.

Of a place's page: `hour_rows`, contexts.HourRow; `holidays`, those not yet over; `hours_text` and
`holidays_text`, the same for hours.js; `maps`, pairs of a map app and the address there; `safe` and
`unchecked`, of records.SAFETY.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from site_builder import geo, paths
from site_builder.contexts import CardFacts, DateContext, HourRow
from site_builder.pages.fields import values
from site_builder.pages.view import View
from site_builder.plan import Occurrence, Planned, occurrences
from site_builder.records import (
    BEIJING,
    SAFETY,
    WEEKDAYS,
    BaseRecord,
    Event,
    HolidayHours,
    Hours,
    Place,
    Position,
    Service,
    Weekday,
)

ALL_DATES, NEXT_DATES = 24, 12
"""A page lists all dates of an event up to so many; of a longer row it lists the next ones."""


def more_fields(record: BaseRecord, view: View, owner: str, root: str) -> dict[str, Any]:
    """What the page of a record reads besides its fields; links are those of the union `owner`."""
    if isinstance(record, Event):
        return _event_fields(record, view, owner, root)
    if isinstance(record, Place):
        today = view.plan.as_of.astimezone(BEIJING).date()
        coming = (holiday for holiday in record.holiday_hours if holiday.last >= today)
        holidays = tuple(coming)
        return {
            "hour_rows": hour_rows(record.hours),
            "holidays": tuple(values(holiday, view, owner, root) for holiday in holidays),
            "hours_text": hours_text(record.hours, record.always_open),
            "holidays_text": holidays_text(holidays),
            "maps": tuple(map_links(record).items()),
            "safe": set(SAFETY) <= set(record.safety),
            "unchecked": tuple(item for item in SAFETY if item not in record.safety),
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


def hours_text(hours: Iterable[Hours], always_open: bool) -> str:
    """Opening hours as hours.js reads them: `mon,tue 08:00 17:00;` a span."""
    if always_open:
        return f"{','.join(WEEKDAYS)} 00:00 24:00;"
    return "".join(f"{','.join(span.days)} {span.opens} {span.closes};" for span in hours)


def holidays_text(holidays: Iterable[HolidayHours]) -> str:
    """Days with other hours, or none: `2025-10-01 2025-10-03 - - 国庆节;`."""
    return "".join(
        " ".join(
            (
                day.first.isoformat(), day.last.isoformat(), day.opens or "-", day.closes or "-",
                day.name.replace(";", "；"),
            )
        ).strip() + ";"
        for day in holidays
    )  # fmt: skip


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


def wgs84(position: Position) -> geo.Point:
    point = geo.Point(float(position.latitude), float(position.longitude))
    return geo.to_wgs84(point) if position.datum == "gcj02" else point


def gcj02(position: Position) -> geo.Point:
    point = geo.Point(float(position.latitude), float(position.longitude))
    return point if position.datum == "gcj02" else geo.to_gcj02(point)


def map_links(place: Place) -> Mapping[str, str]:
    """Addresses that open a place in a map: the app of the phone (RFC 5870, WGS-84), 高德 and 百度 (GCJ-02).

    https://lbs.amap.com/api/uri-api/guide/mobile-web/point, https://lbsyun.baidu.com/faq/api?title=webapi/uri/web
    """
    if place.position is None:
        return {}
    true, shown = wgs84(place.position), gcj02(place.position)
    name = paths.href(place.title).replace("&", "%26").replace(",", "%2C")
    return {
        "geo": f"geo:{true.latitude:.6f},{true.longitude:.6f}",
        "amap": "https://uri.amap.com/marker?"
        f"position={shown.longitude:.6f},{shown.latitude:.6f}&name={name}&coordinate=gaode",
        "baidu": "https://api.map.baidu.com/marker?"
        f"location={shown.latitude:.6f},{shown.longitude:.6f}&title={name}&content={name}"
        "&coord_type=gcj02&output=html",
    }
