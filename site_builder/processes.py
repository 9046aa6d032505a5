"""Building many sites in several processes. What becomes of one site or one process stops no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from site_builder import collecting, cutting
from site_builder.content_store import Content
from site_builder.errors import BuildError
from site_builder.pelican_site.segments import search_index
from site_builder.pelican_site.shares import end_with
from site_builder.plan import plan
from site_builder.records import Problem
from site_builder.release.build import build_sites
from site_builder.release.inputs import Inputs
from site_builder.release.report import Places, SiteReport
from site_builder.render import BASE, Bundle


@dataclass(frozen=True, slots=True)
class Work:
    """What sites are built from, in whatever process."""

    content: Content
    as_of: datetime
    places: Places
    inputs: Inputs
    full: bool
    lift_hold: bool
    explain: bool

    def warm(self, unions: Sequence[str]) -> None:
        """Make what all processes need, before there are several: templates, the index, what sites share."""
        for union in unions:
            with suppress(BuildError, OSError):  # reported where the site is built
                self.inputs.bundle(union).get_ready()
        lower = next((union for union in unions if self.content.unions[union].parent), None)
        if lower is not None:
            found = plan(self.content, lower, self.as_of)
            with suppress(BuildError, OSError):  # likewise
                search_index(found, self.content, self.places.search_parts).manifest()

    def large(self, unions: Sequence[str], jobs: int) -> list[str]:
        """The sites that all processes make together, one after another: of others each makes its own.

        Where there are many large ones, nobody waits for the last of them for long.
        """
        own = Counter(record.union for record in self.content.records.values())
        found = [union for union in unions if own[union] >= LARGE]
        return found if len(found) < 2 * jobs else []

    def sites(self, unions: Sequence[str], processes: int = 1) -> list[SiteReport]:
        return build_sites(
            self.content,
            unions,
            self.as_of,
            self.places,
            full=self.full,
            lift_hold=self.lift_hold,
            explain=self.explain,
            inputs=self.inputs,
            processes=processes,
        )


def get_ready(places: Places) -> None:
    """Load what all processes need and content has no say in: the dictionary, the templates of every page."""
    cutting.load()
    with suppress(BuildError, OSError):  # reported where a site is built
        Bundle.load(places.themes, BASE, places.compiled).get_ready()


_work: Work | None = None
"""What a worker process builds from; set once, when it starts."""


def _start_worker(work: Work, parent: int) -> None:
    global _work
    _work = work
    collecting.stays()
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


LEAVE_SECONDS = 10
"""What a worker that is told to leave has to tidy up."""


def _leave(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not disturb the tidying up
    # The pool takes an exit that comes while it sends a result back for a failure of sending, and goes on:
    # the system ends the process then, which would be waited for without end.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LEAVE_SECONDS)
    raise SystemExit(128 + number)


def _build_in_worker(unions: Sequence[str]) -> list[SiteReport]:
    assert _work is not None, "_start_worker comes first"
    try:
        reports = _work.sites(unions)
        collecting.give_back()
        return reports
    except SystemExit:  # the pool would report it and go on with what lies in its queue
        os._exit(1)


def run(work: Work, unions: Sequence[str], jobs: int, done: Callable[[SiteReport], None]) -> None:
    """Build the sites of `unions` in `jobs` processes; `done` is told of each. Raises KeyboardInterrupt."""
    told: set[str] = set()

    def take(report: SiteReport) -> None:
        told.add(report.union)
        done(report)

    with collecting.seldom():
        together = work.large(unions, jobs) if jobs > 1 else []
        for union in together:
            for report in work.sites([union], jobs):
                take(report)
        unions = [union for union in unions if union not in told]
        if min(jobs, len(unions)) <= 1:
            for group in _groups(unions, 1):
                for report in work.sites(group):
                    take(report)
            return
        work.warm(unions)
        _in_pool(work, _groups(unions, jobs), min(jobs, len(unions)), take)
        for union in unions:  # a worker that dies takes its pool with it: the rest, one by one
            if union not in told:
                _in_pool(work, [[union]], 1, take)
            if union not in told:
                take(_crashed(union))


LARGE = 800
"""Records of its own that make a site large."""
TOGETHER = 16
"""Sites that become live together, at most: see `build_sites`."""


def _groups(unions: Sequence[str], jobs: int) -> list[Sequence[str]]:
    """Neighbours in the order of slugs, ever fewer together, so that all processes have work to the end."""
    ordered = sorted(unions)
    groups: list[Sequence[str]] = []
    start = 0
    while start < len(ordered):
        size = max(1, min(TOGETHER, (len(ordered) - start) // (jobs * 3)))
        groups.append(ordered[start : start + size])
        start += size
    return groups


def _in_pool(
    work: Work, groups: Sequence[Sequence[str]], jobs: int, done: Callable[[SiteReport], None]
) -> None:
    """Build in `jobs` processes. Where the system can fork, the content is not copied to them."""
    others = set(multiprocessing.active_children())
    method = "fork" if sys.platform == "linux" else "spawn"
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context(method),
        initializer=_start_worker,
        initargs=(work, os.getpid()),
    )
    try:
        # Ctrl-C reaches the whole group, and only the parent decides: workers inherit that it is blocked.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            futures = [pool.submit(_build_in_worker, group) for group in groups]
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for future in as_completed(futures):
            try:
                reports = future.result()
            except BrokenProcessPool:
                continue
            for report in reports:
                done(report)
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _crashed(union: str) -> SiteReport:
    problem = Problem(
        code="process-died",
        message=f"the process that built {union} died",
        action="Look at the system's log for a lack of memory; the live site is unchanged",
    )
    return SiteReport(union=union, problems=(problem,), failed=True)
