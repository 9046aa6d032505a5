"""What time it is for this network: the real time, or the demo's.

The demo's facts are of 2019-2025, so its sites are built as of one moment of 2025 and its clock stands still
there: `DATA/clock.json` holds `{"as_of": ..., "since": ...}`, that moment and the real one at which the clock
was stopped. Wagtail knows real time only. So a moment that Wagtail or an editor wrote since then, and that
has come, counts as the standing moment: a story published in the demo is on the site at once, dated on the
demo's day. A moment still to come (an embargo until tomorrow) stays, and counts as soon as it has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from site_builder.errors import UsageError


@dataclass(frozen=True, slots=True)
class Clock:
    """`stands`: the moment at which the clock stands still, `since` when; both None for real time."""

    stands: datetime | None = None
    since: datetime | None = None

    def real(self) -> datetime:
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The moment as of which sites are built."""
        return self.stands or self.real()

    def stamp(self, moment: datetime) -> datetime:
        """A moment that a page carries, as it is told to the sites."""
        if self.stands is None or self.since is None:
            return moment
        return self.stands if self.since <= moment <= self.real() else moment

    def passed(self, moment: datetime) -> bool:
        """Whether a moment that a page carries has come, as far as the sites go."""
        return self.stamp(moment) <= self.now()


def clock_file(data: Path) -> Path:
    return data / "clock.json"


def read(data: Path) -> Clock:
    """The clock of a DATA folder: real time unless it was stopped. Raises UsageError for a damaged file."""
    path = clock_file(data)
    try:
        raw = orjson.loads(path.read_bytes())
        clock = Clock(datetime.fromisoformat(raw["as_of"]), datetime.fromisoformat(raw["since"]))
    except FileNotFoundError:
        return Clock()
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read: delete it to go by real time") from error
    if not (clock.stands and clock.stands.tzinfo and clock.since and clock.since.tzinfo):
        raise UsageError(f"{path} has a moment without a time zone: delete it to go by real time")
    return clock


def stop(data: Path, at: datetime) -> Clock:
    """Let the clock of a DATA folder stand still at a moment. It keeps since when, if it stands already."""
    clock = Clock(at, read(data).since or datetime.now(UTC))
    data.mkdir(parents=True, exist_ok=True)
    moments = {"as_of": at.isoformat(), "since": clock.since and clock.since.isoformat()}
    clock_file(data).write_bytes(orjson.dumps(moments))
    return clock
