"""Where places lie: the two datums in use in China, distances, and a sketch map without any map service.

WGS-84 is what satellite receivers, and so browsers, give; GCJ-02 is what Chinese maps show, some hundreds of
metres away. The law behind GCJ-02 (GB 20263-2006) gives no formula; the one used everywhere was published by
eviltransform (https://github.com/googollee/eviltransform, WTFPL) and is the one of `_shift`. Outside China
the two are the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

EARTH = 6_371_000.0
"""Mean radius in metres."""

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
_CHINA = (0.8293, 55.8271, 72.004, 137.8347)
"""South, north, west, east: outside, maps are not shifted."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees."""

    latitude: float
    longitude: float


def _outside(point: Point) -> bool:
    south, north, west, east = _CHINA
    return not (south <= point.latitude <= north and west <= point.longitude <= east)


def _shift(point: Point) -> tuple[float, float]:
    """Degrees of latitude and longitude from WGS-84 to GCJ-02."""
    x, y = point.longitude - 105.0, point.latitude - 35.0
    common = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    root = math.sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y / 30 * math.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    latitude = math.radians(point.latitude)
    magic = 1 - _ECCENTRICITY * math.sin(latitude) ** 2
    return (
        math.degrees(north / (_AXIS * (1 - _ECCENTRICITY) / (magic * math.sqrt(magic)))),
        math.degrees(east / (_AXIS / math.sqrt(magic) * math.cos(latitude))),
    )


def to_gcj02(point: Point) -> Point:
    """A WGS-84 point as Chinese maps show it."""
    if _outside(point):
        return point
    north, east = _shift(point)
    return Point(point.latitude + north, point.longitude + east)


def to_wgs84(point: Point) -> Point:
    """A point of a Chinese map in WGS-84, to less than a centimetre: `to_gcj02` turned round step by step."""
    if _outside(point):
        return point
    found = point
    for _ in range(4):
        shown = to_gcj02(found)
        found = Point(
            found.latitude + point.latitude - shown.latitude,
            found.longitude + point.longitude - shown.longitude,
        )
    return found


# --- a sketch map -----------------------------------------------------------------------------------

WIDTH, MARGIN = 640, 36
"""Units of the drawing: its width, and what is left free around the points."""

_LOWEST, _HIGHEST = 200, 640
_BARS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Lengths a scale bar may have, in metres."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing of some points: north is up, a unit is the same length everywhere in it."""

    height: int
    points: tuple[tuple[float, float], ...]
    """Units from the left and from the top, in the order of the points that were given."""
    bar: float
    """Length of the scale bar in units."""
    bar_metres: int
    origin: Point
    """What lies at the drawing's upper left corner, in WGS-84."""
    degrees: tuple[float, float]
    """Degrees of latitude and longitude a unit."""


def sketch(points: Sequence[Point]) -> Sketch:
    """Draw points (WGS-84): an equirectangular projection, true to scale at their mean latitude.

    Raises ValueError without points.
    """
    if not points:
        raise ValueError("a sketch needs at least one point")
    south, north = min(p.latitude for p in points), max(p.latitude for p in points)
    west, east = min(p.longitude for p in points), max(p.longitude for p in points)
    degree = math.radians(1) * EARTH
    narrow = math.cos(math.radians((south + north) / 2))
    # One point alone, or all at one address, still get a kilometre around them.
    across, down = max((east - west) * degree * narrow, 1_000.0), max((north - south) * degree, 1_000.0)
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / across, (_HIGHEST - 2 * MARGIN) / down)
    height = max(_LOWEST, round(down * scale) + 2 * MARGIN)
    middle = Point((south + north) / 2, (west + east) / 2)
    placed = tuple(
        (
            round(WIDTH / 2 + (p.longitude - middle.longitude) * degree * narrow * scale, 1),
            round(height / 2 - (p.latitude - middle.latitude) * degree * scale, 1),
        )
        for p in points
    )
    bar = max((length for length in _BARS if length * scale <= inner / 3), default=_BARS[0])
    up, right = 1 / (degree * scale), 1 / (degree * narrow * scale)
    origin = Point(middle.latitude + height / 2 * up, middle.longitude - WIDTH / 2 * right)
    return Sketch(height, placed, round(bar * scale, 1), bar, origin, (up, right))
