"""What a rule says of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
"""Chinese characters, as a part of a pattern's brackets."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A code, the place in the text, and what the message names."""

    code: str
    start: int
    end: int
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """What a rule may know beside the text."""

    day: date
    """That of the record."""
    unions: tuple[str, ...] = ()
    """Names of the owner, of those above it and of those just below it."""


def each(code: str, pattern: re.Pattern[str], text: str, *, group: int = 0) -> Iterator[Hit]:
    """A hit for every match, or for a group of it."""
    for match in pattern.finditer(text):
        yield Hit(code, *match.span(group), {"found": match[group]})
