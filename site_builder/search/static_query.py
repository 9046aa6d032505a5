"""Answer a query from the bytes of static_index, as themes/base/scripts/search/engine.js does in a browser.

Here for tests, benchmarks and `check`: the two must give the same records in the same order. How records are
ranked is told in ranking.py. What was meant by letters that no record has, or by a row of characters of which
some pairs are in hardly any record, is asked of sounds.py.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import orjson

from site_builder.content_store import SynonymGroup
from site_builder.search import packing, ranking
from site_builder.search.analysis import normalise, parse_query
from site_builder.search.bits import BitReader, order_of
from site_builder.search.grades import CODES, PLAIN
from site_builder.search.ranking import Found, Ranked, asked_terms, rank
from site_builder.search.segment import FORMAT
from site_builder.search.shards import SPARE_BITS
from site_builder.search.sounds import DOUBT, Sounds, by_sound, from_pinyin
from site_builder.search.static_index import BLOCK
from site_builder.search.synonyms import Synonyms
from site_builder.search.terms import PAIRS, family, term_hash

SURER = 0.15
"""By how much more of its neighbours a corrected query must find together than what was typed."""


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
class _Shards:
    """A family of shards: how many there are, how many bits of a hash count, of what order distances are."""

    count: int
    bits: int
    order: int


@dataclass(slots=True)
class _Segment:
    base: str
    records: int
    families: tuple[_Shards, ...]
    """By the number of the family in terms.py."""
    usual: _Shards
    first_bits: int
    heads: list[int]
    """Of the usual pairs: the first bits of their hashes, so many."""
    kinds: list[tuple[str, int]]
    states: dict[int, str]
    first: int
    """Number of its first record over all segments."""
    sounds: tuple[int, int]
    hides: tuple[int, ...]

    @classmethod
    def of(cls, raw: Mapping[str, object], first: int) -> _Segment:
        told: Mapping[str, Any] = raw
        rows = told.get("states", {}).items()
        states = {number: code for code, row in rows for number in packing.stretched(row)}
        kinds = [(kind, count) for kind, count in told["kinds"]]
        *usual, first_bits, packed = told.get("usual", (0, 0, 0, 0, ""))
        reader = BitReader(base64.b64decode(packed))
        heads = list(accumulate(reader.number(SPARE_BITS) for _ in range(usual[0])))
        return cls(
            base=told["base"], records=sum(count for _, count in kinds),
            families=tuple(_Shards(*row) for row in told["shards"]),
            usual=_Shards(*usual), first_bits=first_bits, heads=heads,
            kinds=kinds, states=states, first=first,
            sounds=tuple(told["sounds"]), hides=tuple(packing.stretched(told.get("hides", ()))),
        )  # fmt: skip

    def priors(self) -> list[tuple[str, float, float]]:
        """Kind, prior and freshness of each record."""
        found: list[tuple[str, float, float]] = []
        for kind, count in self.kinds:
            for place in range(count):
                prior = ranking.prior(kind, self.states.get(len(found), ""))
                found.append((kind, prior, ranking.FRESH * (place + 1) / count if kind == "story" else 0.0))
        return found


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
        named = [f"{raw['base']}synonyms.bin" for raw in segments if "synonyms" in raw]
        groups = [group for name in named for group in orjson.loads(self._text(name))]
        return Synonyms(SynonymGroup(words=tuple(words), apart=tuple(apart)) for words, apart in groups)

    def _sound_file(self, segment: int, name: str) -> str:
        return self._text(f"{self._segments[segment].base}{name}")

    def search(self, text: str, kind: str | None = None, limit: int = 10) -> Answer:
        """The best `limit` records for what a person typed."""
        self._read = set(self._always)
        answer, corrected = self._meant(text)
        kinds: dict[str, int] = {}
        for _, number in answer.entries:
            kinds[self._facts[number][0]] = kinds.get(self._facts[number][0], 0) + 1
        chosen = [
            (score, number)
            for score, number in answer.entries
            if kind is None or self._facts[number][0] == kind
        ]
        hits = tuple(self._hit(number, score) for score, number in chosen[:limit])
        return Answer(answer.full, len(chosen), kinds, hits, self._bytes_read(), corrected)

    def _meant(self, text: str) -> tuple[Ranked, str]:
        """The answer, and what was searched instead of the text, if it was not the text."""
        if not self._records or '"' in text:
            return self._answer(text), ""
        readings = from_pinyin(text, self._frequency, lambda: self._sounds)
        answers = [self._answer(reading) for reading in readings or [text]]
        corrected = next(
            (reading for reading, one in zip(readings, answers, strict=False) if one.entries), ""
        )
        answer = _joined(answers)
        if len(readings) < 2:
            typed = corrected or text
            rare = 1 + self._records // DOUBT
            meant = by_sound(typed, self._frequency, rare, lambda: self._sounds)
            if meant != normalise(typed):
                other = self._answer(meant)
                if other.full and other.entries and (not answer.full or other.whole > answer.whole + SURER):
                    return other, meant
        return answer, corrected

    def _answer(self, text: str) -> Ranked:
        query = parse_query(text, self._synonyms.find if self._synonyms else None)
        if not query or not self._records:
            return Ranked(True, [])
        postings = {term: self._postings(term) for term in asked_terms(query.runs)}
        postings |= {term: self._postings(term) for run in query.minus for term, _, _ in run.terms}
        postings |= {
            term: self._postings(term) for run in query.runs if run.exact for term, _, _ in run.terms
        }
        return rank(query, postings, self._records, lambda number: self._facts[number][1:], self._hidden)

    def _frequency(self, term: str) -> int:
        return self._postings(term).count

    # --- reading --------------------------------------------------------------------------------------

    def _postings(self, term: str) -> Found:
        value = term_hash(term)
        kind = family(term)
        found = Found()
        for segment in self._segments:
            first = value >> 32 - segment.first_bits
            if kind == PAIRS and first in segment.heads:
                shards, folder, shard, low = segment.usual, "u", segment.heads.index(first), 0
            else:
                shards, folder = segment.families[kind], "stcw"[kind]
                shard = (value >> 32 - shards.bits) * shards.count >> shards.bits
                low = -(-(shard << shards.bits) // shards.count)
            raw = self._bytes(f"{segment.base}{folder}/{shard}.bin")
            found.records += _look_up(raw, low, value >> 32 - shards.bits, shards.order, segment)
        found.count = len(found.records)
        return found

    def _hit(self, number: int, score: float) -> StaticHit:
        segment = next(one for one in reversed(self._segments) if one.first <= number)
        block, place = divmod(number - segment.first, BLOCK)
        values = self._text(f"{segment.base}b/{block}.bin").split("\n")[place].split("\t")
        values += [""] * (8 - len(values))
        return StaticHit(
            id=values[0], kind=self._facts[number][0], path=values[1], title=values[2], date=values[3],
            lead=values[4], state=segment.states.get(number - segment.first, ""), score=score,
        )  # fmt: skip

    def _text(self, name: str) -> str:
        return packing.unpacked(self._bytes(name))

    def _bytes(self, name: str) -> bytes:
        self._read.add(name)
        return self._files[name]

    def _bytes_read(self) -> int:
        return sum(len(self._files[name]) for name in self._read)


def _joined(answers: Sequence[Ranked]) -> Ranked:
    """What several readings find: a record by its best score."""
    if len(answers) == 1:
        return answers[0]
    full = any(one.full and one.entries for one in answers)
    best: dict[int, float] = {}
    for answer in answers:
        for score, number in answer.entries if answer.full or not full else ():
            best[number] = max(best.get(number, 0.0), score)
    entries = sorted(((score, number) for number, score in best.items()), key=ranking.order)
    return Ranked(full or not best, entries)


def _look_up(raw: bytes, low: int, head: int, order: int, segment: _Segment) -> list[tuple[int, int]]:
    reader = BitReader(raw)
    count = reader.number(6)
    current = low
    for _ in range(count):
        current += reader.number(order)
        found = _read_postings(reader, reader.number(0) + 1, segment)
        if current == head:
            return found
        if current > head:
            break
    return []


def _read_postings(reader: BitReader, count: int, segment: _Segment) -> list[tuple[int, int]]:
    order = order_of(segment.records, count)
    code = CODES[reader.number(0, PLAIN)]
    record = segment.first - 1
    found = []
    for _ in range(count):
        record += reader.number(order, PLAIN) + 1
        found.append((record, code[reader.number(0, PLAIN) if len(code) > 1 else 0]))
    return found
