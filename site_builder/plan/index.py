"""What holds for all sites of a network at all times: planning a site costs only that site's records.

An edition's inheritance, a record's life and the address of its share depend neither on the site nor on the
moment: they are worked out once for a Content (`index_of`) and reused for each of its unions.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

from site_builder import paths
from site_builder.content_store import Content
from site_builder.plan.tree import Tree
from site_builder.records import (
    REFERENCE_FIELDS,
    Adoption,
    BaseRecord,
    Kind,
    Model,
    Problem,
    Withdrawn,
    start_of,
)

# A chart in a text names its dataset by the id alone.
_RECORD_LINK = re.compile(r"(?:record:|\bdataset: )([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Life:
    """When a record is to be seen: its own dates and those of every record it is an edition of."""

    start: datetime
    end: datetime | None
    withdrawal: Withdrawn | None
    """The first withdrawal, its own or one upstream."""

    def live(self, as_of: datetime) -> bool:
        """Published, and neither expired nor withdrawn."""
        return self.start <= as_of and not self._over(as_of) and not self._withdrawn(as_of)

    def buried(self, as_of: datetime) -> bool:
        """Withdrawn after it had been public: a notice stands in its place, until it would have expired."""
        return self._withdrawn(as_of) and not self._over(as_of) and self.start < self.withdrawal.at  # type: ignore[union-attr]

    def moments(self) -> Iterator[datetime]:
        yield self.start
        if self.end is not None:
            yield self.end
        if self.withdrawal is not None:
            yield self.withdrawal.at

    def _over(self, as_of: datetime) -> bool:
        return self.end is not None and self.end <= as_of

    def _withdrawn(self, as_of: datetime) -> bool:
        return self.withdrawal is not None and self.withdrawal.at <= as_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A record that may stand on a site: valid, with what it inherits."""

    source: BaseRecord
    """As its owner wrote it."""
    record: BaseRecord
    """With what it inherits."""
    sources: tuple[BaseRecord, ...]
    """For an edition: what it is an edition of, nearest first, down to a record that is none."""
    life: Life
    id: UUID = field(init=False)
    number: int = field(init=False)
    """The id as a number: each site looks up all its records many times over, and a UUID hashes slowly."""
    root: int = field(init=False)
    """The number of the record that all editions of one thing go back to."""
    age: tuple[float, int] = field(init=False)
    """Sorts older records first. In numbers, since moments compare slowly as well."""

    updated: float = field(init=False)
    """When it says it was changed; 0 where it does not say."""

    def __post_init__(self) -> None:
        source, set_ = self.source, object.__setattr__
        updated = self.record.updated
        set_(self, "id", source.id)
        set_(self, "number", source.id.int)
        set_(self, "root", self.sources[-1].id.int if self.sources else source.id.int)
        set_(self, "age", (source.published.timestamp(), source.id.int))
        set_(self, "updated", updated.timestamp() if updated else 0.0)


class Index:
    """Everything about a Content that is the same for all its sites."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.tree = Tree(content.unions)
        self.entries: dict[UUID, Entry] = {}
        """Every record but those whose owner is unknown and invalid editions."""
        self.own: dict[str, list[Entry]] = {}
        self.problems: dict[str, list[Problem]] = {}
        """By owner: what is wrong with its records wherever they show."""
        self.edited: set[int] = set()
        """The roots of which there are editions."""
        self._required: dict[tuple[str, str], list[Entry]] = {}
        self._required_of: dict[tuple[tuple[str, str], ...], tuple[Entry, ...]] = {}
        self._paths: dict[bool, dict[int, str]] = {True: {}, False: {}}
        """Where records lie on their owners' sites, and on those of others."""
        self._offered: dict[tuple[str, str], list[Entry]] = {}
        self._references: dict[UUID, frozenset[UUID]] = {}
        self._refused: set[UUID] = set()
        self.memo: dict[Hashable, Any] = {}
        """What those who read plans made once for all sites; keys begin with the name of who made it."""
        for record in content.records.values():
            if record.union in content.unions:
                self._enter(record)
        for entry in sorted(self.entries.values(), key=lambda entry: entry.age, reverse=True):
            self._address(entry)

    # --- sharing --------------------------------------------------------------------------------

    def shared(self, record: BaseRecord, union: str) -> Literal["required", "offered"] | None:
        """What a record is to a union that does not own it.

        Only a union above may require (in the tree, or as the industry line): a required record of any
        other union that names this one is an offer to it, because nobody publishes on another's site.
        """
        if not self.tree.reaches(record.share, record.union, union):
            return None
        binding = record.share.mode == "required" and record.union in self.tree.above(union)
        return "required" if binding else "offered"

    def required_of(self, union: str) -> tuple[Entry, ...]:
        """The records a union must carry: the same ones as its siblings, unless something names it alone."""
        fixed = self.tree.fixed_addresses(union)
        addresses = tuple(
            (owner, target)
            for owner in sorted(self.tree.above(union))
            for target in sorted(fixed | self.tree.relative_addresses(owner, union))
            if (owner, target) in self._required
        )
        found = self._required_of.get(addresses)
        if found is None:
            every = {entry.number: entry for address in addresses for entry in self._required[address]}
            found = self._required_of[addresses] = tuple(every.values())
        return found

    def subscribed_by(self, union: str) -> Iterator[Entry]:
        """The offered records with one of the topics a union subscribes to."""
        topics = self.content.unions[union].subscriptions
        if not topics:
            return
        targets = set(self.tree.fixed_addresses(union))
        for position, owner in enumerate(self.tree.ancestors(union)):
            targets.update((f"descendants of {owner}", *((f"children of {owner}",) if position == 0 else ())))
        seen: set[UUID] = set()
        for topic in topics:
            for target in sorted(targets):
                for entry in self._offered.get((topic, target), ()):
                    if entry.id not in seen and self.shared(entry.source, union) == "offered":
                        seen.add(entry.id)
                        yield entry

    def adoptions(self, union: str) -> tuple[Adoption, ...]:
        return self.content.adoptions.get(union, ())

    # --- the network outside one site -------------------------------------------------------------

    def public_url(self, record: UUID, as_of: datetime) -> str | None:
        """Where a record is to be read on its owner's site, if it is public there at `as_of`.

        None for a collection: whether its page exists depends on what else that site holds.
        """
        entry = self.entries.get(record)
        if entry is None or entry.source.kind is Kind.COLLECTION or not entry.life.live(as_of):
            return None
        owner = entry.source.union
        path = paths.record_path(entry.source, owner)
        return paths.absolute(paths.href(path), self.content.unions[owner].site.base_url)

    def path(self, entry: Entry, union: str) -> str:
        """Where a record lies on the site of a union: on the sites of others all the same."""
        known = self._paths[entry.source.union == union]
        path = known.get(entry.number)
        if path is None:
            path = known[entry.number] = paths.record_path(entry.source, union)
        return path

    def problem(
        self,
        record: BaseRecord,
        code: str,
        message: str,
        action: str,
        field: str | None = None,
        severity: Literal["error", "warning"] = "warning",
    ) -> Problem:
        """A problem of one record, in the file its owner wrote."""
        return Problem(
            severity=severity,
            code=code,
            file=self.content.file_of(record),
            field=field,
            record=str(record.id),
            message=message,
            action=action,
        )

    def references(self, entry: Entry) -> frozenset[UUID]:
        """The records that this one links to (`record:<uuid>`) in whatever field, or names."""
        known = self._references.get(entry.id)
        if known is None:
            known = self._references[entry.id] = frozenset(self._named(entry))
        return known

    def _named(self, entry: Entry) -> Iterator[UUID]:
        if not self.content.versions:  # of no folder: nobody has looked
            yield from references(entry.record)
            yield from references(entry.source)
            return
        for record in (entry.source, *entry.sources):
            for name in self.content.references.get(record.id, ()):
                if name != "/":
                    yield UUID(name)

    # --- construction -----------------------------------------------------------------------------

    def _enter(self, record: BaseRecord) -> None:
        """Make the record's entry, its sources' first; an edition that may stand nowhere gets none."""
        if record.edition_of is None:
            if record.id not in self.entries:
                self._take(_plain(record))
            return
        waiting = {record.id: record}
        while record.edition_of is not None and record.edition_of not in self.entries:
            source = self.content.records.get(record.edition_of)
            if source is None or source.union not in self.content.unions or source.id in waiting:
                break
            waiting[source.id] = record = source
        for link in reversed(waiting.values()):
            if link.id in self.entries or link.id in self._refused:
                continue
            entry = _plain(link) if link.edition_of is None else self._edition(link)
            if entry is not None:
                self._take(entry)
                if entry.sources:
                    self.edited.add(entry.root)

    def _take(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        self.own.setdefault(entry.source.union, []).append(entry)

    def _edition(self, record: BaseRecord) -> Entry | None:
        source = self.entries.get(record.edition_of) if record.edition_of else None
        if source is None:
            if self._in_cycle(record):
                self._refuse(
                    record,
                    "edition-cycle",
                    "the way to its source comes back to itself",
                    "Let one of these editions stand for itself: remove its edition_of.",
                )
            else:
                self._refuse(
                    record,
                    "edition-source-missing",
                    "its source does not exist or is not published",
                    "Correct edition_of, or write what is missing here and remove it.",
                )
        elif source.source.kind is not record.kind:
            self._refuse(
                record,
                "edition-kind",
                f"it is a {record.kind}, its source a {source.source.kind}",
                "An edition is of the same kind as its source.",
            )
        elif source.source.union != record.union and not self.shared(source.source, record.union):
            self._refuse(
                record,
                "edition-not-shared",
                "its source is not shared with this union",
                f"Ask {source.source.union} to share it, or remove edition_of.",
            )
        else:
            inherited = {
                name: getattr(source.record, name)
                for name, default in _inheritable(type(record))
                if getattr(record, name) == default
            }
            return Entry(
                source=record,
                record=record.model_copy(update=inherited),
                sources=(source.source, *source.sources),
                life=_life(record, source.life),
            )
        return None

    def _in_cycle(self, record: BaseRecord) -> bool:
        seen: set[UUID] = set()
        current: BaseRecord | None = record
        while current is not None and current.edition_of is not None and current.id not in seen:
            seen.add(current.id)
            current = self.content.records.get(current.edition_of)
        return current is not None and current.id in seen

    def _refuse(self, record: BaseRecord, code: str, why: str, action: str) -> None:
        self._refused.add(record.id)
        self.problems.setdefault(record.union, []).append(
            self.problem(record, code, f"This edition is not published: {why}", action, "edition_of", "error")
        )

    def _address(self, entry: Entry) -> None:
        share, owner = entry.source.share, entry.source.union
        if share.mode == "none":
            return
        for target in share.to:
            if share.mode == "required":
                self._required.setdefault((owner, target), []).append(entry)
            address = f"{target} of {owner}" if target in ("descendants", "children") else target
            for topic in entry.record.topics:
                self._offered.setdefault((topic, address), []).append(entry)
            named = target.removeprefix("union:")
            if share.mode == "required" and named != target and self._stands_beside(owner, named):
                self.problems.setdefault(owner, []).append(
                    self.problem(
                        entry.source,
                        "share-not-above",
                        f"{owner} does not stand above {named}: there the record is only an offer",
                        "Use mode offer, or ask a union above both to require it.",
                        "share.to",
                    )
                )

    def _stands_beside(self, owner: str, union: str) -> bool:
        return union in self.content.unions and union != owner and owner not in self.tree.above(union)


@cache
def _inheritable(kind: type[BaseRecord]) -> tuple[tuple[str, object], ...]:
    """The fields an edition may leave out, each with the value that means it did."""
    return tuple(
        (name, field.get_default(call_default_factory=True, validated_data={}))
        for name, field in kind.model_fields.items()
        if name not in kind.NEVER_INHERITED
    )


def _plain(record: BaseRecord) -> Entry:
    return Entry(record, record, (), _life(record, None))


def _life(record: BaseRecord, source: Life | None) -> Life:
    if source is None:
        return Life(record.published, _end(record), record.withdrawn)
    ends = [end for end in (_end(record), source.end) if end is not None]
    withdrawals = [given for given in (record.withdrawn, source.withdrawal) if given is not None]
    return Life(
        max(record.published, source.start),
        min(ends, default=None),
        min(withdrawals, key=lambda withdrawn: withdrawn.at, default=None),
    )


def _end(record: BaseRecord) -> datetime | None:
    """When it expires, or the day on which somebody whom it shows took their consent back."""
    taken_back = [start_of(consent.ended) for consent in record.consents if consent.ended]
    return min((end for end in (record.expires, *taken_back) if end is not None), default=None)


def references(model: Model) -> frozenset[UUID]:
    """The records that some part of content links to or names."""
    linked = (UUID(text) for text in _RECORD_LINK.findall(model.model_dump_json()))
    return frozenset((*linked, *named(model)))


def named(model: Model) -> Iterator[UUID]:
    """The records that a record names by their ids."""
    for name in naming_fields(type(model)):
        value = getattr(model, name)
        yield from (value,) if isinstance(value, UUID) else value or ()


@cache
def naming_fields(kind: type[Model]) -> tuple[str, ...]:
    """The fields of a type that name records."""
    return tuple(name for name in REFERENCE_FIELDS if name in kind.model_fields)


_RECENT: deque[Index] = deque(maxlen=2)


def index_of(content: Content) -> Index:
    """The index of a Content, made at its first use. The last two are kept: a Content never changes."""
    for index in tuple(_RECENT):  # another thread may add one meanwhile
        if index.content is content:
            return index
    index = Index(content)
    _RECENT.appendleft(index)
    return index
