"""Answer a query from the bytes of static_index, as themes/base/static/search/engine.js does in a browser.

Here for tests, benchmarks and `check`: the two must give the same records in the same order. Ranking,
in both: a record matches fully when every unit of the query that is required is covered by a matched
term. Its score is the mean BM25 factor of the terms, weighted by idf (0..1), plus what a title adds
(TITLE x the share of the query that the title covers, squared), plus the kind's prior, mostly where the
title is meant, plus a little for newer stories. If nothing matches fully, the best partial matches are given.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from site_builder.content_store import SynonymGroup
from site_builder.search import ranking
from site_builder.search.analysis import Query, QueryRun, normalise, parse_query
from site_builder.search.sounds import Sounds, by_sound, from_pinyin
from site_builder.search.static_index import FORMAT
from site_builder.search.synonyms import Synonyms
from site_builder.search.terms import term_hash


@dataclass(frozen=True, slots=True)
class StaticHit:
    id: str
    kind: str
    path: str
    title: str
    date: str
    lead: str
    state: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    full: bool
    """Whether the hits match the whole query; else they are the nearest there are."""
    total: int
    kinds: Mapping[str, int]
    """How many matched of each kind, whatever kind was asked for."""
    hits: tuple[StaticHit, ...]
    bytes_read: int
    corrected: str = ""
    """What was searched instead: pinyin or a slip of the same sound, spelled as the site has it."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    full: bool
    ranked: list[tuple[float, int]]
    """Score and number, best first."""


@dataclass(slots=True)
class _Segment:
    base: str
    records: int
    shards: int
    block: int
    kinds: list[tuple[str, int]]
    states: dict[int, str]
    apart: frozenset[str]
    first: int
    """Number of its first record over all segments."""
    sounds: tuple[int, int]
    hides: tuple[int, ...]

    @classmethod
    def of(cls, raw: Mapping[str, object], first: int) -> _Segment:
        states = {number: code for code, numbers in raw["states"].items() for number in numbers}  # type: ignore[attr-defined]
        return cls(
            base=str(raw["base"]), records=int(str(raw["records"])), shards=int(str(raw["shards"])),
            block=int(str(raw["block"])), kinds=[(kind, count) for kind, count in raw["kinds"]],  # type: ignore[attr-defined]
            states=states, apart=frozenset(raw["apart"]), first=first,  # type: ignore[call-overload]
            sounds=tuple(raw["sounds"]), hides=tuple(raw.get("hides", ())),  # type: ignore[arg-type]
        )  # fmt: skip

    def priors(self) -> list[tuple[str, float, float]]:
        """Kind, prior and freshness of each record."""
        found: list[tuple[str, float, float]] = []
        for kind, count in self.kinds:
            for place in range(count):
                prior = ranking.prior(kind, self.states.get(len(found), ""))
                found.append((kind, prior, ranking.FRESH * (1 - place / count) if kind == "story" else 0.0))
        return found


@dataclass(slots=True)
class _Postings:
    count: int = 0
    records: list[tuple[int, float, int]] = field(default_factory=list)
    """(record, BM25 term factor as a share of its greatest, place: 2 title, 1 lead, 0 elsewhere)."""


class StaticIndex:
    """Reads what `static_index.build` made. Counts the bytes it reads, like a browser with a cold cache."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._read: set[str] = set()
        manifest = orjson.loads(self._bytes("index.json"))
        if manifest["format"] != FORMAT:
            raise ValueError(f"this reads format {FORMAT} of the search index, not {manifest['format']}")
        self._segments: list[_Segment] = []
        first = 0
        for raw in manifest["segments"]:
            self._segments.append(_Segment.of(raw, first))
            first += self._segments[-1].records
        self._records = first
        self._facts = [fact for segment in self._segments for fact in segment.priors()]
        self._hidden = frozenset(
            segment.first + number for segment in self._segments for number in segment.hides
        )
        self._synonyms = self._read_synonyms(manifest["segments"])
        self._always = frozenset(self._read)
        self._sounds = Sounds(self._sound_file, [segment.sounds for segment in self._segments])

    def _read_synonyms(self, segments: Sequence[Mapping[str, object]]) -> Synonyms:
        named = [f"{raw['base']}synonyms.bin" for raw in segments if raw["synonyms"]]
        groups = [group for name in named for group in orjson.loads(self._inflated(name))]
        return Synonyms(SynonymGroup(words=tuple(words), apart=tuple(apart)) for words, apart in groups)

    def _sound_file(self, segment: int, name: str) -> str:
        return self._inflated(f"{self._segments[segment].base}{name}").decode()

    def search(self, text: str, kind: str | None = None, limit: int = 10) -> Answer:
        """The best `limit` records for what a person typed."""
        self._read = set(self._always)
        corrected = ""
        asks = self._records and '"' not in text
        spelled = from_pinyin(text, self._frequency, lambda: self._sounds) if asks else ""
        if spelled and spelled != normalise(text):
            corrected = spelled
        answer = self._answer(corrected or text)
        if asks and not answer.full:
            meant = by_sound(corrected or text, self._frequency, lambda: self._sounds)
            other = self._answer(meant)
            if meant != normalise(corrected or text) and other.full and other.ranked:
                answer, corrected = other, meant
        kinds: dict[str, int] = {}
        for _, number in answer.ranked:
            kinds[self._facts[number][0]] = kinds.get(self._facts[number][0], 0) + 1
        chosen = [
            (score, number)
            for score, number in answer.ranked
            if kind is None or self._facts[number][0] == kind
        ]
        hits = tuple(self._hit(number, score) for score, number in chosen[:limit])
        return Answer(answer.full, len(chosen), kinds, hits, self._bytes_read(), corrected)

    def _answer(self, text: str) -> _Ranked:
        query = parse_query(text, self._synonyms.find if self._synonyms else None)
        if not query or not self._records:
            return _Ranked(True, [])
        postings = {term: self._postings(term) for term in _terms((*query.runs, *query.minus))}
        return self._rank(query, postings)

    def _frequency(self, term: str) -> int:
        return self._postings(term).count

    def _rank(self, query: Query, postings: Mapping[str, _Postings]) -> _Ranked:
        weight = {
            term: math.log(1 + (self._records - found.count + 0.5) / (found.count + 0.5))
            for term, found in postings.items()
        }
        relevance: dict[int, float] = {}
        greatest = 0.0
        for term in _terms(query.runs):
            if postings[term].count:
                greatest += weight[term]
            for number, factor, _ in postings[term].records:
                relevance[number] = relevance.get(number, 0.0) + weight[term] * factor
        covered: dict[int, int] = {}
        mass: dict[int, float] = {}
        in_title: dict[int, int] = {}
        in_head: dict[int, int] = {}
        required, whole = 0, 0.0
        for run in query.runs:
            for position, needed in enumerate(run.required):
                if not needed:
                    continue
                required += 1
                terms = [term for term, first, last in run.terms if first <= position <= last]
                heavy = max(weight[term] for term in terms)
                whole += heavy
                best: dict[int, int] = {}
                for term in terms:
                    for number, _, place in postings[term].records:
                        best[number] = max(best.get(number, 0), place)
                for number, place in best.items():
                    covered[number] = covered.get(number, 0) + 1
                    mass[number] = mass.get(number, 0.0) + heavy
                    in_head[number] = in_head.get(number, 0) + (place > 0)
                    in_title[number] = in_title.get(number, 0) + (place > 1)
        allowed = self._allowed(query, postings)
        full: list[tuple[float, int]] = []
        near: list[tuple[float, int]] = []
        partial: list[tuple[float, int]] = []
        for number, units in covered.items():
            if number in self._hidden or (allowed is not None and number not in allowed):
                continue
            title, head = in_title[number] / required, in_head[number] / required
            _, prior, fresh = self._facts[number]
            score = ranking.score(relevance[number] / greatest, title, prior, fresh, head)
            share = mass[number] / whole
            if units == required:
                full.append((score, number))
            elif required >= ranking.LONG and share >= ranking.NEAR:
                near.append((score * share * share, number))
            elif units >= ranking.PARTIAL * required:
                partial.append((score * share * share, number))
        chosen = full + near if full else near + partial
        # Logarithms differ in their last bit between machines: what is closer keeps the order of records.
        return _Ranked(bool(full), sorted(chosen, key=lambda entry: (-round(entry[0], 9), entry[1])))

    def _allowed(self, query: Query, postings: Mapping[str, _Postings]) -> set[int] | None:
        """The records that phrases and words to leave out admit; None: all of them."""
        phrases = [_with_all(run, postings) for run in query.runs if run.exact]
        unwanted = [_with_all(run, postings) for run in query.minus]
        if not phrases and not unwanted:
            return None
        allowed = set(range(self._records))
        return allowed.intersection(*phrases).difference(*unwanted)

    # --- reading --------------------------------------------------------------------------------------

    def _postings(self, term: str) -> _Postings:
        value = term_hash(term)
        name = f"{value:08x}"
        found = _Postings()
        for segment in self._segments:
            if name in segment.apart:
                raw = self._inflated(f"{segment.base}t/{name}.bin")
                _decode(raw, 0, len(raw), segment.first, found)
            else:
                _look_up(
                    self._inflated(f"{segment.base}s/{value * segment.shards >> 32}.bin"),
                    value,
                    segment,
                    found,
                )
        found.count = len(found.records)
        return found

    def _hit(self, number: int, score: float) -> StaticHit:
        segment = next(one for one in reversed(self._segments) if one.first <= number)
        block, place = divmod(number - segment.first, segment.block)
        shown = orjson.loads(self._inflated(f"{segment.base}b/{block}.bin"))[place]
        values = [*shown, *[""] * (8 - len(shown))]
        return StaticHit(
            id=values[0], kind=self._facts[number][0], path=values[1], title=values[2], date=values[3],
            lead=values[4], state=segment.states.get(number - segment.first, ""), score=score,
        )  # fmt: skip

    def _inflated(self, name: str) -> bytes:
        return zlib.decompress(self._bytes(name), -15)

    def _bytes(self, name: str) -> bytes:
        self._read.add(name)
        return self._files[name]

    def _bytes_read(self) -> int:
        return sum(len(self._files[name]) for name in self._read)


def _terms(runs: Sequence[QueryRun]) -> list[str]:
    return list(
        dict.fromkeys(term for run in runs for term, first, last in run.terms if _asked(run, first, last))
    )


def _asked(run: QueryRun, first: int, last: int) -> bool:
    """A pair of words around the question (怎么) is not looked up: it costs bytes and says nothing."""
    return run.required[first] or run.required[last]


def _with_all(run: QueryRun, postings: Mapping[str, _Postings]) -> set[int]:
    sets = [{number for number, _, _ in postings[term].records} for term, _, _ in run.terms]
    return set.intersection(*sets)


def _look_up(shard: bytes, value: int, segment: _Segment, found: _Postings) -> None:
    number = value * segment.shards >> 32
    count, at = _varint(shard, 0)
    current = -(-(number << 32) // segment.shards)
    place = -1
    for index in range(count):
        gap, at = _varint(shard, at)
        current += gap
        if current == value:
            place = index
    start = 0
    size = 0
    for index in range(count):
        length, at = _varint(shard, at)
        if index < place:
            start += length
        elif index == place:
            size = length
    if place >= 0:
        _decode(shard, at + start, at + start + size, segment.first, found)


def _decode(raw: bytes, at: int, end: int, first: int, found: _Postings) -> None:
    record = first - 1
    while at < end:
        value, at = _varint(raw, at)
        record += (value >> 4) + 1
        found.records.append((record, (2 * (value >> 2 & 3) + 1) / 8, value & 3))


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
