"""What an index needs of each record, in a form that can be kept, taken out and put in: no text, only arrays.

To analyse a record costs nearly all that an index of it costs; to put together what was analysed before is
copying and one sort of plain numbers. So where one record of ten thousand changed, one is analysed, and the
postings are those of an analysis of all at once (`terms.postings`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from site_builder.search import terms
from site_builder.search.documents import SearchDocument
from site_builder.search.synonyms import Synonyms
from site_builder.search.terms import Postings

BATCH = 256
"""Records analysed at once: arrays that fit a processor's cache are worked through faster."""
SHOWN = 400
"""Characters of a text that may be shown of it in results."""

Int = npt.NDArray[np.int64]
Analyse = Callable[[Sequence[SearchDocument], Synonyms], Postings]

_OF_RECORDS = ("length", "counts", "pair_counts")
_OF_TERMS = ("terms", "frequency", "place")
_OF_PAIRS = ("pairs", "often")
ARRAYS: Mapping[str, type[np.generic]] = {
    "length": np.int64,
    "counts": np.int64,
    "pair_counts": np.int64,
    "terms": np.uint32,
    "frequency": np.uint32,
    "place": np.int8,
    "pairs": np.uint32,
    "often": np.uint32,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Some records, and the arrays of all of them, one record after another."""

    documents: Sequence[SearchDocument]
    """Of their texts no more than may be shown."""
    titles: Sequence[str]
    longer: Sequence[tuple[str, ...]]
    """Both as in Postings."""
    length: Int
    """Units of each record."""
    counts: Int
    """How many terms each record has."""
    terms: npt.NDArray[np.uint32]
    """Hashes, rising within a record."""
    frequency: npt.NDArray[np.uint32]
    """Of each term in its record, in parts of terms.SCALE."""
    place: npt.NDArray[np.int8]
    pair_counts: Int
    """How many words of two Han characters each record has."""
    pairs: npt.NDArray[np.uint32]
    """first << 16 | second, rising within a record."""
    often: npt.NDArray[np.uint32]
    """How often each of them stands in its record."""

    def ordered(self, order: Sequence[int]) -> Rows:
        """The records at these places, in this order; others are left out."""
        if list(order) == [*range(len(self.documents))]:
            return self
        chosen = np.asarray(order, np.int64)
        of_terms = _spread(self.counts, chosen)
        of_pairs = _spread(self.pair_counts, chosen)
        return Rows(
            [self.documents[place] for place in order],
            [self.titles[place] for place in order],
            [self.longer[place] for place in order],
            **{name: getattr(self, name)[chosen] for name in _OF_RECORDS},
            **{name: getattr(self, name)[of_terms] for name in _OF_TERMS},
            **{name: getattr(self, name)[of_pairs] for name in _OF_PAIRS},
        )

    def postings(self) -> Postings:
        """Those of all records, numbered in their order."""
        packed = self.terms.astype(np.uint64)
        packed <<= np.uint64(32)
        packed |= np.arange(packed.size, dtype=np.uint64)
        packed.sort()
        at = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
        packed >>= np.uint64(32)
        numbers = np.arange(len(self.documents))
        pairs = np.repeat(numbers.astype(np.uint64) << np.uint64(32), self.pair_counts)
        return Postings(
            hash=packed,
            record=np.repeat(numbers, self.counts)[at],
            frequency=self.frequency[at] / terms.SCALE,
            place=self.place[at],
            length=self.length,
            characters=_han(packed),
            pairs=pairs | self.pairs,
            pair_counts=self.often.astype(np.int64),
            longer=tuple(self.longer),
            titles=tuple(self.titles),
        )


def _spread(counts: Int, chosen: Int) -> Int:
    """Where in an array lies what belongs to the chosen records, which have `counts` of it each."""
    starts = np.cumsum(counts) - counts
    many = counts[chosen]
    ends = np.cumsum(many)
    total = int(ends[-1]) if ends.size else 0
    places: Int = np.arange(total) + np.repeat(starts[chosen] - (ends - many), many)
    return places


def _han(hashes: npt.NDArray[np.uint64]) -> frozenset[str]:
    """The Han characters of all texts: each is a term by itself, and its hash is exact."""
    first = np.concatenate([np.ones(min(1, hashes.size), np.bool_), hashes[1:] != hashes[:-1]])
    values = terms.unmixed(hashes[first])
    single = (values < np.uint64(1 << 31)) & (values & np.uint64(0x7FFF) == np.uint64(terms.ALONE))
    return frozenset(map(chr, ((values[single] >> np.uint64(15)) + np.uint64(terms.HAN_FIRST)).tolist()))


def joined(parts: Sequence[Rows]) -> Rows:
    """All records of several, one after another."""
    if len(parts) == 1:
        return parts[0]
    return Rows(
        [*chain.from_iterable(part.documents for part in parts)],
        [*chain.from_iterable(part.titles for part in parts)],
        [*chain.from_iterable(part.longer for part in parts)],
        **{
            name: np.concatenate([np.zeros(0, kind), *(getattr(part, name) for part in parts)])
            for name, kind in ARRAYS.items()
        },
    )


def rows_of(documents: Sequence[SearchDocument], synonyms: Synonyms | None = None) -> Rows:
    """Analyse records, in their order."""
    batches = (documents[start : start + BATCH] for start in range(0, len(documents), BATCH))
    return joined([_rows_of(batch, synonyms) for batch in batches])


def analysed(documents: Sequence[SearchDocument], synonyms: Synonyms) -> Postings:
    """What `terms.postings` gives, in less time and memory where there are many."""
    if len(documents) <= BATCH:
        return terms.postings(documents, synonyms)
    return rows_of(documents, synonyms).postings()


def _rows_of(documents: Sequence[SearchDocument], synonyms: Synonyms | None) -> Rows:
    found = terms.postings(documents, synonyms)
    order = np.argsort(found.record.astype(np.uint16), kind="stable")
    pairs_in = (found.pairs >> np.uint64(32)).astype(np.int64)
    return Rows(
        documents=[replace(document, text=document.text[:SHOWN], state="") for document in documents],
        titles=found.titles,
        longer=found.longer,
        length=found.length,
        counts=np.bincount(found.record, minlength=len(documents)),
        terms=found.hash[order].astype(np.uint32),
        frequency=np.rint(found.frequency[order] * terms.SCALE).astype(np.uint32),
        place=found.place[order],
        pair_counts=np.bincount(pairs_in, minlength=len(documents)),
        pairs=found.pairs.astype(np.uint32),
        often=found.pair_counts.astype(np.uint32),
    )
