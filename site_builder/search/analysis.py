"""What counts as a word: the one analysis of all searches, here and in themes/base/scripts/search/.

A text is folded (NFKC, traditional to simplified, lower case, 1,500 -> 1500) and cut into *units*: a
character that is a word part of its own (Han, kana, hangul, %), a number, or a word of letters. Units that
touch each other form a *run*; spaces and punctuation end it. The terms of a run are its pairs of
neighbouring units (职工夜校 -> 职工 工夜 夜校; 350余个 -> 350余 余个; App下载 -> app下 下载), so that a query
needs no segmentation; each number and each word of letters by itself; and a unit that stands alone.

Why pairs and not dictionary words: the index and the query are cut alike on every device, and a name that
no dictionary has is found. The cases in tests/golden/analysis.json hold for Python and JavaScript.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

# Written as ranges, because Python's \w and JavaScript's \p{L} differ; both sides use exactly these.
SIGN_RANGES = (
    (0x25, 0x25), (0x2030, 0x2030),  # % ‰
    (0x3005, 0x3007), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x30FC, 0x30FC),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x20000, 0x323AF),
)  # fmt: skip
"""Characters that are units by themselves."""
LETTER_RANGES = (
    (0x61, 0x7A), (0xDF, 0xF6), (0xF8, 0x24F), (0x370, 0x3FF), (0x400, 0x52F),  # Latin, Greek, Cyrillic
    (0x620, 0x64A), (0x671, 0x6D3), (0xF40, 0xFBC), (0x1820, 0x18AA),  # Uyghur, Tibetan, Mongolian
)  # fmt: skip
"""Letters, after lower-casing; neighbouring ones form a word."""

_WIDE = tuple((sign, unicodedata.normalize("NFKC", sign)) for sign in "，：；！？（）\u3000")
_FOLD = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
_FOLDED = re.compile(f"[{TRADITIONAL}]")
_GROUPED = re.compile(r"([0-9]),(?=[0-9]{3}(?![0-9]))")


def _character_class(ranges: tuple[tuple[int, int], ...]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_SIGN = re.compile(f"[{_character_class(SIGN_RANGES)}]")
_UNIT = re.compile(f"{_SIGN.pattern}|[0-9]+(?:\\.[0-9]+)*|[{_character_class(LETTER_RANGES)}]+")


def normalise(text: str) -> str:
    """Fold what readers type alike: width, traditional characters, case, groups of digits."""
    for wide, narrow in _WIDE:  # Most texts have no others that NFKC changes, and it takes ten times as long.
        text = text.replace(wide, narrow)
    folded = _GROUPED.sub(r"\1", unicodedata.normalize("NFKC", text))
    return _FOLDED.sub(lambda match: _FOLD[match[0]], folded).lower()


def runs(normalised: str) -> Iterator[tuple[str, ...]]:
    """The runs of units of a text that `normalise` has folded."""
    units: list[str] = []
    end = -1
    for match in _UNIT.finditer(normalised):
        if match.start() != end and units:
            yield tuple(units)
            units = []
        units.append(match[0])
        end = match.end()
    if units:
        yield tuple(units)


def is_sign(unit: str) -> bool:
    """Whether the unit is a character by itself, not a number or a word of letters."""
    return _SIGN.fullmatch(unit) is not None


def terms(text: str) -> list[str]:
    """The terms of a text in their order: for each unit itself where it counts alone, then its pair."""
    found = []
    for run in runs(normalise(text)):
        for position, unit in enumerate(run):
            if len(run) == 1 or not is_sign(unit):
                found.append(unit)
            if position + 1 < len(run):
                found.append(unit + run[position + 1])
    return found


# --- queries --------------------------------------------------------------------------------------

# What people write around what they look for. Not asked for in a match, unless the query is nothing else.
_PHRASES = (
    r"请问|怎么[样办走去]?|怎样|如何|什么(?:时候)?|哪[里儿个家天些]?|多少钱?|多久|几[点号]|何时|为什么|"
    r"为何|是否|([能算行会要])不\1|可(?:不可)?以|还能|[能行]吗|需要|有没有|[都还]有|[我想]要|我想?|"
    r"[谁啥咋吗呢吧的了和与及在给对从是有到]"
)
# What people want to know of it: the night school's page answers 平度夜校电话, even if 电话 is not on it.
_ASPECTS = (
    r"电话|号码|联系|方式|地[址点方]|位置|(?:开放|营业)?时间|开课|报名|申请|办理|"
    r"材料|流程|条件|标准|名额|费用|价格|[收免]费"
)
WISHED = 0.25
"""How much a unit of an aspect counts: a match need not cover it."""
_OPTIONAL = re.compile(f"{_PHRASES}|(?P<aspect>{_ASPECTS})")
_SIGNS = {ord("＂"): '"', ord("－"): "-"}
_PARTS = re.compile(r"""(-?)(?:"([^"]*)"?|“([^”]*)”?|「([^」]*)」?)|(?<![^\s])-(\S+)|([^\s"“「]+)""")


@dataclass(frozen=True, slots=True)
class QueryRun:
    """A run of a query. `required` says for each unit whether a match must cover it: 1 if so, WISHED where it
    is an aspect, 0 where it is not asked for at all."""

    units: tuple[str, ...]
    required: tuple[float, ...]
    exact: bool = False
    """From a quoted phrase: every pair must match, not only every unit."""

    @property
    def lone_sign(self) -> bool:
        return len(self.units) == 1 and is_sign(self.units[0])

    @property
    def terms(self) -> tuple[tuple[str, int, int], ...]:
        """(term, first unit, last unit): pairs; the unit itself in a run of one, and beside them each number
        and word of letters: 500万元 stands as 500余万元 too."""
        if len(self.units) == 1:
            return ((self.units[0], 0, 0),)
        alone = ((unit, position, position) for position, unit in enumerate(self.units) if not is_sign(unit))
        pairs = (
            (first + second, position, position + 1)
            for position, (first, second) in enumerate(zip(self.units, self.units[1:], strict=False))
        )
        return (*pairs, *alone)


@dataclass(frozen=True, slots=True)
class Query:
    runs: tuple[QueryRun, ...]
    minus: tuple[QueryRun, ...] = ()
    """A record that has every term of one of these is left out."""

    def __bool__(self) -> bool:
        return bool(self.runs)


Finder = Callable[[str], Iterable[tuple[int, int, str]]]
"""Finds words that have synonyms in folded text: start, end, the term that stands for all of them."""


def parse_query(text: str, synonyms: Finder | None = None) -> Query:
    """Read what a person typed: words, "quoted phrases" and -words to leave out."""
    wanted: list[QueryRun] = []
    minus: list[QueryRun] = []
    for match in _PARTS.finditer(text.translate(_SIGNS)):
        sign, straight, curly, corner, excluded, plain = match.groups()
        quoted = next((part for part in (straight, curly, corner) if part is not None), None)
        if excluded is not None or (sign and quoted is not None):
            minus.extend(_exact_runs(excluded if excluded is not None else quoted or ""))
        elif quoted is not None:
            wanted.extend(_exact_runs(quoted))
        else:
            wanted.extend(_plain_runs(plain, synonyms))
    if any(1 in run.required and not run.lone_sign for run in wanted):
        # A character alone is known only where it stands alone, in titles and in leads: do not insist on it.
        wanted = [_with(run, (0,)) if run.lone_sign and not run.exact else run for run in wanted]
    else:
        most = max((needed for run in wanted for needed in run.required), default=1)
        if most < 1:
            wanted = [_with(run, [float(needed == most) for needed in run.required]) for run in wanted]
    return Query(tuple(wanted), tuple(minus))


def _with(run: QueryRun, required: Iterable[float]) -> QueryRun:
    return QueryRun(run.units, tuple(required), run.exact)


def _exact_runs(text: str) -> Iterator[QueryRun]:
    for units in runs(normalise(text)):
        yield QueryRun(units, (1.0,) * len(units), exact=True)


def _plain_runs(text: str, synonyms: Finder | None) -> Iterator[QueryRun]:
    folded = normalise(text)
    at = 0
    for start, end, term in synonyms(folded) if synonyms else ():
        yield from _word_runs(folded[at:start])
        yield QueryRun((term,), (1.0,))
        at = end
    yield from _word_runs(folded[at:])


def _word_runs(folded: str) -> Iterator[QueryRun]:
    for units in runs(folded):
        line = "".join(unit if len(unit) == 1 else "\0" for unit in units)
        required = [1.0] * len(units)
        for match in _OPTIONAL.finditer(line):
            needed = WISHED if match["aspect"] else 0.0
            required[match.start() : match.end()] = [needed] * (match.end() - match.start())
        yield QueryRun(units, tuple(required))
