"""The phrases of a site by sound, for what was meant by pinyin or a slip: how they are chosen and written.

Of all records together is known how often each word stands in their texts, and in how many titles each
phrase: so what a record has can be taken away again when it changes. `sounds` reads what is written here.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby

import numpy as np

from site_builder import cutting
from site_builder.search.packing import stepped
from site_builder.search.pinyin_table import PAIRS, READINGS
from site_builder.search.rows import Words
from site_builder.search.sounds import CHARACTERS, first_of, initials, place_of
from site_builder.search.terms import term_hash

KEY_SHARD = 2000
FEW_KEY_SHARD = 500
"""Characters aimed at in a shard of phrases, and in one of few records, which is read beside another's."""
CHARACTER_SHARDS = 64
LEAST_CHARACTER_SHARDS = 8
RECORDS_PER_CHARACTER_SHARD = 10
"""Fewer shards of characters where there are few records: a small site has few files."""
LONGEST = 6
"""Characters of a phrase of several words; a word by itself may be longer."""
OFTEN = 6
RARE_SHARE = 40
"""A word of no title must stand in the texts more than OFTEN and more than records / RARE_SHARE times."""
TITLED = 4
"""Times that standing in a text counts, if it is a title."""
GREATEST = 9
_NO_ENDS = frozenset("的了和与及在是为把将被对从向以等也都又就而或之其这那个不")
"""Words of one character that begin or end no phrase that people look for."""
_WORD = re.compile("[\u3400-\u9fff]{2,8}")
_HAN = re.compile("[\u3400-\u9fff]+")
_ENTRY = re.compile("([^0-9]+)([0-9])")

Levels = Mapping[str, int]
"""Phrase of Han characters -> 0..GREATEST, how usual it is."""
_Lines = MutableMapping[str, MutableMapping[str, int]]
"""Syllables -> phrases that sound so, with their levels."""


# --- sounds -------------------------------------------------------------------------------------------


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


def syllables_of(phrase: str) -> str:
    """`重庆` -> `chong qing`; empty where a character is not in the table."""
    table, pairs = readings(), _pairs()
    found = [table.get(character, "") for character in phrase]
    for place in range(len(phrase) - 1):
        known = pairs.get(phrase[place : place + 2])
        if known:
            found[place : place + 2] = known.split(" ")
    return " ".join(found) if all(found) else ""


# --- which phrases ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrases:
    """The phrases of some records, and of what they were counted together."""

    records: int
    words: Mapping[str, int]
    """How often each word of two Han characters or more stands in all texts."""
    titled: Mapping[str, int]
    """In how many titles each phrase is."""
    texts: Sequence[str]
    """Of the files of phrases."""

    def changed(
        self, gone: Sequence[Words], added: Sequence[Words], records: int, names: Iterable[str] = ()
    ) -> Phrases:
        """Without the words of some records and with those of others; of `records` after that. `names`, which
        synonyms may stand for, are phrases whatever stands in the texts; they are always the same."""
        words, more = _counted(self.words, _words(added), _words(gone))
        titled, other = _counted(self.titled, _titled(added), _titled(gone))
        named = frozenset(filter(_WORD.fullmatch, names))
        touched = more | other | (frozenset() if self.texts else named)
        before, after = (max(OFTEN, count // RARE_SHARE) for count in (self.records, records))
        if before != after:
            touched |= {word for word, count in words.items() if (count > before) != (count > after)}
        changes: dict[str, int | None] = {}
        for phrase in touched:
            level = _level(words.get(phrase, 0), titled.get(phrase, 0), after, phrase in named)
            known = _level(self.words.get(phrase, 0), self.titled.get(phrase, 0), before, phrase in named)
            if level != known or not self.texts:
                changes[phrase] = level
        aim = _aim(records)
        texts = _patched(self.texts, changes, aim) if aim == _aim(self.records) else None
        if texts is None:
            texts = _texts(_with(_lines_of(self.texts), changes), aim)
        return Phrases(records, words, titled, texts)

    def files(self) -> dict[str, str]:
        """The texts of files by name: `p/<n>.bin` phrases, `h/<n>.bin` characters."""
        found = {f"p/{number}.bin": text for number, text in enumerate(self.texts)}
        return found | _characters(character_shards(self.records))

    @property
    def counts(self) -> tuple[int, int]:
        """How many files of both there are."""
        return len(self.texts), character_shards(self.records)


NONE = Phrases(0, {}, {}, ())


def character_shards(records: int) -> int:
    return min(CHARACTER_SHARDS, LEAST_CHARACTER_SHARDS + records // RECORDS_PER_CHARACTER_SHARD)


def _aim(records: int) -> int:
    return KEY_SHARD if character_shards(records) == CHARACTER_SHARDS else FEW_KEY_SHARD


def _counted(
    known: Mapping[str, int], added: Counter[str], gone: Counter[str]
) -> tuple[dict[str, int], frozenset[str]]:
    """How often each is there now, and which are there more often or less."""
    found = dict(known)
    added.subtract(gone)
    changed = {name: more for name, more in added.items() if more}
    for name, more in changed.items():
        found[name] = found.get(name, 0) + more
        if not found[name]:
            del found[name]
    return found, frozenset(changed)


def _words(records: Sequence[Words]) -> Counter[str]:
    found = Counter(chain.from_iterable(one.longer.split() for one in records))
    characters = np.frombuffer("".join(one.pairs for one in records).encode("utf-16-le"), "<u2").astype(
        np.uint32
    )
    pairs, counts = np.unique(characters[::2] << np.uint32(16) | characters[1::2], return_counts=True)
    found.update(
        {
            chr(pair >> 16) + chr(pair & 0xFFFF): often
            for pair, often in zip(pairs.tolist(), counts.tolist(), strict=True)
        }
    )
    return found


def _titled(records: Iterable[Words]) -> Counter[str]:
    return Counter(chain.from_iterable(set(_of_title(cutting.cut(one.title))) for one in records))


def _level(often: int, titled: int, least: int, named: bool) -> int | None:
    """None: it is no phrase that anybody is offered."""
    count = (often if often > least else 0) + TITLED * titled
    return min(int(math.log2(count)), GREATEST) if count else 1 if named else None


def levels(words: Mapping[str, int], titles: Iterable[str], records: int) -> dict[str, int]:
    """The phrases of the words of texts, with their number, and of folded titles."""
    least = max(OFTEN, records // RARE_SHARE)
    titled = _titled(Words(title, "", "") for title in titles)
    often = {word: count for word, count in words.items() if count > least and _WORD.fullmatch(word)}
    found = {
        phrase: _level(often.get(phrase, 0), titled[phrase], least, False) for phrase in often.keys() | titled
    }
    return {phrase: level for phrase, level in found.items() if level is not None}


def _of_title(words: Sequence[str]) -> Iterator[str]:
    """Words, and what neighbours make together. Of a long word also its beginning or end: dictionaries hold
    红十字会 and 新世纪 as one."""
    for start, first in enumerate(words):
        if first in _NO_ENDS or not _HAN.fullmatch(first):
            continue
        for cut in {0, 1, len(first) - 2} if len(first) > 2 else (0,):
            phrase = first[cut:]
            if 2 <= len(phrase) <= 8:
                yield phrase
            yield from (first[cut:end] for end in range(cut + 2, len(first)))
            for word in words[start + 1 : start + (2 if cut else LONGEST)]:
                if len(phrase) >= LONGEST or not _HAN.fullmatch(word):
                    break
                if word not in _NO_ENDS:
                    yield from (phrase + word[:end] for end in {2, len(word)} if len(word) >= end)
                phrase += word
                if len(phrase) <= LONGEST and word not in _NO_ENDS:
                    yield phrase


# --- how they are written -----------------------------------------------------------------------------


def files_of(phrases: Levels, characters: int = CHARACTER_SHARDS) -> tuple[dict[str, str], tuple[int, int]]:
    """Texts of files by name, as `Phrases.files` gives them, and the numbers of both."""
    texts = _texts(_with({}, phrases), KEY_SHARD if characters == CHARACTER_SHARDS else FEW_KEY_SHARD)
    files = {f"p/{number}.bin": text for number, text in enumerate(texts)}
    return files | _characters(characters), (len(texts), characters)


def _with(lines: _Lines, changes: Mapping[str, int | None]) -> _Lines:
    for phrase, level in changes.items():
        syllables = syllables_of(phrase)
        if syllables:
            row = lines.setdefault(syllables, {})
            if level is None:
                row.pop(phrase, None)
            else:
                row[phrase] = level
    return lines


def _lines_of(texts: Iterable[str]) -> _Lines:
    found: _Lines = {}
    for text in texts:
        for line in text.splitlines():
            syllables, _, row = line.partition(":")
            found[syllables] = {phrase: int(level) for phrase, level in _ENTRY.findall(row)}
    return found


def _texts(lines: _Lines, aim: int) -> list[str]:
    keyed: dict[str, list[str]] = defaultdict(list)
    for syllables, row in lines.items():
        if row:
            entries = "".join(sorted(f"{phrase}{level}" for phrase, level in row.items()))
            keyed[initials(syllables.split(" "))].append(f"{syllables}:{entries}\n")
    written = {key: "".join(sorted(rows)) for key, rows in keyed.items()}
    count = _number(sum(map(len, written.values())), aim)
    parts: list[list[str]] = [[] for _ in range(count)]
    for key in sorted(written):
        parts[_shard(key, count)].append(written[key])
    return ["".join(part) for part in parts]


def _patched(texts: Sequence[str], changes: Mapping[str, int | None], aim: int) -> list[str] | None:
    """The same texts with changes; None where that would need another number of files."""
    if not texts:
        return None
    here: dict[int, dict[str, int | None]] = defaultdict(dict)
    for phrase, level in changes.items():
        syllables = syllables_of(phrase)
        if syllables:
            here[_shard(initials(syllables.split(" ")), len(texts))][phrase] = level
    found = list(texts)
    for shard, some in here.items():
        [found[shard]] = _texts(_with(_lines_of([texts[shard]]), some), 1 << 40)
    return found if _number(sum(map(len, found)), aim) == len(texts) else None


def _number(size: int, aim: int) -> int:
    return stepped(max(1, size // aim))


def _shard(key: str, count: int) -> int:
    return term_hash(key) * count >> 32


@lru_cache(maxsize=CHARACTER_SHARDS)
def _characters(count: int) -> dict[str, str]:
    """Shard n: the syllables of the characters whose place p has floor(p * count / CHARACTERS) = n, in
    order; what stands behind a syllable says how many in a row have it, if it is not one."""
    row = [""] * CHARACTERS
    for character, syllable in readings().items():
        row[place_of(character)] = syllable
    files = {}
    for shard in range(count):
        runs = groupby(row[first_of(shard, count) : first_of(shard + 1, count)])
        lengths = ((syllable, sum(1 for _ in run)) for syllable, run in runs)
        files[f"h/{shard}.bin"] = " ".join(f"{syllable}{n if n > 1 else ''}" for syllable, n in lengths)
    return files
