"""From texts to postings for the network's index: the terms of analysis.py and their positions, in arrays.

A term stands where its first unit does; between two runs of units one place is left free, so that a phrase
does not run over punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from site_builder import cutting
from site_builder.search.analysis import is_sign
from site_builder.search.network_arrays import NONE, Gathered, Numbers
from site_builder.search.terms import WORD_CODES, units

SHORTEST = 2
"""Characters of a dictionary word that is kept as such."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Of each occurrence its term, document and position, by term, then document, then position."""

    names: list[str]
    term: Numbers
    document: Numbers
    position: Numbers
    lengths: Numbers
    """Occurrences in each document."""


def gather_text(into: Gathered, texts: Sequence[str], first: int, *, signs: bool, extra: Extra = ()) -> None:
    """Add the terms of folded texts, those of documents `first`, `first + 1`, ...

    With `signs` each character also by itself, so that a query of one character finds titles. `extra`: terms
    that stand in a document besides, such as those of synonyms.
    """
    found = _with(_occurrences(texts, signs=signs), extra)
    begins = np.ones(found.term.size, np.bool_)
    begins[1:] = (found.term[1:] != found.term[:-1]) | (found.document[1:] != found.document[:-1])
    postings = np.flatnonzero(begins)
    counts = np.diff(np.append(postings, found.term.size))
    into.add(
        found.names,
        found.term[postings],
        (found.document[postings] + first).astype(np.uint32),
        counts.astype(np.uint32),
        found.position.astype(np.uint32),
        found.lengths.astype(np.uint32),
    )


Extra = Sequence[tuple[int, str]]
"""Number of a text, and a term that it has."""


def gather_words(into: Gathered, texts: Sequence[str], first: int) -> None:
    """Add the dictionary words of SHORTEST and more characters: for ranking only, so without positions."""
    words = cutting.cut("\n".join(texts))
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    ends = np.cumsum(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts)))
    chosen = np.flatnonzero(sizes >= SHORTEST)
    chosen = chosen[[is_sign(words[number][0]) for number in chosen.tolist()]] if chosen.size else chosen
    document = np.searchsorted(ends, (np.cumsum(sizes) - sizes)[chosen], side="right")
    numbers: dict[str, int] = {}
    term = np.fromiter(
        (numbers.setdefault(words[number], len(numbers)) for number in chosen.tolist()), np.int64, chosen.size
    )
    keys, counts = np.unique(term << 32 | document, return_counts=True)
    into.add(
        list(numbers),
        keys >> 32,
        ((keys & 0xFFFFFFFF) + first).astype(np.uint32),
        counts.astype(np.uint32),
        NONE,
        np.bincount(document, minlength=len(texts)).astype(np.uint32),
    )


def gather_values(into: Gathered, values: Sequence[Iterable[str]], first: int) -> None:
    """Add plain values: of each document those that it has. An empty one is none."""
    by_value: dict[str, list[int]] = {}
    for number, row in enumerate(values, first):
        for value in filter(None, dict.fromkeys(row)):
            by_value.setdefault(value.replace("\n", " "), []).append(number)
    sizes = [len(numbers) for numbers in by_value.values()]
    ids = np.fromiter((one for numbers in by_value.values() for one in numbers), np.uint32, sum(sizes))
    into.add(list(by_value), np.repeat(np.arange(len(sizes)), sizes), ids)


def _occurrences(texts: Sequence[str], *, signs: bool) -> Occurrences:
    sizes = [len(text) + 1 for text in texts]
    text = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    starts, _, codes, touches, words = units(text)
    document = np.repeat(np.arange(len(texts)), sizes)[starts]
    place = np.arange(codes.size) + np.cumsum(~touches) - ~touches
    begin = np.searchsorted(document, np.arange(len(texts)))
    position = place - np.append(place, 0)[begin][document]

    after = np.append(False, touches[:-1]) if touches.size else touches
    alone = np.flatnonzero((codes >= WORD_CODES) | ~(touches | after) | signs)
    pair = np.flatnonzero(touches)
    at = np.concatenate([pair, alone])
    keys = codes[at] << 32
    keys[: pair.size] |= codes[pair + 1] + 1
    order = np.argsort(keys, kind="stable")
    keys, at = keys[order], at[order]
    begins = np.ones(keys.size, np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    return Occurrences(
        _spelled(keys[begins], words),
        np.cumsum(begins) - 1,
        document[at],
        position[at],
        np.bincount(document[at], minlength=len(texts)),
    )


def _with(found: Occurrences, extra: Extra) -> Occurrences:
    if not extra:
        return found
    numbers: dict[str, int] = {}
    rows = sorted((numbers.setdefault(name, len(numbers)), document) for document, name in extra)
    term, document = np.array(rows, np.int64).T
    return Occurrences(
        [*found.names, *numbers],
        np.concatenate([found.term, term + len(found.names)]),
        np.concatenate([found.document, document]),
        np.concatenate([found.position, np.zeros(term.size, np.int64)]),
        found.lengths + np.bincount(document, minlength=found.lengths.size),
    )


def _spelled(keys: Numbers, words: Sequence[str]) -> list[str]:
    """The terms, given as the codes of their units: one << 32 | the other + 1, or 0 for none."""
    one, other = keys >> 32, (keys & 0xFFFFFFFF) - 1
    plain = np.flatnonzero((one < WORD_CODES) & (other < WORD_CODES))
    names = [""] * keys.size
    rows = np.stack([one[plain], other[plain], np.full(plain.size, ord("\n"))], axis=1)
    flat = rows.reshape(-1)
    lines = flat[flat >= 0].astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass").split("\n")
    for number, line in zip(plain.tolist(), lines, strict=False):
        names[number] = line
    for number in np.flatnonzero((one >= WORD_CODES) | (other >= WORD_CODES)).tolist():
        names[number] = "".join(
            "" if code < 0 else chr(code) if code < WORD_CODES else words[code - WORD_CODES]
            for code in (int(one[number]), int(other[number]))
        )
    return names
