"""The terms of some records, by hash, each with the records that have it; and how they follow a change.

`changed` gives, of some terms that were kept, those of other records, without a look at most of them: the
same as if all had been put in order anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from site_builder.search.grades import PLACES, Grades
from site_builder.search.rows import Entries
from site_builder.search.terms import HEAD, TITLE

Int = npt.NDArray[np.int64]
UInt = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.unsignedinteger]


@dataclass(frozen=True)
class TermLists:
    """Term i, of the i-th lowest hash, has counts[i] postings, which lie one after another."""

    record: Numbers
    """Of each posting, rising within a term; as short as the number of records allows."""
    grade: Grades
    hash: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.uint32]
    titled: npt.NDArray[np.uint32]
    """In how many titles the term is."""
    headed: npt.NDArray[np.uint32]
    """In how many titles, leads or beginnings."""

    @cached_property
    def starts(self) -> Int:
        counts = self.counts.astype(np.int64)
        found: Int = np.cumsum(counts) - counts
        return found

    def at(self, chosen: Int) -> Int:
        """Where the postings of the chosen terms lie."""
        return spread(self.starts[chosen], self.counts[chosen].astype(np.int64))

    @classmethod
    def of(cls, entries: Entries, records: int) -> TermLists:
        """Of entries in any order, each there once; they are put in order where they are."""
        entries.sort()
        grade = entries.astype(np.uint8)
        entries >>= np.uint64(8)
        record = (entries & np.uint64(0xFFFFFF)).astype(number_type(records))
        entries >>= np.uint64(24)
        first = np.flatnonzero(entries[1:] != entries[:-1]) + 1
        first = np.concatenate([np.zeros(min(1, entries.size), np.int64), first])
        return cls.put_together(
            entries[first].astype(np.uint32), np.diff(np.append(first, entries.size)), record, grade
        )

    @classmethod
    def put_together(
        cls, hashes: npt.NDArray[np.uint32], counts: Int, record: Numbers, grade: Grades
    ) -> TermLists:
        starts = np.cumsum(counts) - counts
        place = PLACES[grade]
        titled, headed = (
            np.add.reduceat(place >= least, starts, dtype=np.uint32)
            if starts.size
            else np.zeros(0, np.uint32)
            for least in (TITLE, HEAD)
        )
        return cls(record, grade, hashes, counts.astype(np.uint32), titled, headed)

    def changed(
        self, gone: Int, numbers: Int, added: Entries, records: int
    ) -> tuple[TermLists, npt.NDArray[np.uint32]]:
        """Without the records that are `gone`, the others by their new `numbers`, and with what is added; of
        `records` after that. Also gives the hashes of terms of which a posting came, went or changed.

        `numbers` rise as the old ones do. That of a record that is gone is the one under which it is there
        again, most of it as it was; or -1.
        """
        if not self.hash.size:
            found = TermLists.of(added, records)
            return found, found.hash
        lost = np.zeros(numbers.size, np.bool_)
        lost[gone] = True
        left = np.flatnonzero(lost[self.record])
        old = self.hash[np.searchsorted(self.starts, left, side="right") - 1].astype(np.uint64)
        old <<= np.uint64(32)
        old |= (numbers[self.record[left]] & 0xFFFFFF).astype(np.uint64) << np.uint64(8) | self.grade[left]
        new = np.sort(added)
        other = ~np.isin(old, new)
        new = new[~np.isin(new, old)]
        found = self._without(left[other], old[other])._with(numbers, new, records)
        return found, np.unique(np.concatenate([old[other], new]) >> np.uint64(32)).astype(np.uint32)

    def _without(self, places: Int, entries: Entries) -> TermLists:
        """Without the postings at these places, of which these are the terms and grades. Terms without
        postings stay."""
        counts = self._counted(np.searchsorted(self.hash, _hashes(entries)), entries, -1)
        return TermLists(np.delete(self.record, places), np.delete(self.grade, places), self.hash, *counts)

    def _with(self, numbers: Int, entries: Entries, records: int) -> TermLists:
        """With other entries, in order, and the records by other numbers. Terms without postings go."""
        kind = number_type(records)
        still = np.array_equal(numbers, np.arange(numbers.size))
        record = (self.record if still else numbers[self.record]).astype(kind, copy=False)
        hashes = _hashes(entries)
        absent = np.setdiff1d(hashes, self.hash)
        places = np.searchsorted(self.hash, absent)
        wider = (
            np.insert(row, places, value)
            for row, value in ((self.hash, absent), (self.counts, 0), (self.titled, 0), (self.headed, 0))
        )
        lists = TermLists(record, self.grade, *wider)
        term = np.searchsorted(lists.hash, hashes)
        which, local = np.unique(term, return_inverse=True)
        at = lists.at(which)
        known = np.repeat(np.arange(which.size) << 24, lists.counts[which]) | record[at]
        number = (entries >> np.uint64(8) & np.uint64(0xFFFFFF)).astype(np.int64)
        before = np.cumsum(lists.counts[which].astype(np.int64)) - lists.counts[which]
        where = lists.starts[term] + np.searchsorted(known, local << 24 | number) - before[local]
        counts = lists._counted(term, entries, 1)
        there = counts[0] > 0
        return TermLists(
            np.insert(record, where, number.astype(kind)),
            np.insert(self.grade, where, entries.astype(np.uint8)),
            lists.hash[there],
            *(row[there] for row in counts),
        )

    def _counted(self, term: Int, entries: Entries, sign: int) -> list[npt.NDArray[np.uint32]]:
        """The numbers of postings, of those in titles and of those in heads after entries came or went."""
        place = PLACES[entries.astype(np.uint8)]
        rows = ((self.counts, 0), (self.titled, TITLE), (self.headed, HEAD))
        return [
            (row + sign * np.bincount(term[place >= least], minlength=row.size)).astype(np.uint32)
            for row, least in rows
        ]


def _hashes(entries: Entries) -> npt.NDArray[np.uint32]:
    found: npt.NDArray[np.uint32] = (entries >> np.uint64(32)).astype(np.uint32)
    return found


def spread(starts: Int, counts: Int) -> Int:
    """The numbers from each start on, so many."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if ends.size else 0
    found: Int = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return found


def number_type(records: int) -> type[np.unsignedinteger]:
    return np.uint16 if records <= 1 << 16 else np.uint32
