"""Which records may stand on one site, why, and which of several editions does.

Only `compete` knows the moment: what is shared with a union and what it adopted hold at all times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from site_builder.plan.index import Entry, Index
from site_builder.records import SLOT_FIELDS, Adoption, Problem


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that stands on the site whenever it is live and no nearer edition of it is."""

    entry: Entry
    via: Literal["own", "edition", "required", "taken"]


@dataclass(slots=True)
class Candidates:
    by_id: dict[UUID, Candidate] = field(default_factory=dict)
    adoptions: dict[UUID, Adoption] = field(default_factory=dict)
    """Those that count, by the record they name."""
    problems: list[Problem] = field(default_factory=list)

    def add(self, entry: Entry, via: Literal["own", "edition", "required", "taken"]) -> None:
        self.by_id.setdefault(entry.id, Candidate(entry, via))


def candidates(index: Index, union: str) -> Candidates:
    """What may stand on a union's site: its own, what is required of it, what it took or subscribed to."""
    found = Candidates()
    for entry in index.own.get(union, ()):
        found.add(entry, "own" if entry.source.edition_of is None else "edition")
    for entry in index.required_of(union):
        found.add(entry, "required")
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
    return found


def _refusal(index: Index, union: str, adoption: Adoption, found: Candidates) -> Problem | None:
    """Why an adoption does not count; it then changes nothing on the site."""
    record = index.content.records.get(adoption.record)
    own = record is not None and record.union == union
    shared = index.shared(record, union) if record is not None else None
    if adoption.record in found.adoptions:
        return adoption_problem(
            union,
            adoption,
            "adoption-twice",
            "it is adopted twice; the first entry counts",
            "remove one of the entries",
        )
    if record is None or (not own and shared is None):
        # One message for both, so that no union learns of a record that is not shared with it.
        return adoption_problem(
            union,
            adoption,
            "adoption-not-shared",
            "no such record is shared with this union",
            "remove the entry",
        )
    if own and (adoption.action != "pin" or adoption.slots is not None):
        return adoption_problem(
            union,
            adoption,
            "adoption-own",
            "a union can only pin a record of its own",
            "edit the record itself",
        )
    if adoption.action == "hide" and shared == "required":
        return adoption_problem(
            union, adoption, "adoption-hides-required", "a required record cannot be hidden; it is shown",
            "remove the entry, or write an edition of the record",
        )  # fmt: skip
    return None


def adoption_problem(
    union: str, adoption: Adoption, code: str, message: str, action: str, name: str = ""
) -> Problem:
    return Problem(
        severity="warning", code=code, file=f"adoptions/{union}.yaml", field=name or "record",
        record=str(adoption.record), message=message, action=action,
    )  # fmt: skip


@dataclass(slots=True)
class Standing:
    """Who stands and who is stood for, at one moment."""

    winners: list[Candidate] = field(default_factory=list)
    replaced: dict[UUID, list[Candidate]] = field(default_factory=dict)
    """By the winner's id: live candidates in whose place it stands."""
    problems: list[Problem] = field(default_factory=list)


def compete(index: Index, union: str, found: Candidates, as_of: datetime) -> Standing:
    """Let the nearest live edition of each record stand: this union's own, then that of the nearest above.

    One by a union that is not on the way to the root (taken from a neighbour, or of an industry line) stands
    only where none of those is.
    """
    standing = Standing()
    distance = {slug: steps for steps, slug in enumerate((union, *index.tree.ancestors(union)))}
    groups: dict[UUID, list[Candidate]] = {}
    for candidate in found.by_id.values():
        if candidate.entry.life.live(as_of):
            groups.setdefault(candidate.entry.root, []).append(candidate)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda candidate: _nearness(candidate.entry, distance))
            standing.replaced[group[0].entry.id] = group[1:]
            standing.problems.extend(_doubles(union, group))
        standing.winners.append(group[0])
    return standing


def _nearness(entry: Entry, distance: Mapping[str, int]) -> tuple[Any, ...]:
    # Of one owner's several, the one made from the others stands, and of two made alike the older.
    return distance.get(entry.source.union, len(distance)), -len(entry.sources), *entry.age


def _doubles(union: str, group: Iterable[Candidate]) -> Iterable[Problem]:
    first, *others = group
    chain = {source.id for source in first.entry.sources}
    for other in others:
        if other.entry.id in chain or not other.entry.sources:
            continue
        if other.entry.source.union == union:
            yield Problem(
                severity="warning", code="edition-twice", record=str(other.entry.id), field="edition_of",
                message=f"this union has two editions of one record; {first.entry.id} stands",
                action="withdraw one of them",
            )  # fmt: skip
        elif other.via == "taken":
            yield Problem(
                severity="warning", code="edition-not-nearest", file=f"adoptions/{union}.yaml",
                record=str(other.entry.id), field="record",
                message=f"the edition of a nearer union stands here ({first.entry.id})",
                action="remove the entry, or ask that union",
            )  # fmt: skip


def fill(union: str, candidate: Candidate, found: Candidates) -> tuple[Any, tuple[str, ...], list[Problem]]:
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
            problems.append(
                adoption_problem(
                    union, adoption, "slot-not-offered", f"the record leaves no slot {slot} to local unions; it is ignored",
                    "remove the value, or ask the owner", f"slots.{slot}",
                )
            )  # fmt: skip
        elif name not in type(entry.record).model_fields:
            problems.append(
                adoption_problem(
                    union, adoption, "slot-without-field", f"a {entry.record.kind} has nothing to fill as {slot}",
                    "remove the value", f"slots.{slot}",
                )
            )  # fmt: skip
        else:
            values[name] = value
            filled.append(slot)
    return (entry.record.model_copy(update=values) if values else entry.record), tuple(filled), problems
