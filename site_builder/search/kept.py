"""The index of a large site, kept from one build to the next, so that a change of one record costs no more
than that record and the shards that hold it.

    FOLDER/index    all that the index is made of: the length of some JSON, that, then arrays and files
    FOLDER/<n>      the words of a share of the records, which are asked for when one of them changes

A record is known by its *key*, which covers all that is searched of it. Whatever happens to a file, the
records are only analysed again.
"""

from __future__ import annotations

import secrets
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from site_builder.search.documents import SearchDocument
from site_builder.search.phrases import Phrases
from site_builder.search.rows import Card, Words
from site_builder.search.segment import Segment
from site_builder.search.shards import Packed, Shards
from site_builder.search.static_index import NOTHING, Index
from site_builder.search.synonyms import Groups, table
from site_builder.search.term_lists import TermLists

SHARES = 64
_SUM = 4
_ARRAYS = ("hash", "counts", "titled", "headed", "record", "grade")

Make = Callable[[int], Iterable[SearchDocument]]


class _Kept(NamedTuple):
    keys: Sequence[str]
    """Of each record of the index. A guide's earlier texts have the guide's."""
    made: Index


def kept_segment(
    folder: Path, common: str, keys: Sequence[str], make: Make, synonyms: Groups = ()
) -> Segment:
    """The segment of the records with these keys, in any order. `make(n)` gives the documents of the n-th; it
    is asked for those alone that are not kept in `folder`. `common` stands for all that every record depends
    on.
    """
    known = table(synonyms)
    kept = _read(folder / "index", common) or _Kept((), NOTHING)
    shares = _Shares(folder)
    wanted = frozenset(keys)
    lost = [key for key in dict.fromkeys(kept.keys) if key not in wanted]
    words = [shares.words(key) for key in lost]
    if not all(words):  # What a record adds cannot be taken away again.
        kept, lost, words = _Kept((), NOTHING), [], []
    there = frozenset(kept.keys)
    missing = [number for number, key in enumerate(keys) if key not in there]
    if kept.keys and not lost and not missing:
        return kept.made.segment(bool(known))
    documents = [(keys[number], document) for number in missing for document in make(number)]
    away = frozenset(lost)
    index, made = kept.made.changed(
        [number for number, key in enumerate(kept.keys) if key in away],
        [one for row in words for one in row],
        [document for _, document in documents],
        known,
    )
    of = {card.id: key for card, key in zip(kept.made.cards, kept.keys, strict=True) if key not in away}
    of |= {document.id: key for key, document in documents}
    del kept
    added: dict[str, list[Words]] = defaultdict(list)
    for (key, _), one in zip(documents, made, strict=True):
        added[key].append(one)
    shares.change(lost, added)
    _write(folder / "index", common, _Kept([of[card.id] for card in index.cards], index))
    return index.segment(bool(known))


class _Shares:
    """The words of records by key, in files of which each is read and written only where it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[int, dict[str, list[list[str]]]] = {}

    def words(self, key: str) -> list[Words]:
        """Those of all texts of a record; none where they are lost."""
        return [Words(*row) for row in self._share(_share_of(key)).get(key, ())]

    def change(self, gone: Iterable[str], added: Mapping[str, Sequence[Words]]) -> None:
        changed = set()
        for key in gone:
            changed.add(_share_of(key))
            self._share(_share_of(key)).pop(key, None)
        for key, words in added.items():
            changed.add(_share_of(key))
            self._share(_share_of(key))[key] = [list(one) for one in words]
        for number in changed:
            _put(self._folder / str(number), [orjson.dumps(self._read[number])])

    def _share(self, number: int) -> dict[str, list[list[str]]]:
        if number not in self._read:
            try:
                self._read[number] = orjson.loads(_got(self._folder / str(number)))
            except (OSError, ValueError):
                self._read[number] = {}
        return self._read[number]


def _share_of(key: str) -> int:
    return zlib.crc32(key.encode()) % SHARES


# --- the index ----------------------------------------------------------------------------------------


def _read(path: Path, common: str) -> _Kept | None:
    try:
        head, rest = _parted(_got(path))
        told: dict[str, Any] = orjson.loads(head)
        if told["common"] != common:
            return None
        blobs = _blobs(rest, [size for row in told["sizes"].values() for size in row])
        arrays = {
            name: np.frombuffer(next(blobs), kind) for name, kind in zip(_ARRAYS, told["kinds"], strict=True)
        }
        folders = {
            name: Shards(width, order, firsts, sizes, [bytes(next(blobs)) for _ in sizes])
            for name, (width, order, firsts, sizes) in told["folders"].items()
        }
        texts = {name: (digest, bytes(next(blobs))) for name, digest in told["texts"].items()}
        phrases = Phrases(told["records"], *told["phrases"])
        cards = [Card(*row) for row in told["cards"]]
        packed = Packed(told["records"], folders)
        return _Kept(told["keys"], Index(cards, TermLists(**arrays), packed, phrases, texts))
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return None


def _parted(raw: memoryview) -> tuple[memoryview, memoryview]:
    size = int.from_bytes(raw[:4], "big")
    return raw[4 : 4 + size], raw[4 + size :]


def _blobs(rest: memoryview, sizes: Sequence[int]) -> Iterator[memoryview]:
    for start, end in pairwise(accumulate(sizes, initial=0)):
        if end > len(rest):
            raise ValueError("the file ends too early")
        yield rest[start:end]


def _write(path: Path, common: str, kept: _Kept) -> None:
    index = kept.made
    arrays = [getattr(index.lists, name) for name in _ARRAYS]
    blobs = {
        "arrays": [array.tobytes() for array in arrays],
        "shards": [data for shards in index.packed.folders.values() for data in shards.files],
        "texts": [data for _, data in index.texts.values()],
    }
    head = {
        "common": common,
        "keys": kept.keys,
        "cards": [*map(tuple, index.cards)],
        "records": index.packed.records,
        "kinds": [array.dtype.str for array in arrays],
        "folders": {name: tuple(shards[:-1]) for name, shards in index.packed.folders.items()},
        "texts": {name: digest for name, (digest, _) in index.texts.items()},
        "phrases": [index.phrases.words, index.phrases.titled, index.phrases.texts],
        "sizes": {name: [*map(len, row)] for name, row in blobs.items()},
    }
    told = orjson.dumps(head)
    _put(path, [len(told).to_bytes(4, "big"), told, *(data for row in blobs.values() for data in row)])


def _got(path: Path) -> memoryview:
    """What `_put` wrote. Raises ValueError where the file is no longer that."""
    raw = memoryview(path.read_bytes())
    if zlib.crc32(raw[_SUM:]).to_bytes(_SUM, "big") != bytes(raw[:_SUM]):
        raise ValueError(f"{path} was damaged")
    return raw[_SUM:]


def _put(path: Path, parts: Sequence[bytes]) -> None:
    sum_ = 0
    for part in parts:
        sum_ = zlib.crc32(part, sum_)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("wb") as file:
            file.write(sum_.to_bytes(_SUM, "big"))
            file.writelines(parts)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
