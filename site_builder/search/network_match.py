"""Which documents of the network's index match, and how well: over the arrays of a segment at a time.

Each required unit of a query must be covered by one of its terms in a title or in the text, as in the
readers' search; a phrase by its pairs one after another. Terms weigh as in BM25F (Robertson, Zaragoza 2009).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.reading import IndexReader

from site_builder import cutting
from site_builder.search import ranking
from site_builder.search.analysis import Query, QueryRun
from site_builder.search.network_arrays import Kept, Numbers
from site_builder.search.network_codec import field_of
from site_builder.search.network_schema import COUNTED, TEXTS, WORDS

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

BOOSTS: Mapping[str, float] = {"title": 4.0, "body": 1.0, WORDS: 1.0}
WORD_BOOST = 0.5
"""What a pair that is a word of the dictionary adds."""
_K1, _B = 1.2, 0.75


class Leaf:
    """One segment."""

    def __init__(self, reader: IndexReader, base: int) -> None:
        self.reader = reader
        self.base = base
        """The number of its first document in the whole index."""
        self.size = reader.doc_count_all()
        self._fields: dict[str, Kept] = {}
        self._columns: dict[str, Any] = {}

    def field(self, name: str) -> Kept:
        if name not in self._fields:
            self._fields[name] = field_of(self.reader, name)
        return self._fields[name]

    def column(self, name: str, document: int) -> bytes:
        if name not in self._columns:
            self._columns[name] = self.reader.column_reader(name, translate=False)
        return bytes(self._columns[name][document])

    def mask(self, *found: Numbers) -> Mask:
        """Those documents."""
        made = np.zeros(self.size, np.bool_)
        for ids in found:
            made[ids] = True
        return made

    @cached_property
    def living(self) -> Mask:
        made = np.ones(self.size, np.bool_)
        if self.reader.has_deletions():
            made[:] = False
            made[np.fromiter(self.reader.all_doc_ids(), np.int64)] = True
        return made

    @cached_property
    def days(self) -> npt.NDArray[np.int64]:
        """Of each document its date as a number: 20250408."""
        days = np.zeros(self.size, np.int64)
        for date, ids in self.by_value("date"):
            days[ids] = int(date.replace("-", "")) if date else 0
        return days

    @cached_property
    def priors(self) -> Scores:
        """What kind and state of each document are worth (`ranking.prior`)."""
        priors = np.zeros(self.size)
        for kind, ids in self.by_value("kind"):
            priors[ids] = ranking.prior(kind, "")
        for state, ids in self.by_value("state"):
            if state in ranking.STATES:
                priors[ids] = ranking.prior("", state)
        return priors

    def by_value(self, name: str) -> Iterator[tuple[str, Numbers]]:
        """Each value of a field and the documents that have it."""
        field = self.field(name)
        starts, ids, _, _ = field.all_postings()
        for number, value in enumerate(field.terms):
            yield value, ids[starts[number] : starts[number + 1]]

    def values(self, name: str) -> list[str]:
        """Of each document its value, where each has one."""
        found = [""] * self.size
        for value, ids in self.by_value(name):
            for number in ids.tolist():
                found[number] = value
        return found

    def phrase(self, name: str, pairs: Sequence[str]) -> Numbers:
        """The documents in which these terms stand one after another."""
        field = self.field(name)
        found = field.places(pairs[0])
        for distance, pair in enumerate(pairs[1:], 1):
            if found.size:
                found = found[_among(found + distance, field.places(pair))]
        documents: Numbers = np.unique(found >> 32)
        return documents

    def holds(self, run: QueryRun, names: Iterable[str]) -> dict[str, Numbers]:
        """By field the documents in which a phrase stands."""
        return {name: self.phrase(name, pairs_of(run)) for name in names}


def pairs_of(run: QueryRun) -> list[str]:
    """The pairs of a phrase. A number stands in a pair too: by itself it has no place in the row."""
    return [term for term, first, last in run.terms if last > first] or [run.units[0]]


def _among(wanted: Numbers, ascending: Numbers) -> Mask:
    if not ascending.size:
        return np.zeros(wanted.size, np.bool_)
    place = np.minimum(np.searchsorted(ascending, wanted), ascending.size - 1)
    found: Mask = ascending[place] == wanted
    return found


class Corpus:
    """All segments of one commit."""

    def __init__(self, reader: IndexReader) -> None:
        leaves = (Leaf(leaf, base) for leaf, base in reader.leaf_readers())
        self.leaves = tuple(leaf for leaf in leaves if leaf.size)
        self.size = sum(leaf.size for leaf in self.leaves)

    def frequency(self, name: str, term: str) -> int:
        """In how many documents a term is, those that are gone since included."""
        return sum(leaf.field(name).frequency(term) for leaf in self.leaves)

    @cached_property
    def lengths(self) -> Mapping[str, float]:
        """The mean number of terms in each field."""
        total = dict.fromkeys(BOOSTS, 0)
        for leaf in self.leaves:
            for name in BOOSTS:
                total[name] += int(leaf.field(name).lengths.sum())
        return {name: max(1.0, sum_ / max(1, self.size)) for name, sum_ in total.items()}


@dataclass(frozen=True, slots=True)
class Matches:
    """The documents of one segment that answer a query."""

    leaf: Leaf
    whole: Mask
    """Those that match all of it."""
    near: Mask
    """Those that cover the share `ranking.PARTIAL` of its required units, and all phrases."""
    share: Scores
    title: Scores
    """The share of the required units that each document covers, and covers in its titles."""


def matches(leaf: Leaf, query: Query, scope: Mask, *, title: bool) -> Matches:
    """`scope`: the documents looked at. `title`: look in titles only."""
    names = TEXTS[:1] if title else TEXTS
    units, titled = np.zeros(leaf.size, np.int64), np.zeros(leaf.size, np.int64)
    held = scope & leaf.living
    required = 0
    for run in query.runs:
        if run.exact:
            found = leaf.holds(run, names)
            here = leaf.mask(*found.values())
            held &= here
            size = sum(run.required)
            units += size * here
            titled += size * leaf.mask(found["title"])
            required += size
            continue
        asked = {term: {name: leaf.field(name).documents(term) for name in names} for term, _, _ in run.terms}
        for position, needed in enumerate(run.required):
            if needed:
                around = [asked[term] for term, first, last in run.terms if first <= position <= last]
                in_title = leaf.mask(*(documents["title"] for documents in around))
                titled += in_title
                units += in_title | leaf.mask(*(documents[names[-1]] for documents in around))
                required += 1
    for run in query.minus:
        held &= ~leaf.mask(*leaf.holds(run, TEXTS).values())
    share = units / max(1, required)
    near = held & (share >= ranking.PARTIAL) & (units > 0)
    return Matches(leaf, held & (units == required), near, share, titled / max(1, required))


def relevance(corpus: Corpus, leaf: Leaf, query: Query, *, whole: bool, title: bool) -> Scores:
    """How well each document of a segment answers; with `whole`, for those that match all of the query."""
    scores = np.zeros(leaf.size)
    names = TEXTS[:1] if title else TEXTS
    for run in query.runs:
        if run.exact:
            for name, documents in leaf.holds(run, names).items():
                counted = np.zeros(leaf.size)
                for pair in pairs_of(run):
                    _add(counted, corpus, leaf, name, pair, 1.0)
                scores[documents] += counted[documents]
            continue
        for term, first, last in run.terms:
            # As often as it covers a required unit.
            times = sum(run.required[first : last + 1]) if whole else 1
            for name in names if times else ():
                _add(scores, corpus, leaf, name, term, times)
    for run in query.runs:
        for word in cutting.cut("".join(run.units)):
            if len(word) == 2:
                _add(scores, corpus, leaf, "body", word, WORD_BOOST)
            elif len(word) > 2:
                _add(scores, corpus, leaf, WORDS, word, 1.0)
    return scores


def _add(scores: Scores, corpus: Corpus, leaf: Leaf, name: str, term: str, times: float) -> None:
    ids, counts = leaf.field(name).counted(term)
    if ids.size:
        weight = math.log(corpus.size / (corpus.frequency(name, term) + 1)) + 1
        length = leaf.field(name).lengths[ids] / corpus.lengths[name]
        scores[ids] += (
            times * BOOSTS[name] * weight * counts * (_K1 + 1) / (counts + _K1 * (1 - _B + _B * length))
        )


def facets(chosen: Iterable[tuple[Leaf, Mask]]) -> dict[str, dict[str, int]]:
    """For each of COUNTED its values, and how many of the chosen documents have each."""
    counts: dict[str, dict[str, int]] = {name: {} for name in COUNTED}
    for leaf, mask in chosen:
        for name, known in counts.items():
            field = leaf.field(name)
            starts, ids, _, _ = field.all_postings()
            if not ids.size:
                continue
            found = np.add.reduceat(mask[ids].astype(np.int64), starts[:-1].astype(np.int64))
            terms = field.terms
            for number in np.flatnonzero(found).tolist():
                known[terms[number]] = known.get(terms[number], 0) + int(found[number])
    return counts
