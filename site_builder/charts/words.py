"""What indicators say in words: beside a drawing (`charts.drawing`) and for who does not see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from site_builder import formats


def when_text(reading: Mapping[str, Any], language: str) -> str:
    """The date or span of a value, as it is printed."""
    if reading.get("period"):
        return str(reading["period"])
    return formats.date_text(str(reading["as_of"]), language)


def value_text(indicator: Mapping[str, Any], reading: Mapping[str, Any], language: str) -> str:
    """近500万元: the value of a reading with its qualifiers and its indicator's unit."""
    return str(formats.amount({**reading, "unit": indicator["unit"]}, language))


@dataclass(frozen=True, slots=True)
class Words:
    """The language of a drawing, and what marks a target and a number that was computed."""

    language: str
    planned: str
    derived: str

    def of(self, reading: Mapping[str, Any]) -> str:
        """The date of a value, and what kind of value it is."""
        marks = (
            self.planned if reading["status"] == "planned" else "",
            self.derived if reading["derivation"] else "",
        )
        return " · ".join(filter(None, (when_text(reading, self.language), *marks)))


def described(indicators: Sequence[Mapping[str, Any]], words: Words) -> str:
    """The numbers of a drawing in one text: what a screen reader says for it."""
    comma, stop = ("，", "；") if words.language != "en" else (", ", "; ")
    told = []
    for indicator in indicators:
        values = comma.join(
            f"{words.of(reading)} {value_text(indicator, reading, words.language)}"
            for reading in indicator["readings"]
        )
        told.append(f"{indicator['name']}: {values}")
    return stop.join(told)
