"""How far two points lie apart, to hold against what is drawn and shown."""

from __future__ import annotations

import math

from site_builder.geo import EARTH, Point


def metres(a: Point, b: Point) -> float:
    """The distance over ground as the crow flies (haversine), both points in one datum."""
    south, north = math.radians(a.latitude), math.radians(b.latitude)
    half = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    )
    return 2 * EARTH * math.asin(math.sqrt(half))
