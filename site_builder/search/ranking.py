"""What counts beside the words: titles, kinds, states. The same numbers stand in static/search/engine.js.

A reader who types 夜校 wants the program that is open above an old story about it, but a story named
exactly like the query above a program that merely mentions it: so a prior counts fully only where the
title is meant.
"""

from __future__ import annotations

from collections.abc import Mapping

TITLE = 0.7
"""What a title that covers the whole query adds to a relevance of 0..1."""
PRIORS: Mapping[str, float] = {
    "program": 0.15, "guide": 0.4, "service": 0.45, "event": 0.15, "place": 0.35,
    "collection": 0.3, "dataset": 0.1, "story": 0.0,
}  # fmt: skip
STATES: Mapping[str, float] = {
    "open": 0.5, "closing": 0.5, "standing": 0.5, "running": 0.4, "upcoming": 0.4,
    "unknown": 0.3, "full": 0.2,
}  # fmt: skip
"""The prior of a record with a state, instead of its kind's; an ended or suspended one keeps its kind's."""
FRESH = 0.1
"""What the newest story has before the oldest."""
PARTIAL = 0.5
"""The share of a query that a partial match must cover."""
HEAD = 0.5
"""What a title and lead that cover the whole query together add."""
LONG = 6
"""Required units from which on a query may be a paraphrase: near matches are ranked among whole ones."""
NEAR = 0.65
"""The share of a long query that such a near match must cover."""


def prior(kind: str, state: str) -> float:
    return STATES.get(state, PRIORS.get(kind, 0.0))


def score(relevance: float, title: float, prior: float, fresh: float = 0.0, head: float = 0.0) -> float:
    """`relevance` and the shares of the query that the title, and title and lead, cover are 0..1."""
    return (
        relevance + TITLE * title * title + HEAD * head * head + prior * (0.2 + 0.8 * title * title) + fresh
    )
