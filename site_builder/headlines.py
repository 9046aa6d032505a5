"""Where a headline may break: between words, as a typesetter breaks it, never inside one (困难职/工).

Browsers break Chinese between any two characters, and `word-break: auto-phrase` knows Japanese only (CSS Text
4). So a headline is cut into pieces here; a page offers a break between two of them and forbids all others.
What must not begin or end a line is that of 中文排版需求 (clreq, W3C), 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest

from site_builder.cutting import cut

NOT_FIRST = frozenset("，。、；：！？）》」』”’…—·％%,.;:!?)]}")
NOT_LAST = frozenset("（《「『“‘([{")
_QUOTED = re.compile(r"([“《「『][^“”《》「」『』]{1,8}[”》」』]|疗休养)")
"""A name in quotation marks stays whole, if it is short; so does the field's word that no dictionary has."""
_TO_NEXT = frozenset("从把为到在向对被让与和及不也还再都就最更第大小新老各每这那一哪用给由以按")
"""Words of one character that lead on to the next word; others belong to the word before."""
_LONGEST = 7
"""Characters beyond which nothing is joined for the sense alone: a phone's line in large type."""
_WIDEST = 9.0
"""Widths of a Chinese character within which Latin words and numbers stay with what is beside them: the space
that a browser sets between them (text-autospace) is lost where a break is offered."""
_PHRASE = re.compile(r"[\s，。：；、！？—…]")
_SHORT = 10
_AFTER_MARK = re.compile("(?<=[，。：；！？—…])(?![，。：；、！？）》」』”’…—·])")
_STANDS_OFF = re.compile("(“[^“”]{5,}”(?![，。：；、！？）》」』’…—·])|（[^（）]{4,}）)")
"""What is a phrase of its own: a quotation that is no mere word, what is said in brackets."""
_PHONE_LINE = 11.5
"""Widths of a Chinese character that the line of a title has on a phone of 360 px."""
_PHRASE_LEAST = 4
"""Characters of which a phrase has a line of its own: 看， begins that of what follows."""


def is_phrased(headline: str) -> bool:
    """Whether a headline's phrases are so short that, even on a phone, it can break between them only."""
    return max(map(len, _PHRASE.split(headline))) <= _SHORT


@lru_cache(maxsize=20_000)
def pieces(headline: str) -> tuple[str, ...]:
    """What is not to be parted, in order; together the headline."""
    made: list[str] = []
    last = ""
    words = list(_words(headline))
    for word, following in zip_longest(words, words[1:], fillvalue="。"):
        if made and _joined(made[-1], last, word, following[0] in NOT_FIRST):
            made[-1] += word
        else:
            made.append(word)
        last = word
    return tuple(made)


@lru_cache(maxsize=20_000)
def phrases(headline: str) -> tuple[tuple[str, ...], ...]:
    """The pieces of each phrase between marks: a line had better end where a phrase does.

    One that is too short for a line of its own stays with the next, at the end with the one before.
    """
    made: list[str] = []
    for part in _parts(headline):
        if made and min(len(made[-1]), len(part)) < _PHRASE_LEAST:
            made[-1] += part
        else:
            made.append(part)
    return tuple(map(pieces, made))


def fits_a_line(phrase: tuple[str, ...]) -> bool:
    """Whether a phrase fits into a line of a phone; a longer one shares its last line with the next."""
    return sum(map(_width, phrase)) <= _PHONE_LINE


def _parts(headline: str) -> list[str]:
    """What stands off, and the rest at its marks; a quotation that fills a line also at its dot."""
    made: list[str] = []
    for place, part in enumerate(_STANDS_OFF.split(headline)):
        if place % 2 == 0:
            made += _AFTER_MARK.split(part)
        elif len(part) > _SHORT + 2:
            made += re.split("(?<=[，：；！？·])(?!”)", part)
        else:
            made.append(part)
    return [part for part in made if part] or [headline]


def _words(headline: str) -> Iterator[str]:
    for place, part in enumerate(_QUOTED.split(headline)):
        if place % 2:
            yield part
        elif part:
            yield from cut(part)


def _joined(before: str, last: str, word: str, ends: bool) -> bool:
    """Whether `word`, which may end a phrase, stays with the piece `before`, whose last word is `last`."""
    if word[0] in NOT_FIRST or word.isspace() or before[-1] in NOT_LAST:
        return True
    if before[-1] in NOT_FIRST or before[-1].isspace() or word[0] in NOT_LAST:
        return False
    if _latin(before[-1]) and _latin(word[0]):
        return True
    if _latin(before[-1]) != _latin(word[0]):
        return _width(before + word) <= _WIDEST
    if len(before) + len(word) > _LONGEST:
        return False
    if len(last) == 1 and last in _TO_NEXT:
        return True
    return len(word) == 1 and not _latin(word) and (word not in _TO_NEXT or ends)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _width(text: str) -> float:
    """In widths of a Chinese character."""
    return sum(0.55 if character.isascii() else 1.0 for character in text)
