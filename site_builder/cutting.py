"""Chinese text cut into words of a dictionary. The dictionary is loaded when the first text is cut.

Loading it takes a tenth of a second, which a build that finds nothing to do must not wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module


def cut(text: str) -> Sequence[str]:
    """The words of a text, in order; together they are the text."""
    return _cutter()(text)


def load() -> None:
    """Load the dictionary now."""
    _cutter()("")


@cache
def _cutter() -> Callable[[str], Sequence[str]]:
    found: Callable[[str], Sequence[str]] = import_module("rjieba").cut
    return found
