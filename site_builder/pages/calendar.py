"""Events by time: which are to come, which are over, and the months of the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from site_builder import paths
from site_builder.contexts import CalendarPage, LinkContext, SiteContext
from site_builder.pages import structured
from site_builder.pages.beside import site_image
from site_builder.pages.site import HOME_LINK, section_link, state_context
from site_builder.pages.timetable import MONTHS, by_month, has_calendar
from site_builder.pages.view import View
from site_builder.plan import Occurrence, Planned
from site_builder.records import BEIJING, Event, Kind

LONG = timedelta(days=14)
"""What lasts longer (an exhibition) stands at its first day of the month alone."""


def months(view: View) -> tuple[LinkContext, ...]:
    """The months of the calendar, the earliest first."""
    return tuple(
        LinkContext(f"{year:04d}-{month:02d}", paths.month_path(year, month))
        for year, month in sorted(by_month(view.events(), view.plan.as_of))
    )


def webcal(view: View) -> str:
    """Where a calendar app subscribes to all events of a site; "" if it has none."""
    if not has_calendar(view.events()):
        return ""
    return "webcal://" + view.absolute(paths.CALENDAR).partition("://")[2]


def calendar_pages(view: View, site: SiteContext) -> Iterator[CalendarPage]:
    """A page for each month in which an event has a date; MONTHS of them at most, the last ones."""
    filled = by_month(view.events(), view.plan.as_of)
    links = months(view)
    picture = site_image(view)
    assert len(links) <= MONTHS
    for position, (year, month) in enumerate(sorted(filled)):
        path = paths.month_path(year, month)
        trail = (HOME_LINK, section_link(Kind.EVENT))
        english = site.language == "en"
        title = f"Events {year}-{month:02d}" if english else f"{year}年{month}月活动日历"
        canonical = view.absolute(path)
        yield CalendarPage(
            template="calendar.html",
            path=path,
            root=paths.root_of(path),
            title=title,
            description=view.union.name,
            canonical=canonical,
            site=site,
            trail=trail,
            og_image=picture,
            json_ld=(structured.breadcrumbs(trail, title, canonical, view),),
            month=f"{year:04d}-{month:02d}",
            days=tuple(_days(year, month, filled[year, month])),
            months=tuple(
                LinkContext(link.label, link.href, current=number == position)
                for number, link in enumerate(links)
            ),
            previous=links[position - 1].href if position else "",
            next=links[position + 1].href if position + 1 < len(links) else "",
            calendar=paths.CALENDAR if has_calendar(view.events()) else "",
            webcal=webcal(view),
        )


def _days(year: int, month: int, entries: Iterable[tuple[Planned, Occurrence]]) -> Iterator[dict[str, Any]]:
    by_day: dict[date, list[dict[str, Any]]] = {}
    first = date(year, month, 1)
    after = (first + timedelta(days=31)).replace(day=1)
    for item, one in entries:
        day = max(one.starts.date(), first)
        last = min(
            (one.ends - timedelta(microseconds=1)).astimezone(BEIJING).date(), after - timedelta(days=1)
        )
        if one.ends - one.starts > LONG:
            last = day
        while day <= last:
            by_day.setdefault(day, []).append(_entry(item, one, day))
            day += timedelta(days=1)
    day = first
    while day < after:
        found = sorted(
            by_day.get(day, ()), key=lambda entry: (not entry["whole_day"], entry["starts"], entry["id"])
        )
        yield {"date": day.isoformat(), "weekday": day.weekday(), "entries": tuple(found)}
        day += timedelta(days=1)


def _entry(item: Planned, one: Occurrence, day: date) -> dict[str, Any]:
    record = item.record
    assert isinstance(record, Event)
    state = state_context(item.state)
    return {
        "id": str(record.id),
        "title": one.session.title or record.title_short or record.title,
        "event": record.title_short or record.title,
        "href": paths.href(item.path),
        "starts": day.isoformat() if one.whole_day or day > one.starts.date() else one.starts.isoformat(),
        "ends": "" if one.whole_day or not one.end_known else one.ends.astimezone(BEIJING).isoformat(),
        "whole_day": one.whole_day or day > one.starts.date(),
        "status": one.status or (state.code if state and state.code in ("cancelled", "postponed") else ""),
        "place": one.session.room or record.place,
        "board": one.session.board,
    }
