"""What the network's index keeps of each entry: its fields, and what each is for."""

from __future__ import annotations

from whoosh.fields import COLUMN, KEYWORD, Schema

from site_builder.search.analysis import normalise

TEXTS = ("title", "body")
"""Searched for terms and phrases. Titles also have each character by itself."""
WORDS = "words"
"""Dictionary words, for ranking only."""
PLACE = "place"
"""The region, by the terms of its text: 青岛 is in 山东省青岛市平度市."""
COUNTED = ("kind", "topics", "audiences", "region", "state", "owner", "year")
"""Values that answers are counted by, as they are shown."""
VALUES = ("stamp", "path", "topic", "audience", "date", "unions", "owned", *COUNTED)
"""Asked for as they are. `topic` and `audience` are folded; `owned` is `1` where the owner shows it."""
INDEXED = (*TEXTS, WORDS, PLACE, *VALUES)
COLUMNS = ("head", "shown", "sites")
"""By document: what a list of results needs; the whole document; union -> path of all its sites."""


def label(value: str) -> str:
    """A topic or an audience as it is asked for."""
    return normalise(value).strip()


def schema() -> Schema:
    """For Whoosh, which is given postings that are made already: so it needs to know no more of a field than
    that it is indexed."""
    return Schema(**{name: KEYWORD() for name in INDEXED}, **{name: COLUMN() for name in COLUMNS})
