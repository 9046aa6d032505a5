"""What was parsed, kept between runs: each version of a file is parsed once.

One SQLite file, so that processes may share it and a change rewrites only the shard that it touches.
Its contents are Python pickles: it belongs under DATA, where only this program writes, and nowhere else.
"""

from __future__ import annotations

import gc
import hashlib
import io
import pickle
import sqlite3
import sys
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from site_builder import collecting
from site_builder.content_store.formats import Parsed
from site_builder.folder import FRESH, Stamp
from site_builder.records import Model

_SHARDS = 64
_PATIENCE = 5.0
"""Seconds to wait for another process that writes; then this run does without the cache."""
_TABLE = """CREATE TABLE IF NOT EXISTS shard
    (number INTEGER PRIMARY KEY, code TEXT NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL)"""
_PAGES = "PRAGMA page_size = 65536"
"""A shard has half a megabyte: to collect it from pages of the usual 4 KB takes twice as long."""
_CODE = ("errors", "front_matter", "times", "records", "body", "content_store", "pictures")
"""The modules and rooms that decide what a file is parsed into."""

Kept = tuple[Stamp, Parsed[Any]]


class Cache:
    """The parsed files of one content folder. Without a path it keeps nothing.

    Whatever happens to the file - it is broken, locked, of another version, its disk is full - content is
    only parsed again.
    """

    def __init__(self, path: Path | None, known: Mapping[str, Kept] | None = None) -> None:
        """`known`: what this process kept of it, so that the file need not be read."""
        self._path = path
        self._now = time.time_ns()
        self._known: dict[str, Kept] = dict(known or {})
        self._changed: set[int] = set()
        self._dumped: dict[int, tuple[Collection[str], bytes]] = {}
        if known is None and path is not None:
            self._load(path)

    def get(self, relative: str, stamp: Stamp) -> Parsed[Any] | None:
        kept = self._known.get(relative)
        return kept[1] if kept is not None and kept[0] == stamp else None

    def lasting(self) -> Mapping[str, Kept]:
        """What is kept, for the next cache of this process."""
        return self._known

    def put(self, made: Mapping[str, Kept], data: bytes = b"") -> None:
        """`data`: the same as `dumped` gives it, of files of one shard."""
        if self._path is None:
            return
        trusted = {
            relative: kept
            for relative, kept in made.items()
            if max(kept[0][1], kept[0][2]) <= self._now - FRESH
        }
        self._known.update(trusted)
        self._changed.update(map(shard_of, trusted))
        if data and len(trusted) == len(made):
            self._dumped[shard_of(next(iter(made)))] = made.keys(), data

    def save(self, present: Iterable[str]) -> bool:
        """Write the shards that changed, without the files not `present`; False if that cannot be done."""
        if self._path is None:
            return False
        for relative in self._known.keys() - set(present):
            del self._known[relative]
            self._changed.add(shard_of(relative))
        if self._changed:
            try:
                self._write(self._path)
            except (sqlite3.OperationalError, OSError):
                # Locked by another process, or no room: whoever comes next may write it.
                return False
            except sqlite3.DatabaseError:
                self._discard(self._path)
                return False
        return True

    def _load(self, path: Path) -> None:
        if not path.is_file():
            return
        try:
            with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
                rows = database.execute(
                    "SELECT number, digest, data FROM shard WHERE code = ?", (code_version(),)
                ).fetchall()
        except sqlite3.OperationalError:
            return
        except sqlite3.DatabaseError:
            self._discard(path)
            return
        with without_collection():
            for number, digest, data in rows:
                # Pickle runs what it reads: nothing that a broken disk made may reach it.
                if 0 <= number < _SHARDS and _digest(data) == digest:
                    self._known.update(pickle.loads(data))
        collecting.stays()

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        shards: dict[int, dict[str, Kept]] = {number: {} for number in sorted(self._changed)}
        for relative, kept in self._known.items():
            if (number := shard_of(relative)) in shards:
                shards[number][relative] = kept
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database, database:
            database.execute(_PAGES)
            database.execute(_TABLE)
            for number, shard in shards.items():
                there, data = self._dumped.get(number, ((), b""))
                if there != shard.keys():
                    data = dumped(shard)
                database.execute(
                    "REPLACE INTO shard VALUES (?, ?, ?, ?)", (number, code_version(), _digest(data), data)
                )
        self._changed.clear()
        self._dumped.clear()

    def _discard(self, path: Path) -> None:
        for name in (path, path.with_name(f"{path.name}-journal")):
            name.unlink(missing_ok=True)


def shard_of(relative: str) -> int:
    return zlib.crc32(relative.encode()) % _SHARDS


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


class _Pickler(pickle.Pickler):
    """Of a model only what its file says: of the forty fields of a record most are what they are by default,
    and reading what is kept takes two thirds of the time."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, Model):
            return NotImplemented
        kind, known = type(value), value.__dict__
        said = {name: known[name] for name in known if name in value.__pydantic_fields_set__}
        whole = {**_unsaid(kind), **said}
        if whole != known or list(whole) != list(known) or len(said) != len(value.__pydantic_fields_set__):
            return NotImplemented
        return _model, (kind, said)


def dumped(shard: Mapping[str, Kept]) -> bytes:
    """Parsed files as they are kept; `pickle.loads` reads them."""
    file = io.BytesIO()
    _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(shard)
    return file.getvalue()


_UNSAID: dict[type[Model], dict[str, Any]] = {}


def _unsaid(kind: type[Model]) -> dict[str, Any]:
    """What the fields of a model are where nobody says anything; None for those that must be said."""
    found = _UNSAID.get(kind)
    if found is None:
        fields = kind.__pydantic_fields__.items()
        found = {name: None if field.is_required() else field.get_default() for name, field in fields}
        _UNSAID[kind] = found
    return found


_new, _set = object.__new__, object.__setattr__


def _model(kind: type[Model], said: dict[str, Any]) -> Model:
    """As `Model.model_construct`, without what frozen models of plain fields have no need of."""
    made = _new(kind)
    _set(made, "__dict__", {**_unsaid(kind), **said})
    _set(made, "__pydantic_fields_set__", set(said))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


@contextmanager
def without_collection() -> Iterator[None]:
    """Many new objects that all stay: looking for garbage among them takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@cache
def code_version() -> str:
    """Changes with everything that decides what a file is parsed into: this package, its parsers, Python."""
    package = Path(__file__).parent.parent
    digest = hashlib.blake2b(digest_size=16)
    for name in _CODE:
        for source in sorted((package / name).glob("*.py")) or [package / f"{name}.py"]:
            digest.update(source.read_bytes())
    for name in ("markdown", "pillow", "pydantic", "pymdown-extensions", "pyyaml"):
        digest.update(f"{name} {version(name)}".encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()
