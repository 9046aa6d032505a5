"""Which documents of the network's index match, and how well: over the arrays of a segment at a time.

Each required unit of a query must be covered by one of its terms in a title or in the text, as in the
readers' search; a phrase by its pairs one after another.
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

from site_builder.search import ranking
from site_builder.search.analysis import Query, QueryRun, is_sign
from site_builder.search.network_arrays import Kept, Numbers
from site_builder.search.network_codec import field_of
from site_builder.search.network_schema import COUNTED, TEXTS, WORDS

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

_WEIGHTS = (3.0, 1.5)
"""How often an occurrence in a title counts, and one in the opening."""
OPENING = 160
"""Terms at the beginning of labels, summary and text that say what a record is about."""
PART = 0.25
"""How much an occurrence counts where a pair is part of a longer word."""
_K1, _B = 1.2, 0.5
_LIMITS = np.array([0.35, 0.53, 0.7])
_FACTORS = np.array([0.2, 0.45, 0.65, 0.85])
"""Of four steps, as in the readers' index: so that of records that say a word about as often the one comes
first in which one can take part."""
_STRENGTHS = np.array(ranking.STRENGTHS)


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
        total = dict.fromkeys(TEXTS, 0)
        for leaf in self.leaves:
            for name in TEXTS:
                total[name] += int(leaf.field(name).lengths.sum())
        return {name: max(1.0, sum_ / max(1, self.size)) for name, sum_ in total.items()}


@dataclass(frozen=True, slots=True)
class Matches:
    """The documents of one segment that answer a query, and how well."""

    leaf: Leaf
    whole: Mask
    """Those that match all of it."""
    near: Mask
    """Those that cover some of its required units, and all phrases."""
    share: Scores
    """The share of the query, by the weight of its parts, that each document covers."""
    score: Scores
    required: int
    """Units that a whole match covers."""


class _Grades:
    """Where the terms of a query stand in a segment: `ranking.Found` in arrays."""

    def __init__(self, corpus: Corpus, leaf: Leaf, *, title: bool) -> None:
        self._corpus, self._leaf, self._title = corpus, leaf, title
        self._known: dict[str, tuple[float, Scores, Mask]] = {}

    def weight(self, term: str) -> float:
        """Its idf; 0 documents have the heaviest."""
        return self._of(term)[0]

    def grade(self, term: str) -> Scores:
        """Of each document the place of the term (ranking.STRENGTHS) + its factor, which is below 1."""
        return self._of(term)[1]

    def there(self, term: str) -> Mask:
        return self._of(term)[2]

    def known(self, term: str) -> bool:
        """Whether any document of the whole index has it."""
        return any(self._corpus.frequency(name, term) for name in self._names)

    @property
    def _names(self) -> Sequence[str]:
        return TEXTS[:1] if self._title else TEXTS

    def _of(self, term: str) -> tuple[float, Scores, Mask]:
        if term not in self._known:
            self._known[term] = self._read(term)
        return self._known[term]

    def _read(self, term: str) -> tuple[float, Scores, Mask]:
        size = self._corpus.size
        count = max(self._corpus.frequency(name, term) for name in self._names)
        weight = math.log(1 + (size - count + 0.5) / (count + 0.5))
        titles, in_titles = self._leaf.field("title").counted(term)
        there = self._leaf.mask(titles)
        often = np.zeros(self._leaf.size)
        often[titles] = in_titles
        times, place = often * _WEIGHTS[0], np.zeros(self._leaf.size)
        if not self._title:
            body = self._leaf.field("body")
            ids, counts = body.counted(term)
            first = body.firsts(term)
            there[ids] = True
            often[ids] += counts
            times[ids] += counts + (_WEIGHTS[1] - 1) * (first < OPENING)
            place[ids] = first < OPENING
        place[titles] = 2
        times *= self._borders(term, often)
        factor = times / (1 - _B + _B * self._lengths / self._usual)
        return (
            weight,
            place + _FACTORS[np.searchsorted(_LIMITS, factor / (factor + _K1), side="right")],
            there,
        )

    def _borders(self, term: str, often: Scores) -> Scores | float:
        """How much the occurrences of a pair count: less where it is no word by itself (华人 in 中华人民)."""
        if len(term) != 2 or not all(map(is_sign, term)):
            return 1.0
        words = np.zeros(self._leaf.size)
        ids, counts = self._leaf.field(WORDS).counted(term)
        words[ids] = counts
        share = np.minimum(1.0, np.divide(words, often, out=np.zeros_like(often), where=often > 0))
        found: Scores = PART + (1 - PART) * share
        return found

    @cached_property
    def _lengths(self) -> Numbers:
        leaf = self._leaf
        return leaf.field("title").lengths if self._title else leaf.field("body").lengths

    @property
    def _usual(self) -> float:
        return self._corpus.lengths["title" if self._title else "body"]


def matches(corpus: Corpus, leaf: Leaf, query: Query, scope: Mask, *, title: bool) -> Matches:
    """`scope`: the documents looked at. `title`: look in titles only. The arithmetic is that of
    `ranking.rank`, for all documents at once."""
    names = TEXTS[:1] if title else TEXTS
    held = scope & leaf.living
    for run in query.runs:
        if run.exact:
            held &= leaf.mask(*leaf.holds(run, names).values())
    for run in query.minus:
        held &= ~leaf.mask(*leaf.holds(run, TEXTS).values())

    grades = _Grades(corpus, leaf, title=title)
    relevance, pairs, heads, titles = (np.zeros(leaf.size) for _ in range(4))
    known = 0.0
    for term in ranking.asked_terms(query.runs):
        heavy, grade, there = grades.weight(term), grades.grade(term), grades.there(term)
        known += heavy * grades.known(term)
        relevance += heavy * (grade % 1) * there
        pairs += heavy * there
        heads += heavy * (there & (grade >= 1))
        titles += heavy * (there & (grade >= 2))

    units, mass, head, named, evenly = (np.zeros(leaf.size) for _ in range(5))
    required, every = 0, 0.0
    for run in query.runs:
        looked_up = ranking.asked(run)
        for position, needed in enumerate(run.required):
            if not needed:
                continue
            required += needed == 1
            around = [term for term, first, last in looked_up if first <= position <= last]
            heavy = needed * max(map(grades.weight, [one for one in around if grades.known(one)] or around))
            every += heavy
            there = np.logical_or.reduce([grades.there(term) for term in around])
            grade = np.max([np.where(grades.there(term), grades.grade(term), 0) for term in around], axis=0)
            units += there * (needed == 1)
            mass += heavy * there
            head += heavy * (there & (grade >= 1))
            named += heavy * (there & (grade >= 2))
            evenly += heavy * there * np.log(_STRENGTHS[grade.astype(np.int64)] * (ranking.FLOOR + grade % 1))
    known, every = known or 1.0, every or 1.0
    named = (named / every) ** 2
    score = (
        ranking.RELEVANCE * relevance / known
        + ranking.EVENLY * np.exp((evenly + (every - mass) * ranking.MISSED) / every)
        + ranking.TITLE * named
        + ranking.TITLE_WHOLE * (titles / known) ** 2
        + ranking.HEAD * (head / every) ** 2
        + ranking.HEAD_WHOLE * (heads / known) ** 2
        + ranking.WHOLE * (pairs / known) ** 2
        + leaf.priors * (0.2 + 0.8 * named)
    )
    return Matches(leaf, held & (units == required), held & (units > 0), mass / every, score, required)


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
