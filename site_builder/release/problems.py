"""Whose problem is it? Problems name files; files belong to unions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from site_builder.records import Problem


def problem_owner(problem: Problem) -> str | None:
    """The union in whose files a problem of the content lies: `records/<union>/...`, `unions/<union>.md`."""
    parts = Path(problem.file or "").parts
    for index, part in enumerate(parts[:-1]):
        if part in ("records", "media"):
            return parts[index + 1]
        if part in ("unions", "adoptions"):
            return parts[index + 1].partition(".")[0]
    return None
