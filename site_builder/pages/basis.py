"""What a record's page may depend on, as a short text: while it stays, the page need not even be thought of.

A *basis* covers more than the page shows and never less. Beside it stands the site's *ground*: all that any
page of it may show of the union and the network. Same ground, same basis: same context. What
has another basis is made and compared by its fingerprint, so a basis that is too wide costs time only.

Of the moment a basis says when what it covers changes next by itself: as long as that is the same, whether
time went on or back, nothing in between changed.

A record's page reads the record with what it inherits; of the records that it names or links to their titles,
places, states, and what their cards show, for which those may name others in their turn; the collections it
belongs to; and, where it links to a path, whether something stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from site_builder.content_store import Content
from site_builder.pages.view import holds_no_more, view_of
from site_builder.plan import Entry, Planned, SitePlan, index_of, instant_of


class Bases:
    """The bases of one site's records; what does not depend on the site is worked out once for all."""

    def __init__(self, plan: SitePlan, content: Content, cache: Path | None = None) -> None:
        self.union = plan.union.slug
        self._plan = plan
        self._view = partial(view_of, plan, content, cache)
        self._local = content.versions.get(f"adoptions/{plan.union.slug}.yaml")
        self._known = bool(content.versions)
        self._network = _network(content, plan.as_of)

    def of(self, item: Planned) -> str:
        """The basis of a record's page; "" where it cannot be told."""
        if item.filled or not self._known:
            return ""
        first, named, stands_for = self._network.alone(item)
        if named is _NO_NAMES and self._naming.keys().isdisjoint(stands_for):
            beside = self._collections.get(item.entry.number, ())
        else:
            beside = [*self._places(named), *self._collections.get(item.entry.number, ())]
            for number in stands_for:  # who names what an edition stands for, names the edition
                beside += self._naming.get(number, ())
        return " ".join((first, *beside)) if beside else first

    def document(self, item: Planned) -> str:
        """What search may find of a record on this site, its state aside."""
        if item.filled:
            return f"{self._document(item)} {self._local}"
        known = self._network.documents.get(id(item))
        if known is None or known[0] is not item:
            known = self._network.documents[id(item)] = (item, self._document(item))
        return known[1]

    def _document(self, item: Planned) -> str:
        moments = (item.state.opens, item.state.closes) if item.state else ()
        told = "told" if item.record is item.entry.record else "not all"
        return f"{self._network.base(item.entry.number)} {item.path} {told} {moments}"

    @cached_property
    def _collections(self) -> dict[int, list[str]]:
        """By record what belongs to a collection together with it."""
        deep = self._network.deep
        found: dict[int, list[str]] = {}
        for collection, members in self._plan.members.items():
            numbers = [member.entry.number for member in members]
            shown = _digest((deep(collection.int), *map(deep, numbers)))
            for number in numbers:
                found.setdefault(number, []).append(f"{collection} {shown}")
        return found

    @cached_property
    def _naming(self) -> dict[int, list[str]]:
        """By record, those of the site that name it: a guide says which one takes its place."""
        names, now = self._network.names, self._network.now
        found: dict[int, list[str]] = {}
        for item in self._plan.items:
            for name in names(item.entry.number).records:
                found.setdefault(name, []).append(f"{item.path} {now(item.entry.number)}")
        return found

    def _places(self, named: _Names) -> Iterator[str]:
        """Where the records lie that a record names, on this site."""
        for number in named.records:
            item = self._plan.by_source.get(UUID(int=number))
            if item is not None:
                yield f"{item.record.id}{item.path}{self._local if item.filled else ''}"
        if named.paths:
            yield self._everything

    @cached_property
    def _everything(self) -> str:
        """All paths of the site, and what of the finder can be linked to."""
        view = self._view()
        return _digest((*sorted(view.existing), *sorted(view.needs)))


class _Names(NamedTuple):
    """What a record refers to: records by their numbers, in order; and whether it has links to paths."""

    records: tuple[int, ...] = ()
    paths: bool = False


class _Network:
    """What bases have in common on all sites of a network at one moment, by the numbers of records."""

    def __init__(self, content: Content, as_of: datetime) -> None:
        index = index_of(content)
        self._content = content
        self._instant = instant_of(index, as_of)
        self._entries = {entry.number: entry for entry in index.entries.values()}
        self._about: dict[int, tuple[str, _Names]] = {}
        self._names: dict[int, _Names] = {}
        self._base: dict[int, str] = {}
        self._now: dict[int, str] = {}
        self._wide: dict[int, str] = {}
        self._deep: dict[int, str] = {}
        self.documents: dict[int, tuple[Planned, str]] = {}
        """By the identity of what is planned, which is one object on many sites."""
        self._alone: dict[int, tuple[Planned, tuple[str, _Names, tuple[int, ...]]]] = {}
        """Likewise."""

    def alone(self, item: Planned) -> tuple[str, _Names, tuple[int, ...]]:
        """The basis of a record as far as no site has a say in it; whom it names; what it stands for."""
        known = self._alone.get(id(item))
        if known is None or known[0] is not item:
            deep, named = self.about(item.entry.number)
            marks = f"{' pinned' if item.pinned else ''}{' superseded' if holds_no_more(item) else ''}"
            stands_for = (item.entry.number, *(source.id.int for source in item.entry.sources))
            known = self._alone[id(item)] = item, (f"{deep} {item.via}{marks}", named, stands_for)
        return known[1]

    def about(self, number: int) -> tuple[str, _Names]:
        """A record with all it names and all those name; and who these are."""
        known = self._about.get(number)
        if known is None:
            names = [self.names(number), *map(self.names, self.names(number).records)]
            records = tuple(sorted({record for found in names for record in found.records}))
            paths = any(found.paths for found in names)
            all_names = _Names(records, paths) if records or paths else _NO_NAMES
            known = self._about[number] = (self.deep(number), all_names)
        return known

    def deep(self, number: int) -> str:
        return self._spread(self._deep, number, self._widely)

    def base(self, number: int) -> str:
        """The versions of a record's files: its own, those of what it is an edition of, and their media."""
        known = self._base.get(number)
        if known is None:
            entry = self._entries.get(number)
            known = self._base[number] = "-" if entry is None else _digest(self._versions(entry))
        return known

    def now(self, number: int) -> str:
        """The same, and until when it says what it says: whether it is there, and what is told of it."""
        known = self._now.get(number)
        if known is None:
            base, entry = self.base(number), self._entries.get(number)
            known = self._now[number] = base if entry is None else f"{base}{self._until(entry)}"
        return known

    def _until(self, entry: Entry) -> str:
        sources = (self._entries.get(source.id.int) for source in entry.sources)
        lives = (self._instant.next_of(one) for one in (entry, *sources) if one is not None)
        return "".join(
            f" {moment and moment.timestamp()}" for moment in (self._instant.next_told(entry), *lives)
        )

    def names(self, number: int) -> _Names:
        known = self._names.get(number)
        if known is None:
            entry = self._entries.get(number)
            records = () if entry is None else (entry.source, *entry.sources)
            given = {name for record in records for name in self._content.references.get(record.id, ())}
            paths = PATHS in given
            numbers = sorted(UUID(name).int for name in given - {PATHS})
            known = self._names[number] = _Names(tuple(numbers), paths) if given else _NO_NAMES
        return known

    def _widely(self, number: int) -> str:
        return self._spread(self._wide, number, self.now)

    def _spread(self, kept: dict[int, str], number: int, inner: Callable[[int], str]) -> str:
        known = kept.get(number)
        if known is None:
            named = self.names(number).records
            now = self.now(number)
            known = kept[number] = now if not named else _digest((now, *map(inner, named)))
        return known

    def _versions(self, entry: Entry) -> Iterator[str]:
        content = self._content
        for record in (entry.source, *entry.sources):
            file = content.file_of(record)
            for one in (file, *content.media_files(file)) if file in content.pictured else (file,):
                yield f"{one} {content.versions.get(one)}"


PATHS = "/"
"""Among the references of a record: it has links to paths."""
_NO_NAMES = _Names()


def _network(content: Content, as_of: datetime) -> _Network:
    memo = index_of(content).memo
    key = ("basis.network", as_of)
    known: _Network | None = memo.get(key)
    if known is None:
        known = memo[key] = _Network(content, as_of)
    return known


def _digest(rows: Iterable[str]) -> str:
    return blake2b("\n".join(rows).encode(), digest_size=12).hexdigest()
