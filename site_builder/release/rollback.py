"""Back to an earlier release, and the list of those there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from site_builder.errors import BuildError, UsageError
from site_builder.release import manifest as manifests
from site_builder.release import site_locks, switch
from site_builder.release.report import Places
from site_builder.release.state import Hold, Records


@dataclass(frozen=True, slots=True)
class Release:
    """One release as a list shows it. Times are aware; `as_of` is unknown if DATA was lost."""

    id: str
    built: datetime
    as_of: datetime | None
    pages: int
    live: bool
    held: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "release": self.id,
            "built": self.built.isoformat(timespec="seconds"),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "pages": self.pages,
            "live": self.live,
            "held": self.held,
        }


def releases(places: Places, union: str) -> list[Release]:
    """All releases of a union, the newest first."""
    records = Records(places.data)
    state, hold = records.state(union), records.hold(union)
    live = switch.live(places.output, union)
    found = []
    for name in switch.releases(places.output, union):
        note = state.releases.get(name) if state else None
        try:
            pages = manifests.read(places.output, union, name).pages
        except BuildError:
            pages = note.pages if note else 0
        found.append(
            Release(
                id=name,
                built=note.built if note else _modified(manifests.stored_at(places.output, union, name) or 0),
                as_of=note.as_of if note else None,
                pages=pages,
                live=name == live,
                held=bool(hold and hold.release == name),
            )
        )
    return found


def _modified(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def rollback(places: Places, union: str, release: str | None = None) -> str:
    """Make an earlier release live and hold it there; returns its id.

    Without `release`, the newest one that is older than the live one; `release` may be the beginning of an
    id. The hold ends when a person publishes or runs `build --full`. Raises UsageError if there is no such
    release.
    """
    records = Records(places.data)
    with site_locks.alone(places, union):
        known = switch.releases(places.output, union)
        if not known:
            raise UsageError(f"{union} has no release yet: run unionpress build {union}")
        target = _target(known, switch.live(places.output, union), release)
        # The hold comes first: a build that starts after a kill between the two lines finds it.
        records.set_hold(union, Hold(release=target, at=datetime.now(UTC)))
        switch.switch(places.output, union, target)
    return target


def _target(known: list[str], live: str | None, wanted: str | None) -> str:
    if wanted is None:
        older = known[known.index(live) + 1 :] if live in known else []
        if not older:
            raise UsageError("there is no release older than the live one")
        return older[0]
    fitting = [name for name in known if name.startswith(wanted)]
    if len(fitting) != 1:
        what = "fits more than one release" if fitting else "is no release"
        raise UsageError(f"{wanted} {what}; there are: {', '.join(known)}")
    return fitting[0]
