"""Questions to the network's index: what a person typed and how they narrow it, and what is answered.

Every match is ranked: by how well its terms match (`network_match`), by title, kind and state (`ranking`).
Texts are read of those alone that are shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from site_builder.search import ranking
from site_builder.search.analysis import Query, normalise, runs, terms
from site_builder.search.network_entries import Head, head, shown, text_of
from site_builder.search.network_match import Corpus, Leaf, Mask, Matches, Scores, facets, matches
from site_builder.search.network_schema import COUNTED, PLACE, WORDS, label
from site_builder.search.phrases import files_of, levels
from site_builder.search.sounds import DOUBT, Sounds, by_sound, from_pinyin

SNIPPET = 80
ALIKE = 200
"""How many of equal score and date are put in order by their ids: more would cost time that nobody sees."""

FACETS = ("kind", "topic", "audience", "place", "state", "owner", "year")
"""What answers are counted by, as COUNTED keeps it."""
Facets = Mapping[str, tuple[tuple[str, int], ...]]
"""For each of FACETS its values and how many of all matches have them, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """How an answer is narrowed. Empty: not."""

    union: str | None = None
    """What this union's site shows; else each record once, as its owner shows it."""
    kind: str | None = None
    topic: str | None = None
    audience: str | None = None
    place: str | None = None
    """Words of a region: 青岛 also finds 山东省青岛市平度市."""
    state: str | None = None
    """A plan.StateCode."""
    owner: str | None = None
    since: date | None = None
    """Published on this day of Beijing or after."""
    until: date | None = None
    """Published on this day or before."""
    title: bool = False
    """Look for the words in titles and keywords only."""

    def scope(self, leaf: Leaf) -> Mask:
        """The documents of a segment that are left."""
        name, value = ("unions", self.union) if self.union else ("owned", "1")
        held = leaf.living & leaf.mask(leaf.field(name).documents(value))
        for name in ("kind", "state", "owner"):
            if value := getattr(self, name):
                held &= leaf.mask(leaf.field(name).documents(value))
        for name in ("topic", "audience"):
            if value := getattr(self, name):
                held &= leaf.mask(leaf.field(name).documents(label(value)))
        if self.place:
            found = list(runs(normalise(self.place)))
            for run in found:
                pairs = [one + other for one, other in pairwise(run)] or [run[0]]
                held &= leaf.mask(leaf.phrase(PLACE, pairs))
            held &= bool(found)
        if self.since or self.until:
            first = self.since.isoformat() if self.since else "0"
            last = self.until.isoformat() if self.until else "9"
            held &= leaf.mask(leaf.field("date").within(first, last))
        return held


@dataclass(frozen=True, slots=True)
class Hit:
    """A found record. `path` is relative to the root of the site of `union`."""

    union: str
    owner: str
    kind: str
    id: str
    title: str
    path: str
    snippet: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    hits: tuple[Hit, ...] = ()
    """The best, best first."""
    total: int = 0
    """How many records match, those beyond `hits` included. If none matches wholly: how many are near."""
    facets: Facets = field(default_factory=lambda: dict.fromkeys(FACETS, ()))
    did_you_mean: str = ""
    """What was searched instead, as nothing matches what was typed."""
    whole: bool = False
    """Whether the hits match the whole query; else they are the nearest."""


# --- what was meant --------------------------------------------------------------------------------------


SoundFiles = tuple[Mapping[str, str], tuple[int, int]]
"""As `phrases.files_of` gives them."""


def sounds_of(corpus: Corpus) -> SoundFiles:
    """The phrases of all titles and the words of all texts by sound."""
    titles: list[str] = []
    words: Counter[str] = Counter()
    for leaf in corpus.leaves:
        titles += (normalise(head(leaf, number).title) for number in np.flatnonzero(leaf.living).tolist())
        kept = leaf.field(WORDS)
        words.update(dict(zip(kept.terms, kept.frequencies.tolist(), strict=True)))
    return files_of(levels(words, titles, corpus.size))


def meant(corpus: Corpus, query: str, sounds: Callable[[], Sounds]) -> list[str]:
    """The query as it is probably meant, the likeliest first; none if as it is typed."""
    if '"' in normalise(query) or not corpus.size:
        return []

    def frequency(term: str) -> int:
        return corpus.frequency("title", term) + corpus.frequency("body", term)

    rare = 1 + corpus.size // DOUBT
    readings = from_pinyin(query, frequency, sounds)
    if len(readings) < 2:
        typed = next(iter(readings), query)
        readings = [by_sound(typed, frequency, rare, sounds)]
    return [spelled for spelled in readings if spelled != normalise(query)]


# --- queries --------------------------------------------------------------------------------------------


class Ranked(NamedTuple):
    leaf: Leaf
    ids: np.ndarray[tuple[int], np.dtype[np.int64]]
    scores: Scores


def search(
    corpus: Corpus, readings: Sequence[Query], filters: Filters, limit: int, *, count: bool, snippets: bool
) -> Answer:
    """The best `limit` for what may be meant, a record by the reading that it answers best; with `count`,
    also by what all that match differ. With `snippets`, what of each text is shown."""
    scopes = [filters.scope(leaf) for leaf in corpus.leaves]
    found = [
        [matches(corpus, leaf, query, scope, title=filters.title) for query in readings]
        for leaf, scope in zip(corpus.leaves, scopes, strict=True)
    ]
    whole = any(one.whole.any() for of_leaf in found for one in of_leaf)
    ranked: list[Ranked] = []
    masks: list[Mask] = []
    best = max((one.share[one.near].max(initial=0) for of_leaf in found for one in of_leaf), default=0.0)
    for leaf, of_leaf in zip(corpus.leaves, found, strict=True):
        chosen, scores = np.zeros(leaf.size, np.bool_), np.zeros(leaf.size)
        for one in of_leaf:
            mask, row = _admitted(one, whole, best)
            scores = np.where(mask, np.maximum(scores, row), scores)
            chosen |= mask
        masks.append(chosen)
        ids = np.flatnonzero(chosen)
        ranked.append(Ranked(leaf, ids, np.round(scores[ids], 6)))
    wanted = Query(tuple(run for query in readings for run in query.runs))
    hits = tuple(
        _hit(leaf, number, score, wanted, filters.union, snippets)
        for score, leaf, number in _best(ranked, limit)
    )
    return Answer(
        hits,
        sum(len(row.ids) for row in ranked),
        _facets(list(zip(corpus.leaves, masks, strict=True))) if count else dict.fromkeys(FACETS, ()),
        whole=whole,
    )


def _admitted(found: Matches, whole: bool, best: float) -> tuple[Mask, Scores]:
    """Which documents are shown for a reading, as `ranking.rank` chooses them, and their scores."""
    long = found.required >= ranking.LONG and best >= ranking.NEAR
    if whole:
        near = found.near & (found.share >= ranking.NEAR) if long else found.whole
    else:
        near = found.near & (found.share >= (ranking.PARTIAL if long else ranking.least_share(best)))
    return found.whole | near, np.where(found.whole, found.score, found.score * found.share**2)


def everything(corpus: Corpus, filters: Filters, limit: int, *, count: bool, snippets: bool) -> Answer:
    """All that the filters leave, newest first."""
    masks = [filters.scope(leaf) for leaf in corpus.leaves]
    ranked = [
        Ranked(leaf, ids := np.flatnonzero(mask), np.zeros(ids.size))
        for leaf, mask in zip(corpus.leaves, masks, strict=True)
    ]
    hits = tuple(
        _hit(leaf, number, 0.0, Query(()), filters.union, snippets)
        for _, leaf, number in _best(ranked, limit)
    )
    counted = _facets(list(zip(corpus.leaves, masks, strict=True))) if count else dict.fromkeys(FACETS, ())
    return Answer(hits, sum(len(row.ids) for row in ranked), counted, whole=True)


def _best(ranked: Sequence[Ranked], limit: int) -> Iterator[tuple[float, Leaf, int]]:
    """Best first; of equal score the newest."""
    if not ranked:
        return
    ids = np.concatenate([row.ids for row in ranked])
    scores = np.concatenate([row.scores for row in ranked])
    days = np.concatenate([row.leaf.days[row.ids] for row in ranked])
    of = np.repeat(np.arange(len(ranked)), [row.ids.size for row in ranked])
    order = np.lexsort((-days, -scores))
    last = min(limit, order.size)
    while 0 < last < min(order.size, limit + ALIKE) and all(
        row[order[last]] == row[order[last - 1]] for row in (scores, days)
    ):
        last += 1
    rows = [
        (float(scores[at]), int(days[at]), ranked[of[at]].leaf, int(ids[at])) for at in order[:last].tolist()
    ]
    rows.sort(key=lambda row: (-row[0], -row[1], head(row[2], row[3]).id))
    yield from ((score, leaf, number) for score, _, leaf, number in rows[:limit])


def _facets(chosen: Sequence[tuple[Leaf, Mask]]) -> Facets:
    counts = facets(chosen)
    return {
        name: tuple(sorted(counts[kept].items(), key=lambda item: (-item[1], item[0])))
        for name, kept in zip(FACETS, COUNTED, strict=True)
    }


def _hit(leaf: Leaf, number: int, score: float, query: Query, union: str | None, snippet: bool) -> Hit:
    known: Head = head(leaf, number)
    site = union or known.owner
    return Hit(
        union=site, owner=known.owner, kind=known.kind, id=known.id, title=known.title,
        path=known.path_on(site), score=score,
        snippet=_snippet(known.title, text_of(shown(leaf, number)), query) if snippet else "",
    )  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _folded(character: str) -> str:
    """One character for one, so that positions stay."""
    return normalise(character)[:1] or " "


def _snippet(title: str, text: str, query: Query) -> str:
    """The SNIPPET characters that show most of what the title does not, on one line; else the beginning."""
    line = " ".join(text.split())
    folded = normalise(line)
    if len(folded) != len(line):
        folded = "".join(map(_folded, line))
    wanted = {term for run in query.runs for term, _, _ in run.terms}.difference(terms(title))
    places = sorted((at.start(), term) for term in wanted for at in re.finditer(re.escape(term), folded))
    start, most = 0, 0
    for index, (first, _) in enumerate(places):
        inside = {term for at, term in places[index:] if at < first + SNIPPET - 20}
        if len(inside) > most:
            start, most = max(0, first - 10), len(inside)
    end = start + SNIPPET
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"
