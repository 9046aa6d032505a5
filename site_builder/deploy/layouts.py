"""How a site lies on a target, and how it gets from one release to the next.

In place, where nothing can switch a whole site at once (S3, plain web space): each file is old or new; a page
comes after what it needs. `.unionpress/journal.json` names what is under way, so that after a cut connection
everybody knows which files came from here and which must be sent again.

As releases, on file systems: `.unionpress/<name>/releases/<id>/` is filled beside the live site, what did not
change being hard-linked; then the symbolic link `<name>` is replaced by a rename. A release's folder is named
after the hash of its content, so that a half-filled one is simply filled up. What stays of releases before is
hard-linked into it too, so that any web server finds it; a place without hard links loses it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import orjson

from site_builder.deploy.lease import Deployer, Lease
from site_builder.deploy.port import FolderPort, Port, Refused, Upload, partial
from site_builder.deploy.travel import Release, Travel, batches, travel
from site_builder.release.former import is_part
from site_builder.release.manifest import Entry

NOTES = ".unionpress"
Progress = Callable[[int], None]
"""Called with the number of bytes that have arrived since the last call."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a target says of itself: the last release that was completely deployed, and its files."""

    union: str = ""
    release: str | None = None
    at: datetime | None = None
    files: Mapping[str, Entry] = field(default_factory=dict)
    former: Mapping[str, datetime] = field(default_factory=dict)
    """See `Travel.former`."""

    @property
    def held(self) -> dict[str, str | None]:
        """The hash of every file there that came from here, as `travel` wants it."""
        return dict.fromkeys(self.former) | {path: entry.hash for path, entry in self.files.items()}

    def to_bytes(self) -> bytes:
        rows = {path: [entry.hash, entry.size] for path, entry in sorted(self.files.items())}
        at = self.at.isoformat(timespec="seconds") if self.at else None
        former = {path: until.isoformat(timespec="seconds") for path, until in sorted(self.former.items())}
        return orjson.dumps(
            {"union": self.union, "release": self.release, "at": at, "files": rows, "former": former}
        )

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Deployed:
        """Nothing, or nothing that can be read, means that nothing was deployed."""
        try:
            raw = orjson.loads(data or b"{}")
            return cls(
                union=raw["union"],
                release=raw["release"],
                at=datetime.fromisoformat(raw["at"]) if raw["at"] else None,
                files={path: Entry(hash_, size) for path, (hash_, size) in raw["files"].items()},
                former={path: datetime.fromisoformat(until) for path, until in raw.get("former", {}).items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()


class Layout(ABC):
    """A site on an open port."""

    notes: str

    def __init__(self, port: Port) -> None:
        self._port = port

    def deployed(self) -> Deployed:
        return Deployed.from_bytes(self._port.read(f"{self.notes}/state.json"))

    def lease(self, deployer: Deployer) -> Lease:
        return Lease(self._port, f"{self.notes}/lock.json", deployer)

    @abstractmethod
    def plan(self, release: Release, *, verify: bool) -> Travel:
        """What must be sent and removed; with `verify` what lies there is looked at, not only noted."""

    @abstractmethod
    def carry(self, release: Release, plan: Travel, lease: Lease, progress: Progress) -> None:
        """Bring the release there and make it what readers see."""

    def _note(self, release: Release, former: Mapping[str, datetime]) -> None:
        done = Deployed(release.union, release.id, datetime.now(UTC), release.manifest.files, former)
        self._port.write(f"{self.notes}/state.json", done.to_bytes())


class InPlace(Layout):
    """Files are replaced one by one; the place's root is the site's."""

    notes = NOTES
    _JOURNAL = f"{NOTES}/journal.json"

    def plan(self, release: Release, *, verify: bool) -> Travel:
        noted = self.deployed()
        held = noted.held | self._journal()
        if verify:
            same = [
                release.upload(path)
                for path, entry in release.manifest.files.items()
                if held.get(path) == entry.hash
            ]
            held |= dict.fromkeys(self._port.differing(same))
        return travel(release, held, noted.former)

    def carry(self, release: Release, plan: Travel, lease: Lease, progress: Progress) -> None:
        journal = self._journal()
        for stage in plan.stages:
            for batch in batches(stage, self._port):
                lease.check()
                journal |= dict.fromkeys(file.path for file in batch)
                self._port.write(self._JOURNAL, orjson.dumps(journal))
                self._port.put(batch)
                journal |= {file.path: file.entry.hash for file in batch}
                progress(sum(file.entry.size for file in batch))
        lease.check()
        if journal:
            self._port.write(self._JOURNAL, orjson.dumps(journal))
        halves = [partial(path) for path, hash_ in journal.items() if hash_ is None]
        self._port.remove([*plan.gone, *halves])
        self._note(release, plan.former)
        self._port.remove([self._JOURNAL])

    def _journal(self) -> dict[str, str | None]:
        data = self._port.read(self._JOURNAL)
        try:
            found = orjson.loads(data) if data else {}
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Releases(Layout):
    """The place's root is the folder in which the site is a symbolic link called `name`."""

    def __init__(self, port: FolderPort, name: str) -> None:
        super().__init__(port)
        self._folders = port
        self._name = name
        self.notes = f"{NOTES}/{name}"

    def deployed(self) -> Deployed:
        """What the link leads to counts, whatever a note says."""
        noted, live = super().deployed(), self._live()
        if live == noted.release:
            return noted
        # Killed between link and note: what stays of the release before must not be forgotten.
        parts = {path: entry for path, entry in noted.files.items() if is_part(path)}
        return replace(noted, release=live, files=parts)

    def plan(self, release: Release, *, verify: bool) -> Travel:
        noted = self.deployed()
        plan = travel(release, noted.held, noted.former)
        if not plan and not verify:
            return plan
        there = self._folders.sizes(self._folder(release.id))
        if there and verify:
            broken = self._port.differing(self._placed(release, release.uploads()))
            start = len(self._folder(release.id)) + 1
            missing = tuple(release.upload(path[start:]) for path in sorted(broken))
            return Travel((missing,), _unplanned(there, release, plan), plan.former)
        arrived = {path for path, size in there.items() if _size(release, path) == size}
        stages = tuple(tuple(file for file in stage if file.path not in arrived) for stage in plan.stages)
        return replace(plan, stages=stages)

    def carry(self, release: Release, plan: Travel, lease: Lease, progress: Progress) -> None:
        live, folder = self._live(), self._folder(release.id)
        there = self._folders.sizes(folder)
        sent = {file.path for file in plan.sent}
        missing = [
            file for file in release.uploads() if file.path in sent or there.get(file.path) != file.entry.size
        ]
        previous = self._folder(live) if live and live != release.id else None
        # What is no part of it goes first: somebody's file may stand where the site has a folder.
        self._port.remove([f"{folder}/{path}" for path in _unplanned(there, release, plan)])
        for batch in batches(missing, self._port):
            lease.check()
            changed = [file for file in batch if file.path in sent]
            same = [file for file in batch if file.path not in sent]
            self._folders.fill(self._placed(release, changed), self._placed(release, same), previous)
            progress(sum(file.entry.size for file in changed))
        if previous and (wanted := sorted(plan.former.keys() - there.keys())):
            self._folders.link([(f"{previous}/{path}", f"{folder}/{path}") for path in wanted])
        lease.check()
        self._folders.point(self._name, folder)
        self._note(release, plan.former)
        self._prune({release.id, live})

    def _prune(self, keep: set[str | None]) -> None:
        """Remove all release folders but the live one and the one before it."""
        root = f"{self.notes}/releases"
        for name in self._folders.folders(root):
            if name not in keep:
                self._folders.remove_tree(f"{root}/{name}")

    def _live(self) -> str | None:
        """The release that the link leads to, if it is there. Raises Refused if the link is not ours."""
        to = self._folders.target_of(self._name)
        root = f"{self.notes}/releases/"
        if to is None:
            return None
        if not to.startswith(root):
            raise Refused(
                f"{self._name} is a link that leads elsewhere: {to}",
                "Move it away, or deploy to another folder",
            )
        live = to.removeprefix(root)
        # A link into nothing shows readers nothing, whatever the notes say.
        return live if live in self._folders.folders(root.rstrip("/")) else None

    def _folder(self, release: str) -> str:
        return f"{self.notes}/releases/{release}"

    def _placed(self, release: Release, files: list[Upload]) -> list[Upload]:
        return [replace(file, below=f"{self._folder(release.id)}/") for file in files]


def _unplanned(there: Iterable[str], release: Release, plan: Travel) -> tuple[str, ...]:
    """Of the files in a release's folder those that neither it nor what stays has."""
    return tuple(sorted({*there} - release.manifest.rows.keys() - plan.former.keys()))


def _size(release: Release, path: str) -> int | None:
    entry = release.manifest.files.get(path)
    return entry.size if entry else None
