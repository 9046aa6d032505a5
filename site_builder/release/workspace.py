"""The folder in which a release is written before anybody can see it."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import orjson

from site_builder.errors import BuildError
from site_builder.release import manifest as manifests
from site_builder.release.layers import LINKS, Locations, layers_folder, relative
from site_builder.release.manifest import Manifest, digest_file, names_in, row_of
from site_builder.release.store import Store, link_or_copy

BUILDING = ".building-"
DELETING = ".deleting-"


class Damaged(BuildError):
    """Something of an earlier release is not what it was: it has to be looked at file by file."""


@lru_cache(maxsize=64)  # one build asks a dozen times, and to join paths takes its time
def releases_folder(output: Path, union: str) -> Path:
    return output / "releases" / union


def release_folder(output: Path, union: str, release: str) -> Path:
    return releases_folder(output, union) / release


class Workspace:
    """Takes the files of one release (a `pelican_site.sink.Sink`), then becomes the release.

    `previous` is the folder of an earlier release with the hashes its files had: what is equal there is not
    written again. Folders in which nothing changed are linked to where they lie, files hard-linked (see
    `layers`). That they hold what they did is taken on trust; with `verify` each file is looked at.
    """

    def __init__(
        self,
        output: Path,
        union: str,
        store: Store,
        previous: tuple[Path, Manifest] | None = None,
        *,
        verify: bool = False,
    ) -> None:
        self._output, self._union, self._store = output, union, store
        self._previous = previous[0] if previous else None
        self._locations = Locations(output / "store", previous[0]) if previous else None
        self._before: Mapping[str, str] = previous[1].rows if previous else {}
        self._old_trees = (
            manifests.linked_trees(previous[0], manifests.read_trees(output, union, previous[0].name))
            if previous
            else {}
        )
        if previous and verify:
            self._distrust(*previous)
        self._layer = secrets.token_hex(4)
        self._draft = layers_folder(output, union) / f"{BUILDING}{self._layer}"
        self.folder = releases_folder(output, union) / f"{BUILDING}{os.getpid()}-{self._layer}"
        self._written: list[str] = []
        self._kept: list[str] = []
        self._made: set[str] = set()
        self._came_with: frozenset[str] = frozenset()
        self._trees: dict[str, str] = {}
        self._links: dict[str, str] = {}
        """Links to folders, by where they lie on the site: to which location."""
        self._behind: dict[str, list[str]] = {}
        """By link the paths of the files that come with it."""
        self.rows: dict[str, str] = {}
        """What the release will consist of: see `manifest`."""

    def open(self) -> None:
        self.folder.mkdir(parents=True)
        self._draft.mkdir(parents=True)

    def discard(self) -> None:
        """Remove what was written; does nothing once the workspace has become a release."""
        for folder in (self.folder, self._draft):
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)

    def _distrust(self, folder: Path, manifest: Manifest) -> None:
        """Forget what of the previous release is gone or no longer what it was."""
        record = manifests.manifest_path(self._output, self._union, folder.name)
        since = record.stat().st_mtime_ns if record.exists() else -1
        sound = dict(_sound(folder, manifest, since))
        damaged = manifest.rows.keys() - sound.keys()
        self._before = sound
        self._old_trees = {
            path: key
            for path, key in self._old_trees.items()
            if not any(file.startswith(f"{path}/") for file in damaged)
        }
        if damaged:  # whole folders are linked only where nobody touched anything
            self._locations = None

    # --- as a sink ---

    def write(self, path: str, data: bytes, *, shared: bool = False) -> None:
        row = row_of(data)
        if self._before.get(path) == row:
            self._keep(path, row)
        elif shared:
            self._store.link(data, Path(self._new(path, row)))
        else:
            write_file(self._new(path, row), data)

    def copy(self, path: str, source: Path) -> None:
        row = self._store.row_of(source)
        if self._before.get(path) == row:
            self._keep(path, row)
        else:
            self._store.link_file(source, Path(self._new(path, row)))

    def keep(self, path: str) -> bool:
        """Take a file over from the previous release if it was there."""
        row = self._before.get(path)
        if row is None:
            return False
        self._keep(path, row)
        return True

    def keep_all(self, paths: Collection[str]) -> None:
        """Take over files of the previous release as they are."""
        try:
            found = {path: self._before[path] for path in paths}
        except KeyError as error:
            raise BuildError(
                f"{error.args[0]} of the release before is gone", union=self._union, code="page-lost"
            ) from error
        if twice := found.keys() & self.rows.keys():
            raise BuildError(f"{min(twice)} is written twice", union=self._union, code="path-twice")
        self.rows.update(found)
        self._kept += found

    def sound(self, notes: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        """Those of the notes on pages of the previous release (`state.Note`) whose file is still there."""
        before = self._before
        return (
            notes
            if notes.keys() <= before.keys()
            else {path: note for path, note in notes.items() if path in before}
        )

    def tree(self, path: str, key: str, make: Callable[[], Mapping[str, bytes]]) -> None:
        """Take a folder that is the same on many sites or in many releases; see `Store.tree`."""
        for name, row in self._store.tree(key, make).items():
            self._enter(f"{path}/{name}", row)
        self._trees[path] = key

    # --- filled by several processes ---

    def part(self) -> None:
        """From now on this is one of several processes that fill the same folders."""
        self._written, self._kept, self._trees, self.rows = [], [], {}, {}
        self._came_with = frozenset(self._made)

    def told(self) -> tuple[Any, ...]:
        """What this process took, for `add`."""
        made = self._made - self._came_with
        return self.rows, self._written, self._kept, self._trees, made

    def add(self, told: tuple[Any, ...]) -> None:
        rows, written, kept, trees, made = told
        for path, row in rows.items():
            self._enter(path, row)
        self._written += written
        self._kept += kept
        self._trees |= trees
        self._made |= made

    def _keep(self, path: str, row: str) -> None:
        self._enter(path, row)
        self._kept.append(path)

    def _new(self, path: str, row: str) -> str:
        """Where a new file is written: at the site's root beside the links, else in the layer."""
        self._enter(path, row)
        self._written.append(path)
        return self._place(path)

    def _enter(self, path: str, row: str) -> None:
        if path in self.rows:
            raise BuildError(f"{path} is written twice", union=self._union, code="path-twice")
        self.rows[path] = row

    def _place(self, path: str) -> str:
        folder = path.rpartition("/")[0]
        if not folder:
            return f"{self.folder}/{path}"
        if folder not in self._made:
            self._make(folder)
        return f"{self._draft}/{path}"

    def _make(self, folder: str) -> None:
        """Make a folder and those above it; what was made once is not asked for again."""
        upper = folder.rpartition("/")[0]
        if upper and upper not in self._made:
            self._make(upper)
        with suppress(FileExistsError):  # another process was faster
            os.mkdir(f"{self._draft}/{folder}")  # noqa: PTH102 - of a path object it takes twice the time
        self._made.add(folder)

    # --- what was not written ---

    def assemble(self) -> None:
        """Put in what is taken over: unchanged folders as links, files of other folders, shared folders.

        Raises Damaged where it is not there any more.
        """
        for entry in list(os.scandir(self.folder)):
            if entry.is_dir(follow_symlinks=False):  # Pelican makes them where it thinks that feeds go
                shutil.rmtree(entry.path)
        changed = self._changed()
        tops = {"": ""}
        """By folder the highest one from it upwards in which nothing changed; "" where there is none."""
        behind: dict[str, list[str]] = {}
        """By folder the files there that come with a link; those of others are linked one by one."""
        for path in self._kept:
            folder = path.rpartition("/")[0]
            there = behind.get(folder)
            if there is None:
                there = behind[folder] = self._behind.setdefault(self._top(folder, changed, tops), [])
            there.append(path)
        for path, key in self._trees.items():
            top = self._top(path.rpartition("/")[0], changed, tops)
            self._behind.setdefault(top or path, []).extend(self.shared(path))
            if not top:
                self._link(path, f"trees/{key}")
        for path in self._behind.pop("", ()):
            self._link_file(path)
        for top in self._behind:
            if top not in self._trees:
                self._link(top, self._location(top) or "")
        for name in dict.fromkeys(folder.partition("/")[0] for folder in self._made):
            os.symlink(  # noqa: PTH211 - as above
                relative("", f"layers/{self._union}/{self._layer}/{name}", self._union, at_root=True),
                f"{self.folder}/{name}",
            )
        (self._draft / LINKS).write_bytes(orjson.dumps(self._links))

    def _changed(self) -> set[str]:
        """The folders in or below which something was written, or is gone, or a shared folder is another."""
        changed = {""}
        gone = self._before.keys() - self.rows.keys() if self._before else ()
        trees = (
            path
            for path in self._trees.keys() | self._old_trees.keys()
            if self._trees.get(path) != self._old_trees.get(path)
        )
        for path in (*self._written, *gone, *trees):
            folder = path.rpartition("/")[0]
            while folder not in changed:
                changed.add(folder)
                folder = folder.rpartition("/")[0]
        return changed

    def _top(self, folder: str, changed: set[str], known: dict[str, str]) -> str:
        """The highest folder from `folder` upwards in which nothing changed, if it can be linked; else ""."""
        top = known.get(folder)
        if top is None:
            upper = folder.rpartition("/")[0]
            if folder in changed:
                top = ""
            elif upper in changed:
                top = folder if self._location(folder) else ""
            else:
                top = self._top(upper, changed, known)
            known[folder] = top
        return top

    def _location(self, folder: str) -> str | None:
        """Where an unchanged folder lies, if it is a layer's: shared folders are linked as such."""
        location = self._locations.of(folder) if self._locations else None
        return location if location and location.startswith("layers/") else None

    def _link(self, path: str, location: str) -> None:
        upper = path.rpartition("/")[0]
        os.symlink(relative(upper, location, self._union, at_root=not upper), self._place(path))  # noqa: PTH211
        self._links[path] = location

    def _link_file(self, path: str) -> None:
        try:
            link_or_copy(f"{self._previous}/{path}", self._place(path))
        except FileNotFoundError as error:
            raise Damaged(
                f"{path} of the release before is gone", union=self._union, code="damaged"
            ) from error

    def present(self) -> Iterator[str]:
        """The path of every file that is on the disk: what was made, and what lies behind links."""
        made, links = self._made, self._links
        for folder in ("", *made):
            prefix = f"{folder}/" if folder else ""
            with suppress(FileNotFoundError):  # then its files are missing
                for name in os.listdir(f"{self._draft}/{prefix}"):  # noqa: PTH208 - as above
                    path = f"{prefix}{name}"
                    if path not in made and path not in links and path != LINKS:
                        yield path
        yield from names_in(self.folder)
        for link, paths in self._behind.items():
            if os.path.isdir(self._place(link)):  # noqa: PTH112 - as above
                yield from paths

    def shared(self, path: str) -> Iterator[str]:
        """The paths of the files in one of the shared folders; none if it was not taken."""
        key = self._trees.get(path)
        return (f"{path}/{name}" for name in self._store.names(key)) if key else iter(())

    # --- becoming a release ---

    @cached_property
    def manifest(self) -> Manifest:
        """Of all files taken; to be asked for when there are no more."""
        return Manifest(self.rows)

    def finish(self) -> tuple[Manifest, bool]:
        """Assemble, flush and name the release; returns its manifest and whether it is a new one."""
        self.assemble()
        self.prepare()
        flush(self.folder)
        return self.manifest, self.publish()

    def prepare(self) -> None:
        """Write down what the release is; what is written so far has then to be flushed."""
        name = self.manifest.id
        record = manifests.manifest_path(self._output, self._union, name)
        trees = manifests.trees_path(self._output, self._union, name)
        there = release_folder(self._output, self._union, name)
        # A release that is there already stays, and needs what it links to, whatever that is called now.
        linked = manifests.linked_trees(there, self._trees) if there.is_dir() else self._trees
        for path, data in ((record, self.manifest.to_bytes()), (trees, orjson.dumps(linked))):
            if not path.exists() or path.read_bytes() != data:
                write_whole(path, data)

    def publish(self) -> bool:
        """Name the release; returns whether it is a new one.

        A release of the same bytes that exists already is kept; what somebody changed or took away in it is
        put right. Raises Damaged where that needs a build that looks at every file.
        """
        target = release_folder(self._output, self._union, self.manifest.id)
        if target.exists():
            self._repair(target)
            # Releases are in the order in which they were made last: from the next one a rollback leads here.
            os.utime(manifests.manifest_path(self._output, self._union, target.name))
            return False
        self._draft.rename(self._draft.with_name(self._layer))
        self.folder.rename(target)
        return True

    def _repair(self, target: Path) -> None:
        record = manifests.manifest_path(self._output, self._union, target.name)
        found = manifests.compare(target, self.manifest, since=record.stat().st_mtime_ns)
        if not found:
            return
        for path in found.unplanned:
            (target / path).unlink(missing_ok=True)
        for path in (*found.missing, *found.changed):
            source = Path(self._source(path))
            beside = target / f".{self._layer}"
            try:
                _make_way((target / path).parent, target)
                if (target / path).is_dir() and not (target / path).is_symlink():
                    shutil.rmtree(target / path)
                # Not moved: it may lie in a folder that other sites share.
                link_or_copy(source, beside)
                beside.replace(target / path)
            except OSError as error:
                raise Damaged(f"{path} is damaged", union=self._union, code="damaged") from error
            finally:
                beside.unlink(missing_ok=True)
        flush(target)
        if manifests.compare(target, self.manifest):
            raise Damaged("the release is damaged", union=self._union, code="damaged")

    def _source(self, path: str) -> str:
        """A file of this workspace, whose layer has not got its name yet."""
        return f"{self._draft}/{path}" if "/" in path else f"{self.folder}/{path}"


def _make_way(folder: Path, root: Path) -> None:
    """Make a folder below `root`; a link that leads nowhere gives way to it."""
    if folder == root:
        return
    _make_way(folder.parent, root)
    if folder.is_symlink() and not folder.exists():
        folder.unlink()
    folder.mkdir(exist_ok=True)


def _sound(folder: Path, manifest: Manifest, since: int) -> Iterator[tuple[str, str]]:
    """The rows of a release whose files are what they were; what changed after `since` (ns) is read."""
    for path, entry in manifest.files.items():
        file = folder / path
        try:
            stat = file.stat()
            if stat.st_size == entry.size and (stat.st_mtime_ns < since or digest_file(file) == entry.hash):
                yield path, manifest.rows[path]
        except OSError:
            continue


# --- what a power cut must not lose ---------------------------------------------------------------


def _load_syncfs() -> object:
    name = ctypes.util.find_library("c")
    return getattr(ctypes.CDLL(name, use_errno=True), "syncfs", None) if name else None


_syncfs = _load_syncfs()


def flush(folder: Path) -> None:
    """Bring everything written so far on this file system to the disk.

    One syncfs(2) costs far less than an fsync for each of a release's files; where it is unknown
    (macOS), sync(2) does the same for all file systems.
    """
    if not callable(_syncfs):
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if _syncfs(handle) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk, after a rename in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: str, data: bytes) -> None:
    """Write a file that does not exist yet. Path.write_bytes does the same in twice the time."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        written = os.write(handle, data)
        while written < len(data):
            written += os.write(handle, data[written:])
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a small file whole or not at all; `durable`: a power cut right after this does not lose it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)
