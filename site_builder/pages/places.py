"""The page of places beyond its list: by district, by facility, a sketch map, and data to find the nearest.

The data lie beside the page, so that a phone asks nobody else where it is; their entries are

    {"id", "title", "href" (a path from the site's root), "type", "region", "place", "facilities" (list),
     "access", "hours", "holidays" (as hours.js reads them), "always_open", "state",
     "position" ([latitude, longitude] in WGS-84, or null)}

Events to come have such data too, as soon as the venue of one has coordinates (招聘会: 三公里就业圈): their
`position` is that of the venue, and `until` the ISO moment at which they are over, for pages read after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from site_builder import geo, paths
from site_builder.contexts import CardGroup, LinkContext, SketchContext, SketchPoint
from site_builder.pages.facts import holidays_text, hours_text, wgs84
from site_builder.pages.site import cards, state_context
from site_builder.pages.view import View
from site_builder.plan import Planned, occurrences
from site_builder.records import BEIJING, Event, Place


def more(items: Sequence[Planned], view: View) -> dict[str, Any]:
    """What page 1 of the list of places has besides: contexts.ListPage `facilities`, `sketch`, `nearby`."""
    places = [(item, item.record) for item in items if isinstance(item.record, Place)]
    if not places:
        return {}
    by_facility: dict[str, list[LinkContext]] = {}
    for item, place in places:
        for facility in place.facilities:
            by_facility.setdefault(facility, []).append(_link(item))
    common = sorted(by_facility, key=lambda name: (-len(by_facility[name]), name))
    return {
        "facilities": tuple((name, tuple(by_facility[name])) for name in common),
        "sketch": _sketch(places),
        "nearby": {
            "path": paths.PLACES_NEARBY,
            "words": "place_type",
            "regions": tuple(dict.fromkeys(place.region for _, place in places if place.region)),
            "types": tuple(dict.fromkeys(place.type for _, place in places)),
            "facilities": tuple(common),
            "timed": any(place.hours or place.always_open for _, place in places),
            "located": any(place.position for _, place in places),
        },
        "nearby_items": tuple(_entry(item, place, view) for item, place in places),
    }


def events_nearby(items: Sequence[Planned], view: View) -> dict[str, Any]:
    """`nearby` of the events to come; nothing where no venue has coordinates."""
    found = [
        (item, item.record, _venue(item.record, view)) for item in items if isinstance(item.record, Event)
    ]
    if not any(venue and venue.position for _, _, venue in found):
        return {}
    return {
        "nearby": {
            "path": paths.EVENTS_NEARBY,
            "words": "event_type",
            "regions": tuple(dict.fromkeys(event.region for _, event, _ in found if event.region)),
            "types": tuple(dict.fromkeys(event.type for _, event, _ in found)),
            "facilities": (),
            "timed": False,
            "located": True,
        },
        "nearby_items": tuple(_event_entry(item, event, venue, view) for item, event, venue in found),
    }


def _venue(event: Event, view: View) -> Place | None:
    planned = view.plan.by_source.get(event.venue) if event.venue else None
    return planned.record if planned and isinstance(planned.record, Place) else None


def _event_entry(item: Planned, event: Event, venue: Place | None, view: View) -> dict[str, Any]:
    state = state_context(item.state)
    dates = occurrences(event, view.plan.as_of)
    return {
        "id": str(event.id),
        "title": event.title_short or event.title,
        "href": paths.href(item.path),
        "type": event.type,
        "region": event.region,
        "place": event.place or (venue.title if venue else ""),
        "state": state.code if state else "",
        "until": dates[-1].ends.isoformat() if dates else "",
        "position": _position(venue),
    }


def _position(place: Place | None) -> list[float] | None:
    """[latitude, longitude] in WGS-84: six digits are a tenth of a metre."""
    if place is None or place.position is None:
        return None
    point = wgs84(place.position)
    return [round(point.latitude, 6), round(point.longitude, 6)]


def districts(items: Iterable[Planned], view: View) -> tuple[CardGroup, ...]:
    """The places of one page of the list under their districts, as they come."""
    found: dict[str, list[Planned]] = {}
    for item in items:
        found.setdefault(item.record.region, []).append(item)
    return tuple(
        CardGroup(
            key="" if region else "place.no_region",
            label=region,
            anchor=f"district-{number}",
            cards=cards(of, view),
        )
        for number, (region, of) in enumerate(found.items(), 1)
    )


def _sketch(places: Sequence[tuple[Planned, Place]]) -> SketchContext | None:
    lying = [(item, wgs84(place.position)) for item, place in places if place.position is not None]
    if not lying:
        return None
    drawn = geo.sketch([point for _, point in lying])
    return SketchContext(
        width=geo.WIDTH,
        height=drawn.height,
        points=tuple(
            SketchPoint(x, y, number, link.label, link.href)
            for number, ((x, y), link) in enumerate(
                zip(drawn.points, (_link(item) for item, _ in lying), strict=True), 1
            )
        ),
        bar=drawn.bar,
        bar_metres=drawn.bar_metres,
        origin=(round(drawn.origin.latitude, 6), round(drawn.origin.longitude, 6)),
        degrees=(round(drawn.degrees[0], 9), round(drawn.degrees[1], 9)),
    )


def _link(item: Planned) -> LinkContext:
    return LinkContext(item.record.title_short or item.record.title, paths.href(item.path))


def _entry(item: Planned, place: Place, view: View) -> dict[str, Any]:
    state = state_context(item.state)
    today = view.plan.as_of.astimezone(BEIJING).date()
    return {
        "id": str(place.id),
        "title": place.title_short or place.title,
        "href": paths.href(item.path),
        "type": place.type,
        "region": place.region,
        "place": place.place,
        "facilities": list(place.facilities),
        "access": place.access,
        "hours": hours_text(place.hours, place.always_open),
        "holidays": holidays_text(holiday for holiday in place.holiday_hours if holiday.last >= today),
        "always_open": place.always_open,
        "state": state.code if state else "",
        "position": _position(place),
    }
