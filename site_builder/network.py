"""Many sites: what is to be done for them, and one report. A site that fails stops no other.

To load what reads and builds takes longer than to find that there is nothing to read or build: it is in
`network_build`, and loaded when it is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_builder import collecting
from site_builder.release import at_rest, content_lock
from site_builder.release.report import Places, SiteReport
from site_builder.times import BEIJING

if TYPE_CHECKING:
    from site_builder.records import Problem

THEMES = Path(__file__).resolve().parent.parent / "themes"
"""The themes that come with the program."""

Progress = Callable[[SiteReport, int, int], None]
"""Called after each site with its report, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one build did. `problems` are those that belong to none of the sites built."""

    as_of: datetime
    seconds: float
    sites: tuple[SiteReport, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(site.has_errors for site in self.sites) or any(
            problem.severity == "error" for problem in self.problems
        )

    def to_json(self) -> dict[str, Any]:
        """As the Contract's `build --json` has it: `as_of`, `seconds`, `sites`.

        `problems` is there besides, of the same shape as a site's, only where some belong to none of the
        sites built: the file of a union is wrong, a site has lost its union, the search index is broken. A
        machine that reads no more than exit statuses must still be able to find out why.
        """
        document: dict[str, Any] = {
            "as_of": self.as_of.isoformat(),
            "seconds": round(self.seconds, 3),
            "sites": [site.to_json() for site in self.sites],
        }
        if self.problems:
            document["problems"] = [problem.model_dump(mode="json") for problem in self.problems]
        return document


def build(
    content_dir: Path,
    data: Path,
    output: Path,
    unions: Sequence[str] = (),
    *,
    as_of: datetime | None = None,
    jobs: int | None = None,
    due: bool = False,
    full: bool = False,
    explain: bool = False,
    lift_hold: bool = False,
    themes: Path = THEMES,
    progress: Progress | None = None,
) -> Report:
    """Build the sites of `unions` (none named: of all) for the moment `as_of` (default: now).

    `due` leaves out what need not be built: see `release.schedule`. `full` renders every page anew and ends
    holds; `lift_hold` only ends holds, as a person's publication does. Content is read once, under the
    shared content lock, which is held until the last site is done. Raises UsageError for an unknown union
    or a folder that holds no content, BuildError for one that holds no themes, KeyboardInterrupt when
    stopped: what is live then is complete.
    """
    started = time.monotonic()
    places = Places(content_dir.resolve(), data.resolve(), output.resolve(), themes.resolve())
    moment = (as_of or datetime.now(BEIJING)).astimezone(BEIJING).replace(microsecond=0)
    places.require_content()  # before anything is made in a folder that somebody did not mean
    with content_lock.shared(places), collecting.seldom():
        ground = at_rest.look(places)
        done = None if full or due else at_rest.unchanged(ground, unions, moment, places, progress)
        if done is not None:
            sites, problems = done.sites, done.problems
        else:
            from site_builder import network_build  # noqa: PLC0415 - see above

            sites, problems = network_build.build(
                ground,
                unions,
                moment,
                places,
                jobs=jobs,
                due=due,
                full=full,
                lift_hold=lift_hold,
                explain=explain,
                progress=progress,
            )
    return Report(
        as_of=moment,
        seconds=time.monotonic() - started,
        sites=tuple(site.explained(explain) for site in sites),
        problems=problems,
    )
