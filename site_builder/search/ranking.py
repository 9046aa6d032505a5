"""Which records answer a query, and which of them best. The same numbers stand in scripts/search/ranking.js;
network_match.py does the same over arrays.

A record matches wholly when every unit of the query that is required is covered by a term that it has. Shares
of a query are by the weight of its parts (idf), so that a rare name counts for more than 工会 beside it. A
score is: the mean factor of the terms (0..1), plus what title and lead cover, plus what they cover in one
piece, so that 中国农业大学 comes before a title with 中国, 农业 and 大学 apart; plus what the kind and state
are worth.

A reader who types 夜校 wants the program that is open above an old story about it, but a story named
exactly like the query above a program that merely mentions it: so a prior counts fully only where the
title is meant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from site_builder.search.analysis import Query, QueryRun
from site_builder.search.grades import SAID, factor_of, place_of

RELEVANCE = 0.8
"""What the mean factor of the terms counts."""
EVENLY = 0.4
"""What their geometric mean counts, by where they stand: a record with one word in its title and the other
far down is less about both than one with both in its lead."""
STRENGTHS = (0.4, 0.85, 1.0)
"""Of a term in the text, the lead, the title, times FLOOR + its factor."""
FLOOR = 0.4
MISSED = -2.0
"""The logarithm of the strength of a part that is not there."""
TITLE = 0.25
"""What a title that covers the whole query adds."""
TITLE_WHOLE = 0.15
"""What is added if the title has it in one piece."""
HEAD = 0.4
"""What a title and lead that cover the whole query together add."""
HEAD_WHOLE = 0.45
WHOLE = 0.6
"""What a record adds that has all neighbours of the query as neighbours, wherever."""
PRIORS: Mapping[str, float] = {
    "program": 0.15, "guide": 0.4, "service": 0.45, "event": 0.15, "place": 0.35,
    "collection": 0.3, "dataset": 0.1, "story": 0.0,
}  # fmt: skip
STATES: Mapping[str, float] = {
    "open": 0.5, "closing": 0.5, "standing": 0.5, "running": 0.4, "upcoming": 0.35,
    "unknown": 0.3, "full": 0.2, "live": 0.45, "planned": 0.2, "postponed": 0.2, "closed": 0.1, "past": 0.05,
    "cancelled": 0.0, "retired": 0.0, "superseded": -1.0,
}  # fmt: skip
"""The prior of a record with a state, instead of its kind's; an ended or suspended one keeps its kind's.
What another text took the place of comes after that text, even where the words are the same."""
FRESH = 0.08
"""What the newest story has before the oldest."""
PARTIAL = 0.4
"""The share of a query that a partial match must cover."""
LEAST = 0.5
"""Of what the best match covers a partial one must cover, where none covers PARTIAL: who asks in words of
which the site has one (农民工 读大专 有补贴吗) is shown that rather than nothing."""
LONG = 6
"""Required units from which on a query may be a paraphrase: near matches are ranked among whole ones."""
NEAR = 0.65
"""The share of a long query that such a near match must cover."""


@dataclass(slots=True)
class Found:
    """Where a term is."""

    count: int = 0
    records: list[tuple[int, int]] = field(default_factory=list)
    """(record, grade: see grades.py)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    full: bool
    """Whether the whole query is matched; else the nearest are given."""
    entries: list[tuple[float, int]]
    """Score and number, best first."""
    whole: float = 0.0
    """The share of its neighbours that the best one has as neighbours; those that no record has count too."""


@dataclass(slots=True)
class _Shares:
    relevance: float = 0.0
    units: int = 0
    mass: float = 0.0
    title: float = 0.0
    head: float = 0.0
    pairs: float = 0.0
    title_pairs: float = 0.0
    head_pairs: float = 0.0
    evenly: float = 0.0


def prior(kind: str, state: str) -> float:
    return STATES.get(state, PRIORS.get(kind, 0.0))


def asked_terms(runs: Sequence[QueryRun]) -> list[str]:
    """The terms that are looked up. A pair with a part of the question (怎么), or of a thing and what is
    asked of it (校电 of 夜校电话), costs bytes and says little: it is left out where what is required of
    it is in a pair of its own."""
    return list(dict.fromkeys(term for run in runs for term, _, _ in asked(run)))


def asked(run: QueryRun) -> list[tuple[str, int, int]]:
    covered = {
        place
        for _, first, last in run.terms
        if run.required[first] == run.required[last] > 0
        for place in (first, last)
    }
    return [
        (term, first, last)
        for term, first, last in run.terms
        if run.required[first] == run.required[last] > 0
        or (run.required[first] and first not in covered)
        or (run.required[last] and last not in covered)
    ]


def rank(
    query: Query,
    postings: Mapping[str, Found],
    records: int,
    facts: Callable[[int], tuple[float, float]],
    hidden: frozenset[int] = frozenset(),
) -> Ranked:
    """`facts`: prior and freshness of a record. `postings`: of `asked_terms`, those to leave out too."""
    weight = {
        term: math.log(1 + (records - found.count + 0.5) / (found.count + 0.5))
        for term, found in postings.items()
    }
    terms = asked_terms(query.runs)
    known = sum(weight[term] for term in terms if postings[term].count)
    every = sum(weight[term] for term in terms)
    shares: dict[int, _Shares] = {}
    for term in terms:
        heavy = weight[term]
        for number, grade in postings[term].records:
            place = place_of(grade)
            one = shares.setdefault(number, _Shares())
            one.relevance += heavy * factor_of(grade)
            one.pairs += heavy
            one.head_pairs += heavy * (place > 0)
            one.title_pairs += heavy * (place > 1)
    required, mass = 0, 0.0
    for run in query.runs:
        looked_up = asked(run)
        for position, needed in enumerate(run.required):
            if not needed:
                continue
            required += needed == 1
            around = [term for term, first, last in looked_up if first <= position <= last]
            heavy = needed * max(
                weight[term] for term in [one for one in around if postings[one].count] or around
            )
            mass += heavy
            best: dict[int, tuple[int, float]] = {}
            for term in around:
                for number, grade in postings[term].records:
                    best[number] = max(best.get(number, (0, 0.0)), (place_of(grade), factor_of(grade)))
            for number, (place, factor) in best.items():
                one = shares[number]
                one.evenly += heavy * math.log(STRENGTHS[place] * (FLOOR + factor))
                one.units += needed == 1
                one.mass += heavy
                one.head += heavy * (place > 0)
                one.title += heavy * (place > 1)

    allowed = _allowed(query, postings, records)
    full: list[tuple[float, int]] = []
    near: list[tuple[float, int]] = []
    partial: list[tuple[float, float, int]] = []
    for number, one in shares.items():
        if number in hidden or (allowed is not None and number not in allowed):
            continue
        score = _score(one, mass, known, facts(number))
        share = one.mass / mass if mass else 0.0
        if one.units == required:
            full.append((score, number))
        elif required >= LONG and share >= NEAR:
            near.append((score * share * share, number))
        elif one.units:
            partial.append((share, score * share * share, number))
    chosen = full + near
    if not full:
        least = PARTIAL if near else least_share(max((share for share, _, _ in partial), default=0.0))
        chosen += [(score, number) for share, score, number in partial if share >= least]
    chosen.sort(key=order)
    return Ranked(bool(full), chosen, shares[chosen[0][1]].pairs / every if chosen else 0.0)


def least_share(best: float) -> float:
    """The share of a query that a partial match must cover, where the best covers `best`."""
    return min(PARTIAL, LEAST * best)


def order(entry: tuple[float, int]) -> tuple[int, int]:
    """Best first. Logarithms differ in their last bit between machines: of what is closer the newest comes
    first, which has the highest number."""
    return -math.floor(entry[0] * 1e9 + 0.5), -entry[1]


def _score(one: _Shares, mass: float, known: float, facts: tuple[float, float]) -> float:
    title, head = one.title / mass, one.head / mass
    title_whole, head_whole = one.title_pairs / known, one.head_pairs / known
    worth, fresh = facts
    return (
        RELEVANCE * one.relevance / known
        + EVENLY * math.exp((one.evenly + (mass - one.mass) * MISSED) / mass)
        + TITLE * title * title
        + TITLE_WHOLE * title_whole * title_whole
        + HEAD * head * head
        + HEAD_WHOLE * head_whole * head_whole
        + WHOLE * (one.pairs / known) ** 2
        + worth * (0.2 + 0.8 * title * title)
        + fresh
    )


def _allowed(query: Query, postings: Mapping[str, Found], records: int) -> set[int] | None:
    """The records that phrases and words to leave out admit; None: all of them."""
    phrases = [_with_all(run, postings) for run in query.runs if run.exact]
    unwanted = [_with_all(run, postings) for run in query.minus]
    if not phrases and not unwanted:
        return None
    return set(range(records)).intersection(*phrases).difference(*unwanted)


def _with_all(run: QueryRun, postings: Mapping[str, Found]) -> set[int]:
    """The records that have all of these words, not only what people say for them."""
    sets = [{number for number, grade in postings[term].records if grade < SAID} for term, _, _ in run.terms]
    return set.intersection(*sets)
