"""What time it is for this network: the real time, or the demo's.

The demo's facts are of 2019-2025, so its sites are built as of one moment of 2025 and its clock stands still
there: `DATA/clock.json` holds `{"as_of": "..."}`. Wagtail knows only real time. So wherever a moment of
Wagtail's becomes content (`published` of a story that somebody publishes now), it is brought back to the
standing clock: the story is there at once, dated on the demo's day. What carries a date of its own keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from site_builder.errors import UsageError


@dataclass(frozen=True, slots=True)
class Clock:
    """`stands`: the moment at which the clock stands still; None for real time."""

    stands: datetime | None = None

    def now(self) -> datetime:
        return self.stands or datetime.now(UTC)

    def stamp(self, moment: datetime) -> datetime:
        """A moment that Wagtail wrote, as this network's clock would have written it."""
        return moment if self.stands is None else min(moment, self.stands)


def clock_file(data: Path) -> Path:
    return data / "clock.json"


def read(data: Path) -> Clock:
    """The clock of a DATA folder. Raises UsageError if its file is damaged."""
    path = clock_file(data)
    try:
        stands = datetime.fromisoformat(orjson.loads(path.read_bytes())["as_of"])
    except FileNotFoundError:
        return Clock()
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f'{path} does not hold a moment: write {{"as_of": "2025-04-08T09:00+08:00"}} or delete it'
        ) from error
    if stands.tzinfo is None:
        raise UsageError(f"{path}: as_of needs a time zone, for example 2025-04-08T09:00+08:00")
    return Clock(stands)


def stop(data: Path, at: datetime) -> Clock:
    """Let the clock of a DATA folder stand still at a moment."""
    data.mkdir(parents=True, exist_ok=True)
    clock_file(data).write_bytes(orjson.dumps({"as_of": at.isoformat()}))
    return Clock(at)
