"""Who asks: the person whose request is being answered, for what has no request at hand (widgets, blocks).

Set by `cms.unions.guard`, read by choosers, which must not tell one union's people of another's drafts and
files. Nobody asks where a command runs: it may do everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_person: ContextVar[Any] = ContextVar("person", default=None)


def person() -> Any:
    """The user whose request is being answered; None outside of requests."""
    return _person.get()


@contextmanager
def by(user: Any) -> Iterator[None]:
    token = _person.set(user)
    try:
        yield
    finally:
        _person.reset(token)
