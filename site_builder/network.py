"""Many sites: which are due, a process for each core, one report. A site that fails stops no other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from site_builder import choosing, collecting, locks
from site_builder.content_store import Content
from site_builder.records import BEIJING, Problem
from site_builder.release import orphans
from site_builder.release.inputs import Inputs
from site_builder.release.problems import problem_owner
from site_builder.release.pruning import prune, tidy_store
from site_builder.release.report import Places, SiteReport, index_folder
from site_builder.release.schedule import is_due
from site_builder.release.state import Records
from site_builder.release.unchanged import unchanged

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
    or a folder that holds no content, KeyboardInterrupt when stopped: what is live then is complete.
    """
    started = time.monotonic()
    places = Places(content_dir.resolve(), data.resolve(), output.resolve(), themes.resolve())
    moment = (as_of or datetime.now(BEIJING)).astimezone(BEIJING).replace(microsecond=0)
    with locks.shared(places.content_lock), collecting.seldom():
        content = choosing.read_content(places)
        chosen = choosing.choose(content, unions)
        if due:
            chosen = due_unions(content, places, chosen, moment)
        inputs = Inputs(content, places.themes, places.compiled)
        reports = {} if full else _skip(inputs, chosen, moment, places, progress)
        left = [union for union in chosen if union not in reports]

        def take(report: SiteReport) -> None:
            reports[report.union] = report
            if progress:
                progress(report, len(reports), len(chosen))

        if left:
            # To load what builds takes longer than to find that there is nothing to build.
            from site_builder import processes  # noqa: PLC0415

            work = processes.Work(content, moment, places, inputs, full=full, lift_hold=lift_hold)
            processes.run(work, left, jobs or os.cpu_count() or 1, take)
        problems = [problem for problem in content.problems if problem_owner(problem) not in reports]
        problems += orphans.orphans(content, places, take_down=not unions and not due)
        problems += orphans.left_behind(content, places)
        problems += _update_index(content, places, moment, reports.values())
        _tidy(places, reports.values())
    sites = (reports[union] for union in chosen)
    return Report(
        as_of=moment,
        seconds=time.monotonic() - started,
        sites=tuple(site.explained(explain) for site in sites),
        problems=tuple(problems),
    )


def _tidy(places: Places, reports: Iterable[SiteReport]) -> None:
    """Remove what is no longer needed, now that all sites are live."""
    gone = False
    for report in reports:
        if report.switched:
            with locks.exclusive(Records(places.data).lock(report.union)):
                gone = prune(places, report.union) or gone
    if gone:
        tidy_store(places)


def due_unions(content: Content, places: Places, unions: Iterable[str], now: datetime) -> list[str]:
    """Those of `unions` whose time has come and that no rollback holds."""
    records = Records(places.data)
    return [
        union
        for union in unions
        if not records.hold(union) and is_due(content.unions[union].schedule, records.state(union), now)
    ]


def _skip(
    inputs: Inputs, unions: Sequence[str], now: datetime, places: Places, progress: Progress | None
) -> dict[str, SiteReport]:
    """The reports of those sites for which there is nothing to do."""
    reports: dict[str, SiteReport] = {}
    for union in unions:
        report = unchanged(inputs, union, now, places)
        if report is not None:
            reports[union] = report
            if progress:
                progress(report, len(reports), len(unions))
    return reports


def _update_index(
    content: Content, places: Places, now: datetime, reports: Iterable[SiteReport]
) -> list[Problem]:
    """Bring the network's search index up to the sites that are live now."""
    if index_folder(places).is_dir() and not any(report.switched for report in reports):
        return []
    from site_builder import network_search  # noqa: PLC0415 - as above

    return network_search.keep_up(content, places, now)
