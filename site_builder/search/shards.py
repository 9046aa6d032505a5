"""The terms of an index in shards, a file each: see static_index for what is in them.

A shard is made of the terms whose hashes fall into it, their postings, and a few numbers that hold for a
whole family. Where these are what they were, only shards are made in which a posting is another; the others
are taken as they are.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from site_builder.search import bits, grades
from site_builder.search import terms as term_arrays
from site_builder.search.packing import stepped
from site_builder.search.term_lists import TermLists, spread

SHARD_BYTES = 1455
SELDOM_SHARD_BYTES = 3600
CHARACTER_SHARD_BYTES = 9000
WORD_SHARD_BYTES = 300
POSTINGS_PER_USUAL = 40_000
"""A reader gets the list of usual pairs with the manifest: so few that it is less than what they save."""
FEW = 100
FEW_SHARE = 0.25
"""Of the bytes aimed at otherwise, in a segment of at most FEW records: it is read beside a large one."""
USUAL_SHARE = 0.12
"""A single character in more of the records counts only in titles and leads."""
SPARE_BITS = 10
LEAST_BITS = 20
AT_ONCE = 1 << 19
"""Postings worked on at once, so that little memory is needed."""

FAMILIES = (
    ("s", SHARD_BYTES), ("t", SELDOM_SHARD_BYTES), ("c", CHARACTER_SHARD_BYTES), ("w", WORD_SHARD_BYTES),
)  # fmt: skip
"""Folder of the shards and bytes aimed at, by the number of the family in terms.py."""
USUAL = "u"

Int = npt.NDArray[np.int64]
UInt = npt.NDArray[np.uint64]
Hashes = npt.NDArray[np.uint32]


class Shards(NamedTuple):
    """The shards of one folder."""

    bits: int
    """Of each hash that count."""
    order: int
    """Of the distances between hashes."""
    firsts: Sequence[int]
    """Of usual pairs what their hashes begin with, else empty."""
    sizes: Sequence[int]
    """Bits of the terms of each shard."""
    files: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Packed:
    """The shards of all terms of some records."""

    records: int
    folders: Mapping[str, Shards]

    def files(self) -> dict[str, bytes]:
        """By path below the version of a segment."""
        return {
            f"{folder}/{number}.bin": data
            for folder, shards in self.folders.items()
            for number, data in enumerate(shards.files)
        }

    def told(self) -> dict[str, object]:
        """What a manifest says of them."""
        found: dict[str, object] = {}
        usual = self.folders.get(USUAL)
        if usual:
            row = [len(usual.firsts), usual.bits, usual.order, usual_bits(len(usual.firsts))]
            found["usual"] = [*row, _base64(np.array(usual.firsts))]
        rows = (self.folders[folder] for folder, _ in FAMILIES)
        found["shards"] = [[len(shards.files), shards.bits, shards.order] for shards in rows]
        return found


def packed(
    lists: TermLists, records: int, before: Packed | None = None, changed: Hashes | None = None
) -> Packed:
    """All shards. `before`: those of other records, of which the terms of only these hashes are `changed`."""
    family = term_arrays.families(lists.hash.astype(np.uint64))
    known: Mapping[str, Shards] = {}
    touched = lists.hash[:0]
    if before is not None and changed is not None:
        known, touched = before.folders, changed
    of_touched = term_arrays.families(touched.astype(np.uint64))
    folders: dict[str, Shards] = {}
    for number, (folder, aim) in enumerate(FAMILIES):
        chosen = np.flatnonzero(family == number)
        here = touched[of_touched == number]
        old = known.get(folder)
        terms = _Terms(lists, chosen, records)
        if number == term_arrays.SINGLES:
            usual = _usual(lists, chosen, records)
            terms = _Terms(lists, chosen, records, usual)
            if before is not None:
                other = usual != _usual(lists, chosen, before.records)
                here = np.concatenate([here, lists.hash[chosen[other]]])
        if number == term_arrays.PAIRS:
            firsts = _usual_firsts(lists, chosen)
            many = usual_bits(firsts.size)
            apart = np.isin(lists.hash[chosen] >> np.uint32(32 - many), firsts)
            if firsts.size:
                here = np.concatenate([here, _moved(lists.hash[chosen], apart, known.get(USUAL))])
                terms = _Terms(lists, chosen[apart], records)
                more = np.concatenate([here, terms.otherwise(before)])
                folders[USUAL] = _of_usual(terms, firsts, known.get(USUAL), more)
                terms = _Terms(lists, chosen[~apart], records)
            elif USUAL in known:
                old = None
        here = np.concatenate([here, terms.otherwise(before)])
        folders[folder] = _of_family(terms, aim * FEW_SHARE if records <= FEW else aim, old, here)
    return Packed(records, folders)


def usual_bits(count: int) -> int:
    """Of a hash, in a list of so many usual pairs."""
    return min(31, count.bit_length() + SPARE_BITS)


def _usual(lists: TermLists, chosen: Int, records: int) -> npt.NDArray[np.bool_]:
    """Characters that most records have: nothing is told by 的 in a text, so only titles and leads count."""
    found: npt.NDArray[np.bool_] = lists.counts[chosen] > USUAL_SHARE * records
    return found


def _usual_firsts(lists: TermLists, pairs: Int) -> Int:
    """How the hashes of usual pairs begin. What stands in most titles is asked for most, and what has most
    postings is a burden where it stands beside others."""
    counts = lists.counts[pairs].astype(np.int64)
    number = int(counts.sum()) // POSTINGS_PER_USUAL
    if not number:
        return pairs[:0]
    worth = lists.titled[pairs] * counts
    best = np.argsort(-worth, kind="stable")[:number]
    found: Int = np.unique(lists.hash[pairs[best]] >> np.uint32(32 - usual_bits(number))).astype(np.int64)
    return found


def _moved(hashes: Hashes, apart: npt.NDArray[np.bool_], before: Shards | None) -> Hashes:
    """The pairs that are usual now and were not, or the other way round."""
    if before is None:
        return hashes[apart]
    many = usual_bits(len(before.firsts))
    were = np.isin(hashes >> np.uint32(32 - many), np.array(before.firsts))
    found: Hashes = hashes[were != apart]
    return found


class _Terms:
    """Some terms of all, and as how many bits of their hashes they are known."""

    def __init__(
        self,
        lists: TermLists,
        chosen: Int,
        records: int,
        heads_only: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """`heads_only`: the terms of which what stands in bodies is left out."""
        self.records = records
        self._lists = lists
        counts = lists.counts[chosen].astype(np.int64)
        if heads_only is not None:
            counts = np.where(heads_only, lists.headed[chosen], counts)
            chosen, counts, heads_only = chosen[counts > 0], counts[counts > 0], heads_only[counts > 0]
        self._heads_only = heads_only
        self._chosen, self._counts = chosen, counts
        self.bits = min(31, max(SPARE_BITS + chosen.size.bit_length(), LEAST_BITS))
        self.order = self.bits - chosen.size.bit_length()
        self.heads = (lists.hash[chosen] >> np.uint32(32 - self.bits)).astype(np.int64)
        """Of each term, rising; two may be the same."""

    def otherwise(self, before: Packed | None) -> Hashes:
        """Of the terms those that are written otherwise because there are more records now, or fewer."""
        if before is None or before.records == self.records:
            return self._lists.hash[:0]
        other = bits.orders(before.records, self._counts) != bits.orders(self.records, self._counts)
        # Two terms that have become one have as many postings as both together: they are few.
        same = np.flatnonzero(self.heads[1:] == self.heads[:-1])
        other[same] = other[same + 1] = True
        found: Hashes = self._lists.hash[self._chosen[other]]
        return found

    def parts(self, shard: Int, number: int, wanted: Int) -> Iterator[tuple[Int, _Coded]]:
        """The terms of the `wanted` shards, several shards at once. `shard`: of each term its own."""
        borders = np.searchsorted(shard, np.arange(number + 1))
        sizes = np.append(0, np.cumsum(self._counts))[borders]
        start = 0
        while start < wanted.size:
            many = np.cumsum(sizes[wanted[start:] + 1] - sizes[wanted[start:]])
            end = start + max(1, int(np.searchsorted(many, AT_ONCE)))
            some = wanted[start:end]
            which = spread(borders[some], borders[some + 1] - borders[some])
            yield some, self._coded(which, shard)
            start = end

    def sizes(self, coded: _Coded, shards: Int) -> Int:
        """Bits of these shards, by which their number is chosen."""
        place = np.searchsorted(shards, coded.shard)
        found = np.bincount(place, coded.sizes + self.order + 6, shards.size)
        return found.astype(np.int64)

    def _coded(self, which: Int, shard: Int) -> _Coded:
        lists, chosen = self._lists, self._chosen[which]
        at = lists.at(chosen)
        record, grade = lists.record[at].astype(np.int64), lists.grade[at]
        heads, counts, of = self.heads[which], self._counts[which], shard[which]
        if self._heads_only is not None:
            usual = np.repeat(self._heads_only[which], lists.counts[chosen])
            there = ~usual | (grades.PLACES[grade] > term_arrays.BODY)
            record, grade = record[there], grade[there]
        first = np.diff(heads, prepend=-1) != 0
        if not first.all():  # Two terms have become one: what says more counts.
            key = np.repeat(heads, counts) << 24 | record
            order = np.lexsort([grades.better(grade), key])
            last = np.append(np.diff(key[order]) > 0, True)
            record, grade = record[order][last], grade[order][last]
            key = key[order][last]
            heads, of = heads[first], of[first]
            counts = np.diff(np.append(np.searchsorted(key >> 24, heads), key.size))
        return _Coded.of(heads, counts, of, record, grade, self.records)


class _Coded(NamedTuple):
    """Terms and their postings as they are written."""

    heads: Int
    counts: Int
    shard: Int
    choices: Int
    codes: UInt
    lengths: Int
    sizes: Int
    """Bits of the postings of each term."""

    @classmethod
    def of(
        cls, heads: Int, counts: Int, shard: Int, record: Int, grade: grades.Grades, records: int
    ) -> _Coded:
        starts = np.cumsum(counts) - counts
        previous = np.empty_like(record)
        previous[1:] = record[:-1]
        previous[starts] = -1
        order = np.repeat(bits.orders(records, counts), counts)
        code, length = bits.codes(record - previous - 1, order, grades.PLAIN)
        choices = grades.codes_of(grade, starts)
        row = np.repeat(choices * grades.MANY, counts) + grade
        more = grades.LENGTHS.reshape(-1)[row]
        code = code << more.astype(np.uint64) | grades.WRITTEN.reshape(-1)[row]
        length += more
        sizes = np.add.reduceat(length, starts) if starts.size else counts
        return cls(heads, counts, shard, choices, code, length, sizes)

    def written(self, shards: Int, lows: Int, order: int) -> list[bytes]:
        """The files of these shards, whose lowest hashes are `lows`."""
        place = np.searchsorted(shards, self.shard)
        terms = np.bincount(place, minlength=shards.size)
        begins = np.flatnonzero(np.diff(place, prepend=-1))
        gaps = np.diff(self.heads, prepend=0)
        gaps[begins] = self.heads[begins] - lows[place[begins]]
        gap, number = bits.codes(gaps, order), bits.codes(self.counts - 1, 0)
        chosen = bits.codes(self.choices, 0, grades.PLAIN)
        # What is written, one after another: of a shard the number of its terms, of a term two numbers and
        # its postings. The second is two in one.
        postings = np.cumsum(self.counts) - self.counts
        first = place + 1 + 2 * np.arange(place.size) + postings
        ahead = np.cumsum(terms) - terms
        sums = np.append(0, np.cumsum(self.counts))
        heads = np.arange(shards.size) + 2 * ahead + sums[ahead]
        code = np.zeros(shards.size + 2 * place.size + self.codes.size, np.uint64)
        length = np.zeros(code.size, np.int64)
        of_postings = np.ones(code.size, np.bool_)
        of_postings[heads] = of_postings[first] = of_postings[first + 1] = False
        code[of_postings], length[of_postings] = self.codes, self.lengths
        code[heads], length[heads] = bits.codes(terms, 6)
        code[first], length[first] = gap
        code[first + 1] = number[0] << chosen[1].astype(np.uint64) | chosen[0]
        length[first + 1] = number[1] + chosen[1]
        # Each shard begins with a whole word of 32 bits.
        many = np.diff(np.append(heads, code.size))
        size = np.add.reduceat(length, heads)
        words = -(-size // 32)
        begin = np.cumsum(words) - words
        ends = np.cumsum(length) + np.repeat(32 * begin - (np.cumsum(size) - size), many)
        raw = bits.pack(code, ends)
        sizes = -(-size // 8)
        return [raw[4 * at : 4 * at + size] for at, size in zip(begin.tolist(), sizes.tolist(), strict=True)]


def _of_family(terms: _Terms, aim: float, before: Shards | None, changed: Hashes) -> Shards:
    """All terms in shards of about `aim` bytes."""
    if before is not None and (before.bits, before.order) == (terms.bits, terms.order):
        number = len(before.files)
        heads = (changed >> np.uint32(32 - terms.bits)).astype(np.int64)
        files, sizes = list(before.files), list(before.sizes)
        _make(terms, number, np.unique((heads * number) >> terms.bits), files, sizes)
        if _number(sum(sizes), aim) == number:
            return Shards(terms.bits, terms.order, (), sizes, files)
    # How many shards there are can be told when it is known how long all is.
    number = max(1, terms.heads.size // 256)
    shard = (terms.heads * number) >> terms.bits
    size = sum(
        int(terms.sizes(coded, some).sum()) for some, coded in terms.parts(shard, number, np.arange(number))
    )
    number = _number(size, aim)
    files, sizes = [b""] * number, [0] * number
    _make(terms, number, np.arange(number), files, sizes)
    return Shards(terms.bits, terms.order, (), sizes, files)


def _make(terms: _Terms, number: int, wanted: Int, files: list[bytes], sizes: list[int]) -> None:
    """Put the `wanted` of this number of shards in their places."""
    shard = (terms.heads * number) >> terms.bits
    for some, coded in terms.parts(shard, number, wanted):
        lows = -(-(some << terms.bits) // number)
        _put(terms, some, coded, lows, files, sizes)


def _put(terms: _Terms, some: Int, coded: _Coded, lows: Int, files: list[bytes], sizes: list[int]) -> None:
    many = terms.sizes(coded, some)
    for place, size, data in zip(
        some.tolist(), many.tolist(), coded.written(some, lows, terms.order), strict=True
    ):
        files[place], sizes[place] = data, size


def _of_usual(terms: _Terms, firsts: Int, before: Shards | None, changed: Hashes) -> Shards:
    """The terms whose hashes begin with each of these numbers, a file each; there are no others."""
    many = usual_bits(firsts.size)
    shard = np.searchsorted(firsts, terms.heads >> (terms.bits - many))
    files, sizes = [b""] * firsts.size, [0] * firsts.size
    wanted = np.ones(firsts.size, np.bool_)
    if before is not None and (before.bits, before.order, usual_bits(len(before.firsts))) == (
        terms.bits, terms.order, many,
    ):  # fmt: skip
        known = dict(zip(before.firsts, zip(before.files, before.sizes, strict=True), strict=True))
        touched = {*(changed >> np.uint32(32 - many)).tolist()}
        for place, first in enumerate(firsts.tolist()):
            if first in known and first not in touched:
                files[place], sizes[place] = known[first]
                wanted[place] = False
    for some, coded in terms.parts(shard, firsts.size, np.flatnonzero(wanted)):
        _put(terms, some, coded, np.zeros(some.size, np.int64), files, sizes)
    return Shards(terms.bits, terms.order, firsts.tolist(), sizes, files)


def _base64(firsts: Int) -> str:
    code, length = bits.codes(np.diff(firsts, prepend=0), SPARE_BITS)
    ends = np.cumsum(length)
    return base64.b64encode(bits.pack(code, ends)[: -(-int(ends[-1]) // 8)]).decode()


def _number(size: int, aim: float) -> int:
    """Of shards, for so many bits."""
    return stepped(max(1, math.ceil(size / 8 / aim)))
