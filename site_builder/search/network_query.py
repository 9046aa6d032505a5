"""Questions to the network's index: what a person typed and how they narrow it, asked of Whoosh by hand.

Whoosh's parser demands all words in one field; here each required unit of the query must be covered by a
pair of units in a title or in the text, as in the readers' search. Whoosh's best are ranked anew by title,
kind and state (`ranking`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise

import orjson
from whoosh.query.compound import And, AndMaybe, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import NullQuery
from whoosh.query.qcore import Query as WhooshQuery
from whoosh.query.ranges import TermRange
from whoosh.query.terms import Term
from whoosh.query.wrappers import Not
from whoosh.searching import Searcher

from site_builder.search import cutting, ranking
from site_builder.search.analysis import Query, QueryRun, is_sign, normalise, runs, terms
from site_builder.search.documents import SearchDocument
from site_builder.search.network_entries import labels_of, matching, path_on, shown, text_of, titles_of
from site_builder.search.network_schema import label
from site_builder.search.sounds import GREATEST, Sounds, corrected, files_of
from site_builder.search.synonyms import MARK, Synonyms

CANDIDATES = 60
"""How many of Whoosh's best are ranked by title, kind and state."""
SNIPPET = 80
TITLE_BOOST = 4.0
WORD_BOOST = 0.5

FACETS = ("kind", "topic", "audience", "place", "state", "owner", "year")
"""What answers are counted by, in the order in which entries keep their values."""
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

    def scope(self) -> WhooshQuery:
        held: list[WhooshQuery] = [Term("unions", self.union) if self.union else Term("owned", "1")]
        held += [Term(name, value) for name in ("kind", "state", "owner") if (value := getattr(self, name))]
        held += [Term(name, label(value)) for name in ("topic", "audience") if (value := getattr(self, name))]
        if self.place:
            held.append(_within(self.place))
        if self.since or self.until:
            first = self.since.isoformat() if self.since else None
            last = self.until.isoformat() if self.until else None
            held.append(TermRange("date", first, last))
        return And(held)


def _within(place: str) -> WhooshQuery:
    pairs = [
        Phrase("place", [one + other for one, other in pairwise(run)])
        if len(run) > 1
        else Term("place", run[0])
        for run in runs(normalise(place))
    ]
    return And(pairs) if pairs else NullQuery


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


def sounds_of(searcher: Searcher) -> Sounds:
    reader = searcher.reader()
    phrases = {
        phrase: min(GREATEST, (info.doc_frequency()).bit_length() + 1)
        for raw, info in reader.iter_field("title")
        if 2 <= len(phrase := bytes(raw).decode("utf-8")) <= 8 and all(map(is_sign, phrase))
    }
    files, count = files_of(phrases)
    return Sounds(lambda _, name: files[name].decode(), [count])


def meant(searcher: Searcher, query: str, sounds: Callable[[Searcher], Sounds]) -> str:
    if '"' in normalise(query) or not searcher.doc_count():
        return ""
    reader = searcher.reader()

    def frequency(term: str) -> int:
        return int(reader.doc_frequency("title", term)) + int(reader.doc_frequency("body", term))

    spelled = corrected(query, frequency, lambda: sounds(searcher))
    return "" if spelled == normalise(query) else spelled


# --- queries --------------------------------------------------------------------------------------------


def search(
    searcher: Searcher, query: Query, filters: Filters, limit: int, synonyms: Synonyms, count: bool = True
) -> Answer:
    """The best `limit` for `query`; with `count`, also how many there are, and their facets."""
    if not query:
        return Answer()
    scope = filters.scope()
    wanted = max(CANDIDATES, limit)
    asked = _whole(query, filters.title)
    found = searcher.search(_ranked(query, asked), limit=wanted, filter=scope)
    whole = not found.is_empty()
    if not whole:
        found = searcher.search(_ranked(query, _parts(query, filters.title)), limit=wanted, filter=scope)
    best = found.score(0) if found.scored_length() else 0.0
    ranked: list[tuple[float, str, str, int, SearchDocument, Mapping[str, list[str]]]] = []
    for one in found:
        document, paths = shown(one.fields())
        in_title = _terms_of(titles_of(document), synonyms)
        title = _covered(query, in_title)
        share = 1.0 if whole else title if filters.title else _covered(
            query, in_title | _terms_in(query, document, synonyms)
        )  # fmt: skip
        if share >= ranking.PARTIAL:
            prior = ranking.prior(document.kind, document.state)
            score = ranking.score(one.score / best if best else 0.0, title, prior) * share * share
            ranked.append((round(score, 6), document.date, document.id, one.docnum or 0, document, paths))
    # Of equal score the newest.
    ranked.sort(key=lambda entry: entry[:3], reverse=True)
    hits = tuple(_hit(entry[4], entry[5], entry[0], query, filters.union) for entry in ranked[:limit])
    if not count:
        return Answer(hits, len(hits), whole=whole)
    numbers = matching(searcher, And([asked, scope])) if whole else [entry[3] for entry in ranked]
    return Answer(hits, len(numbers), _facets(searcher, numbers), whole=whole)


def everything(searcher: Searcher, filters: Filters, limit: int) -> Answer:
    """All that the filters leave, newest first."""
    scope = filters.scope()
    found = searcher.search(scope, limit=limit, sortedby="date", reverse=True)
    hits = tuple(_hit(*shown(one.fields()), 0.0, Query(()), filters.union) for one in found)
    numbers = matching(searcher, scope)
    return Answer(hits, len(numbers), _facets(searcher, numbers), whole=True)


def _facets(searcher: Searcher, numbers: Iterable[int]) -> Facets:
    counts: tuple[Counter[str], ...] = tuple(Counter() for _ in FACETS)
    reader = searcher.reader()
    if reader.doc_count():
        column = reader.column_reader("facets", translate=False)
        for number in numbers:
            for counter, values in zip(counts, _values(bytes(column[number])), strict=True):
                counter.update(values)
    return {
        name: tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
        for name, counter in zip(FACETS, counts, strict=True)
    }


@lru_cache(maxsize=1 << 14)
def _values(kept: bytes) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, orjson.loads(kept)))


def _either(term: str, title: bool = False) -> list[WhooshQuery]:
    same = term.startswith(MARK)
    found: list[WhooshQuery] = [Term("same_title" if same else "title", term, boost=TITLE_BOOST)]
    return found if title else [*found, Term("same" if same else "body", term)]


def _whole(query: Query, title: bool) -> WhooshQuery:
    """Every required unit is covered; phrases stand as they are; nothing unwanted."""
    needed: list[WhooshQuery] = []
    for run in query.runs:
        if run.exact:
            needed.append(_phrase(run, title))
            continue
        for position, required in enumerate(run.required):
            if required:
                covering = [term for term, first, last in run.terms if first <= position <= last]
                needed.append(Or([part for term in covering for part in _either(term, title)]))
    return And(needed + [Not(_phrase(run)) for run in query.minus])


def _parts(query: Query, title: bool) -> WhooshQuery:
    """Any term, for the nearest records; phrases and unwanted words hold all the same."""
    any_term: list[WhooshQuery] = [
        part
        for run in query.runs
        if not run.exact
        for term, _, _ in run.terms
        for part in _either(term, title)
    ]
    held: list[WhooshQuery] = [_phrase(run, title) for run in query.runs if run.exact]
    if not any_term and not held:
        return NullQuery
    held += [Not(_phrase(run)) for run in query.minus]
    return And([*held, Or(any_term)] if any_term else held)


def _ranked(query: Query, asked: WhooshQuery) -> WhooshQuery:
    """Records with the query's dictionary words come before those in which its characters merely meet."""
    spelled = [word for run in query.runs for word in cutting.cut("".join(run.units))]
    words: list[WhooshQuery] = [Term("words", word) for word in spelled if len(word) > 2]
    words += [Term("body", word, boost=WORD_BOOST) for word in spelled if len(word) == 2]
    return AndMaybe(asked, Or(words)) if words else asked


def _phrase(run: QueryRun, title: bool = False) -> WhooshQuery:
    """The pairs one after another. A number stands in a pair too: by itself it has no place in the row."""
    pairs = [term for term, first, last in run.terms if last > first] or [run.units[0]]
    if len(pairs) == 1:
        return Or(_either(pairs[0], title))
    found = [Phrase("title", pairs, boost=TITLE_BOOST)]
    return Or(found if title else [*found, Phrase("body", pairs)])


def _hit(
    document: SearchDocument, paths: Mapping[str, list[str]], score: float, query: Query, union: str | None
) -> Hit:
    site = union or document.owner
    return Hit(
        union=site, owner=document.owner, kind=document.kind, id=document.id, title=document.title,
        path=path_on(site, paths), snippet=_snippet(document.title, text_of(document), query), score=score,
    )  # fmt: skip


def _terms_in(query: Query, document: SearchDocument, synonyms: Synonyms) -> frozenset[str]:
    """Those terms of the query that stand anywhere in the record."""
    folded = normalise(f"{labels_of(document)}\n{text_of(document)}")
    inside = frozenset(term for run in query.runs for term, _, _ in run.terms if term in folded)
    return inside | {term for _, _, term in synonyms.find(folded)}


def _terms_of(title: str, synonyms: Synonyms) -> frozenset[str]:
    folded = normalise(title)
    return frozenset(terms(title)).union(folded, (term for _, _, term in synonyms.find(folded)))


def _covered(query: Query, present: frozenset[str]) -> float:
    """The share of the required units that are covered by these terms."""
    needed = matched = 0
    for run in query.runs:
        for position, required in enumerate(run.required):
            if required:
                needed += 1
                matched += any(
                    term in present for term, first, last in run.terms if first <= position <= last
                )
    return matched / needed if needed else 0.0


@lru_cache(maxsize=1 << 16)
def _folded(character: str) -> str:
    """One character for one, so that positions stay."""
    return normalise(character)[:1] or " "


def _snippet(title: str, text: str, query: Query) -> str:
    """The SNIPPET characters that show most of what the title does not, on one line; else the beginning."""
    line = " ".join(text.split())
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
