"""What a worker can use on a site, and by what it is looked for: need, life event, audience, place, time.

Pure functions of a plan's items, so that a site's paths can be known before its pages are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from site_builder.plan import Planned, occurrences
from site_builder.records import BEIJING, BaseRecord, Event, Kind, LifeEvent, Need, Place

KINDS = (Kind.PROGRAM, Kind.EVENT, Kind.PLACE, Kind.SERVICE)
"""What can be used. A story tells of it, a guide explains it."""

By = Literal["need", "life", "audience", "place", "time"]
BYS: tuple[By, ...] = get_args(By)

Time = Literal["now", "soon", "evening", "weekend"]
"""现在可以, 即将开始, 下班后, 周末."""
TIMES: tuple[Time, ...] = get_args(Time)

OTHER = "other"
"""Of what says nothing of a need."""

EVENING = "18:00"
"""From then on, most people are off work."""

_OVER = frozenset({"ended", "past", "cancelled", "retired"})
_NOW = frozenset({"closing", "open", "standing", "live"})
_SOON = frozenset({"upcoming"})
_WEEKEND = frozenset({"sat", "sun"})


@dataclass(frozen=True, slots=True)
class Usable:
    """One thing to use, with the words and codes it is found by."""

    item: Planned
    found: Mapping[By, tuple[str, ...]]


def usable(items: Iterable[Planned], as_of: datetime) -> tuple[Usable, ...]:
    """What is not over and was not left unchecked, in the order given."""
    return tuple(
        Usable(item, _found(item, as_of))
        for item in items
        if item.record.kind in KINDS
        and item.overdue is None
        and (item.state is None or item.state.code not in _OVER)
    )


def ways(things: Iterable[Usable]) -> tuple[By, ...]:
    """By what something is to be found: by need always, by the others where a thing says anything of them."""
    things = tuple(things)
    return tuple(by for by in BYS if things and (by == "need" or any(thing.found[by] for thing in things)))


def _found(item: Planned, as_of: datetime) -> Mapping[By, tuple[str, ...]]:
    record = item.record
    return {
        "need": record.needs or (OTHER,),
        "life": record.life_events,
        "audience": record.audiences,
        "place": (record.region,) if record.region else (),
        "time": tuple(_times(item, as_of)),
    }


def _times(item: Planned, as_of: datetime) -> Iterator[Time]:
    code = item.state.code if item.state else ""
    if code in _NOW or (not code and item.record.kind is Kind.PLACE):
        yield "now"
    if code in _SOON:
        yield "soon"
    evening, weekend = _hours(item.record, as_of)
    if evening:
        yield "evening"
    if weekend:
        yield "weekend"


def _hours(record: BaseRecord, as_of: datetime) -> tuple[bool, bool]:
    """Whether one can come after work, and whether on a Saturday or Sunday."""
    if isinstance(record, Event):
        dates = [one for one in occurrences(record, as_of) if one.ends > as_of and not one.status]
        local = [one.starts.astimezone(BEIJING) for one in dates]
        return (
            any(f"{day:%H:%M}" >= EVENING for day in local),
            any(day.weekday() >= 5 for day in local),
        )
    if isinstance(record, Place):
        late = any(span.closes > EVENING or span.closes <= span.opens for span in record.hours)
        free = any(_WEEKEND & set(span.days) for span in record.hours)
        return record.always_open or late, record.always_open or free
    return False, False


def in_order(by: By, things: Iterable[Usable]) -> tuple[str, ...]:
    """The codes or words of `by` that occur: codes in their own order, words by how often."""
    counted: dict[str, int] = {}
    for thing in things:
        for word in thing.found[by]:
            counted[word] = counted.get(word, 0) + 1
    codes: Mapping[By, tuple[str, ...]] = {
        "need": (*get_args(Need), OTHER), "life": get_args(LifeEvent), "time": TIMES,
    }  # fmt: skip
    if by in codes:
        return tuple(code for code in codes[by] if code in counted)
    return tuple(sorted(counted, key=lambda word: (-counted[word], word)))
