"""How good an answer is, told from the words that people cut, not from what any engine sees.

An article meets a group of words where one of them stands at borders of the corpus's own words. Grades:
3 all groups in the title, or the article that was looked for; 2 all in title and lead together; 1 all within
NEAR characters of the text; 0 otherwise. Measures: recall@10 of grades 2 and 3 (of the one looked for,
where there is
one), MRR of the first of these, nDCG@10 with gain 2^grade - 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus import Article

NEAR = 80
LEAD = 160


@dataclass
class _Field:
    text: str
    borders: frozenset[int]

    @classmethod
    def of(cls, words: Sequence[str]) -> _Field:
        at, borders = 0, [0]
        for word in words:
            at += len(word)
            borders.append(at)
        return cls("".join(words), frozenset(borders))

    def places(self, word: str) -> list[int]:
        found, at = [], self.text.find(word)
        while at >= 0:
            if at in self.borders and at + len(word) in self.borders:
                found.append(at)
            at = self.text.find(word, at + 1)
        return found


@dataclass
class Shelf:
    articles: list[Article]
    fields: dict[str, tuple[_Field, _Field, _Field]] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = {}
        for article in self.articles:
            words = [word for paragraph in article.paragraphs for word in paragraph]
            lead, size = [], 0
            for word in words:
                if size > LEAD:
                    break
                lead.append(word)
                size += len(word)
            self.fields[article.id] = (_Field.of(article.title), _Field.of(lead), _Field.of(words))

    def grade(self, identity: str, need: list[list[str]], target: str | None = None) -> int:
        if identity == target:
            return 3
        title, lead, body = self.fields[identity]
        if not all(any(word in title.text or word in body.text for word in group) for group in need):
            return 0  # Quick: no need to look at borders.
        if all(any(title.places(word) for word in group) for group in need):
            return 3
        if all(any(title.places(word) or lead.places(word) for word in group) for group in need):
            return 2
        places = [[at for word in group for at in body.places(word)] for group in need]
        if all(places) and any(
            all(any(abs(at - p) <= NEAR for p in others) for others in places) for at in places[0]
        ):
            return 1
        return 0

    def grades(self, need: list[list[str]], target: str | None = None) -> dict[str, int]:
        found = {identity: self.grade(identity, need, target) for identity in self.fields}
        return {identity: grade for identity, grade in found.items() if grade}

    def count(self, need: list[list[str]], grade: int) -> int:
        return sum(value >= grade for value in self.grades(need).values())


@dataclass(frozen=True)
class Measures:
    recall: float
    mrr: float
    ndcg: float
    nothing: bool


def measure(found: Sequence[str], grades: dict[str, int], query: dict[str, Any]) -> Measures:
    """`found`: the ids an engine gave, best first."""
    good = {identity for identity, grade in grades.items() if grade >= 2} or set(grades)
    target = query.get("target")
    first = next((place for place, identity in enumerate(found, 1) if identity in good), 0)
    if target:
        recall = float(target in found[:10])
    else:
        recall = len(good & set(found[:10])) / min(10, len(good)) if good else 1.0
    gains = [2 ** grades.get(identity, 0) - 1 for identity in found[:10]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:10]
    ideal = sum(gain / math.log2(place + 2) for place, gain in enumerate(best))
    actual = sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
    return Measures(recall, 1 / first if first else 0.0, actual / ideal if ideal else 1.0, not found)
