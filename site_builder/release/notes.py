"""Where what is remembered of a site's builds lies, under DATA."""

from __future__ import annotations

from pathlib import Path


def state_file(data: Path, union: str) -> Path:
    """A `state.BuildState` as JSON."""
    return data / "builds" / f"{union}.json"


def hold_file(data: Path, union: str) -> Path:
    """A `state.Hold` as JSON; not there: nothing is held."""
    return data / "holds" / f"{union}.json"
