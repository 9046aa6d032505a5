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
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson

from site_builder.content_store import Content
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
        """Path of each record's page -> what tells versions of the data beside it. Raises BuildError."""

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


class _Read(NamedTuple):
    """What `sites.json` says. A *turn* is one update; they are numbered."""

    turn: int = 0
    files: Mapping[str, tuple[str, int]] = {}
    """Of each file of the content its version, and the turn that was the first to see it."""
    sites: Mapping[str, tuple[str | None, int]] = {}
    """By union the version that the index holds, and the turn that looked at it last."""


class Known:
    """What the index was last made from, kept in files beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = _Read()

    def forget(self) -> None:
        """Nothing is known until all is written."""
        (self._folder / _SITES).unlink(missing_ok=True)

    def keep(self, content: Content, sites: Sites) -> None:
        """Call it when the index holds just these sites, after `changes`."""
        before, turn = self._before, self._before.turn + 1
        rows = self._folder / _ROWS
        rows.mkdir(exist_ok=True)
        looked_at: dict[str, tuple[str | None, int]] = {}
        for union, site in sites.items():
            known = before.sites.get(union)
            file = rows / f"{union}.json"
            if site is not None and known is not None and known[0] == site.version and file.exists():
                looked_at[union] = known
                continue
            looked_at[union] = (site.version if site else None, turn)
            if site is not None:
                try:
                    _replace(file, orjson.dumps([site.version, dict(site.rows())]))
                except BuildError:  # Its manifest is lost: it is planned the next time too.
                    file.unlink(missing_ok=True)
        files = _seen(content, before, turn)
        _replace(self._folder / _SITES, orjson.dumps([turn, files, looked_at]))

    def changes(self, content: Content, sites: Sites, plan: Plan) -> Changes | None:
        """What may have changed; None: everything."""
        before = self._before = self._read()
        if not before.turn:
            return None
        seen = _seen(content, before, before.turn + 1)
        look = _Look(content, plan)
        rewritten: dict[int, list[PlanEntry] | None] = {}
        for union, site in sites.items():
            version, turn = before.sites.get(union, (None, 0))
            if site is None or site.version != version:
                if turn not in rewritten:
                    rewritten[turn] = _rewritten(content, seen, turn)
                look.at(union, site, self._rows(union, version), rewritten[turn])
        found = look.entries()  # Looks, so before what it looked at is asked for.
        gone = before.sites.keys() - sites.keys()
        return Changes(Scope(frozenset(gone) | look.planned, look.paths), found)

    def _read(self) -> _Read:
        try:
            turn, files, sites = orjson.loads((self._folder / _SITES).read_bytes())
            return _Read(int(turn), dict(files), dict(sites))
        except (OSError, ValueError, TypeError):
            return _Read()

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


def _seen(content: Content, before: _Read, turn: int) -> dict[str, tuple[str, int]]:
    """The files of the content, each with its version and the turn that was the first to see it."""
    found = {}
    for name, version in content.versions.items():
        known = before.files.get(name)
        found[name] = known if known is not None and known[0] == version else (version, turn)
    return found


def _rewritten(content: Content, seen: Mapping[str, tuple[str, int]], turn: int) -> list[PlanEntry] | None:
    """The records whose files were rewritten after a turn, and those that inherit from them; None if nobody
    knows."""
    if not seen or not turn:
        return None
    other = {name for name, (_, first) in seen.items() if first > turn}
    return [
        entry
        for entry in index_of(content).entries.values()
        if any(content.file_of(record) in other for record in (entry.source, *entry.sources))
    ]


@dataclass
class _Look:
    content: Content
    plan: Plan
    planned: frozenset[str] = frozenset()
    """The unions that are planned wholly."""
    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of the others what is looked at."""
    _same: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """By path and wording the unions that have it."""
    _plans: dict[str, SitePlan] = field(default_factory=dict)

    def at(
        self,
        union: str,
        site: BuiltSite | None,
        before: Mapping[str, str] | None,
        rewritten: list[PlanEntry] | None,
    ) -> None:
        """`before`: the rows that the index holds of it. `rewritten`: the records to look at in any case."""
        if site is None or before is None or rewritten is None:
            self.planned |= {union}
            return
        try:
            now = site.rows()
            other = {path for path, hash_ in now.items() if before.get(path) != hash_}
            index = index_of(self.content)
            other |= {path for entry in rewritten if (path := index.path(entry, union)) in now}
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
