"""The parts of a site's search index, each made once for as long as its records stay as they are.

A part (`search.segment.Segment`) is known by its *key*, which covers all that it is made from. What a
manifest says of it is kept under DATA from one build to the next, so that a site whose own records did not
change need not read one of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import orjson

from site_builder.content_store import Content
from site_builder.errors import blaming
from site_builder.pages.basis import Bases
from site_builder.pelican_site.fingerprints import code_version, digest_of
from site_builder.plan import Planned, SitePlan, index_of, instant_of
from site_builder.search import RECORDS, UPPER
from site_builder.search.documents import SearchDocument, documents_of, earlier_ids
from site_builder.search.segment import Segment, combined
from site_builder.search.synonyms import Groups

LARGE = 200
"""Records for which it pays to keep what was analysed of each."""


@dataclass(frozen=True)
class Part:
    """One part: what the manifest says of it, and its files, which are made when they are asked for."""

    key: str
    make: Callable[[], Segment]
    place: Path | None
    """The file that keeps what a manifest says of it."""
    size: int = 0
    """Its records."""

    @cached_property
    def made(self) -> Segment:
        return self.make()

    @property
    def known(self) -> bool:
        """Whether what a manifest says of it is there without making it."""
        return "made" in self.__dict__ or "told" in self.__dict__ or self._read() is not None

    @cached_property
    def told(self) -> Segment:
        """The part without its files."""
        kept = self._read()
        if kept is not None:
            return kept
        made = self.made
        if self.place is not None:
            self._write(self.place, made)
        return Segment({}, made.manifest, made.order)

    @property
    def base(self) -> str:
        """The folder of its files, from /search/."""
        return str(self.told.manifest["base"]).rstrip("/")

    def files(self) -> Mapping[str, bytes]:
        start = f"{self.base}/"
        return {name.removeprefix(start): data for name, data in self.made.files.items()}

    def _read(self) -> Segment | None:
        if self.place is None:
            return None
        try:
            row: dict[str, Any] = orjson.loads(self.place.read_bytes())
            return Segment({}, row["manifest"], tuple(row["order"])) if row["key"] == self.key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, place: Path, made: Segment) -> None:
        beside = place.with_name(f".{secrets.token_hex(8)}")
        place.parent.mkdir(parents=True, exist_ok=True)
        row = {"key": self.key, "manifest": made.manifest, "order": made.order}
        beside.write_bytes(orjson.dumps(row))
        beside.replace(place)


@dataclass(frozen=True)
class SearchIndex:
    """The index of one site: its parts, at most two, and its manifest, for which they are made."""

    parts: Sequence[Part]
    hidden: frozenset[str]
    states: Mapping[str, str]

    def manifest(self) -> bytes:
        told = [part.told for part in self.parts]
        return combined(told, self.hidden, self.states)["index.json"]


def search_index(plan: SitePlan, content: Content, folder: Path | None) -> SearchIndex:
    """The index of a site. Nothing of it is made yet.

    What an upper union requires is a part of its own, made once for all unions that carry the same: there
    a record stands as its owner wrote it. With this union's slots filled it is in the site's own part too,
    and the site hides the other.
    """
    index = index_of(content)
    upper = [item for item in plan.items if item.via == "required"]
    filled = [item for item in upper if item.filled]
    hidden = frozenset(id for item in filled for id in (str(item.record.id), *earlier_ids(item)))
    own = [item for item in plan.items if item.via != "required" or item.filled]
    instant = instant_of(index, plan.as_of)
    written = [
        instant.item(item.entry, item.path, item.via, pinned=item.pinned) if item.filled else item
        for item in upper
    ]
    bases = Bases(plan, content)
    parts: list[Part] = []
    states: dict[str, str] = {}
    if own:
        parts.append(_part(own, content, bases, folder))
        states = _states(own)
    if written:
        # Siblings ask for the same one after another.
        known: tuple[list[Planned], Part, dict[str, str]] | None = index.memo.get("search.upper")
        if known is None or known[0] != written:
            part = _part(written, content, bases, folder)
            known = index.memo["search.upper"] = written, part, _states(written)
        parts.append(known[1])
        states |= known[2]
    return SearchIndex(parts, hidden, states)


def _states(items: Sequence[Planned]) -> dict[str, str]:
    found: dict[str, str] = {str(item.record.id): item.state.code for item in items if item.state}
    return found | {id: "superseded" for item in items for id in earlier_ids(item)}


def _part(items: Sequence[Planned], content: Content, bases: Bases, folder: Path | None) -> Part:
    """A part of the index; the same one for all sites where it has the same key."""
    if not content.versions:  # nothing tells one content of no folder from another
        made = _segment(tuple(items), content.synonyms)
        return Part(str(made.manifest["base"]).rstrip("/"), lambda: made, None)
    common = digest_of((code_version(), repr(content.synonyms)))
    rows = [bases.document(item) for item in items]
    key = digest_of((common, *rows))
    memo = index_of(content).memo
    known: Part | None = memo.get(("search.part", key))
    if known is not None:
        return known
    upper = items[0].via == "required"
    make: Callable[[], Segment] = partial(_segment, tuple(items), content.synonyms)
    place = folder / key if folder else None
    if folder and len(items) >= LARGE:
        kept = folder / RECORDS / (f"{UPPER}{content.unions[bases.union].parent}" if upper else bases.union)
        place = kept / "told"
        make = partial(_kept_segment, tuple(items), content.synonyms, kept, common, rows)
    found = Part(key, make, place, len(items))
    if upper:
        memo["search.part", key] = found
    return found


def _segment(items: Sequence[Planned], synonyms: Groups) -> Segment:
    # To load what makes a part takes a tenth of a second; most sites that are built only name theirs.
    from site_builder.search.static_index import build_segment  # noqa: PLC0415

    return build_segment([one for item in items for one in _documents(item)], synonyms)


def _documents(item: Planned) -> Sequence[SearchDocument]:
    with blaming(item.record.id):
        return tuple(documents_of(item))


def _kept_segment(
    items: Sequence[Planned], synonyms: Groups, folder: Path, common: str, rows: Sequence[str]
) -> Segment:
    """The same, of which only those records are looked at that changed since `folder` was written."""
    from site_builder.search.kept import kept_segment  # noqa: PLC0415 - as above

    return kept_segment(folder, common, rows, lambda number: _documents(items[number]), synonyms)
