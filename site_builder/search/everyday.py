"""Words that people say for what unions call otherwise: 讨薪 finds 劳动争议, 看病报销 finds 医疗互助.

The other way round it would be wrong (who asks for 医疗互助 does not want every word on illness), so these
are no synonyms: a text about one of the official words is also given the everyday ones when it is indexed,
as if they stood in it one place further down; and its numbers as they may be written otherwise (numbers.py).
So a query needs no table and not a byte more, and words that a text has itself come first. The table is
everyday_table.py; words of unions (市总, 工会卡) are for `content/synonyms.yaml`, which editors keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from site_builder.search import numbers
from site_builder.search.everyday_table import TABLE


def otherwise(titles: str, opening: str, text: str) -> tuple[str, str]:
    """What people would say for what folded titles are about, and for what the opening says besides; beside
    them the numbers of titles, and of opening and text, written otherwise. A line break stands between."""
    said = dict.fromkeys((*_said(titles), *numbers.others(titles)))
    more = dict.fromkeys((*_said(opening), *numbers.others(f"{opening}\n{text}")))
    return "\n".join(said), "\n".join(word for word in more if word not in said)


def _said(folded: str) -> Iterator[str]:
    table = _by_start()
    for start in range(len(folded) - 1):
        for word, said in table.get(folded[start : start + 2], ()):
            if folded.startswith(word, start):
                yield from said


@lru_cache(maxsize=1)
def _by_start() -> Mapping[str, Sequence[tuple[str, Sequence[str]]]]:
    """By their first two characters the official words, each with the everyday ones."""
    everyday: dict[str, dict[str, None]] = {}
    for asked, official in read(TABLE):
        for word in official:
            everyday.setdefault(word, {}).update(dict.fromkeys(one for one in asked if one != word))
    found: dict[str, list[tuple[str, Sequence[str]]]] = {}
    for word, said in everyday.items():
        found.setdefault(word[:2], []).append((word, tuple(said)))
    return found


def read(table: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The everyday and the official words of each subject of a table."""
    for subject in table.lower().strip().split("\n\n"):
        asked, _, official = subject.partition("=")
        yield tuple(asked.split()), tuple(official.split())
