"""What a release consists of: path, hash and size of every file. A release's id is the hash of this list.

A *row* is hash and size (bytes) of one file as they are written down: `<hash> <size>`. A site has thousands
of files, of which a build takes over nearly all as they are: as texts, that costs what reading a file costs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from site_builder.errors import BuildError

HASH_BYTES = 16


def digest(data: bytes) -> str:
    """The hash of a file's bytes: BLAKE2b of 16 bytes, in hexadecimal."""
    return blake2b(data, digest_size=HASH_BYTES).hexdigest()


def hasher() -> blake2b:
    """The same for bytes that come in pieces."""
    return blake2b(digest_size=HASH_BYTES)


def digest_file(path: Path) -> str:
    """The hash of a file, read in pieces."""
    state = hasher()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            state.update(piece)
    return state.hexdigest()


def row_of(data: bytes) -> str:
    """The row of a file that holds `data`."""
    return f"{digest(data)} {len(data)}"


class Entry(NamedTuple):
    """A row, taken apart."""

    hash: str
    size: int
    """In bytes."""

    @classmethod
    def of(cls, row: str) -> Entry:
        """Raises ValueError if it is no row."""
        hash_, size = row.split(" ")
        return cls(hash_, int(size))


@dataclass(frozen=True)
class Manifest:
    """The files of one release by their path from its root (`news/index.html`). They never change."""

    rows: Mapping[str, str]

    @cached_property
    def files(self) -> Mapping[str, Entry]:
        """The same rows, taken apart."""
        return {path: Entry.of(row) for path, row in self.rows.items()}

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same files give the same bytes."""
        return self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        return orjson.dumps({"files": self.rows}, option=orjson.OPT_SORT_KEYS)

    @cached_property
    def id(self) -> str:
        return digest(self.to_bytes())

    @cached_property
    def pages(self) -> int:
        """How many of the files are HTML pages."""
        return "\0".join((*self.rows, "")).count(".html\0")  # one by one they take ten times as long

    def below(self, folder: str) -> Iterator[str]:
        """The paths of the files in a folder and in those below it."""
        return (path for path in self.rows if path.startswith(f"{folder}/"))

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Raises ValueError if `data` is no manifest."""
        try:
            return cls(rows_in(orjson.loads(data)["files"]))
        except (KeyError, TypeError) as error:
            raise ValueError("not a manifest") from error


def rows_in(read: Any) -> dict[str, str]:
    """Rows by path, as they were read from JSON. Raises ValueError if they are something else."""
    if not isinstance(read, dict) or not all(type(row) is str for row in read.values()):
        raise ValueError("not the rows of files")
    return read


@lru_cache(maxsize=64)  # one build asks a dozen times, and to join paths takes its time
def manifests_folder(output: Path, union: str) -> Path:
    return output / "manifests" / union


def manifest_path(output: Path, union: str, release: str) -> Path:
    return manifests_folder(output, union) / f"{release}.json"


def stored_at(output: Path, union: str, release: str) -> float | None:
    """When a release was made last, in seconds since 1970; None if its manifest is gone."""
    try:
        return manifest_path(output, union, release).stat().st_mtime
    except FileNotFoundError:
        return None


def read(output: Path, union: str, release: str) -> Manifest:
    """The manifest of a release. Raises BuildError if it is missing or damaged."""
    path = manifest_path(output, union, release)
    try:
        return Manifest.from_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BuildError(
            f"the manifest of release {release} cannot be read: {error}",
            union=union,
            code="manifest-unreadable",
        ) from error


def trees_path(output: Path, union: str, release: str) -> Path:
    """The list of the shared folders of a release: where each lies on the site, and its name in the store."""
    return manifests_folder(output, union) / f"{release}.trees"


def read_trees(output: Path, union: str, release: str) -> Mapping[str, str]:
    """The shared folders of a release; none if their list is lost, so that nothing of them is kept."""
    try:
        found: dict[str, str] = orjson.loads(trees_path(output, union, release).read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def linked_trees(release: Path, paths: Iterable[str]) -> dict[str, str]:
    """The shared folders of a release as its links say it: of those of `paths` that are there, the names.

    Its list may name others: the same bytes may be known by another name to a newer version of the program.
    """
    found = {}
    for path in paths:
        place = f"{release}/{path}"
        with suppress(OSError):  # no link
            name = os.readlink(place).rpartition("/")[2]  # noqa: PTH115 - as everywhere here
            if os.path.isdir(place):  # noqa: PTH112
                found[path] = name
    return found


def trees_in_use(output: Path) -> set[str]:
    """The shared folders that some release of some union needs. Raises OSError or ValueError."""
    return {
        key
        for file in (output / "manifests").glob("*/*.trees")
        for key in orjson.loads(file.read_bytes()).values()
    }


def names_in(folder: Path) -> Iterator[str]:
    """The path of every file that lies in `folder` itself or below; links are neither told nor followed."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        with os.scandir(f"{folder}/{prefix}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(f"{prefix}{entry.name}/")
                elif not entry.is_symlink():
                    yield f"{prefix}{entry.name}"


def files_in(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below `folder` with its path from there; symbolic links to folders are followed.

    What lay behind a link that leads nowhere any more is gone, as every other missing file is.
    """
    pending = [""]
    while pending:
        prefix = pending.pop()
        with os.scandir(folder / prefix) as entries:
            for entry in entries:
                path = f"{prefix}{entry.name}"
                if entry.is_dir():
                    pending.append(f"{path}/")
                elif not entry.is_symlink() or os.path.exists(entry.path):  # noqa: PTH110 - as everywhere here
                    yield path, entry.stat()


@dataclass(frozen=True, slots=True)
class Difference:
    """How a folder differs from its manifest."""

    missing: tuple[str, ...]
    unplanned: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.unplanned or self.changed)


def compare(folder: Path, manifest: Manifest, *, since: int = 0) -> Difference:
    """Compare a release's folder with its manifest: names, sizes and bytes.

    What was written before `since` (in ns, as `st_mtime_ns`) and has its size is not read.
    """
    found = dict(files_in(folder)) if folder.is_dir() else {}

    def differs(path: str, entry: Entry) -> bool:
        stat = found[path]
        if stat.st_size != entry.size:
            return True
        return stat.st_mtime_ns >= since and digest_file(folder / path) != entry.hash

    changed = [path for path, entry in manifest.files.items() if path in found and differs(path, entry)]
    return Difference(
        missing=tuple(sorted(manifest.rows.keys() - found.keys())),
        unplanned=tuple(sorted(found.keys() - manifest.rows.keys())),
        changed=tuple(sorted(changed)),
    )
