"""Words that mean the same (产改, 产业工人队伍建设改革): a query for one finds what has any of them.

Where a text has a word of a group, the text is also given the group's own term; where a query has one, it
asks for that term instead of the word. So all words of a group find the same records, and a word of
eleven characters is not found where its characters are merely scattered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from site_builder.content_store import SynonymGroup
from site_builder.search.analysis import normalise

MARK = "="
"""Begins a group's term. No term of a text can have it."""


Groups = tuple[SynonymGroup | tuple[str, ...], ...]
"""A table as others give it; a tuple of words is a group of them."""


class Synonyms:
    """A table of groups, ready to find their words in folded text. The first word names the group."""

    def __init__(self, groups: Iterable[SynonymGroup] = ()) -> None:
        names: dict[str, str] = {}
        self.groups: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        for group in groups:
            words = tuple(dict.fromkeys(filter(None, map(normalise, group.words))))
            apart = tuple(map(normalise, group.apart))
            if len(words) > 1:
                self.groups.append((words, apart))
                names |= {word: "" for word in apart if word}
                names |= dict.fromkeys(words, MARK + words[0])
        self._names = names
        longest_first = sorted(names, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if names else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def find(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Where words of groups stand: start, end, the group's term. The longest word at a place counts."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(folded):
            start, end = match.span()
            if self._names[match[0]] and not (_within(folded, start) or _within(folded, end)):
                yield start, end, self._names[match[0]]

    def words(self, term: str) -> tuple[str, ...]:
        """All words of the group with this term."""
        return next((words for words, _ in self.groups if MARK + words[0] == term), ())


_INNER = re.compile("[a-z0-9][a-z0-9]")


def _within(text: str, place: int) -> bool:
    """Whether a word of letters or a number goes on over this place."""
    return 0 < place < len(text) and _INNER.match(text, place - 1) is not None


@lru_cache(maxsize=8)
def table(groups: Groups) -> Synonyms:
    return Synonyms(
        group if isinstance(group, SynonymGroup) else SynonymGroup(words=group) for group in groups
    )
