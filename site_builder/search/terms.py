"""From documents to postings, a whole site at once, in arrays: analysis.py without a loop over characters.

A term's hash is a number of 32 bits. For two common Han characters, or one, it is exact: two different
terms never share it. Others (with a number, a word of letters or a rare character) share the other
half of the numbers by FNV-1a, where two terms meet once in some ten thousand; a quarter of all is for words
of the letters a to z alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from site_builder import cutting
from site_builder.search.analysis import LETTER_RANGES, SIGN_RANGES, normalise
from site_builder.search.documents import SearchDocument
from site_builder.search.everyday import otherwise
from site_builder.search.synonyms import Synonyms

UInt = npt.NDArray[np.uint64]
Places = npt.NDArray[np.uint32]
"""record << 5 | said << 4 | field << 2 | border of an occurrence: one number, since to fill arrays takes
time. `said`: it stands in no text, but is what people say for a word that does (everyday.py)."""
HAN_FIRST = 0x3400
HAN_LAST = 0x9FFF
ALONE = 0x7FFF
"""Stands for the second character where a term is one character."""
WORD_CODES = 0x200000
"""Numbers and words of letters get codes from here on, above all characters."""

WEIGHTS = (3.0, 1.5, 1.5, 1.0)
"""How often an occurrence counts in a title or keyword, in the lead, in the text's beginning, elsewhere."""
WHOLE, EDGE, INNER, ACROSS = range(4)
BORDERS = (1.0, 0.35, 0.25, 0.1)
"""How much of that counts where a pair is words by itself (职工), one end of a longer word (志愿 of 志愿者),
its inside, or joins the end of one to the beginning of another (国家 in 中国家电)."""
OPENING = 160
"""Characters at the beginning of a text that say what it is about: a newspaper's first sentence does."""
BODY, HEAD, TITLE = range(3)
"""Where a term stands at best: `Postings.place`."""

_TITLE, _LEAD, _OPENING, _TEXT = range(4)
_PLACES = np.tile(np.repeat(np.array([TITLE, HEAD, HEAD, BODY], np.int8), 4), 2)
_SAID = 1 << 4
_PARTS = np.array(
    [_TITLE << 2, _LEAD << 2, _LEAD << 2 | _SAID, _OPENING << 2, _TEXT << 2, _TEXT << 2 | _SAID], np.uint32
)
"""Where the parts of a record stand that `_parts` gives, in their order."""
LONGEST_WORD = 8
SCALE = 40
"""All products of WEIGHTS and BORDERS are multiples of a fortieth, which small numbers can count."""
_COUNTS = np.tile(np.rint(np.outer(WEIGHTS, BORDERS).reshape(-1) * SCALE).astype(np.uint16), 2)
"""Both by said << 4 | field << 2 | border."""


@dataclass(frozen=True, slots=True)
class Postings:
    """One entry for each term of each record, by hash, then by record."""

    hash: npt.NDArray[np.uint64]
    record: npt.NDArray[np.int64]
    frequency: npt.NDArray[np.float64]
    place: npt.NDArray[np.int8]
    """BODY, HEAD or TITLE."""
    said: npt.NDArray[np.bool_]
    """Whether the record has it only as what people say for what it has."""
    length: npt.NDArray[np.int64]
    """Units of each record."""
    pairs: UInt
    """The words of two Han characters in each record: record << 32 | first << 16 | second, rising."""
    pair_counts: npt.NDArray[np.int64]
    """How often each of them stands there."""
    longer: tuple[tuple[str, ...], ...]
    """The words of three to LONGEST_WORD Han characters in each record, as often as they stand there."""
    titles: tuple[str, ...]
    """Folded title and keywords of each record, a line break between."""

    @property
    def titled(self) -> npt.NDArray[np.bool_]:
        titled: npt.NDArray[np.bool_] = self.place == TITLE
        return titled


def term_hash(term: str) -> int:
    """The hash of one term, as `postings` gives it."""
    codes = [ord(character) for character in term]
    if len(codes) <= 2 and all(HAN_FIRST <= code <= HAN_LAST for code in codes):
        second = codes[1] - HAN_FIRST if len(codes) == 2 else ALONE
        return _mix((codes[0] - HAN_FIRST) << 15 | second)
    return _mix(_spelled(term))


def _spelled(term: str) -> int:
    """What `_mix` makes the hash of, of a term that is not one of Han characters alone."""
    return fnv(term) & 0x3FFFFFFF | (LATIN if _LATIN.fullmatch(term) else 0x80000000)


LATIN = 0xC0000000
_LATIN = re.compile("[a-z]+")


def fnv(text: str) -> int:
    """FNV-1a over code points (http://www.isthe.com/chongo/tech/comp/fnv/)."""
    value = 0x811C9DC5
    for character in text:
        value = (value ^ ord(character)) * 0x01000193 & 0xFFFFFFFF
    return value


def fnv_all(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """The same of many."""
    lengths = np.array([len(text) for text in texts], np.int64)
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    starts = np.cumsum(lengths) - lengths
    values = np.full(lengths.size, 0x811C9DC5, np.uint32)
    for place in range(int(lengths.max(initial=0))):
        there = np.flatnonzero(lengths > place)
        values[there] = (values[there] ^ codes[starts[there] + place]) * np.uint32(0x01000193)
    return values


def _mix(value: int) -> int:
    """The finaliser of MurmurHash3 (public domain): spreads the numbers, each to another one."""
    value ^= value >> 16
    value = value * 0x85EBCA6B & 0xFFFFFFFF
    value ^= value >> 13
    value = value * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def _mix_all(values: npt.NDArray[np.uint32]) -> UInt:
    """The same of many, in their place."""
    values ^= values >> np.uint32(16)
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    values ^= values >> np.uint32(16)
    return values.astype(np.uint64)


def unmixed(hashes: UInt) -> UInt:
    """What `_mix` was given: below 2^31 a pair of Han characters, (first - HAN_FIRST) << 15 | second -
    HAN_FIRST."""
    mask = np.uint64(0xFFFFFFFF)
    values = hashes ^ (hashes >> np.uint64(16))
    values = values * np.uint64(pow(0xC2B2AE35, -1, 1 << 32)) & mask
    values = values ^ (values >> np.uint64(13)) ^ (values >> np.uint64(26))
    values = values * np.uint64(pow(0x85EBCA6B, -1, 1 << 32)) & mask
    found: UInt = values ^ (values >> np.uint64(16))
    return found


PAIRS, SELDOM, SINGLES, WORDS = range(4)
"""Families of terms, which have shards of their own: a reader knows a term's by its characters."""
PARTICLES = "的了是在和与及到从这他们也而此些已"
"""Pairs with one of these are a fifth of all there is and in few queries: counted in newspaper texts and
titles. Left out are characters of what people look for: 有 (国有企业), 还 (返还), 就 (就业), 等 (等级)."""


def families(hashes: UInt) -> npt.NDArray[np.uint8]:
    """PAIRS, SELDOM (two Han characters, a particle among them), SINGLES (one Han character) or WORDS (the
    letters a to z) of each."""
    values = unmixed(hashes).astype(np.int64)
    particle = np.zeros(0x10000, np.bool_)
    particle[[ord(one) - HAN_FIRST for one in PARTICLES]] = True
    second = values & 0x7FFF
    han = values < 0x80000000
    found = np.where(han & (particle[(values >> 15) & 0xFFFF] | particle[second]), SELDOM, PAIRS)
    found = np.where(han & (second == ALONE), SINGLES, found)
    return np.where(values >= LATIN, WORDS, found).astype(np.uint8)


def family(term: str) -> int:
    """The same of one term."""
    if _LATIN.fullmatch(term):
        return WORDS
    if not 0 < len(term) <= 2 or not all(HAN_FIRST <= ord(character) <= HAN_LAST for character in term):
        return PAIRS
    if len(term) == 1:
        return SINGLES
    return SELDOM if any(character in PARTICLES for character in term) else PAIRS


_BREAK, _SIGN, _DIGIT, _LETTER, _POINT = range(5)


@lru_cache(maxsize=1)
def _classes() -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    for first, last in SIGN_RANGES:
        table[first : last + 1] = _SIGN
    for first, last in LETTER_RANGES:
        table[first : last + 1] = _LETTER
    table[ord("0") : ord("9") + 1] = _DIGIT
    table[ord(".")] = _POINT
    return table


def postings(documents: Sequence[SearchDocument], synonyms: Synonyms | None = None) -> Postings:
    """The terms of `documents`, each of which goes by its place among them; `synonyms` are terms beside those
    that stand there."""
    parts = _parts(documents)
    text, place = _characters(parts)
    record_at = place >> np.uint32(5)
    words = cutting.cut("\n".join(parts) + "\n")
    starts, ends, codes, touches, spelled = units(text)
    place = place[starts]
    length = np.bincount(place >> 5, minlength=len(documents))

    pair = np.flatnonzero(touches)  # unit i touches unit i + 1
    hashes = np.concatenate([_hashes(codes[pair], codes[pair + 1], spelled), _lone_hashes(codes, spelled)])
    ends_of_words = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))
    at_border = np.zeros(text.size + 1, np.bool_)
    at_border[0] = at_border[ends_of_words] = True
    at = np.concatenate([place[pair] | _borders(at_border, starts, ends, pair), place])
    if synonyms:
        extra = _synonyms(parts, synonyms, at_border)
        hashes, at = np.concatenate([hashes, extra[0]]), np.concatenate([at, extra[1]])

    # One number for each occurrence, so that one sort of plain numbers brings equal ones together.
    # In its place, as what follows: to fill a new array of millions takes longer than to reckon with it.
    packed = hashes
    packed <<= np.uint64(32)
    packed |= at
    packed.sort()
    kinds = packed.astype(np.uint8)
    kinds &= 31
    packed >>= np.uint64(5)
    first = np.flatnonzero(packed[1:] != packed[:-1]) + 1
    first = np.concatenate([np.zeros(min(1, packed.size), np.int64), first])
    keys = packed[first]
    counts, places = _COUNTS[kinds], _PLACES[kinds]
    return Postings(
        hash=keys >> np.uint64(27),
        record=(keys & np.uint64(0x7FFFFFF)).astype(np.int64),
        frequency=np.add.reduceat(counts, first, dtype=np.uint32) / SCALE if first.size else np.zeros(0),
        place=np.maximum.reduceat(places, first) if first.size else np.zeros(0, np.int8),
        said=np.bitwise_and.reduceat(kinds, first) >= _SAID if first.size else np.zeros(0, np.bool_),
        length=length,
        titles=tuple(parts[:: _PARTS.size]),
        **_words(words, ends_of_words, text, record_at, len(documents)),
    )


def _lone_hashes(codes: npt.NDArray[np.int64], spelled: Sequence[str]) -> UInt:
    """Of each unit by itself."""
    present = np.zeros(WORD_CODES + len(spelled), np.bool_)
    present[codes] = True
    distinct = np.flatnonzero(present)
    hashes = np.zeros(present.size, np.uint64)
    hashes[distinct] = _hashes(distinct, np.full(distinct.size, -1), spelled)
    return hashes[codes]


class _Words(TypedDict):
    pairs: UInt
    pair_counts: npt.NDArray[np.int64]
    longer: tuple[tuple[str, ...], ...]


def _words(
    words: Sequence[str],
    ends: npt.NDArray[np.int64],
    text: npt.NDArray[np.uint32],
    record: Places,
    records: int,
) -> _Words:
    """The words of Han characters in each record. Of two, as most have, they are counted by sorting."""
    sizes = np.diff(ends, prepend=0)
    others = np.zeros(text.size + 1, np.int64)
    np.cumsum(~_is_han(text), out=others[1:])
    han = others[ends] == others[ends - sizes]
    second = ends[han & (sizes == 2)] - 1
    keys = record[second].astype(np.uint64) << np.uint64(32)
    keys |= text[second - 1].astype(np.uint64) << np.uint64(16) | text[second]
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=np.uint64(1 << 63)))
    long = np.flatnonzero(han & (sizes > 2) & (sizes <= LONGEST_WORD))
    found = [words[place] for place in long.tolist()]
    borders = np.searchsorted(record[ends[long] - 1], np.arange(records + 1)).tolist()
    return {
        "pairs": keys[first],
        "pair_counts": np.diff(np.append(first, keys.size)),
        "longer": tuple(tuple(found[low:high]) for low, high in pairwise(borders)),
    }


def _borders(
    border: npt.NDArray[np.bool_],
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    pair: npt.NDArray[np.int64],
) -> Places:
    """WHOLE, EDGE, INNER or ACROSS for the pair of each unit with the next."""
    begins, inside, stops = border[starts[pair]], border[starts[pair + 1]], border[ends[pair + 1]]
    kinds = np.array([INNER, EDGE, EDGE, WHOLE, ACROSS, ACROSS, ACROSS, WHOLE], np.uint32)
    found: Places = kinds[inside.view(np.uint8) << 2 | begins.view(np.uint8) << 1 | stops.view(np.uint8)]
    return found


def _parts(documents: Sequence[SearchDocument]) -> list[str]:
    """Of every record, folded: title, lead and what people say for the title, beginning, rest and what they
    say for the rest."""
    parts: list[str] = []
    for document in documents:
        topics = (*document.topics, *document.audiences, document.region)
        titles = normalise("\n".join((document.title, *document.extra_titles, *document.keywords)))
        text = normalise(document.text)
        end = _PAUSE.search(text, OPENING)
        cut = 0 if document.summary else end.start() if end else len(text)
        lead = normalise("\n".join((document.summary, *topics)))
        said, more = otherwise(titles, f"{lead}\n{text[:cut]}", text[cut:])
        parts += (titles, lead, said, text[:cut], text[cut:], more)
    return parts


_PAUSE = re.compile(r"[。！？；，、,;!?\s]")  # A text is cut where no run is.


def _synonyms(parts: Sequence[str], synonyms: Synonyms, border: npt.NDArray[np.bool_]) -> tuple[UInt, Places]:
    """Hash and place of each word that has synonyms: 环保 is an EDGE of 环保局, and 产改 lies
    ACROSS two words in 生产改革."""
    found: list[tuple[int, int, int, int]] = []
    places = _places(len(parts)).tolist()
    first = 0
    for number, part in enumerate(parts):
        for start, end, name in synonyms.find(part):
            found.append((_term_of(name), places[number], first + start, first + end))
        first += len(part) + 1
    rows = np.array(found, np.int64).reshape(-1, 4)
    sides = border[rows[:, 2]].astype(np.int64) + border[rows[:, 3]]
    # 环保局 in a title is the name of an office: it says no more about 环保 than a lead that has the word.
    lower = (sides < 2) & (rows[:, 1] >> 2 & 3 == _TITLE)
    places = rows[:, 1] + (lower << 2) | np.array([ACROSS, EDGE, WHOLE])[sides]
    return rows[:, 0].astype(np.uint64), places.astype(np.uint32)


@lru_cache(maxsize=4096)
def _term_of(name: str) -> int:
    return term_hash(name)


def _characters(parts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Places]:
    """All texts as code points, and for each the place of its record and field."""
    lengths = np.array([len(part) + 1 for part in parts])
    text = np.frombuffer(("\n".join(parts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    return text, np.repeat(_places(len(parts)), lengths)


def _places(parts: int) -> Places:
    """Of each part of `_parts`."""
    records = np.arange(parts // _PARTS.size, dtype=np.uint32) << np.uint32(5)
    places: Places = np.repeat(records, _PARTS.size)
    places |= np.tile(_PARTS, records.size)
    return places


def units(
    text: npt.NDArray[np.uint32],
) -> tuple[
    npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_], list[str]
]:
    """Where each unit begins and ends, its code, whether it touches the next one; the words, by code -
    WORD_CODES."""
    kind = _classes()[text]
    point = np.flatnonzero(kind == _POINT)
    within = (kind[point - 1] == _DIGIT) & (kind[point + 1] == _DIGIT)  # the text ends with a line's end
    kind[point] = np.where(within, _DIGIT, _BREAK)
    before = np.roll(kind, 1)
    before[:1] = _BREAK
    begins = (kind == _SIGN) | ((kind != _BREAK) & (kind != before))
    starts = np.flatnonzero(begins)
    # A unit ends where another begins or a break does.
    stops = np.flatnonzero(begins | ((kind == _BREAK) & (before != _BREAK)))
    ends = np.append(stops, text.size)[np.flatnonzero(begins[stops]) + 1]
    touches = np.zeros(starts.size, np.bool_)
    touches[:-1] = ends[:-1] == starts[1:]

    codes = text[starts].astype(np.int64)
    wordy = np.flatnonzero(kind[starts] != _SIGN)
    known: dict[bytes, int] = {}
    raw = text.tobytes()
    for index, start, end in zip(wordy.tolist(), starts[wordy].tolist(), ends[wordy].tolist(), strict=True):
        codes[index] = WORD_CODES + known.setdefault(raw[4 * start : 4 * end], len(known))
    return starts, ends, codes, touches, [word.decode("utf-32-le") for word in known]


def _hashes(
    first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], words: Sequence[str]
) -> npt.NDArray[np.uint64]:
    """The hash of each term, given as the codes of its units (-1: there is no second one)."""
    exact = _is_han(first) & (_is_han(second) | (second < 0))
    tail = np.where(second < 0, ALONE, second - HAN_FIRST)
    values = np.where(exact, (first - HAN_FIRST) << 15 | tail, 0).astype(np.uint32)
    others = np.flatnonzero(~exact)
    keys = first[others].astype(np.int64) << 32 | (second[others] + 1)
    distinct, where = np.unique(keys, return_inverse=True)
    spelled = [
        _spelled(_spell(key >> 32, words) + _spell((key & 0xFFFFFFFF) - 1, words))
        for key in distinct.tolist()
    ]
    values[others] = np.array(spelled, np.uint32)[where]
    return _mix_all(values)


def _is_han(codes: npt.NDArray[np.int64] | npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    return (codes >= HAN_FIRST) & (codes <= HAN_LAST)


def _spell(code: int, words: Sequence[str]) -> str:
    if code < 0:
        return ""
    return words[code - WORD_CODES] if code >= WORD_CODES else chr(code)
