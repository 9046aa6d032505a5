"""What was analysed of a large site's records, kept from one build to the next: see `rows`.

    FOLDER/<n>      a share of the records: one line of JSON, then the arrays one after another

A record is known by its *key*, which covers all that is searched of it. A change rewrites the one file in
which its record is. Whatever happens to a file, its records are only analysed again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import fields
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from site_builder.search.documents import SearchDocument
from site_builder.search.rows import ARRAYS, Rows, joined, rows_of
from site_builder.search.synonyms import Synonyms

FILES = 64
_DIGEST = 16
_FIELDS = tuple(field.name for field in fields(SearchDocument))
_LISTS = tuple(field.name for field in fields(SearchDocument) if field.type == "tuple[str, ...]")

Make = Callable[[int], Iterable[SearchDocument]]


class _Share(NamedTuple):
    """Some records: the key of each, how many documents it is, and their rows."""

    keys: Sequence[str]
    many: Sequence[int]
    rows: Rows

    def places(self) -> dict[str, range]:
        """By key, the places of its documents."""
        found, start = {}, 0
        for key, many in zip(self.keys, self.many, strict=True):
            found[key] = range(start, start + many)
            start += many
        return found


def kept_rows(folder: Path, keys: Sequence[str], make: Make, synonyms: Synonyms) -> Rows:
    """The rows of the records with these keys, in any order. `make(n)` gives the documents of the n-th, of
    which there may be none; it is asked for those alone that are not kept in `folder`."""
    wanted: list[list[str]] = [[] for _ in range(FILES)]
    for key in keys:
        wanted[_file(key)].append(key)
    shares = [_read(folder / str(file)) for file in range(FILES)]
    places = [share.places() for share in shares]
    missing = [number for number, key in enumerate(keys) if key not in places[_file(key)]]
    made = _made(missing, keys, make, synonyms)
    new = made.places()
    found: list[Rows] = []
    for file, (share, known) in enumerate(zip(shares, places, strict=True)):
        old, fresh = _parted(wanted[file], known)
        if fresh or len(old) < len(known):
            parts = [_chosen(share, known, old), _chosen(made, new, fresh)]
            many = [*parts[0].many, *parts[1].many]
            share = _Share([*old, *fresh], many, joined([part.rows for part in parts]))
            _write(folder / str(file), share)
        found.append(share.rows)
    return joined(found)


def _parted(keys: Sequence[str], known: Container[str]) -> tuple[list[str], list[str]]:
    old = [key for key in keys if key in known]
    return old, [key for key in keys if key not in known]


def _made(missing: Sequence[int], keys: Sequence[str], make: Make, synonyms: Synonyms) -> _Share:
    documents = [tuple(make(number)) for number in missing]
    return _Share(
        [keys[number] for number in missing],
        [*map(len, documents)],
        rows_of([*chain.from_iterable(documents)], synonyms),
    )


def _chosen(share: _Share, places: dict[str, range], keys: Sequence[str]) -> _Share:
    order = [place for key in keys for place in places[key]]
    return _Share(keys, [len(places[key]) for key in keys], share.rows.ordered(order))


def _file(key: str) -> int:
    return int(key[:4], 16) % FILES


_NOTHING = _Share((), (), joined([]))


def _read(path: Path) -> _Share:
    try:
        raw = path.read_bytes()
        if blake2b(raw[_DIGEST:], digest_size=_DIGEST).digest() != raw[:_DIGEST]:
            return _NOTHING
        end = raw.index(b"\n", _DIGEST)
        head: dict[str, Any] = orjson.loads(raw[_DIGEST:end])
        start, arrays = end + 1, {}
        for name, kind in ARRAYS.items():
            size, stored = head["arrays"][name]
            arrays[name] = np.frombuffer(raw, stored, size, start).astype(kind, copy=False)
            start += size * np.dtype(stored).itemsize
        documents = [_document(row) for row in head["documents"]]
        longer = [tuple(row.split()) for row in head["longer"]]
        return _Share(head["keys"], head["many"], Rows(documents, head["titles"], longer, **arrays))
    except (OSError, ValueError, KeyError, TypeError):
        return _NOTHING


def _document(row: Sequence[Any]) -> SearchDocument:
    values = dict(zip(_FIELDS, row, strict=True))
    values.update((name, tuple(values[name])) for name in _LISTS)
    return SearchDocument(**values)


def _write(path: Path, share: _Share) -> None:
    arrays = {name: _small(getattr(share.rows, name)) for name in ARRAYS}
    head = {
        "keys": share.keys,
        "many": share.many,
        "documents": [[getattr(one, name) for name in _FIELDS] for one in share.rows.documents],
        "titles": share.rows.titles,
        "longer": [" ".join(words) for words in share.rows.longer],
        "arrays": {name: [array.size, array.dtype.str] for name, array in arrays.items()},
    }
    data = b"".join((orjson.dumps(head), b"\n", *(array.tobytes() for array in arrays.values())))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        beside.write_bytes(blake2b(data, digest_size=_DIGEST).digest() + data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _small(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """In as few bytes as hold the greatest number; none is negative."""
    return array.astype(np.min_scalar_type(int(array.max()))) if array.size else array.astype(np.uint8)
