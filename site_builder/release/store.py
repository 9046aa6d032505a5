"""One copy on disk of what many releases and many sites share: media, assets, parts of the search index.

Files lie under the hash of their bytes and are hard-linked into releases. Where a file system knows no
hard links, or one file has too many, a release gets a copy of its own. What no release links to any
more is removed by `sweep`. Folders that are the same on many sites lie in `trees/`, under a hash of their
files' hashes; releases have a symbolic link to them, and `sweep_trees` is told which are in use.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path

import orjson

from site_builder.release.manifest import Entry, digest_file, files_in, row_of, rows_in

NO_LINKS = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EACCES})
TAKEN = frozenset({errno.ENOTEMPTY, errno.EEXIST})
LISTING = ".files"
_TREES_KEPT = 16
LEFTOVER_SECONDS = 3600
"""A file still being written after this long was left by a killed build."""


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """Make `target` the same file as `source`, or a copy of it where links cannot be had."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copyfile(source, target)


class Store:
    """`verify`: hash what lies in the store before linking it, and replace what is damaged."""

    def __init__(self, folder: Path, *, verify: bool = False) -> None:
        self._folder = folder
        self._verify = verify

    def path(self, hash_: str) -> Path:
        return self._folder / hash_[:2] / hash_

    def link(self, data: bytes, target: Path) -> str:
        """Put `data` at `target` by way of the store; returns its row."""
        row = row_of(data)
        self._place(row, data, target)
        return row

    def link_file(self, source: Path, target: Path) -> str:
        """Put the bytes of the file `source` at `target` by way of the store; returns its row."""
        row = self.row_of(source)
        self._place(row, source, target)
        return row

    def row_of(self, source: Path) -> str:
        """The row of a file, read once for each version of it."""
        stat = source.stat()
        return _row_of(source, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)

    def _place(self, row: str, content: bytes | Path, target: Path) -> None:
        entry = Entry.of(row)
        kept = self.path(entry.hash)
        for last in (False, False, False, True):
            if not self._intact(kept, entry):
                self._add(kept, content)
            try:
                link_or_copy(kept, target)
            except FileNotFoundError:  # another build swept it between the two lines above
                if last:
                    raise
            else:
                return

    def _intact(self, kept: Path, entry: Entry) -> bool:
        try:
            if kept.stat().st_size != entry.size:
                return False
        except FileNotFoundError:
            return False
        return not self._verify or digest_file(kept) == entry.hash

    def _add(self, kept: Path, content: bytes | Path) -> None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_name(f".{kept.name}.{secrets.token_hex(4)}")
        try:
            if isinstance(content, bytes):
                beside.write_bytes(content)
            else:
                shutil.copyfile(content, beside)
            beside.replace(kept)
        finally:
            beside.unlink(missing_ok=True)

    # --- folders ----------------------------------------------------------------------------------

    def tree(self, key: str, make: Callable[[], Mapping[str, bytes]]) -> Mapping[str, str]:
        """See to it that the folder `trees/<key>` is there, and say what it holds: rows by path in it.

        `make` gives its files, path -> bytes; the same key always stands for the same files.
        """
        target = self._folder / "trees" / key
        known = None if self._verify else _TREES.get(target) or _listed(target)
        if known is None or not target.is_dir():
            files = make()
            known = {path: row_of(data) for path, data in files.items()}
            self._provide(target, files, known)
        if len(_TREES) > _TREES_KEPT:
            _TREES.clear()
        _TREES[target] = known
        return known

    def names(self, key: str) -> Collection[str]:
        """The paths of the files in the folder `trees/<key>`, from there; none if it is not there."""
        target = self._folder / "trees" / key
        return _TREES.get(target) or _listed(target) or {}

    def _provide(self, target: Path, files: Mapping[str, bytes], known: Mapping[str, str]) -> None:
        for last in (False, False, False, True):
            try:
                if not target.is_dir():
                    self._add_tree(target, files, known)
                elif _listed(target) != known or not _intact(target, known):
                    self._mend_tree(target, files, known)
            except (FileNotFoundError, NotADirectoryError):  # another build mends it as well
                if last:
                    raise
            else:
                return

    def _add_tree(self, target: Path, files: Mapping[str, bytes], known: Mapping[str, str]) -> None:
        """Make a folder that is not there. It comes whole; if another build is faster, its folder stays."""
        beside = target.with_name(f".{secrets.token_hex(8)}")
        try:
            for folder in sorted({path.rpartition("/")[0] for path in files}):
                (beside / folder).mkdir(parents=True, exist_ok=True)
            for path, data in files.items():
                with open(f"{beside}/{path}", "wb", buffering=0) as file:  # noqa: PTH123 - there are thousands
                    file.write(data)
            _list(target, known)
            beside.rename(target)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _mend_tree(self, target: Path, files: Mapping[str, bytes], known: Mapping[str, str]) -> None:
        """Put right what was changed in a folder, file by file: live sites link to it all the while."""
        there = {path for path, _ in files_in(target)}
        for path in there - known.keys():
            (target / path).unlink(missing_ok=True)
        for path, data in files.items():
            file = target / path
            if path in there and row_of(file.read_bytes()) == known[path]:
                continue
            if file.is_dir():
                shutil.rmtree(file)
            file.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{secrets.token_hex(8)}")
            beside.write_bytes(data)
            beside.replace(file)
        _list(target, known)

    def sweep_trees(self, wanted: Collection[str]) -> int:
        """Remove the folders that are not `wanted`. Call it only while nobody builds."""
        folder = self._folder / "trees"
        gone = 0
        for entry in list(os.scandir(folder)) if folder.is_dir() else ():
            if entry.name.removesuffix(LISTING) in wanted:
                continue
            if entry.is_dir():
                self._remove_tree(Path(entry.path))
                gone += 1
            else:
                Path(entry.path).unlink()
        return gone

    def _remove_tree(self, tree: Path) -> None:
        aside = tree.with_name(f".{secrets.token_hex(8)}")
        tree.rename(aside)
        shutil.rmtree(aside)

    # --- files ------------------------------------------------------------------------------------

    def sweep(self) -> int:
        """Remove what no release links to; returns how many files went. Safe beside running builds."""
        removed = 0
        long_ago = time.time() - LEFTOVER_SECONDS
        for folder in self._folder.glob("??"):
            for entry in os.scandir(folder):
                try:
                    stat = entry.stat()
                except FileNotFoundError:
                    continue
                being_written = entry.name.startswith(".") and stat.st_mtime > long_ago
                if stat.st_nlink == 1 and not being_written:
                    Path(entry.path).unlink(missing_ok=True)
                    removed += 1
        return removed


@lru_cache(maxsize=20_000)
def _row_of(source: Path, _changed: int, _noted: int, size: int) -> str:
    return f"{digest_file(source)} {size}"


_TREES: dict[Path, Mapping[str, str]] = {}
"""What is known of folders of the store: they never change."""


def _list(tree: Path, known: Mapping[str, str]) -> None:
    listing = tree.with_name(f"{tree.name}{LISTING}")
    draft = tree.with_name(f".{secrets.token_hex(8)}{LISTING}")
    draft.write_bytes(orjson.dumps(known))
    draft.replace(listing)


def _listed(tree: Path) -> Mapping[str, str] | None:
    try:
        return rows_in(orjson.loads(tree.with_name(f"{tree.name}{LISTING}").read_bytes()))
    except (OSError, ValueError):
        return None


def _intact(tree: Path, known: Mapping[str, str]) -> bool:
    return known == {path: f"{digest_file(tree / path)} {stat.st_size}" for path, stat in files_in(tree)}
