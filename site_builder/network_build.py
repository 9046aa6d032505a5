"""Building many sites: which are due, a process for each core. What `network.build` does when it must."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from site_builder import choosing
from site_builder.content_store import Content
from site_builder.records import Problem
from site_builder.release import at_rest, orphans, switch
from site_builder.release.inputs import Inputs
from site_builder.release.problems import problem_owner
from site_builder.release.pruning import TIDY_SECONDS, tidy_store
from site_builder.release.report import Places, SiteReport, index_folder
from site_builder.release.schedule import is_due
from site_builder.release.state import Records
from site_builder.release.unchanged import unchanged
from site_builder.render import require_base

Progress = Callable[[SiteReport, int, int], None]


def build(
    ground: at_rest.Ground,
    unions: Sequence[str],
    moment: datetime,
    places: Places,
    *,
    jobs: int | None,
    due: bool,
    full: bool,
    lift_hold: bool,
    explain: bool,
    progress: Progress | None,
) -> tuple[tuple[SiteReport, ...], tuple[Problem, ...]]:
    """As `network.build`, under the content lock: the sites' reports, and the problems of none of them."""
    require_base(places.themes)  # else each of thousands of sites would say it for itself
    choosing.require_readable(places, ground.content)
    content = choosing.read_content(places, ground.content, meanwhile=partial(_get_ready, places))
    choosing.require_whole(content)
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

        work = processes.Work(
            content, moment, places, inputs, full=full, lift_hold=lift_hold, explain=explain
        )
        processes.run(work, left, jobs or os.cpu_count() or 1, take)
    problems = [problem for problem in content.problems if problem_owner(problem) not in reports]
    problems += orphans.orphans(content, places, take_down=not unions and not due)
    problems += orphans.left_behind(content, places)
    problems += _update_index(content, places, moment, reports.values())
    if any(report.pruned for report in reports.values()):
        tidy_store(places, every=TIDY_SECONDS)
    if set(chosen) == content.unions.keys():
        at_rest.note(ground, content, inputs, places)
    return tuple(reports[union] for union in chosen), tuple(problems)


def _get_ready(places: Places) -> None:
    """Load what any build needs that has so much to read; each process would do it anew, or wait for it."""
    from site_builder import processes  # noqa: PLC0415 - as above

    processes.get_ready(places)


def due_unions(content: Content, places: Places, unions: Iterable[str], now: datetime) -> list[str]:
    """Those of `unions` whose time has come and that no rollback holds."""
    records = Records(places.data)

    def waits(union: str) -> bool:
        try:
            state, hold = records.state(union), records.hold(union)
            if hold is not None:
                return True
            if state is not None and state.elsewhere(places.output, switch.live(places.output, union), hold):
                state = None
        except OSError:  # said where the site is built
            return False
        return not is_due(content.unions[union].schedule, state, now)

    return [union for union in unions if not waits(union)]


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
