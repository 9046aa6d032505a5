"""What holds for all sites of a network at one moment: which records live, what each is, what comes next.

Sites show mostly what others show too, so it is worked out once for a moment and not once a site. What a
union filled in (its slots) is its own, and nothing here remembers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from site_builder.plan.index import Entry, Index
from site_builder.plan.states import moments, overdue, state_and_later, takes_effect
from site_builder.plan.types import Planned, State
from site_builder.records import BaseRecord, Event, Guide, Place, Program, Service

Via = Literal["own", "edition", "required", "taken"]


class Instant:
    """A moment of a network. Entries are known by their `number`, which costs less to look up than an id."""

    def __init__(self, index: Index, as_of: datetime) -> None:
        self._index = index
        self.as_of = as_of
        self._live: dict[int, bool] = {}
        self._items: dict[tuple[int, bool, str, bool], Planned] = {}
        self._states: dict[int, State | None] = {}
        self._told: dict[int, BaseRecord] = {}
        self._next: dict[int, datetime | None] = {}
        self._next_told: dict[int, datetime | None] = {}
        self._next_shown: dict[int, datetime | None] = {}

    def live(self, entry: Entry) -> bool:
        """Published, and neither expired nor withdrawn."""
        found = self._live.get(entry.number)
        if found is None:
            found = self._live[entry.number] = entry.life.live(self.as_of)
        return found

    def item(self, entry: Entry, path: str, via: Via, *, pinned: bool) -> Planned:
        """The record as its owner leaves it: one object for all sites that show it so."""
        key = (entry.number, via == "own" or via == "edition", via, pinned)
        found = self._items.get(key)
        if found is None:
            found = self._items[key] = self._planned(
                entry, entry.record, path, via, pinned, (), self._state(entry.number, entry.record)
            )
        return found

    def filled(
        self, entry: Entry, record: BaseRecord, path: str, via: Via, slots: tuple[str, ...], *, pinned: bool
    ) -> Planned:
        """The record with one union's values for some of its slots."""
        stands = self._found(record)
        return self._planned(entry, record, path, via, pinned, slots, stands)

    def told(self, entry: Entry, record: BaseRecord, stands: State | None) -> BaseRecord:
        """A record without what is not to be told now; the same object wherever `record` is the same one.

        Of an event that is not over, what came of it; outside the days of public notice, the list of names;
        of a union that is no more, whom it told people to ask.
        """
        hidden = _untold(record, stands, self.as_of)
        if self.closed(record):
            hidden |= {name: empty for name, empty in _ANSWERED if getattr(record, name, empty)}
        if not hidden:
            return record
        if record is not entry.record:
            return record.model_copy(update=hidden)
        if entry.number not in self._told:
            self._told[entry.number] = record.model_copy(update=hidden)
        return self._told[entry.number]

    def _planned(
        self,
        entry: Entry,
        record: BaseRecord,
        path: str,
        via: Via,
        pinned: bool,
        slots: tuple[str, ...],
        stands: State | None,
    ) -> Planned:
        return Planned(
            record=self.told(entry, record, stands),
            source=entry.source,
            path=path,
            via=via,
            pinned=pinned,
            filled=slots,
            state=stands,
            overdue=overdue(record, self.as_of),
            entry=entry,
        )

    def _state(self, number: int, record: BaseRecord) -> State | None:
        if number not in self._states:
            self._states[number] = self._found(record)
        return self._states[number]

    def _found(self, record: BaseRecord) -> State | None:
        """Of what a union offered that is no more, nobody knows whether it goes on: one has to ask."""
        found = state_and_later(record, self.as_of)
        if found is None or isinstance(record, Service | Place) or not self.closed(record):
            return found
        return found if found.code in _OVER else State("unknown")

    def closed(self, record: BaseRecord) -> bool:
        """Whether its owner is no more."""
        return self._index.content.unions[record.union].closed(self.as_of)

    # --- what comes next ------------------------------------------------------------------------------

    def next_of(self, entry: Entry) -> datetime | None:
        """When what a record is to the sites that may show it changes next."""
        if entry.number not in self._next:
            # An edition's own dates decide whether its source's end is worth a problem.
            source = entry.source
            own = (source.published, source.expires, source.withdrawn.at if source.withdrawn else None,
                   takes_effect(source) if entry.sources else None)  # fmt: skip
            changes = (*entry.life.moments(), *(change for change in own if change is not None))
            self._next[entry.number] = self.first_of(changes)
        return self._next[entry.number]

    def next_told(self, entry: Entry) -> datetime | None:
        """When what is said of a record that is there, as its owner leaves it, changes next."""
        number = entry.number
        if number not in self._next_told:
            self._next_told[number] = self.first_of(moments(entry.record, self.as_of))
        return self._next_told[number]

    def next_shown(self, item: Planned) -> datetime | None:
        """When what its page says of a record, or of those that it names, changes next."""
        if item.filled:
            return self._first_shown(item)
        number = item.entry.number
        if number not in self._next_shown:
            self._next_shown[number] = self._first_shown(item)
        return self._next_shown[number]

    def _first_shown(self, item: Planned) -> datetime | None:
        told = self.first_of(moments(item.record, self.as_of)) if item.filled else self.next_told(item.entry)
        changes = (told, *self.next_of_linked(self._index.references(item.entry)))
        return min((change for change in changes if change is not None), default=None)

    def next_of_linked(self, linked: Iterable[UUID]) -> Iterator[datetime | None]:
        for id in linked:
            if id in self._index.entries:
                yield self.first_of(self._index.entries[id].life.moments())

    def first_of(self, changes: Iterable[datetime]) -> datetime | None:
        return min((change for change in changes if change > self.as_of), default=None)


def instant_of(index: Index, as_of: datetime) -> Instant:
    """The instant of a network at `as_of`, made at its first use."""
    key = ("plan.instant", as_of)
    found: Instant | None = index.memo.get(key)
    if found is None:
        found = index.memo[key] = Instant(index, as_of)
    return found


_OVER = frozenset({"ended", "past", "cancelled", "superseded"})
_ANSWERED: tuple[tuple[str, Any], ...] = (
    ("contact", None), ("supervision", None), ("apply", ()), ("standing", False),
)  # fmt: skip
"""Where readers would turn to the union that wrote a record, and that it may be done all year."""


def _untold(record: BaseRecord, stands: State | None, as_of: datetime) -> dict[str, Any]:
    if isinstance(record, Event) and (record.outcome or record.results):
        over = stands is not None and stands.code in ("past", "ended")
        return {} if over else {"outcome": (), "results": ()}
    if isinstance(record, Program | Guide):
        publicity = record.publicity
        if publicity is not None and publicity.entries and not publicity.is_open(as_of):
            return {"publicity": publicity.model_copy(update={"entries": ()})}
    return {}
