"""One copy on disk of what many releases and many sites share: media, theme assets.

Files lie under the hash of their bytes and are hard-linked into releases. Where a file system knows no
hard links, or one file has too many, a release gets a copy of its own. What no release links to any
more is removed by `sweep`.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from pathlib import Path

from site_builder.release.manifest import Entry, digest, digest_file

NO_LINKS = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EACCES})
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

    def link(self, data: bytes, target: Path) -> Entry:
        """Put `data` at `target` by way of the store."""
        entry = Entry(digest(data), len(data))
        self._place(entry, data, target)
        return entry

    def link_file(self, source: Path, target: Path) -> Entry:
        """Put the bytes of the file `source` at `target` by way of the store."""
        entry = Entry(digest_file(source), source.stat().st_size)
        self._place(entry, source, target)
        return entry

    def _place(self, entry: Entry, content: bytes | Path, target: Path) -> None:
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
