"""The folder in which a release is written before anybody can see it."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from site_builder.errors import BuildError
from site_builder.release import manifest as manifests
from site_builder.release.manifest import Entry, Manifest, digest, digest_file
from site_builder.release.store import Store, link_or_copy

BUILDING = ".building-"
DELETING = ".deleting-"


def releases_folder(output: Path, union: str) -> Path:
    return output / "releases" / union


def release_folder(output: Path, union: str, release: str) -> Path:
    return releases_folder(output, union) / release


class Workspace:
    """Takes the files of one release (a `pelican_site.sink.Sink`), then becomes the release.

    `previous` is the folder of an earlier release with the hashes its files had; a file equal to the
    one there is linked, so that what did not change takes no disk.
    """

    def __init__(
        self, output: Path, union: str, store: Store, previous: tuple[Path, Manifest] | None = None
    ) -> None:
        self._output = output
        self._union = union
        self._store = store
        self._previous = previous
        self._before = -1
        """When the previous release was complete, in nanoseconds: what changed in it later is suspect."""
        if previous is not None:
            record = manifests.manifest_path(output, union, previous[0].name)
            self._before = record.stat().st_mtime_ns if record.exists() else -1
        self._made: set[str] = set()
        self.folder = releases_folder(output, union) / f"{BUILDING}{os.getpid()}-{secrets.token_hex(4)}"
        self.entries: dict[str, Entry] = {}

    def open(self) -> None:
        self.folder.mkdir(parents=True)

    def discard(self) -> None:
        """Remove what was written; does nothing once the workspace has become a release."""
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- as a sink ---

    def write(self, path: str, data: bytes, *, shared: bool = False) -> None:
        target = self._target(path)
        if shared:
            self.entries[path] = self._store.link(data, Path(target))
            return
        entry = Entry(digest(data), len(data))
        if self._previous is None or not self._link_previous(path, entry, target):
            write_file(target, data)
        self.entries[path] = entry

    def copy(self, path: str, source: Path) -> None:
        self.entries[path] = self._store.link_file(source, Path(self._target(path)))

    def keep(self, path: str, hash_: str) -> bool:
        """Take a file over from the previous release if its bytes there are still those of `hash_`."""
        if self._previous is None:
            return False
        entry = self._previous[1].files.get(path)
        if entry is None or entry.hash != hash_:
            return False
        target = self._target(path)
        if not self._link_previous(path, entry, target):
            return False
        self.entries[path] = entry
        return True

    def _link_previous(self, path: str, entry: Entry, target: str) -> bool:
        assert self._previous is not None, "the caller asked"
        folder, manifest = self._previous
        source = f"{folder}/{path}"
        if manifest.files.get(path) != entry:
            return False
        try:
            stat = os.stat(source)  # noqa: PTH116 - likewise
            if stat.st_size != entry.size:
                return False
            if stat.st_mtime_ns >= self._before and digest_file(Path(source)) != entry.hash:
                return False
            link_or_copy(source, target)
        except FileNotFoundError:
            return False
        return True

    def _target(self, path: str) -> str:
        if path in self.entries:
            raise BuildError(f"{path} is written twice", union=self._union, code="path-twice")
        parent = path.rpartition("/")[0]
        if parent not in self._made:
            self._make(parent)
        return f"{self.folder}/{path}"

    def _make(self, parent: str) -> None:
        """Make a folder and those above it; what was made once is not asked for again."""
        upper = parent.rpartition("/")[0]
        if upper and upper not in self._made:
            self._make(upper)
        if parent:
            with suppress(FileExistsError):  # Pelican makes the folder of the feeds itself
                os.mkdir(f"{self.folder}/{parent}")  # noqa: PTH102 - of a path object it takes twice the time
        self._made.add(parent)

    # --- becoming a release ---

    def finish(self) -> tuple[Manifest, bool]:
        """Flush, name and store the release; returns its manifest and whether it is a new one.

        A release of the same bytes that exists already is kept; what somebody changed or took away in it
        is put right, file by file.
        """
        manifest = Manifest(dict(self.entries))
        target = release_folder(self._output, self._union, manifest.id)
        record = manifests.manifest_path(self._output, self._union, manifest.id)
        if target.exists():
            self._repair(target, manifest)
            if not record.exists():
                write_whole(record, manifest.to_bytes(), durable=True)
            return manifest, False
        write_whole(record, manifest.to_bytes())
        flush(self.folder)
        self.folder.rename(target)
        sync_folder(target.parent)
        return manifest, True

    def _repair(self, target: Path, manifest: Manifest) -> None:
        found = manifests.compare(target, manifest, contents=True)
        for path in (*found.missing, *found.changed):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).replace(target / path)
        for path in found.unplanned:
            (target / path).unlink(missing_ok=True)
        if found:
            flush(target)


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
