"""Postings as arrays: how the network's index keeps which terms stand in which documents, and where.

A `Field` is the postings of one field over the documents of one segment. It is put together by `Gathered`,
written by `packed`, and read from a file piece by piece by `Kept`: a question reads the postings of its own
terms and nothing else.

In a file the arrays lie one after another as little-endian numbers, each number as short as the greatest one
allows; at the end a directory (JSON) says where each lies, and eight bytes say how long the directory is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

Numbers = npt.NDArray[Any]
"""Of whole numbers, of whatever length they are kept in."""
_END = struct.Struct("<q")
_BETWEEN = "\n"
"""Between terms. No term has it."""
NONE: Numbers = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Field:
    """Term i has the postings starts[i]:starts[i + 1], by document."""

    terms: tuple[str, ...]
    """In the order of their characters."""
    starts: Numbers
    ids: Numbers
    """Of each posting its document."""
    counts: Numbers
    """Of each posting how often the term stands in the document; empty: once in each."""
    positions: Numbers
    """Where, `counts` of them for each posting; empty where nobody asks for phrases."""
    lengths: Numbers
    """Of each document how many terms it has; empty where nothing is scored by it."""


class Gathered:
    """Postings as they come, in the order of documents, until they are put in order."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._parts: list[tuple[Numbers, Numbers, Numbers, Numbers]] = []
        self._lengths: list[Numbers] = []

    def add(
        self,
        names: Sequence[str],
        term: Numbers,
        ids: Numbers,
        counts: Numbers = NONE,
        positions: Numbers = NONE,
        lengths: Numbers = NONE,
    ) -> None:
        """Postings, each of `names[term]` in `ids`. Within one call those of a term are by document, and so
        are calls: a later one has later documents."""
        known = self._numbers
        numbers = np.fromiter((known.setdefault(name, len(known)) for name in names), np.int64, len(names))
        self._parts.append((numbers[term], ids, counts, positions))
        self._lengths.append(lengths)

    @property
    def filled(self) -> bool:
        """Whether there is anything to put in order."""
        return bool(self._parts)

    def field(self) -> Field:
        names = sorted(self._numbers)
        place = np.zeros(len(names), np.int64)
        place[[self._numbers[name] for name in names]] = np.arange(len(names))
        term, ids, counts, positions = (_joined(list(column)) for column in zip(*self._parts, strict=True))
        term = place[term]
        order = np.argsort(term, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(term, minlength=len(names)))])
        if positions.size:
            positions = positions[_spans(_starts(counts)[:-1][order], counts[order])]
        return Field(
            tuple(names), starts, ids[order], counts[order] if counts.size else counts,
            positions, _joined(self._lengths),
        )  # fmt: skip


def _joined(parts: Sequence[Numbers]) -> Numbers:
    found: Numbers = np.concatenate(parts) if parts else NONE
    return found


def _starts(counts: Numbers) -> Numbers:
    found: Numbers = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return found


def _spans(starts: Numbers, counts: Numbers) -> Numbers:
    """start, start + 1, ... `count` numbers of each, one after another."""
    before = np.cumsum(counts, dtype=np.int64) - counts
    found: Numbers = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
    return found


def surviving(field: Kept, into: Numbers) -> tuple[list[str], Numbers, Numbers, Numbers, Numbers, Numbers]:
    """What `Gathered.add` wants of a field of which some documents are gone: `into` says for each document
    which it is now, -1 for none."""
    starts, ids, counts, positions = field.all_postings()
    term = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    now = into[ids]
    left = now >= 0
    if positions.size:
        positions = positions[np.repeat(left, counts)]
    lengths = field.lengths
    names = field.terms
    used, term = np.unique(term[left], return_inverse=True)
    return (
        [names[number] for number in used.tolist()], term, now[left], counts[left] if counts.size else counts,
        positions, lengths[into >= 0] if lengths.size else lengths,
    )  # fmt: skip


# --- in a file ----------------------------------------------------------------------------------------


def packed(fields: Mapping[str, Field]) -> bytes:
    """The file of a segment's fields, by their names; `unpacked` reads it."""
    pieces: list[bytes] = []
    directory: dict[str, dict[str, tuple[int, str, int]]] = {}
    at = 0
    for name, field in fields.items():
        text = _BETWEEN.join(field.terms).encode("utf-8", "surrogatepass")
        bounds = _starts(np.fromiter((_size(term) + 1 for term in field.terms), np.int64, len(field.terms)))
        arrays = {
            "text": np.frombuffer(text, np.uint8),
            "bounds": bounds,
            "starts": field.starts,
            "ids": field.ids,
            "counts": field.counts,
            "lengths": field.lengths,
            "positions": field.positions,
            "places": _starts(field.counts)[field.starts] if field.positions.size else NONE,
        }
        directory[name] = {}
        for kind, array in arrays.items():
            short = np.ascontiguousarray(array, np.min_scalar_type(int(array.max()) if array.size else 0))
            data = short.astype(short.dtype.newbyteorder("<"), copy=False).tobytes()
            directory[name][kind] = (at, short.dtype.newbyteorder("<").str, array.size)
            pieces.append(data)
            at += len(data)
    told = orjson.dumps(directory)
    return b"".join((*pieces, told, _END.pack(len(told))))


def _size(term: str) -> int:
    return len(term.encode("utf-8", "surrogatepass"))


Read = Callable[[int, int], bytes]
"""So many bytes from a place of a file."""


def unpacked(read: Read, length: int) -> dict[str, Kept]:
    """The fields of a file of that length. Raises ValueError if it is not whole."""
    end = length - _END.size
    told = _END.unpack(read(end, _END.size))[0] if end >= 0 else -1
    if not 0 < told <= end:
        raise ValueError("the postings have no directory")
    directory: dict[str, dict[str, tuple[int, str, int]]] = orjson.loads(read(end - told, told))
    return {name: Kept(read, places) for name, places in directory.items()}


class Kept:
    """A field in a file."""

    def __init__(self, read: Read, places: Mapping[str, tuple[int, str, int]]) -> None:
        self._read = read
        self._places = places

    def _array(self, kind: str, first: int = 0, last: int | None = None) -> Numbers:
        at, shape, size = self._places[kind]
        last = size if last is None else last
        if not size or last <= first:
            return NONE
        kept = np.dtype(shape)
        found: Numbers = np.frombuffer(
            self._read(at + first * kept.itemsize, (last - first) * kept.itemsize), kept
        )
        return found

    @cached_property
    def _text(self) -> bytes:
        return self._array("text").tobytes()

    @cached_property
    def _bounds(self) -> Numbers:
        return self._array("bounds")

    @cached_property
    def _starts(self) -> Numbers:
        return self._array("starts")

    @cached_property
    def lengths(self) -> Numbers:
        return self._array("lengths")

    @property
    def terms(self) -> list[str]:
        """All of them, in their order."""
        return self._text.decode("utf-8", "surrogatepass").split(_BETWEEN) if self._bounds.size > 1 else []

    @property
    def frequencies(self) -> Numbers:
        """In how many documents each of `terms` is."""
        found: Numbers = np.diff(self._starts)
        return found

    def place(self, term: str) -> int:
        """The number of the first term that is not before `term`."""
        wanted = term.encode("utf-8", "surrogatepass")
        low, high = 0, max(0, self._bounds.size - 1)
        while low < high:
            middle = (low + high) // 2
            if self._term(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _term(self, number: int) -> bytes:
        # UTF-8 sorts as the characters do.
        return self._text[int(self._bounds[number]) : int(self._bounds[number + 1]) - 1]

    def _span(self, term: str) -> tuple[int, int, int]:
        """The term's number and its postings; -1 and none if no document has it."""
        number = self.place(term)
        if number + 1 >= self._bounds.size or self._term(number) != term.encode("utf-8", "surrogatepass"):
            return -1, 0, 0
        return number, int(self._starts[number]), int(self._starts[number + 1])

    def frequency(self, term: str) -> int:
        _, first, last = self._span(term)
        return last - first

    def documents(self, term: str) -> Numbers:
        _, first, last = self._span(term)
        return self._array("ids", first, last)

    def within(self, first: str, last: str) -> Numbers:
        """The documents that have a term from `first` to `last`."""
        start, end = self.place(first), self.place(last + "\0")
        if end <= start:
            return NONE
        return self._array("ids", int(self._starts[start]), int(self._starts[end]))

    def counted(self, term: str) -> tuple[Numbers, Numbers]:
        """The documents that have a term, and how often."""
        _, first, last = self._span(term)
        counts = self._array("counts", first, last)
        ids = self._array("ids", first, last)
        return ids, counts if counts.size else np.ones(ids.size, np.uint8)

    def places(self, term: str) -> Numbers:
        """Document << 32 | position of each occurrence of a term, ascending."""
        number, first, last = self._span(term)
        if number < 0:
            return np.zeros(0, np.int64)
        start, end = self._array("places", number, number + 2).tolist()
        ids = self._array("ids", first, last).astype(np.int64)
        found: Numbers = np.repeat(ids, self._array("counts", first, last)) << 32
        return found | self._array("positions", start, end)

    def firsts(self, term: str) -> Numbers:
        """The first position of a term in each of its `documents`."""
        number, first, last = self._span(term)
        if number < 0:
            return np.zeros(0, np.int64)
        start, end = self._array("places", number, number + 2).tolist()
        each = _starts(self._array("counts", first, last))[:-1]
        found: Numbers = self._array("positions", start, end)[each]
        return found

    def all_postings(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """starts, ids, counts and positions, as in a Field."""
        return self._starts, self._array("ids"), self._array("counts"), self._array("positions")
