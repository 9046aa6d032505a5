"""How much a term says of a record, in four bits: where it stands there at best, and how often.

A grade is place << 2 | weight: the place is 2 in a title, 1 in a lead or the beginning of a text, else 0; a
weight w of 0..3 means a factor of FACTORS[w]. From SAID on are terms that a record has only as what people
say for what it has (everyday.py): no phrase has them, and nothing is left out for their sake. Of these the
lowest bit is the place, and both lowest bits are the weight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from site_builder.search import bits
from site_builder.search.terms import Postings

K1 = 1.2
B = 0.5
USUAL_LENGTH = 600
"""Units of a text of usual length. A constant, not this site's mean, so that segments can be combined."""
FACTORS = (0.2, 0.45, 0.65, 0.85)
"""What the weights mean: frequency / (frequency + K1), frequency as BM25 corrects it by length."""
SAID = 12
MANY = 16
_LIMITS = (0.35, 0.53, 0.7)
_SAID = np.array([[12, 12, 14, 14], [13, 13, 13, 15]], np.uint8)
"""Of a place and a weight: less than both where they are not to be had, since words of a text come first."""

PLAIN = 4
CODES = (
    (0,),
    (0, 4, 12, 13, 8, 1, 5, 9, 14, 10, 11, 6, 2, 15, 7, 3),
    (1, 2, 7, 11, 3, 6, 13, 14, 15, 12, 0, 5, 10, 4, 9, 8),
    (0, 1, 2, 5, 6, 7, 3, 11, 4, 10, 12, 9, 14, 8, 13, 15),
)
"""The grades in the order of the numbers that are written for them (order 0, plain below PLAIN). In the first
code nothing is written: for terms that stand far down in long texts or between words alone, as half of all
do. The others were made shortest over newspaper texts and the demo network."""

Grades = npt.NDArray[np.uint8]
Int = npt.NDArray[np.int64]

_NUMBERS = np.array([[code.index(grade) if grade in code else 0 for grade in range(MANY)] for code in CODES])
WRITTEN, LENGTHS = bits.codes(_NUMBERS, 0, PLAIN)
"""By code and grade what is written, and how many bits it has."""
LENGTHS[0] = 0
WRITTEN[0] = 0
_APART = 21
_MOST = (1 << _APART) - 1
_COSTS = LENGTHS[1] << 2 * _APART | LENGTHS[2] << _APART | LENGTHS[3]
"""Of each grade its lengths in three codes: one number, to add at once. A term is written in a few hundred
thousand bits at most, or the codes are all too long for it."""


def place_of(grade: int) -> int:
    return grade >> 2 if grade < SAID else grade & 1


def factor_of(grade: int) -> float:
    return FACTORS[grade & 3]


PLACES = np.array([place_of(grade) for grade in range(MANY)], np.int8)


def grades_of(postings: Postings) -> Grades:
    """Of each posting."""
    factor = postings.frequency / (1 - B + B * postings.length[postings.record] / USUAL_LENGTH)
    factor /= factor + K1
    weight = np.zeros(factor.size, np.uint8)
    for limit in _LIMITS:
        weight += factor >= limit
    place = postings.place.astype(np.uint8)
    found = place << np.uint8(2) | weight
    said = np.flatnonzero(postings.said)
    found[said] = _SAID[np.minimum(place[said], 1), weight[said]]
    return found


def better(grades: Grades) -> Grades:
    """Numbers in whose order the grades are, the best last: words of the text, then the place."""
    real = grades < SAID
    return (real.astype(np.uint8) << np.uint8(4)) | np.where(
        real, grades, PLACES[grades].astype(np.uint8) << np.uint8(2) | grades & np.uint8(3)
    )


def codes_of(grades: Grades, starts: Int) -> Int:
    """Of each term, whose grades begin at `starts`, the code that writes it shortest."""
    if not starts.size:
        return starts
    some = np.maximum.reduceat(grades, starts) > 0
    costs = np.add.reduceat(_COSTS[grades], starts)
    lengths = [(costs >> shift & _MOST) + code for code, shift in ((1, 2 * _APART), (2, _APART), (3, 0))]
    found: Int = np.where(some, 1 + np.argmin(lengths, axis=0), 0)
    return found
