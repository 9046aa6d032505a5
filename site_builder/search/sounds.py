"""What a reader meant who typed pinyin (yexiao, zgyx) or another character of the same sound (职工夜笑).

The index holds the pairs of characters that its records have, by sound: under `ye xiao`, under the initials
`yx`. What was typed becomes a row of sounds; the pairs that fit each place are chained where they share a
character, and the best chain is what was meant. So only words that the site has are ever proposed.

Here both sides: the files (`shards`), and reading them (`Sounds`), as themes/base/static/search/sounds.js
does.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from site_builder.search.analysis import normalise, parse_query
from site_builder.search.pinyin_table import PAIRS, READINGS
from site_builder.search.terms import ALONE, HAN_FIRST, HEAD, TITLE, Postings, term_hash, unmixed

KEY_SHARD = 1000
"""Characters aimed at in a shard of pairs."""
CHARACTER_SHARDS = 32
RECORDS_PER_CHARACTER_SHARD = 25
"""Fewer shards of characters where there are few records: a small site has few files."""
OFTEN = 2
RARE_SHARE = 250
"""To be proposed, a pair that stands in no title must be in more than OFTEN records, and if in no lead
either in
more than 1/RARE_SHARE of all: most pairs of a text are no words."""
TITLED = 2
"""What standing in a title adds to a pair's level, otherwise the logarithm of its records."""
GREATEST = 9
BREAK = 0.3
"""What it costs a chain of syllables that two neighbours are no known pair."""
INITIALS_BREAK = 2.0
"""The same for initials, where any pair fits: only long chains say much."""
OWN = 1.5
"""What keeping a character that was typed is worth."""
MOST = 3
"""Ways to cut letters into syllables that are tried."""


def _table(text: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in text.split(","))


@lru_cache(maxsize=1)
def readings() -> Mapping[str, str]:
    """Character -> syllable."""
    return {character: syllable for syllable, row in _table(READINGS).items() for character in row}


@lru_cache(maxsize=1)
def _pairs() -> Mapping[str, str]:
    found = {}
    for syllables, row in _table(PAIRS).items():
        for place in range(0, len(row), 2):
            found[row[place : place + 2]] = syllables
    return found


def syllables_of(pair: str) -> str:
    """`重庆` -> `chong qing`; empty where a character is not in the table."""
    known = _pairs().get(pair)
    if known:
        return known
    table = readings()
    first, second = table.get(pair[0], ""), table.get(pair[1], "")
    return f"{first} {second}" if first and second else ""


# --- writing ------------------------------------------------------------------------------------------


def shards(postings: Postings) -> tuple[dict[str, bytes], tuple[int, int]]:
    """The files of `files_of` for the pairs of an index."""
    characters = min(CHARACTER_SHARDS, 1 + postings.length.size // RECORDS_PER_CHARACTER_SHARD)
    return files_of(_vocabulary(postings), characters)


def files_of(
    vocabulary: Iterable[tuple[str, int, bool]], characters: int = CHARACTER_SHARDS
) -> tuple[dict[str, bytes], tuple[int, int]]:
    """Files by name (`p/<n>.bin` pairs, `h/<n>.bin` characters, `syllables.bin`), and the numbers of shards
    of pairs."""
    lines: dict[str, list[str]] = defaultdict(list)
    for pair, level, titled in vocabulary:
        syllables = syllables_of(pair)
        if not syllables:
            continue
        lines[syllables].append(f"{pair}{level}")
        if titled:
            first, second = syllables.split(" ")
            lines[first[0] + second[0]].append(f"{pair}{level}")
    texts = {key: f"{key}:{''.join(sorted(row))}\n" for key, row in lines.items()}
    count = max(1, sum(map(len, texts.values())) // KEY_SHARD)
    parts: list[list[str]] = [[] for _ in range(count)]
    for key in sorted(texts):
        parts[term_hash(key) * count >> 32].append(texts[key])
    files = {f"p/{number}.bin": "".join(part).encode() for number, part in enumerate(parts)}
    return files | _characters(characters), (count, characters)


@lru_cache(maxsize=CHARACTER_SHARDS)
def _characters(count: int) -> dict[str, bytes]:
    parts: list[dict[str, list[str]]] = [defaultdict(list) for _ in range(count)]
    for character, syllable in sorted(readings().items()):
        parts[ord(character) % count][syllable].append(character)
    files = {
        f"h/{number}.bin": "\n".join(f"{key}:{''.join(part[key])}" for key in sorted(part)).encode()
        for number, part in enumerate(parts)
    }
    files["syllables.bin"] = " ".join(sorted(_table(READINGS))).encode()
    return files


def _vocabulary(postings: Postings) -> Iterable[tuple[str, int, bool]]:
    """Pair, level 0..GREATEST, whether a title has it."""
    starts = np.flatnonzero(np.diff(postings.hash, prepend=postings.hash[:1] + np.uint64(1)))
    if not starts.size:
        return
    counts = np.diff(np.append(starts, postings.hash.size))
    best: npt.NDArray[np.int64] = np.maximum.reduceat(postings.place, starts)
    values = unmixed(postings.hash[starts]).astype(np.int64)
    chosen = np.flatnonzero(
        (values < 0x80000000)
        & ((values & 0x7FFF) != ALONE)
        & (
            (best == TITLE)
            | (counts > OFTEN) & ((best == HEAD) | (counts * RARE_SHARE > postings.length.size))
        )
    )
    levels = np.minimum(
        np.log2(counts[chosen]).astype(np.int64) + np.where(best[chosen] == TITLE, TITLED, 0), GREATEST
    )
    for value, level, place in zip(
        values[chosen].tolist(), levels.tolist(), best[chosen].tolist(), strict=True
    ):
        yield chr((value >> 15) + HAN_FIRST) + chr((value & 0x7FFF) + HAN_FIRST), level, place == TITLE


# --- reading ------------------------------------------------------------------------------------------

Pairs = Mapping[str, int]
"""Pair -> level."""


class Sounds:
    """Answers from the files of one or more segments; `read` gives a file's text, for each segment that
    has it."""

    def __init__(self, read: Callable[[int, str], str], counts: Sequence[tuple[int, int]]) -> None:
        self._read = read
        self._counts = counts

    def pinyin(self, letters: str) -> str:
        """What letters, maybe with spaces, most likely stand for; empty if for nothing that the site has."""
        words = letters.split()
        known = frozenset(self._read(0, "syllables.bin").split(" "))
        ways: list[list[str]] = [[]]
        for word in words:
            ways = [[*way, *cut] for way in ways for cut in cuts(word, known)][:MOST]
        best = max(
            (self._chain(way) for way in ways if len(way) > 1), default=(0.0, ""), key=lambda one: one[0]
        )
        if best[1]:
            return best[1]
        joined = "".join(words)
        return self._chain(list(joined))[1] if 2 <= len(joined) <= 8 else ""

    def homophones(self, units: Sequence[str], doubtful: Sequence[bool]) -> str:
        """The row of characters with those that are `doubtful` replaced by others of the same sound."""
        sounds = [self._syllable(unit) for unit in units]
        if not all(sounds):
            return ""
        return self._chain(sounds, units, doubtful)[1]

    def _syllable(self, character: str) -> str:
        if len(character) != 1:
            return ""
        for line in self._read(0, f"h/{ord(character) % self._counts[0][1]}.bin").split("\n"):
            syllable, _, row = line.partition(":")
            if character in row:
                return syllable
        return ""

    def _candidates(self, key: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for segment, (count, _) in enumerate(self._counts):
            for line in self._read(segment, f"p/{term_hash(key) * count >> 32}.bin").split("\n"):
                if line.startswith(f"{key}:"):
                    for pair, level in re.findall("(..)([0-9])", line[len(key) + 1 :]):
                        found[pair] = max(found.get(pair, 0), int(level))
        return found

    def _chain(
        self, sounds: Sequence[str], typed: Sequence[str] = (), doubtful: Sequence[bool] = ()
    ) -> tuple[float, str]:
        """The best row of characters for these sounds, every one part of a known pair: its score and itself.

        A character is worth the logarithm of the level of the better of its pairs: so one rare character
        spoils a row, and frequent pairs that only join two words do not make one.
        """
        joint = "" if all(len(sound) == 1 for sound in sounds) else " "
        gap = BREAK if joint else INITIALS_BREAK
        rows: list[dict[str, _Row]] = [{} for _ in sounds]  # By the last character.
        for place in range(len(sounds) - 1):
            if typed and not doubtful[place] and not doubtful[place + 1]:
                pairs: Pairs = {typed[place] + typed[place + 1]: 0}
            else:
                pairs = self._candidates(f"{sounds[place]}{joint}{sounds[place + 1]}")
            begin = _best(rows[place - 1]) if place else _Row(0.0, 0, "")
            for pair in sorted(pairs):
                first, second = pair[0], pair[1]
                level, own = pairs[pair] + 1, 0.0
                if typed:
                    same = (first == typed[place], second == typed[place + 1])
                    if not (same[0] or doubtful[place]) or not (same[1] or doubtful[place + 1]):
                        continue
                    own = OWN * sum(same) / 2
                longer = rows[place].get(first)
                if longer:
                    score = longer.score + math.log(1 + max(longer.level, level)) + own
                    _keep(rows[place + 1], _Row(score, level, longer.text + second))
                if begin.text or not place:
                    score = begin.whole + math.log(1 + level) + own - (gap if place else 0)
                    _keep(rows[place + 1], _Row(score, level, begin.text + pair))
        best = _best(rows[-1])
        return (best.whole, best.text)


class _Row(NamedTuple):
    score: float
    """Of all characters but the last, whose better pair may be still to come."""
    level: int
    text: str

    @property
    def whole(self) -> float:
        return round(self.score + math.log(1 + self.level), 6)


def _keep(rows: dict[str, _Row], row: _Row) -> None:
    last = row.text[-1]
    if last not in rows or row.whole > rows[last].whole:
        rows[last] = row


def _best(rows: Mapping[str, _Row]) -> _Row:
    ordered = sorted(rows.values(), key=lambda row: row.text)
    return max(ordered, key=lambda row: row.whole, default=_Row(0.0, 0, ""))


LETTERS = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
DOUBT = 1
"""A pair in no more records than this may be a slip."""

Frequency = Callable[[str], int]
"""In how many records a term is."""


def from_pinyin(text: str, frequency: Frequency, sounds: Callable[[], Sounds]) -> str:
    """The folded query, with letters that no record has read as pinyin where that means something."""

    def spell(match: re.Match[str]) -> str:
        if all(map(frequency, re.split("[ ']", match[0]))):
            return match[0]
        return sounds().pinyin(match[0].replace("'", " ")) or match[0]

    return LETTERS.sub(spell, normalise(text))


def by_sound(text: str, frequency: Frequency, sounds: Callable[[], Sounds]) -> str:
    """The folded query, with characters in pairs that hardly any record has replaced by others of the same
    sound."""
    folded = normalise(text)
    for run in parse_query(text).runs:
        if len(run.units) < 2 or not all(len(unit) == 1 for unit in run.units):
            continue
        rare = [frequency(term) <= DOUBT for term, _, _ in run.terms]
        doubtful = [
            (place == 0 or rare[place - 1]) and (place == len(rare) or rare[place])
            for place in range(len(run.units))
        ]
        if any(doubtful):
            typed = "".join(run.units)
            folded = folded.replace(typed, sounds().homophones(run.units, doubtful) or typed)
    return folded


def corrected(text: str, frequency: Frequency, sounds: Callable[[], Sounds]) -> str:
    return by_sound(from_pinyin(text, frequency, sounds), frequency, sounds)


def cuts(word: str, known: frozenset[str]) -> list[list[str]]:
    """The ways to cut letters into syllables, those of fewest syllables first; an apostrophe cuts too."""
    ways: list[list[list[str]]] = [[] for _ in range(len(word) + 1)]
    ways[0].append([])
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            if word[start:end] in known:
                ways[end] += [[*way, word[start:end]] for way in ways[start]]
        ways[end] = sorted(ways[end], key=lambda way: (len(way), way))[: 2 * MOST]
    return ways[-1][:MOST]
