"""What a reader meant who typed pinyin (yexiao, zgyx) or another character of the same sound (职工夜笑).

The index holds the words of its records by sound, and what neighbouring words of a title make together: under
the initials `zgyx` stands `zhi gong ye xiao:职工夜校`. What was typed is cut into syllables or initials; the
phrases that fit are what may have been meant. So only words that the site has are ever proposed. Many people
do not tell zh from z or ng from n, on a keyboard least of all: they count as the same, and initials are the
same anyway.

`phrases` writes the files; here they are read, as themes/base/scripts/search/sounds.js does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from site_builder.search.analysis import is_sign, normalise, parse_query
from site_builder.search.ranking import asked
from site_builder.search.terms import term_hash

CHARACTERS = 72 * 94
"""Of GB/T 2312, whose first half is ordered by sound: neighbours sound alike, so shards of them are small.
All characters with a reading are among them."""


def first_of(shard: int, count: int) -> int:
    return -(-CHARACTERS * shard // count)


def place_of(character: str) -> int:
    """Its place in GB/T 2312; -1 if it is not in it."""
    try:
        row, cell = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return -1
    return (row - 0xB0) * 94 + cell - 0xA1 if row >= 0xB0 else -1


_SYLLABLE = re.compile(
    "(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?(?:a(?:i|o|ng?)?|o(?:u|ng?)?|e(?:i|r|ng?)?|i(?:a(?:o|ng?)?|e|u|ng?|ong?)?"
    "|u(?:a(?:i|ng?)?|o|i|n|e)?|ve?)"
)
_INITIAL = re.compile("[zcs]h?|[bpmfdtnlgkhjqxryw]")
_RUN = re.compile("([a-z]*)([0-9]*)(?: |$)")
INITIAL_COST = 1.6
"""Of a piece that is an initial alone; a syllable costs 1."""
WAYS = 3
MOST = 2
"""Readings that are given at most: initials are shared by many words."""
WINDOW = 4
BREAK = 1.0
"""What it costs that a row is several phrases of the site, not one."""


def cuts(letters: str) -> list[list[str]]:
    """The ways to cut letters into syllables and initials, the best first."""
    ways: list[list[tuple[float, list[str]]]] = [[] for _ in range(len(letters) + 1)]
    ways[0].append((0.0, []))
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            cost = _cost(letters[start:end])
            if cost:
                ways[end] += [(known + cost, [*way, letters[start:end]]) for known, way in ways[start]]
        ways[end] = sorted(ways[end])[: 2 * WAYS]
    return [way for _, way in ways[-1]]


def _cost(piece: str) -> float:
    if _SYLLABLE.fullmatch(piece):
        return 1.0
    return INITIAL_COST if _INITIAL.fullmatch(piece) else 0.0


def _fuzzy(syllable: str) -> str:
    """Alike for many: zh and z, ng and n."""
    return re.sub("ng$", "n", re.sub("^([zcs])h", r"\1", syllable)).replace("v", "u")


def _fits(piece: str, syllable: str) -> bool:
    whole = len(piece) > 1 and _SYLLABLE.fullmatch(piece)
    return _fuzzy(piece) == _fuzzy(syllable) if whole else syllable[0] == piece[0]


def initials(pieces: Sequence[str]) -> str:
    return "".join(piece[0] for piece in pieces)


class Sounds:
    """Answers from the files of one or more segments; `read` gives a file's text, for each segment that has
    it."""

    def __init__(self, read: Callable[[int, str], str], counts: Sequence[tuple[int, int]]) -> None:
        self._read = read
        self._counts = counts
        # Characters are the same in every segment: where they lie in the most shards, the least is read.
        self._finest = max(range(len(counts)), key=lambda segment: counts[segment][1], default=0)

    def pinyin(self, letters: str, head: str = "", tail: str = "") -> list[str]:
        """What letters, maybe with spaces, may stand for between these characters, with them, the likeliest
        first; none if for nothing the site has."""
        ways = [[*map(self._syllable, head)]]
        for word in letters.split():
            ways = [[*way, *cut] for way in ways for cut in cuts(word)][: 2 * WAYS]
        ways = [[*way, *map(self._syllable, tail)] for way in ways]
        ways = [way for way in ways if len(way) > 1 and all(way)][:WAYS]
        found: dict[str, float] = {}
        for way in ways:
            cost = sum(map(_cost, way))
            for phrase, (level, exact) in self._candidates(way).items():
                if phrase.startswith(head) and phrase.endswith(tail):
                    found[phrase] = max(found.get(phrase, -99.0), level + exact - 2 * cost)
        if found:
            ordered = sorted(found, key=lambda phrase: (-found[phrase], phrase))
            short = all(_SYLLABLE.fullmatch(piece) for piece in ways[0])
            return [one for one in ordered if not short or found[one] > found[ordered[0]] - 2][:MOST]
        rows = (self._row(way) for way in ways if len(way) > 2 and not head + tail)
        return [text for text in rows if text][:1]

    def homophones(self, units: Sequence[str], doubtful: Sequence[bool]) -> str:
        """The row of characters with those that are `doubtful` replaced by others of the same sound."""
        sounds = [self._syllable(unit) for unit in units]
        typed = "".join(units)
        for size in (len(units), 2, 3):
            best, chosen = (0.0, 0.0), ""
            for start in range(len(units) - size + 1):
                part = slice(start, start + size)
                if not any(doubtful[part]) or not all(sounds[part]) or size > 8:
                    continue
                for phrase, (level, exact) in self._candidates(sounds[part]).items():
                    same = sum(map(str.__eq__, phrase, typed[part]))
                    kept = all(
                        a == b
                        for a, b, doubt in zip(phrase, typed[part], doubtful[part], strict=True)
                        if not doubt
                    )
                    if same * 2 >= size and phrase != typed[part] and (kept or size == len(units)):
                        rank = (same / size, level + exact)
                        if rank > best:
                            best, chosen = rank, typed[:start] + phrase + typed[start + size :]
            if chosen:
                return chosen
        return ""

    def _syllable(self, character: str) -> str:
        place = place_of(character) if len(character) == 1 else -1
        if place < 0:
            return ""
        count = self._counts[self._finest][1]
        shard = place * count // CHARACTERS
        left = place - first_of(shard, count)
        for syllable, number in _RUN.findall(self._read(self._finest, f"h/{shard}.bin")):
            left -= int(number or 1)
            if left < 0:
                return str(syllable)
        return ""

    def _candidates(self, pieces: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Phrases that fit: level, and 1 if letter by letter."""
        key = initials(pieces)
        found: dict[str, tuple[int, int]] = {}
        for segment, (count, _) in enumerate(self._counts):
            for line in self._read(segment, f"p/{term_hash(key) * count >> 32}.bin").split("\n"):
                syllables, _, row = line.partition(":")
                parts = syllables.split(" ")
                if len(parts) == len(pieces) and all(map(_fits, pieces, parts)):
                    exact = int(list(pieces) == parts)
                    for phrase, level in re.findall("([^0-9]+)([0-9])", row):
                        found[phrase] = max(found.get(phrase, (0, 0)), (int(level), exact))
        return found

    def _row(self, pieces: Sequence[str]) -> str:
        """The best row of phrases that fit the pieces one after another."""
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(pieces) + 1):
            here = (-99.0, "")
            for start in range(max(0, end - WINDOW), end - 1):
                score, text = best[start]
                if score < -50:
                    continue
                for phrase, (level, exact) in self._candidates(pieces[start:end]).items():
                    here = max(here, (score + level + exact - 10 - BREAK, text + phrase))
            best.append(here)
        return best[-1][1]


_SIGN = "([\u3400-\u9fff]?)"
LETTERS = re.compile(rf"{_SIGN}([a-z]+[1-5]?(?:[ ']?[a-z]+[1-5]?)*){_SIGN}")
DOUBT = 1000
"""A pair in at most 1 + records / DOUBT of the records may be a slip."""

Frequency = Callable[[str], int]
"""In how many records a term is."""


def from_pinyin(text: str, frequency: Frequency, sounds: Callable[[], Sounds]) -> list[str]:
    """The folded query with letters that no record has read as pinyin: what may be meant, the likeliest
    first."""
    folded = without_tones(normalise(text))
    found = [""]
    at = 0
    for match in LETTERS.finditer(folded):
        words = re.split("[ ']", match[2])
        if all(map(frequency, words)):
            continue
        letters = re.sub("[1-5]|'", " ", match[2])
        before, _, after = match.groups()
        # Where letters mean nothing by themselves, with the character before or after them: 夜xiao.
        for head, tail in (("", ""), (before, ""), ("", after), (before, after)):
            meant = sounds().pinyin(letters, head, tail)
            if not meant and frequency("".join(words)):
                meant = [f"{head}{''.join(words)}{tail}"]  # Deep Seek
            if meant:
                start = match.start(2) - len(head)
                found = [one + folded[at:start] + other for one in found for other in meant][:MOST]
                at = match.end(2) + len(tail)
                break
    return [one + folded[at:] for one in found] if at else []


_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ", "aaaaeeeeiiiioooouuuuvvvvv")


def without_tones(folded: str) -> str:
    """`yèxiào` -> `yexiao`."""
    return folded.translate(_TONES)


def by_sound(text: str, frequency: Frequency, rare: int, sounds: Callable[[], Sounds]) -> str:
    """The folded query, with characters in pairs that at most `rare` records have replaced by others of the
    same sound. A character of which a neighbour is known to follow or come before is not in doubt."""
    folded = normalise(text)
    for run in parse_query(text).runs:
        if len(run.units) < 2 or not all(map(is_sign, run.units)):
            continue
        known = asked(run)
        counts = [frequency(term[0]) if term in known else rare + 1 for term in run.terms]
        doubtful = [
            (place == 0 or counts[place - 1] <= rare) and (place == len(counts) or counts[place] <= rare)
            for place in range(len(run.units))
        ]
        if any(doubtful) and 0 in counts:
            typed = "".join(run.units)
            folded = folded.replace(typed, sounds().homophones(run.units, doubtful) or typed)
    return folded
