"""Which records may stand on one site, why, and which of several editions does.

Only `compete` knows the moment: what is shared with a union and what it adopted hold at all times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from site_builder.content_store import adoptions_path
from site_builder.plan.common import Candidate, Common, common_of
from site_builder.plan.index import Entry, Index
from site_builder.plan.instant import Via, instant_of
from site_builder.plan.states import takes_effect
from site_builder.records import SLOT_FIELDS, Adoption, BaseRecord, Problem


@dataclass(slots=True)
class Candidates:
    by_id: dict[UUID, Candidate] = field(default_factory=dict)
    adoptions: dict[UUID, Adoption] = field(default_factory=dict)
    """Those that count, by the record they name."""
    problems: list[Problem] = field(default_factory=list)
    required: tuple[Entry, ...] = ()
    """What is required, where it is what siblings have as well: see `Index.required_of` and `common`."""

    def add(self, entry: Entry, via: Via) -> None:
        self.by_id.setdefault(entry.id, Candidate(entry, via))

    def unrequired(self) -> list[Candidate]:
        """Its own, and what was taken."""
        return [candidate for candidate in self.by_id.values() if candidate.via != "required"]


def candidates(index: Index, union: str) -> Candidates:
    """What may stand on a union's site: its own, what is required of it, what it took or subscribed to."""
    found = Candidates()
    for entry in index.own.get(union, ()):
        found.add(entry, "own" if entry.source.edition_of is None else "edition")
    entries = index.required_of(union)
    required = _required(index, entries)
    found.by_id.update(required)
    hidden: set[UUID] = set()
    for adoption in index.adoptions(union):
        if (refusal := _refusal(index, union, adoption, found)) is not None:
            found.problems.append(refusal)
        elif adoption.action == "hide":
            hidden.add(adoption.record)
            found.adoptions[adoption.record] = adoption
        else:
            found.adoptions[adoption.record] = adoption
            if adoption.record in index.entries:
                found.add(index.entries[adoption.record], "taken")
    for entry in index.subscribed_by(union):
        if entry.id not in hidden:
            found.add(entry, "taken")
    if not any(record in required for record in found.adoptions):
        found.required = entries
    return found


def _required(index: Index, entries: tuple[Entry, ...]) -> dict[UUID, Candidate]:
    """Siblings have one such list: what is required comes from above, so none of it is a union's own."""
    key = ("plan.required", id(entries))
    known: tuple[object, dict[UUID, Candidate]] | None = index.memo.get(key)
    if known is None or known[0] is not entries:
        known = index.memo[key] = entries, {entry.id: Candidate(entry, "required") for entry in entries}
    return known[1]


def _refusal(index: Index, union: str, adoption: Adoption, found: Candidates) -> Problem | None:
    """Why an adoption does not count; it then changes nothing on the site."""
    record = index.content.records.get(adoption.record)
    own = record is not None and record.union == union
    shared = index.shared(record, union) if record is not None else None
    if adoption.record in found.adoptions:
        code, message, action = (
            "adoption-twice",
            "The record is adopted twice; the first entry counts",
            "Remove one.",
        )
    elif record is None or (not own and shared is None):
        # One message for both, so that no union learns of a record that is not shared with it.
        code, message = "adoption-not-shared", "No such record is shared with this union"
        action = "Remove the entry, or ask its owner to share it."
    elif own and (adoption.action != "pin" or adoption.slots is not None):
        code, message = "adoption-own", "Of its own records a union can only pin one"
        action = "Edit the record itself."
    elif adoption.action == "hide" and shared == "required":
        code, message = "adoption-hides-required", "A required record cannot be hidden; it is shown"
        action = "Remove the entry, or write an edition of the record."
    else:
        return None
    return _adoption_problem(union, adoption, code, message, action)


def _adoption_problem(
    union: str, adoption: Adoption, code: str, message: str, action: str, place: str = "record"
) -> Problem:
    return Problem(
        severity="warning",
        code=code,
        file=f"{adoptions_path(union)}",
        field=place,
        record=str(adoption.record),
        message=message,
        action=action,
    )


@dataclass(slots=True)
class Standing:
    """Who stands and who is stood for, at one moment."""

    winners: list[Candidate] = field(default_factory=list)
    common: Common | None = None
    """What of the winners siblings have as well: it comes first among them."""
    replaced: dict[UUID, list[Candidate]] = field(default_factory=dict)
    """By the winner's id: live candidates in whose place it stands."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def apart(self) -> Sequence[Candidate]:
        """The winners that are this site's alone."""
        return self.winners[len(self.common.standing) :] if self.common else self.winners


def compete(index: Index, union: str, found: Candidates, as_of: datetime) -> Standing:
    """Let the nearest live edition of each record stand: this union's own, then that of the nearest above.

    One by a union that is not on the way to the root (taken from a neighbour, or of an industry line) stands
    only where none of those is. Of several editions of one union - one a year - the one in effect.
    """
    standing = Standing()
    looked_at = _looked_at(index, union, found, standing, as_of)
    distance = {slug: steps for steps, slug in enumerate((union, *index.tree.ancestors(union)))}
    groups: dict[int, list[Candidate]] = {}
    instant = instant_of(index, as_of)
    for candidate in looked_at:
        if not instant.live(candidate.entry):
            continue
        if candidate.entry.root in index.edited:
            groups.setdefault(candidate.entry.root, []).append(candidate)
        else:
            standing.winners.append(candidate)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda candidate: _nearness(candidate.entry, distance, as_of))
            standing.replaced[group[0].entry.id] = group[1:]
            standing.problems.extend(_doubles(index, union, group))
        standing.winners.append(group[0])
    return standing


def _looked_at(
    index: Index, union: str, found: Candidates, standing: Standing, as_of: datetime
) -> list[Candidate]:
    """The candidates that are to be looked at; what siblings have as well stands already."""
    if not found.required:
        return [*found.by_id.values()]
    common = common_of(index, found.required, union, as_of)
    apart = found.unrequired()
    if any(index.path(candidate.entry, union) in common.paths for candidate in apart):
        return [*found.by_id.values()]
    standing.common = common
    standing.winners += common.standing
    return [*apart, *common.contested]


def _nearness(entry: Entry, distance: Mapping[str, int], as_of: datetime) -> tuple[Any, ...]:
    # Of one owner's several, the one made from the others stands; of two made alike the one in effect, or,
    # where they come from other lines of the tree, the older.
    steps = distance.get(entry.source.union, len(distance))
    latest = _latest_in_effect(entry, as_of) if entry.sources and steps < len(distance) else ()
    return steps, -len(entry.sources), *latest, *entry.age


def _latest_in_effect(entry: Entry, as_of: datetime) -> tuple[bool, float]:
    """Sorts first what took effect last; before anything did, what will first."""
    effective = takes_effect(entry.source) or entry.source.published
    coming = effective > as_of
    return coming, effective.timestamp() if coming else -effective.timestamp()


def _doubles(index: Index, union: str, group: list[Candidate]) -> Iterator[Problem]:
    first, *others = group
    chain = {source.id for source in first.entry.sources}
    for other in others:
        if other.entry.id in chain or not other.entry.sources:
            continue
        if other.entry.source.union == union:
            dates = {takes_effect(each.entry.source) for each in (first, other)}
            if None not in dates and len(dates) > 1:
                continue  # one a year: the one in effect stands, as it should
            yield index.problem(
                other.entry.source,
                "edition-twice",
                f"This union has two editions of one record; {first.entry.id} is shown",
                "Withdraw one of them; or say when each holds (activity, window, document.effective).",
                "edition_of",
            )
        elif other.via == "taken":
            yield Problem(
                severity="warning",
                code="edition-not-nearest",
                file=f"{adoptions_path(union)}",
                field="record",
                record=str(other.entry.id),
                message=f"The edition of a nearer union stands here: {first.entry.id}",
                action="Remove the entry, or write an edition of your own.",
            )


def fill(
    union: str, candidate: Candidate, found: Candidates
) -> tuple[BaseRecord, tuple[str, ...], list[Problem]]:
    """The record with this union's slot values: (record, names of the filled slots, problems).

    Values given for a record go on to an edition of it by another union, as far as that one has the slots.
    """
    entry = candidate.entry
    if candidate.via in ("own", "edition"):
        return entry.record, (), []
    adoption = next(
        (
            found.adoptions[id]
            for id in (entry.id, *(source.id for source in entry.sources))
            if id in found.adoptions
        ),
        None,
    )
    if adoption is None or adoption.slots is None:
        return entry.record, (), []
    values: dict[str, Any] = {}
    filled: list[str] = []
    problems: list[Problem] = []
    for slot, name in SLOT_FIELDS.items():
        value = getattr(adoption.slots, slot)
        if not value:
            continue
        if slot not in entry.source.share.slots:
            why, action = (
                f"The record leaves no slot {slot} to be filled",
                "Remove the value, or ask the owner.",
            )
            problems.append(
                _adoption_problem(union, adoption, "slot-not-offered", why, action, f"slots.{slot}")
            )
        elif name not in type(entry.record).model_fields:
            why, action = f"A {entry.record.kind} has nothing to fill as {slot}", "Remove the value."
            problems.append(
                _adoption_problem(union, adoption, "slot-without-field", why, action, f"slots.{slot}")
            )
        else:
            values[name] = value
            filled.append(slot)
    return (entry.record.model_copy(update=values) if values else entry.record), tuple(filled), problems
