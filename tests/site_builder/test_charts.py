"""Drawings of numbers: every number on them, planned told apart, the same bytes, nothing that CSP refuses."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.charts.drawing import draw
from site_builder.charts.words import Words, described
from site_builder.records import Indicator
from tests.strategies_bodies import indicators

ZH = Words("zh-Hans", "计划", "推算")
EN = Words("en", "Planned", "Derived")


def indicator(*readings: dict[str, Any], **fields: Any) -> dict[str, Any]:
    given = {"name": "参加人数", "unit": "人", "readings": readings} | fields
    return Indicator.model_validate(given).model_dump(mode="json")


TREND = indicator(
    {"value": "100", "qualifier": ["不足"], "period": "2022年以前"},
    {"value": "1000", "qualifier": ["近"], "as_of": "2022"},
    {"value": "5000", "qualifier": ["预计"], "as_of": "2023", "status": "planned"},
)


def bars(drawing: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)%"', drawing)]


@pytest.mark.parametrize("form", ["bars", "lines"])
def test_the_numbers_stand_on_the_drawing_with_their_qualifiers(form: str) -> None:
    drawing = draw([TREND], form, ZH, "人数")
    ElementTree.fromstring(drawing)
    for told in ("不足100", "近1000", "预计5000", "2022年以前", "2022年", "2023年", "参加人数"):
        assert told in drawing
    assert 'role="img" aria-label="人数"' in drawing


def test_bars_are_as_long_as_their_numbers() -> None:
    short, middle, longest = bars(draw([TREND], "bars", ZH, ""))
    assert longest == pytest.approx(66)
    assert middle == pytest.approx(longest / 5, abs=0.01)
    assert short == pytest.approx(longest / 50, abs=0.01)


def test_units_have_scales_of_their_own() -> None:
    share = indicator({"value": "50", "as_of": "2023"}, name="占比", unit="%")
    assert bars(draw([TREND, share], "bars", ZH, ""))[-1] == pytest.approx(66)
    same = indicator({"value": "50", "as_of": "2023"}, name="另一项")
    assert bars(draw([TREND, same], "bars", ZH, ""))[-1] < 1


@pytest.mark.parametrize("form", ["bars", "lines"])
def test_what_is_planned_is_drawn_and_told_differently(form: str) -> None:
    drawing = draw([TREND], form, ZH, "")
    assert drawing.count("chart-planned") == (1 if form == "bars" else 2)
    assert "2023年 · 计划 预计5000人" in described([TREND], ZH)


def test_what_was_computed_says_so() -> None:
    drop = indicator({"value": "73.0", "as_of": "2019", "derivation": "本站计算"}, unit="%")
    assert "2019年 · 推算" in draw([drop], "bars", ZH, "")
    assert "Derived" in described([drop], EN)


def test_a_long_line_shows_its_ends_and_extremes() -> None:
    many = indicator(
        *({"value": str(number), "as_of": str(2000 + number)} for number in (5, 9, 7, 1, 6, 8, 4))
    )
    drawing = draw([many], "lines", ZH, "")
    assert re.findall(r'class="chart-value">([\d.]+)<', drawing) == ["5", "9", "1", "4"]
    assert drawing.count("<circle") == 7


@given(st.lists(indicators, min_size=1, max_size=3), st.sampled_from(["bars", "lines"]))
def test_no_word_becomes_markup_and_nothing_inline_is_styled(found: list[Indicator], form: str) -> None:
    told = [one.model_dump(mode="json") for one in found]
    drawing = draw(told, form, ZH, described(told, ZH))
    root = ElementTree.fromstring(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", drawing))
    allowed = {"svg", "text", "tspan", "rect", "line", "circle"}
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in allowed
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
    assert draw(told, form, ZH, described(told, ZH)) == drawing


def test_nothing_to_draw_is_an_empty_drawing() -> None:
    assert draw([], "bars", ZH, "") == ""
