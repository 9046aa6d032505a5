"""What a site is made from, as one hash: while it stays and no moment of its plan has come, nothing is to do.

It covers the network as any site may show it, the files of `sources`, what is wrong in the union's own, the
theme, and the program itself. What a record merely refers to is known only once the site was planned, so it
is kept with the state of the build (`foreign`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from site_builder.content_store import Content
from site_builder.pelican_site.fingerprints import code_version, digest_of
from site_builder.plan import Entry, Index, SitePlan, index_of, led_by, named, references
from site_builder.records import BaseRecord, Problem
from site_builder.release.problems import problem_owner
from site_builder.release.sources import Sources
from site_builder.render import Bundle


class Inputs:
    """The hashes of all sites of one content; what they have in common is worked out once."""

    def __init__(self, content: Content, themes: Path, compiled: Path | None = None) -> None:
        self._content = content
        self._themes = themes
        self._compiled = compiled
        self._bundles: dict[str, Bundle] = {}
        self._themes_hashed: dict[str, str] = {}
        self._known: dict[tuple[str, tuple[str, ...]], str] = {}
        self._sources = Sources(content)
        self._common = digest_of((code_version(), content.network, *map(self._row, self._sources.common)))
        self._problems: dict[str | None, list[Problem]] = {}
        for problem in content.problems:
            self._problems.setdefault(problem_owner(problem), []).append(problem)

    def __getstate__(self) -> dict[str, Any]:
        """Without the templates, which cannot travel: a process that was not forked loads them itself."""
        return {**self.__dict__, "_bundles": {}}

    def bundle(self, union: str) -> Bundle:
        """The theme of a union's site as it was when it was first asked for. Raises BuildError."""
        name = self._content.unions[union].site.theme
        if name not in self._bundles:
            self._bundles[name] = Bundle.load(self._themes, name, self._compiled)
        return self._bundles[name]

    def _theme(self, union: str) -> str:
        name = self._content.unions[union].site.theme
        if name not in self._themes_hashed:
            self._themes_hashed[name] = Bundle.hash_of(self._themes, name)
        return self._themes_hashed[name]

    def of(self, union: str, foreign: Iterable[str]) -> str:
        """The hash for one union; empty if the content does not know the versions of its files.

        A build asks again with the same answer. Raises BuildError if its theme cannot be loaded.
        """
        if not self._content.versions:
            return ""
        asked = union, (*foreign,)
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._made(*asked)
        return known

    def _made(self, union: str, foreign: Iterable[str]) -> str:
        rows = [
            self._common,
            self._theme(union),
            *map(self._row, self._sources.of(union, foreign)),
            *(problem.model_dump_json() for problem in self._problems.get(union, ())),
        ]
        return digest_of(rows)

    def _row(self, file: str) -> str:
        return f"{file} {self._content.versions.get(file)}"


def foreign(content: Content, plan: SitePlan) -> tuple[str, ...]:
    """The records outside the union's own and the shared ones that something of its site refers to."""
    index = index_of(content)
    union = plan.union.slug
    entries = {entry.number: entry for entry in index.own.get(union, ())}
    entries.update((item.entry.number, item.entry) for item in plan.items)
    if len(plan.by_source) > len(plan.by_id):
        stood_for = (index.entries[id] for id in plan.by_source if id in index.entries)
        entries.update((entry.number, entry) for entry in stood_for)
    gone = [index.entries[tombstone.record] for tombstone in plan.tombstones]
    entries.update((entry.number, entry) for entry in gone)
    known: dict[int, tuple[tuple[str, str], ...]] = index.memo.setdefault("release.unshared", {})
    found: set[tuple[str, str]] = set()
    for number, entry in entries.items():
        rows = known.get(number)
        if rows is None:
            rows = known[number] = _unshared(entry, index, content.records)
        found.update(rows)
    for entry in gone:
        found.update(_not_shared(led_by(index, entry.id), content.records))
    for item in plan.items:
        if item.filled:
            found.update(_not_shared(references(item.record), content.records))
    return tuple(sorted(id for id, owner in found if owner != union))


def _unshared(entry: Entry, index: Index, records: Mapping[UUID, BaseRecord]) -> tuple[tuple[str, str], ...]:
    """What a record refers to that nobody shares; the same for all sites."""
    named = (*index.references(entry), *_named(entry.record), *_named(entry.source))
    return tuple(_not_shared(named, records))


def _not_shared(ids: Iterable[UUID], records: Mapping[UUID, BaseRecord]) -> Iterator[tuple[str, str]]:
    """Those that nobody shares, each with its owner; "" for one that does not exist."""
    for id in ids:
        record = records.get(id)
        if record is None:
            yield str(id), ""
        elif record.share.mode == "none":
            yield str(id), record.union


def _named(record: BaseRecord) -> Iterable[UUID]:
    yield from named(record)
    if record.edition_of:
        yield record.edition_of
