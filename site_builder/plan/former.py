"""What a site shows where something stood before: a notice of what was withdrawn, a way to what moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from site_builder import paths
from site_builder.plan.index import Entry, Index
from site_builder.plan.resolve import Candidates, Standing
from site_builder.plan.types import Planned, Redirect, Tombstone
from site_builder.records import BaseRecord, Guide, Problem


def tombstones_of(
    index: Index,
    union: str,
    found: Candidates,
    by_source: dict[UUID, Planned],
    taken: set[str],
    as_of: datetime,
) -> tuple[Tombstone, ...]:
    """A notice at each path where a withdrawn record stood, unless something else stands there now."""
    tombstones: dict[str, Tombstone] = {}
    entries = (candidate.entry for candidate in found.by_id.values())
    withdrawn = (entry for entry in entries if entry.life.withdrawal is not None)
    for entry in sorted(withdrawn, key=attrgetter("age")):
        withdrawal = entry.life.withdrawal
        path = index.path(entry, union)
        if withdrawal is None or not entry.life.buried(as_of) or path in taken or path in tombstones:
            continue
        if paths.RESERVED.fullmatch(path):
            continue
        target = _target(index, union, entry, withdrawal.redirect, by_source, taken, as_of)
        tombstones[path] = Tombstone(entry.id, path, withdrawal.reason, target)
    return tuple(tombstones[path] for path in sorted(tombstones))


def _target(
    index: Index,
    union: str,
    entry: Entry,
    redirect: str | None,
    by_source: dict[UUID, Planned],
    taken: set[str],
    as_of: datetime,
    seen: frozenset[UUID] = frozenset(),
) -> str | None:
    """Where a withdrawn record sends its readers: never to something that is not public itself.

    What was withdrawn in its turn sends them on.
    """
    if redirect is None or redirect.startswith(("#", "media:")):
        # An edition that is withdrawn alone gives way to what it stood for.
        standing = next((by_source[source.id] for source in entry.sources if source.id in by_source), None)
        return standing.path if standing else None
    if redirect.startswith("record:"):
        id = UUID(redirect.removeprefix("record:"))
        if id in by_source:
            return by_source[id].path
        onward = index.entries.get(id)
        if onward is None or onward.life.withdrawal is None or not onward.life.buried(as_of) or id in seen:
            return index.public_url(id, as_of)
        further = onward.life.withdrawal.redirect
        return _target(index, union, onward, further, by_source, taken, as_of, seen | {id})
    if redirect.startswith("/"):
        # The withdrawn record's owner means a page of its own site: that of a record stands here elsewhere.
        chain = (entry.source, *entry.sources)
        author = next(record.union for record in chain if record.withdrawn == entry.life.withdrawal)
        here = paths.former_path(redirect, author, union)
        return here if here is not None and here in taken else redirect
    return redirect


def led_by(index: Index, record: UUID) -> frozenset[UUID]:
    """The records by way of which a withdrawn one may send its readers on."""
    found: set[UUID] = set()
    at: UUID | None = record
    while at is not None and at in index.entries:
        withdrawal = index.entries[at].life.withdrawal
        redirect = (withdrawal.redirect or "") if withdrawal else ""
        at = UUID(redirect.removeprefix("record:")) if redirect.startswith("record:") else None
        if at is None or at in found:
            break
        found.add(at)
    return frozenset(found)


def redirects_of(
    index: Index,
    union: str,
    found: Candidates,
    by_id: dict[UUID, Planned],
    standing: Standing,
    buried: dict[UUID, str],
    taken: set[str],
    problems: list[Problem],
) -> tuple[Redirect, ...]:
    """From every path at which something of this site once stood, or stands on others, to where it is now.

    A redirect never shadows a page, and leads straight to one: so there are no chains and no loops. The
    addresses of a guide's earlier texts go with the guide's: to its notice where it was withdrawn.
    """
    # Where nothing was moved, nothing leads anywhere but where the record itself lies.
    moved = (winner.entry for winner in standing.winners if winner.entry.source.former_paths)
    targets: list[tuple[Entry, str]] = [
        *((entry, by_id[entry.id].path) for entry in moved if entry.id in by_id),
        *((found.by_id[id].entry, path) for id, path in buried.items()),
    ]
    for winner, others in standing.replaced.items():
        if winner in by_id:
            targets.extend((other.entry, by_id[winner].path) for other in others)
    if not targets:
        return ()
    redirects: dict[str, str] = {}
    pages = _Claims(taken)
    buried_texts = {path: _texts(found.by_id[id].entry.record) for id, path in buried.items()}
    live_texts = {item.path: _texts(item.record) for item in by_id.values()}
    for notice, texts in buried_texts.items():
        redirects.update((paths.earlier_path(notice, key), notice) for key in texts)
    for entry, target in sorted(targets, key=lambda pair: pair[0].age):
        here = index.path(entry, union)
        for former in (*((here,) if here != target else ()), *entry.source.former_paths):
            path = here if former == here else paths.former_path(former, entry.source.union, union)
            if path is None or path == target or redirects.get(path) == target:
                continue
            refusal = pages.refuse(path)
            if refusal is None:
                redirects[path] = target
                if path.endswith("/"):
                    for key in buried_texts.get(target, ()):
                        redirects[paths.earlier_path(path, key)] = target
                    for key in live_texts.get(target, ()):
                        redirects[paths.earlier_path(path, key)] = paths.earlier_path(target, key)
            elif entry.source.union == union and former != here:
                problems.append(
                    index.problem(
                        entry.source,
                        "former-path-taken",
                        f"{former} cannot lead here: {refusal}",
                        "Remove it from former_paths.",
                        "former_paths",
                    )
                )
    return tuple(Redirect(path, target) for path, target in sorted(redirects.items()))


def _texts(record: BaseRecord) -> tuple[str, ...]:
    """The keys of a guide's earlier texts: each has an address below the guide's."""
    return tuple(text.key for text in record.earlier) if isinstance(record, Guide) else ()


class _Claims:
    """The files of a site, so that no redirect takes the place of a page or stands in its way."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._pages = set(taken)
        self._folders: set[str] = set()
        for path in self._pages:
            self._folders.update(_folders(path))

    def refuse(self, path: str) -> str | None:
        """Take `path`, or say why it cannot be had."""
        if not paths.is_safe(path):
            return "it is no path a page can have"
        if path in self._pages or paths.is_fixed(path):
            return "a page stands there"
        if (
            any(folder.removesuffix("/") in self._pages for folder in _folders(path))
            or path + "/" in self._folders
        ):
            return "a file and a folder cannot have one name"
        self._pages.add(path)
        self._folders.update(_folders(path))
        return None


def _folders(path: str) -> Iterator[str]:
    """`/a/b/` -> `/a/`, `/a/b/`; `/a/b.html` -> `/a/`."""
    end = path.find("/", 1)
    while end > 0:
        yield path[: end + 1]
        end = path.find("/", end + 1)
