"""What of the network's index may have changed since it was written: found without planning every site.

A site of which nothing is known is planned. Of the others the files beside their records' pages tell which
records differ from what the index knows (`BuiltSite.rows`); what they say but for the site's address is the
same on most sites, so one of these is planned for all. What such files keep to themselves (keywords) is
covered by the content's files: a record whose file changed, or that inherits from one, is looked at wherever
it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

import orjson

from site_builder.content_store import Content, record_path
from site_builder.errors import BuildError
from site_builder.plan import Entry as PlanEntry
from site_builder.plan import Planned, SitePlan, index_of
from site_builder.search.documents import documents_of
from site_builder.search.network_entries import Entry, Scope, entries

_SITES = "sites.json"
_ROWS = "rows"


class BuiltSite(Protocol):
    """What is built of one union's site; see `release.record_files`, which is a later room."""

    @property
    def version(self) -> str: ...

    def rows(self) -> Mapping[str, str]:
        """Path of each record's page -> hash of the data beside it. Raises BuildError."""

    def wording(self, path: str) -> str:
        """Stands for what these data say but for the site's address; empty if they are no record's. Raises
        BuildError."""


Sites = Mapping[str, BuiltSite | None]
"""By union; None: nothing is known of it."""
Plan = Callable[[str], SitePlan]


@dataclass(frozen=True, slots=True)
class Changes:
    """What may be other than before, and what it is now."""

    scope: Scope
    found: Iterable[Entry]


class Known:
    """What the index was last made from, kept in files beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def forget(self) -> None:
        """Nothing is known until all is written."""
        (self._folder / _SITES).unlink(missing_ok=True)

    def keep(self, content: Content, sites: Sites) -> None:
        """Call it when the index holds just these sites."""
        before = self._read() or ({}, {})
        rows = self._folder / _ROWS
        rows.mkdir(exist_ok=True)
        for union, site in sites.items():
            if site is not None and before[1].get(union) != site.version:
                try:
                    _replace(rows / f"{union}.json", orjson.dumps([site.version, dict(site.rows())]))
                except BuildError:  # Its manifest is lost: it is planned the next time too.
                    (rows / f"{union}.json").unlink(missing_ok=True)
        versions = {union: site.version if site else None for union, site in sites.items()}
        _replace(self._folder / _SITES, orjson.dumps([dict(content.versions), versions]))

    def changes(self, content: Content, sites: Sites, plan: Plan) -> Changes | None:
        """What may have changed; None: everything."""
        read = self._read()
        if read is None:
            return None
        files, versions = read
        stale = [
            union for union, site in sites.items() if site is None or versions.get(union) != site.version
        ]
        look = _Look(content, plan, _rewritten(content, files))
        for union in stale:
            look.at(union, sites[union], self._rows(union, versions.get(union)))
        found = look.entries()  # Looks, so before what it looked at is asked for.
        gone = versions.keys() - sites.keys()
        return Changes(Scope(frozenset(gone) | look.planned, look.paths), found)

    def _read(self) -> tuple[Mapping[str, str], Mapping[str, str | None]] | None:
        try:
            files, versions = orjson.loads((self._folder / _SITES).read_bytes())
            return dict(files), dict(versions)
        except (OSError, ValueError, TypeError):
            return None

    def _rows(self, union: str, version: str | None) -> Mapping[str, str] | None:
        """The rows of a site as the index knows it; None if they are lost."""
        try:
            kept, rows = orjson.loads((self._folder / _ROWS / f"{union}.json").read_bytes())
            return dict(rows) if kept == version else None
        except (OSError, ValueError, TypeError):
            return None


def _replace(file: Path, data: bytes) -> None:
    part = file.with_suffix(".part")
    part.write_bytes(data)
    part.replace(file)


def _rewritten(content: Content, files: Mapping[str, str]) -> list[PlanEntry] | None:
    """The records whose files are other than they were, and those that inherit from them; None if nobody
    knows."""
    if not content.versions or not files:
        return None
    other = {name for name, version in content.versions.items() if files.get(name) != version}
    slugs = {PurePosixPath(name).stem for name in other}  # To make ten thousand paths would take longest.
    return [
        entry
        for entry in index_of(content).entries.values()
        if any(
            record.slug in slugs and str(record_path(record)) in other
            for record in (entry.source, *entry.sources)
        )
    ]


@dataclass
class _Look:
    content: Content
    plan: Plan
    rewritten: list[PlanEntry] | None
    planned: frozenset[str] = frozenset()
    """The unions that are planned wholly."""
    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of the others what is looked at."""
    _same: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """By path and wording the unions that have it."""
    _plans: dict[str, SitePlan] = field(default_factory=dict)

    def at(self, union: str, site: BuiltSite | None, before: Mapping[str, str] | None) -> None:
        if site is None or before is None or self.rewritten is None:
            self.planned |= {union}
            return
        try:
            now = site.rows()
            other = {path for path, hash_ in now.items() if before.get(path) != hash_}
            index = index_of(self.content)
            other |= {path for entry in self.rewritten if (path := index.path(entry, union)) in now}
            worded = {path: site.wording(path) for path in sorted(other)}
        except BuildError:
            self.planned |= {union}
            return
        self.paths[union] = frozenset(other | (before.keys() - now.keys()))
        for path, wording in worded.items():
            if wording:
                self._same.setdefault((path, wording), []).append(union)

    def entries(self) -> list[Entry]:
        shown = [(path, unions, self._item(path, unions)) for (path, _), unions in self._same.items()]
        # What is live is not what is planned, after a rollback for instance: then the plan says what counts.
        self.planned |= {union for _, unions, item in shown if item is None for union in unions}
        for union in self.planned:
            self.paths.pop(union, None)
        made = [
            Entry(document, dict.fromkeys(left, document.path))
            for _, unions, item in shown
            if item is not None and (left := [union for union in unions if union in self.paths])
            for document in documents_of(item)
        ]
        return [*made, *entries(self._planned(union) for union in sorted(self.planned))]

    def _item(self, path: str, unions: Collection[str]) -> Planned | None:
        """As one of these sites shows it: one that was planned already, if there is one."""
        union = next((union for union in unions if union in self._plans), None) or min(unions)
        return next((item for item in self._planned(union).items if item.path == path), None)

    def _planned(self, union: str) -> SitePlan:
        if union not in self._plans:
            self._plans[union] = self.plan(union)
        return self._plans[union]
