"""How Whoosh keeps one record: the fields of the network's index and how their text becomes terms."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

from whoosh.analysis.acore import Token
from whoosh.analysis.tokenizers import Tokenizer
from whoosh.fields import COLUMN, ID, KEYWORD, STORED, TEXT, Schema
from whoosh.formats import Positions

from site_builder.search import cutting
from site_builder.search.analysis import is_sign, normalise, runs


class PairTokenizer(Tokenizer):
    """The terms of analysis.py with positions: a pair stands where its first unit does.

    With `signs`, each character also by itself, so that a query of one character finds titles.
    """

    def __init__(self, signs: bool = False) -> None:
        self.signs = signs

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:
        token = Token(positions=True, chars=False, removestops=False, mode=options.get("mode", ""))
        position = 0
        for run in runs(normalise(value)):
            for place, unit in enumerate(run):
                token.pos = position
                token.boost = 1.0
                if self.signs or len(run) == 1 or not is_sign(unit):
                    token.text = unit
                    yield token
                if place + 1 < len(run):
                    token.text = unit + run[place + 1]
                    yield token
                position += 1
            position += 1  # A phrase does not run over punctuation.


class WordTokenizer(Tokenizer):
    """Dictionary words of three and more characters: for ranking only. Those of two are pairs already."""

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:
        token = Token(positions=False, chars=False, removestops=False, mode=options.get("mode", ""))
        for word in long_words(value):
            token.text = word
            token.boost = 1.0
            yield token


def long_words(text: str) -> list[str]:
    return [word for word in cutting.cut(normalise(text)) if len(word) > 2 and is_sign(word[0])]


class PackedPositions(Positions):
    """Whoosh's positions as plain 32-bit numbers instead of a pickle: smaller and twice as fast to write."""

    def encode(self, poslist: list[int]) -> bytes:
        return array("I", poslist).tobytes()

    def decode_positions(self, valuestring: bytes) -> list[int]:
        return array("I", valuestring).tolist()

    def decode_frequency(self, valuestring: bytes) -> int:
        return len(valuestring) // 4


def _pairs_field(signs: bool = False) -> TEXT:
    field_type = TEXT(analyzer=PairTokenizer(signs))
    field_type.format = PackedPositions()
    return field_type


def label(value: str) -> str:
    """A topic or an audience as it is kept and asked for: folded, one keyword whatever is in it."""
    return normalise(value).replace(",", " ").strip()


def schema() -> Schema:
    return Schema(
        stamp=ID(unique=True, stored=True),
        kind=ID(),
        state=ID(),
        owner=ID(),
        topic=KEYWORD(commas=True),
        audience=KEYWORD(commas=True),
        place=_pairs_field(),
        date=ID(sortable=True),
        unions=KEYWORD(),
        owned=ID(),
        title=_pairs_field(signs=True),
        body=_pairs_field(),
        words=TEXT(analyzer=WordTokenizer(), phrase=False),
        same_title=KEYWORD(commas=True, scorable=True),
        same=KEYWORD(commas=True, scorable=True),
        facets=COLUMN(),
        shown=STORED(),
        sites=STORED(),
    )
