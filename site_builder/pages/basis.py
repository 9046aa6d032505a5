"""What a record's page may depend on, as a short text: while it stays, the page need not even be thought of.

A *basis* covers more than the page shows and never less. Beside it stands the site's *ground*: all that any
page of it may show of the union, the network and the moment. Same ground, same basis: same context. What
has another basis is made and compared by its fingerprint, so a basis that is too wide costs time only.

A record's page reads the record with what it inherits; of the records that it names or links to their titles,
places, states, and what their cards show, for which those may name others in their turn; the collections it
belongs to; and, where it links to a path, whether something stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from uuid import UUID

from site_builder.content_store import Content, record_path
from site_builder.pages.view import holds_no_more
from site_builder.plan import Entry, Planned, SitePlan, index_of

PATHS = "/"
"""Among the references of a record: it has links to paths."""


class Bases:
    """The bases of one site's records; what does not depend on the site is worked out once for all."""

    def __init__(self, plan: SitePlan, content: Content) -> None:
        self._plan = plan
        self._content = content
        self._index = index_of(content)
        self._memo = self._index.memo
        self._collections: dict[UUID, list[str]] = {}
        for collection, members in plan.members.items():
            shown = _digest((self._deep(collection), *(self._deep(member.record.id) for member in members)))
            for member in members:
                self._collections.setdefault(member.record.id, []).append(f"{collection} {shown}")
        self._everything = ""
        self._naming: dict[str, list[str]] = {}
        """By record, those of the site that name it: a guide says which one takes its place."""
        for item in plan.items:
            for name in self._names(item.record.id):
                self._naming.setdefault(name, []).append(f"{item.path} {self._base(item.record.id)}")

    def of(self, item: Planned) -> str:
        """The basis of a record's page; "" where it cannot be told."""
        id = item.record.id
        if item.filled or not self._content.versions:
            return ""
        deep, named = self._about(id)
        rows = [deep, item.via, "pinned" if item.pinned else "", "superseded" if holds_no_more(item) else ""]
        if named:
            rows += self._places(named)
        rows += self._collections.get(id, ())
        # Who names what an edition stands for, names the edition.
        for stood_for in (id, *(source.id for source in self._index.entries[id].sources)):
            rows += self._naming.get(str(stood_for), ())
        return " ".join(rows)

    def document(self, item: Planned) -> str:
        """What search may find of a record on this site, its state aside."""
        moments = (item.state.opens, item.state.closes) if item.state else ()
        local = self._content.versions.get(f"adoptions/{self._plan.union.slug}.yaml") if item.filled else ""
        told = "told" if item.record is self._index.entries[item.record.id].record else "not all"
        return f"{self._base(item.record.id)} {item.path} {local} {told} {moments}"

    def _about(self, id: UUID) -> tuple[str, tuple[str, ...]]:
        key = ("basis.about", id)
        known: tuple[str, tuple[str, ...]] | None = self._memo.get(key)
        if known is None:
            named = set(self._names(id))
            for other in tuple(named):
                named.update(self._names(UUID(other)) if other != PATHS else ())
            known = self._memo[key] = (self._deep(id), tuple(sorted(named)))
        return known

    def _places(self, named: Iterable[str]) -> Iterator[str]:
        """Where the records lie that a record names, on this site."""
        for name in named:
            if name == PATHS:
                if not self._everything:
                    self._everything = _digest(self._paths())
                yield self._everything
                continue
            item = self._plan.by_source.get(UUID(name))
            if item is not None:
                filled = self._content.versions.get(f"adoptions/{self._plan.union.slug}.yaml", "-")
                yield f"{item.record.id}{item.path}{filled if item.filled else ''}"

    def _paths(self) -> Iterator[str]:
        plan = self._plan
        yield from (item.path for item in plan.items)
        yield from (f"{id} {len(members)}" for id, members in plan.members.items())
        yield from (tombstone.path for tombstone in plan.tombstones)
        yield from (redirect.path for redirect in plan.redirects)

    # --- the same on all sites ---

    def _deep(self, id: UUID) -> str:
        return self._spread("basis.deep", id, self._wide)

    def _wide(self, id: UUID) -> str:
        return self._spread("basis.wide", id, self._base)

    def _spread(self, name: str, id: UUID, inner: object) -> str:
        key = (name, id)
        known: str | None = self._memo.get(key)
        if known is None:
            named = sorted(self._names(id) - {PATHS})
            base = self._base(id)
            known = base if not named else _digest((base, *(inner(UUID(other)) for other in named)))  # type: ignore[operator]
            self._memo[key] = known
        return known

    def _base(self, id: UUID) -> str:
        """The versions of a record's files: its own, and those of what it is an edition of."""
        key = ("basis.base", id)
        known: str | None = self._memo.get(key)
        if known is None:
            entry = self._index.entries.get(id)
            known = self._memo[key] = "-" if entry is None else _digest(self._versions(entry))
        return known

    def _versions(self, entry: Entry) -> Iterator[str]:
        for record in (entry.source, *entry.sources):
            file = f"{record_path(record)}"
            yield f"{file} {self._content.versions.get(file)}"

    def _names(self, id: UUID) -> frozenset[str]:
        key = ("basis.names", id)
        known: frozenset[str] | None = self._memo.get(key)
        if known is None:
            entry = self._index.entries.get(id)
            records = () if entry is None else (entry.source, *entry.sources)
            given = (self._content.references.get(record.id, ()) for record in records)
            known = self._memo[key] = frozenset(name for names in given for name in names)
        return known


def _digest(rows: Iterable[str]) -> str:
    return blake2b("\n".join(rows).encode(), digest_size=12).hexdigest()
