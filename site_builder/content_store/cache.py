"""What was parsed, kept between runs: each version of a file is parsed once.

One file, replaced whole, so that processes that share it see an old one or a new one. Its contents are
Python pickles: it belongs under DATA, where only this program writes, and nowhere else.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from site_builder.content_store.files import Stamp
from site_builder.content_store.formats import Parsed
from site_builder.content_store.writing import write

_FRESH = 2_000_000_000
"""Nanoseconds. A file that changed this recently may change again without a new stamp: it is not kept."""


class Cache:
    """The parsed files of one content folder. Without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, tuple[Stamp, Parsed[Any]]] = {}
        self._changed = False
        self._now = time.time_ns()
        if path is not None:
            self._known = _load(path)

    def get(self, relative: str, stamp: Stamp) -> Parsed[Any] | None:
        kept = self._known.get(relative)
        return kept[1] if kept is not None and kept[0] == stamp else None

    def put(self, relative: str, stamp: Stamp, parsed: Parsed[Any]) -> None:
        if self._path is not None and max(stamp[1], stamp[2]) < self._now - _FRESH:
            self._known[relative] = (stamp, parsed)
            self._changed = True

    def save(self, present: Iterable[str]) -> None:
        """Write the cache if anything changed, without the files that are no longer `present`."""
        if self._path is None:
            return
        gone = self._known.keys() - set(present)
        for relative in gone:
            del self._known[relative]
        if not self._changed and not gone:
            return
        data = pickle.dumps((code_version(), self._known), protocol=pickle.HIGHEST_PROTOCOL)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write(self._path.parent, self._path.name, digest + data)


def _load(path: Path) -> dict[str, tuple[Stamp, Parsed[Any]]]:
    """Whatever is wrong with the file, it is only a cache: without it everything is parsed again."""
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    digest, rest = data[:16], memoryview(data)[16:]
    if hashlib.blake2b(rest, digest_size=16).digest() != digest:
        return {}
    try:
        made_by, known = pickle.loads(rest)
    except (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, KeyError):
        # Whole, but written by another version of the code whose classes are not these.
        return {}
    return known if made_by == code_version() else {}


@cache
def code_version() -> str:
    """Changes with everything that decides what a file is parsed into: this package, its parsers, Python."""
    package = Path(__file__).parent.parent
    digest = hashlib.blake2b(digest_size=16)
    sources = [package / "records.py", package / "front_matter.py"]
    sources += sorted((package / "body").glob("*.py")) + sorted((package / "content_store").glob("*.py"))
    for source in sources:
        digest.update(source.read_bytes())
    for name in ("markdown", "pydantic", "pymdown-extensions", "pyyaml"):
        digest.update(f"{name} {version(name)}".encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()
