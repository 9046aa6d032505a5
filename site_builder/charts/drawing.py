"""Indicators as drawings: SVG with the numbers on it, for any language of the interface.

Made with svg.py, which writes elements and nothing else. Chart libraries were looked at and left: pygal
(3.1.3) writes the day of the build, a style element and a script into each drawing, where a site must be the
same bytes every day and carries no inline style; matplotlib turns letters into shapes.

All lengths along a line are percentages and all others are em, so a drawing is as wide as its column, and its
letters are the page's own: they do not shrink on a phone, and grow in 长辈版. Colours and dashes are the
theme's, by class: `chart-mark` (ink or the union's colour), `chart-planned`, `chart-label`, `chart-value`,
`chart-when`, `chart-axis`. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

import svg

from site_builder import formats
from site_builder.charts.words import Words, value_text, when_text

_PLOT = Decimal(66)
"""Per cent of the width that the longest bar takes: the number stands to its right."""
_LABELLED = 5
"""A line shows all its numbers up to so many; of more, the first, the last, the least and the greatest."""
_LINE_HEIGHT = Decimal(9)
_SIDE = Decimal(11)
"""Per cent left free on both sides of a line, where half of a number stands out."""


def draw(indicators: Sequence[Mapping[str, Any]], form: str, words: Words, alt: str) -> str:
    """The SVG of indicators (records.Indicator as dicts), as `bars` or `lines`.

    Every indicator is drawn on a scale of its own unit: those of the same unit share one.
    """
    if not any(indicator["readings"] for indicator in indicators):
        return ""
    painter = _lines if form == "lines" else _bars
    elements: list[svg.Element] = []
    top = Decimal(0)
    for indicator in indicators:
        alike = [one for one in indicators if one["unit"] == indicator["unit"]]
        drawn, height = painter(indicator, _greatest(alike), top, words)
        elements += drawn
        top += height
    picture = svg.SVG(
        width=_percent(Decimal(100)),
        height=_em(top),
        class_=["chart-drawing", f"chart-{form}"],
        elements=elements,
        extra={"role": "img", "aria-label": escape(alt)},
    )
    return picture.as_str()


# --- bars -----------------------------------------------------------------------------------------


def _bars(
    indicator: Mapping[str, Any], greatest: Decimal, top: Decimal, words: Words
) -> tuple[list[svg.Element], Decimal]:
    elements: list[svg.Element] = [_text(indicator["name"], Decimal(0), top + Decimal("1.1"), "chart-label")]
    at = top + Decimal("1.9")
    for reading in indicator["readings"]:
        width = _share(reading, greatest) * _PLOT
        elements += [
            _text(words.of(reading), Decimal(0), at + Decimal("0.8"), "chart-when"),
            svg.Rect(
                x=0,
                y=_em(at + Decimal("1.15")),
                width=_percent(width),
                height=_em(Decimal("1.1")),
                class_=_mark(reading),
            ),
            _text(
                value_text(indicator, reading, words.language),
                width + Decimal("1.5"),
                at + Decimal("2.1"),
                "chart-value",
            ),
        ]
        at += Decimal("3.1")
    return elements, at - top + Decimal("0.5")


# --- lines ----------------------------------------------------------------------------------------


def _lines(
    indicator: Mapping[str, Any], greatest: Decimal, top: Decimal, words: Words
) -> tuple[list[svg.Element], Decimal]:
    readings = indicator["readings"]
    heading = f"{indicator['name']}（{indicator['unit']}）"
    elements: list[svg.Element] = [_text(heading, Decimal(0), top + Decimal("1.1"), "chart-label")]
    base = top + Decimal("2.6") + _LINE_HEIGHT
    points = [
        (_along(place, len(readings)), base - _share(reading, greatest) * (_LINE_HEIGHT - Decimal("1.5")))
        for place, reading in enumerate(readings)
    ]
    elements.append(
        svg.Line(x1=0, y1=_em(base), x2=_percent(Decimal(100)), y2=_em(base), class_=["chart-axis"])
    )
    for (x1, y1), (x2, y2), reading in zip(points, points[1:], readings[1:], strict=False):
        classes = ["chart-line", *(["chart-planned"] if reading["status"] == "planned" else [])]
        elements.append(
            svg.Line(x1=_percent(x1), y1=_em(y1), x2=_percent(x2), y2=_em(y2), class_=list(classes))
        )
    shown = set(_told(readings))
    for place, ((x, y), reading) in enumerate(zip(points, readings, strict=True)):
        elements.append(svg.Circle(cx=_percent(x), cy=_em(y), r=_em(Decimal("0.28")), class_=_mark(reading)))
        if place in shown:
            text = str(formats.amount({**reading, "unit": ""}, words.language))
            mark = f" {words.derived}" if reading["derivation"] else ""
            # Dates stand in two rows in turn: on a phone they would run into each other.
            row = base + Decimal("1.2") + (Decimal("1.2") if place % 2 and len(readings) > 2 else Decimal(0))
            elements += [
                _text(f"{text}{mark}", x, y - Decimal("0.7"), "chart-value", anchor="middle"),
                _text(when_text(reading, words.language), x, row, "chart-when", anchor="middle"),
            ]
    return elements, base + Decimal("3.2") - top


def _along(place: int, count: int) -> Decimal:
    """Where a value stands from left to right, in per cent."""
    if count == 1:
        return Decimal(50)
    return (_SIDE + (100 - 2 * _SIDE) * place / (count - 1)).quantize(Decimal("0.01"))


def _told(readings: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """The values of a line whose numbers are printed; the table has them all."""
    if len(readings) <= _LABELLED:
        yield from range(len(readings))
        return
    sizes = [_number(reading) for reading in readings]
    yield from {0, len(readings) - 1, sizes.index(max(sizes)), sizes.index(min(sizes))}


# --- parts ----------------------------------------------------------------------------------------


def _text(words: str, x: Decimal, y: Decimal, kind: str, anchor: Any = None) -> svg.Text:
    # The size of letters is the tspan's: an em in x and y would else mean something else for each size.
    inner: list[svg.Element] = [svg.TSpan(text=escape(words), class_=[kind])]
    return svg.Text(x=_percent(x), y=_em(y), text_anchor=anchor, elements=inner)


def _mark(reading: Mapping[str, Any]) -> list[str]:
    return ["chart-mark", *(["chart-planned"] if reading["status"] == "planned" else [])]


def _greatest(indicators: Sequence[Mapping[str, Any]]) -> Decimal:
    return max(
        (_number(reading) for indicator in indicators for reading in indicator["readings"]),
        default=Decimal(0),
    )


def _share(reading: Mapping[str, Any], greatest: Decimal) -> Decimal:
    """From 0 to 1; what is below nothing is drawn as nothing, and its number says what it is."""
    if greatest <= 0:
        return Decimal(0)
    return max(_number(reading) / greatest, Decimal(0)).quantize(Decimal("0.0001"))


def _number(reading: Mapping[str, Any]) -> Decimal:
    try:
        return Decimal(str(reading["value"]))
    except InvalidOperation:
        return Decimal(0)


def _percent(value: Decimal) -> svg.Length:
    return svg.Length(_short(value), "%")


def _em(value: Decimal) -> svg.Length:
    return svg.Length(_short(value), "em")


def _short(value: Decimal) -> Decimal:
    """Two decimals at most, without zeros at the end: the same digits on every machine."""
    rounded = value.quantize(Decimal("0.01"))
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()
