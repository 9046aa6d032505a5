"""What an index needs of each record: of its terms one number each, of its words and of what is shown a few
lines. No text is kept.

To analyse a record costs nearly all that an index of it costs, so that is done once for a version of it: see
`kept`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from site_builder.search import terms
from site_builder.search.documents import SearchDocument
from site_builder.search.grades import grades_of
from site_builder.search.synonyms import Synonyms
from site_builder.search.terms import Postings

BATCH = 256
"""Records analysed at once: arrays that fit a processor's cache are worked through faster."""
LEAD_WIDTH = 88
"""Of a lead in results, where a Han character is two wide: two lines on a phone."""

Int = npt.NDArray[np.int64]
Entries = npt.NDArray[np.uint64]
"""hash of a term << 32 | number of a record << 8 | grade."""


class Card(NamedTuple):
    """What an index says of a record beside its words."""

    kind: str
    date: str
    id: str
    topics: Sequence[str]
    audiences: Sequence[str]
    region: str
    shown: str
    """id, path, title, date, lead, region, opens, closes, a tab between; empty ones at the end are left
    out."""


class Words(NamedTuple):
    """The words of a record, for what may be meant by a slip (phrases.py)."""

    title: str
    """Folded title and keywords, a line break between."""
    pairs: str
    """Words of two Han characters, one after another, as often as they stand there."""
    longer: str
    """Those of more, a space between."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some records."""

    entries: Entries
    """In no order."""
    words: Sequence[Words]


def rows_of(documents: Sequence[SearchDocument], numbers: Int, synonyms: Synonyms | None = None) -> Rows:
    """Analyse records, which have these numbers."""
    entries: list[Entries] = [np.zeros(0, np.uint64)]
    words: list[Words] = []
    for start in range(0, len(documents), BATCH):
        found = terms.postings(documents[start : start + BATCH], synonyms)
        at = found.hash << np.uint64(32)
        at |= numbers[found.record + start].astype(np.uint64) << np.uint64(8)
        at |= grades_of(found)
        entries.append(at)
        words += _words(found)
    return Rows(np.concatenate(entries), words)


def _words(postings: Postings) -> list[Words]:
    records = (postings.pairs >> np.uint64(32)).astype(np.int64)
    many = np.bincount(records, postings.pair_counts, len(postings.titles)).astype(np.int64)
    pairs = np.repeat(postings.pairs.astype(">u4"), postings.pair_counts).tobytes().decode("utf-16-be")
    ends = accumulate((2 * many).tolist(), initial=0)
    return [
        Words(title, pairs[start:end], " ".join(longer))
        for title, (start, end), longer in zip(postings.titles, pairwise(ends), postings.longer, strict=True)
    ]


def card_of(document: SearchDocument) -> Card:
    lead = document.summary or document.text
    values = [
        document.id, document.path, document.title, document.date, _shorten(lead), document.region,
        document.opens, document.closes,
    ]  # fmt: skip
    shown = "\t".join(" ".join(value.split()) for value in values).rstrip("\t")
    return Card(
        document.kind, document.date, document.id, document.topics, document.audiences, document.region, shown
    )


def _shorten(text: str) -> str:
    text = " ".join(text[: 4 * LEAD_WIDTH].split())
    widths = accumulate(1 + (character > "\u00ff") for character in text)
    end = next((place for place, width in enumerate(widths) if width > LEAD_WIDTH), len(text))
    return text if end == len(text) else text[: end - 1].rstrip() + "…"
