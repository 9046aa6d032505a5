"""Where places lie: the two datums, and the sketch map."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.geo import MARGIN, WIDTH, Point, sketch, to_gcj02, to_wgs84
from tests.distances import metres

in_china = st.builds(Point, st.floats(18.2, 53.5), st.floats(73.7, 135.0))
nearby = st.builds(Point, st.floats(36.0, 37.0), st.floats(119.0, 121.0))


def test_a_known_point_is_where_chinese_maps_show_it() -> None:
    """天安门, by the reference values of eviltransform's own tests' formula."""
    shown = to_gcj02(Point(39.90923, 116.397428))
    assert (round(shown.latitude, 5), round(shown.longitude, 5)) == (39.91063, 116.40367)


@given(in_china)
def test_there_and_back_is_the_same_place(point: Point) -> None:
    shown = to_gcj02(point)
    assert 20 < metres(point, shown) < 1_200, "the shift is some hundreds of metres"
    assert metres(to_wgs84(shown), point) < 0.01


@given(st.builds(Point, st.floats(-60, 0.5), st.floats(-170, 70)))
def test_outside_china_nothing_is_shifted(point: Point) -> None:
    assert to_gcj02(point) == to_wgs84(point) == point


@given(st.lists(nearby, min_size=1, max_size=9))
def test_a_sketch_is_true_to_scale_and_keeps_its_margins(points: list[Point]) -> None:
    drawn = sketch(points)
    assert len(drawn.points) == len(points)
    for x, y in drawn.points:
        assert MARGIN - 0.2 <= x <= WIDTH - MARGIN + 0.2
        assert MARGIN - 0.2 <= y <= drawn.height - MARGIN + 0.2
    assert 0 < drawn.bar <= (WIDTH - 2 * MARGIN) / 3 + 0.1
    unit = drawn.bar_metres / drawn.bar
    for a, at in zip(points, drawn.points, strict=True):
        for b, to in zip(points, drawn.points, strict=True):
            drawn_metres = math.dist(at, to) * unit
            assert drawn_metres == pytest.approx(metres(a, b), rel=0.02, abs=unit), (a, b)
    # A script finds the point again that lies at a place of the drawing.
    for point, (x, y) in zip(points, drawn.points, strict=True):
        found = Point(
            drawn.origin.latitude - y * drawn.degrees[0], drawn.origin.longitude + x * drawn.degrees[1]
        )
        assert metres(found, point) < unit


def test_north_is_up_and_east_is_right() -> None:
    (south_west, north_east) = sketch([Point(36, 120), Point(36.1, 120.1)]).points
    assert north_east[0] > south_west[0]
    assert north_east[1] < south_west[1]


def test_a_sketch_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        sketch([])
