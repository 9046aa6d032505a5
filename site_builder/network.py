"""Many sites: which are due, a process for each core, one report. A site that fails stops no other."""

from __future__ import annotations

import difflib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from site_builder import content_store, locks
from site_builder.content_store import Content
from site_builder.errors import BuildError, UsageError
from site_builder.paths import href
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, Problem
from site_builder.release import switch
from site_builder.release.build import Places, SiteReport, build_sites, prune, tidy_store, unchanged
from site_builder.release.inputs import Inputs
from site_builder.release.problems import problem_owner
from site_builder.release.schedule import is_due
from site_builder.release.state import Records
from site_builder.search.network_index import NetworkIndex

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
        """As the Contract's `build --json` has it."""
        return {
            "as_of": self.as_of.isoformat(),
            "seconds": round(self.seconds, 3),
            "sites": [site.to_json() for site in self.sites],
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


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
    with locks.shared(places.content_lock):
        content = read_content(places)
        chosen = choose(content, unions)
        if due:
            chosen = due_unions(content, places, chosen, moment)
        inputs = Inputs(content, places.themes, places.compiled)
        reports = {} if full else _skip(inputs, chosen, moment, places, progress)
        work = _Work(content, moment, places, inputs, full=full, lift_hold=lift_hold)
        left = [union for union in chosen if union not in reports]
        with _collecting_seldom():
            reports |= _run(work, left, jobs or os.cpu_count() or 1, progress, done=len(reports))
        problems = [problem for problem in content.problems if problem_owner(problem) not in reports]
        problems += _orphans(content, places, take_down=not unions and not due)
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


def read_content(places: Places) -> Content:
    """Raises UsageError if the folder holds no content."""
    _require_content(places)
    return content_store.read(places.content, places.data / "cache" / "content")


def _require_content(places: Places) -> None:
    if not (places.content / "unions").is_dir():
        raise UsageError(f"{places.content} is not a content folder: it has no unions/ in it")


def choose(content: Content, unions: Sequence[str]) -> list[str]:
    """The unions meant, in the order of the content. Raises UsageError that names the nearest known ones.

    A union whose own file is wrong raises BuildError, which says what is.
    """
    known = list(content.unions)
    for union in unions:
        wrong = next((found for found in content.problems if found.file == f"unions/{union}.md"), None)
        if union not in content.unions and wrong:
            raise BuildError(f"{union} cannot be built: {wrong}", union=union, code="union-unusable")
        _require(union, known)
    return [union for union in known if union in set(unions)] if unions else known


def require_union(places: Places, union: str) -> None:
    """Raises UsageError for an unknown union. Looks at names of files only: a rollback must not wait."""
    _require_content(places)
    _require(union, [file.stem for file in (places.content / "unions").glob("*.md")])


def _require(union: str, known: Sequence[str]) -> None:
    if union not in known:
        near = difflib.get_close_matches(union, known, n=3, cutoff=0.4)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UsageError(f"there is no union {union!r}{hint}")


def _orphans(content: Content, places: Places, *, take_down: bool) -> list[Problem]:
    """Live sites whose union is gone from the content.

    A build of the whole network takes them down: only the link goes, and their releases are kept. Where most
    sites would go at once, the content is likely at fault, and none does.
    """
    sites = places.output / "sites"
    live = sorted(link.name for link in sites.iterdir() if link.is_symlink()) if sites.is_dir() else []
    gone = [
        union
        for union in live
        if union not in content.unions and not (places.content / "unions" / f"{union}.md").exists()
    ]
    down = take_down and bool(content.unions) and len(gone) * 2 <= len(live)
    return [_orphan(union, places, down=down) for union in gone]


def _orphan(union: str, places: Places, *, down: bool) -> Problem:
    if down:
        with locks.exclusive(Records(places.data).lock(union)):
            switch.take_down(places.output, union)
        return Problem(
            severity="warning",
            code="site-taken-down",
            message=f"the content has no union {union} any more: its site is no longer served",
            action=f"Bring back unions/{union}.md to serve it again; what is left of it lies in "
            f"{places.output / 'releases' / union}",
        )
    return Problem(
        severity="warning",
        code="site-without-union",
        message=f"the site of {union} is live, and the content has no such union",
        action=f"If the union is gone for good, delete {places.output / 'sites' / union}",
    )


def due_unions(content: Content, places: Places, unions: Iterable[str], now: datetime) -> list[str]:
    """Those of `unions` whose time has come and that no rollback holds."""
    records = Records(places.data)
    return [
        union
        for union in unions
        if not records.hold(union) and is_due(content.unions[union].schedule, records.state(union), now)
    ]


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """All content stays while sites are built: looking for garbage in it takes a tenth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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


# --- processes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Work:
    content: Content
    as_of: datetime
    places: Places
    inputs: Inputs
    full: bool
    lift_hold: bool

    def sites(self, unions: Sequence[str]) -> list[SiteReport]:
        return build_sites(
            self.content,
            unions,
            self.as_of,
            self.places,
            full=self.full,
            lift_hold=self.lift_hold,
            inputs=self.inputs,
        )


_work: _Work | None = None
"""What a worker process builds from; set once, when it starts."""


def _start_worker(work: _Work, parent: int) -> None:
    global _work
    _work = work
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _leave(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not disturb the tidying up
    raise SystemExit(128 + number)


def _end_with(parent: int) -> None:
    """A worker whose parent was killed would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _build_in_worker(unions: Sequence[str]) -> list[SiteReport]:
    assert _work is not None, "_start_worker comes first"
    try:
        return _work.sites(unions)
    except SystemExit:  # the pool would report it and go on with what lies in its queue
        os._exit(1)


def _run(
    work: _Work, unions: Sequence[str], jobs: int, progress: Progress | None, *, done: int
) -> dict[str, SiteReport]:
    """Build `unions`; `done` counts the sites for which there was nothing to do."""
    reports: dict[str, SiteReport] = {}

    def take(report: SiteReport) -> None:
        reports[report.union] = report
        if progress:
            progress(report, done + len(reports), done + len(unions))

    if min(jobs, len(unions)) <= 1:
        for group in _groups(unions, 1):
            for report in work.sites(group):
                take(report)
        return reports
    _in_pool(work, _groups(unions, jobs), min(jobs, len(unions)), take)
    for union in unions:  # a worker that dies takes its pool with it: the rest, one by one
        if union not in reports:
            _in_pool(work, [[union]], 1, take)
        if union not in reports:
            take(_crashed(union))
    return reports


TOGETHER = 16
"""Sites that become live together, at most: see `build_sites`."""


def _groups(unions: Sequence[str], jobs: int) -> list[Sequence[str]]:
    """Neighbours in the order of slugs, so few together that all processes have work to the end."""
    size = max(1, min(TOGETHER, len(unions) // (jobs * 3)))
    ordered = sorted(unions)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _in_pool(
    work: _Work, groups: Sequence[Sequence[str]], jobs: int, done: Callable[[SiteReport], None]
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


# --- the network's search index -------------------------------------------------------------------


def index_folder(places: Places) -> Path:
    return places.data / "search"


def plans(content: Content, places: Places, now: datetime) -> list[SitePlan]:
    """What every site shows: each union's plan for the moment of its last build."""
    records = Records(places.data)
    found = []
    for union in content.unions:
        state = records.state(union)
        found.append(plan(content, union, state.as_of if state else now))
    return found


def _update_index(
    content: Content, places: Places, now: datetime, reports: Iterable[SiteReport]
) -> list[Problem]:
    """Bring the index up to the sites that are live now. It never delays or fails them."""
    folder = index_folder(places)
    if NetworkIndex(folder).usable() and not any(report.switched for report in reports):
        return []
    try:
        update_index(content, places, now)
    except Exception as error:
        return [
            Problem(
                severity="warning",
                code="search-index",
                message=f"the network's search index was not updated: {type(error).__name__}: {error}",
                action=f"Delete {folder} and search again",
            )
        ]
    return []


def search(
    content: Content,
    places: Places,
    query: str,
    *,
    union: str | None = None,
    kind: str | None = None,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """The Contract's `results`, best first. Makes the index if there is none, or if it is damaged.

    Raises UsageError for an unknown union.
    """
    if union is not None:
        choose(content, [union])
    index = NetworkIndex(index_folder(places))
    try:
        hits = index.search(query, union=union, kind=kind, limit=limit)
    except BuildError:  # there is none yet, or it is damaged
        update_index(content, places, datetime.now(BEIJING))
        hits = index.search(query, union=union, kind=kind, limit=limit)
    found = []
    for hit in hits:
        site = content.unions.get(hit.union)
        if site is not None:
            found.append({**asdict(hit), "url": f"{site.site.base_url}{href(hit.path)}"})
    return found


def update_index(content: Content, places: Places, now: datetime) -> None:
    """Bring the network's index up to what every site shows; `now` counts for sites never built."""
    with locks.exclusive(places.data / "locks" / "search.lock"):
        NetworkIndex(index_folder(places)).update(content, plans(content, places, now))
