"""Many sites: which are due, a process for each core, one report. A site that fails stops no other."""

from __future__ import annotations

import difflib
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from site_builder import content_store, locks, processes
from site_builder.content_store import Content
from site_builder.errors import BuildError, UsageError
from site_builder.paths import href
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, Problem
from site_builder.release import orphans
from site_builder.release.build import unchanged
from site_builder.release.inputs import Inputs
from site_builder.release.problems import problem_owner
from site_builder.release.pruning import prune, tidy_store
from site_builder.release.record_files import RecordFiles
from site_builder.release.report import Places, SiteReport
from site_builder.release.schedule import is_due
from site_builder.release.state import Records
from site_builder.search.network_index import Filters, NetworkIndex

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
        work = processes.Work(content, moment, places, inputs, full=full, lift_hold=lift_hold)
        left = [union for union in chosen if union not in reports]

        def take(report: SiteReport) -> None:
            reports[report.union] = report
            if progress:
                progress(report, len(reports), len(chosen))

        processes.run(work, left, jobs or os.cpu_count() or 1, take)
        problems = [problem for problem in content.problems if problem_owner(problem) not in reports]
        problems += orphans.orphans(content, places, take_down=not unions and not due)
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


# --- the network's search index -------------------------------------------------------------------


def index_folder(places: Places) -> Path:
    return places.data / "search"


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
    """The Contract's `results`, best first: those of `find`."""
    results: list[dict[str, Any]] = find(
        content, places, query, Filters(union=union, kind=kind), limit=limit
    )["results"]
    return results


def find(
    content: Content, places: Places, query: str, filters: Filters, *, limit: int = 20
) -> dict[str, Any]:
    """`results` as the Contract has them, best first; `total`, how many match; `facets`, for each its values
    and how many of all that match have them; `did_you_mean`, what was searched instead, or empty.

    Makes the index if there is none, or if it is damaged. Raises UsageError for an unknown union.
    """
    for union in filter(None, (filters.union, filters.owner)):
        choose(content, [union])
    index = NetworkIndex(index_folder(places))
    try:
        answer = index.find(query, filters, limit)
    except BuildError:  # there is none yet, or it is damaged
        update_index(content, places, datetime.now(BEIJING))
        answer = index.find(query, filters, limit)
    return {
        "results": [
            {**asdict(hit), "url": f"{content.unions[hit.union].site.base_url}{href(hit.path)}"}
            for hit in answer.hits
            if hit.union in content.unions
        ],
        "total": answer.total,
        "facets": {
            name: [{"value": value, "count": count} for value, count in values]
            for name, values in answer.facets.items()
        },
        "did_you_mean": answer.did_you_mean,
    }


def update_index(content: Content, places: Places, now: datetime, *, anew: bool = False) -> int:
    """Bring the network's index up to what every site shows; how many entries changed.

    Each union is looked at as its last build left it (`now` for those never built), and only if its release
    is not the one that the index knows. `anew`: from nothing.
    """
    records = Records(places.data)
    states = {union: records.state(union) for union in content.unions}

    def planned(union: str) -> SitePlan:
        state = states[union]
        return plan(content, union, state.as_of if state else now)

    with locks.exclusive(places.data / "locks" / "search.lock"):
        index = NetworkIndex(index_folder(places))
        if anew:
            index.clear()
        sites = {
            union: RecordFiles(places, union, state.release) if state and state.release else None
            for union, state in states.items()
        }
        return index.follow(content, sites, planned)
