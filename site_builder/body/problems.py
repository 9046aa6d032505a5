"""How a body's errors are made."""

from __future__ import annotations

from site_builder.errors import BodyError
from site_builder.records import Problem


def problem(code: str, line: int | None, message: str, action: str, field: str = "body") -> BodyError:
    """A BodyError to raise. `line` counts from 1 within the body."""
    return BodyError(Problem(code=code, line=line, field=field, message=message, action=action))
