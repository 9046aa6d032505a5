"""One site: plan, write beside, check, name, switch. The live site is untouched until the end."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from site_builder import locks
from site_builder.content_store import Content
from site_builder.errors import BuildError, ContentError
from site_builder.pelican_site import engine
from site_builder.pelican_site.files import Site, SiteFiles
from site_builder.plan import SitePlan, plan
from site_builder.records import Problem
from site_builder.release import checks, links, switch
from site_builder.release import manifest as manifests
from site_builder.release.inputs import Inputs, foreign
from site_builder.release.manifest import Manifest
from site_builder.release.problems import problem_owner
from site_builder.release.state import BuildState, PageNotes, Records, ReleaseNote
from site_builder.release.store import Store
from site_builder.release.workspace import Workspace, release_folder
from site_builder.render import Bundle

KEEP = 5
"""Releases kept beside the live one and the one a rollback holds."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one network."""

    content: Path
    data: Path
    output: Path
    themes: Path

    @property
    def content_lock(self) -> Path:
        """Held shared by whoever reads `content/`, exclusively by whoever writes it."""
        return self.data / "locks" / "content.lock"

    @property
    def pictures(self) -> Path:
        """What was made of pictures, by the hash of what it was made from."""
        return self.data / "cache" / "pictures"


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What one build did to one site. `pages` counts HTML files; rendered + reused = pages."""

    union: str
    release: str | None = None
    pages: int = 0
    rendered: int = 0
    reused: int = 0
    deleted: int = 0
    search_documents: int = 0
    next_change: datetime | None = None
    problems: tuple[Problem, ...] = ()
    reasons: tuple[tuple[str, str], ...] | None = None
    switched: bool = False
    failed: bool = False

    @property
    def has_errors(self) -> bool:
        return self.failed or any(problem.severity == "error" for problem in self.problems)

    def explained(self, explain: bool) -> SiteReport:
        """The report with the reasons, or without any."""
        return replace(self, reasons=(self.reasons or ()) if explain else None)

    def to_json(self) -> dict[str, Any]:
        """As the Contract's `build --json` has it."""
        fields: dict[str, Any] = {
            "union": self.union,
            "release": self.release,
            "pages": self.pages,
            "rendered": self.rendered,
            "reused": self.reused,
            "deleted": self.deleted,
            "search_documents": self.search_documents,
            "next_change": self.next_change.isoformat() if self.next_change else None,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }
        if self.reasons is not None:
            fields["reasons"] = [{"path": path, "reason": why} for path, why in self.reasons]
        return fields


def build_site(
    content: Content,
    union: str,
    as_of: datetime,
    places: Places,
    *,
    full: bool = False,
    lift_hold: bool = False,
    inputs: Inputs | None = None,
) -> SiteReport:
    """Build one site and make it live. Never raises for what concerns this site alone: that is reported.

    `full` renders every page anew; `full` and `lift_hold` end a rollback's hold. Where a hold stays, nothing
    is built and a warning says so.
    """
    records = Records(places.data)
    problems = content_problems(content, union)
    try:
        with locks.exclusive(records.lock(union)):
            if full or lift_hold:
                records.lift_hold(union)
            elif records.hold(union):
                return _held(records, union, places)
            return _build(content, union, as_of, places, records, full=full, inputs=inputs)
    except ContentError as error:
        failure = error.problem
    except BuildError as error:
        message = str(error).rstrip(".")
        failure = Problem(code=error.code, message=message, action="The live site is unchanged")
    except OSError as error:
        failure = Problem(
            code="disk",
            file=str(error.filename) if error.filename else None,
            message=f"the release could not be written: {error.strerror or error}",
            action="Make room or correct the permissions; the live site is unchanged",
        )
    except Exception as error:
        logger.exception("The build of %s failed", union)
        failure = Problem(
            code="internal-error",
            message=f"{type(error).__name__}: {error}",
            action="This is a fault of the program; the live site is unchanged",
        )
    return _failed(records, union, as_of, places, (*problems, failure))


def content_problems(content: Content, union: str) -> tuple[Problem, ...]:
    """What is wrong in the files that belong to one union."""
    return tuple(problem for problem in content.problems if problem_owner(problem) == union)


def unchanged(
    inputs: Inputs, union: str, as_of: datetime, places: Places, *, lift_hold: bool = False
) -> SiteReport | None:
    """The report of a site for which there is nothing to do, by what its last build noted; else None.

    The release itself is not looked into: `unionpress check` finds what was changed in it by hand.
    """
    records = Records(places.data)
    state = records.state(union)
    if state is None or state.failed or not state.inputs or state.release is None:
        return None
    if as_of < state.as_of or (state.next_change is not None and as_of >= state.next_change):
        return None
    if records.hold(union) or switch.live(places.output, union) != state.release:
        return None
    try:
        if inputs.of(union, state.foreign) != state.inputs:
            return None
    except BuildError:
        return None
    with locks.exclusive(records.lock(union)):
        latest = records.state(union)
        if latest != state:  # another build was faster
            return None
        switch.sweep(places.output, union)
        notes = dict(state.releases)
        if state.release in notes:
            notes[state.release] = notes[state.release].model_copy(update={"as_of": as_of})
        built = datetime.now(UTC)
        changes = {"built": built, "as_of": as_of, "releases": notes, "rendered": 0, "reused": state.pages}
        records.save_state(state.model_copy(update=changes))
    return SiteReport(
        union=union,
        release=state.release,
        pages=state.pages,
        reused=state.pages,
        search_documents=state.search_documents,
        next_change=state.next_change,
        problems=state.problems,
    )


def _build(
    content: Content,
    union: str,
    as_of: datetime,
    places: Places,
    records: Records,
    *,
    full: bool,
    inputs: Inputs | None,
) -> SiteReport:
    switch.sweep(places.output, union)
    before = switch.live(places.output, union)
    site_plan = plan(content, union, as_of)
    bundle = Bundle.load(places.themes, site_plan.union.site.theme)
    notes = records.pages(union)
    previous = _previous(places.output, union, notes.release if notes else before)
    known = None if notes is None or previous is None else _known(notes, records, union)
    workspace = Workspace(places.output, union, Store(places.output / "store", verify=full), previous)
    job = engine.Job(Site(content, site_plan, bundle, places.pictures), workspace, None if full else known)
    try:
        workspace.open()
        engine.run(job, content=places.content, themes=places.themes, output=workspace.folder)
        planned = job.planned
        assert planned is not None, "a run that raises nothing has planned"
        incomplete = checks.completeness((file.path for file in planned.files), workspace.folder)
        if incomplete:
            raise BuildError(str(incomplete[0]), union=union, code=incomplete[0].code)
        problems = (
            *content_problems(content, union),
            *site_plan.problems,
            *_links(workspace, job, planned, previous, records.state(union)),
        )
        manifest, is_new = workspace.finish()
    finally:
        workspace.discard()
    switched = switch.switch(places.output, union, manifest.id)
    reasons = job.reasons
    if full:
        reasons = [(path, "full build") for path, _ in reasons]
    report = SiteReport(
        union=union,
        release=manifest.id,
        pages=manifest.pages,
        rendered=job.rendered,
        reused=job.reused,
        deleted=_deleted(previous, manifest),
        search_documents=planned.search_documents,
        next_change=site_plan.next_change,
        problems=problems,
        reasons=tuple(reasons),
        switched=switched,
    )
    away = foreign(content, site_plan)
    made_from = (inputs or Inputs(content, places.themes)).of(union, away)
    _remember(records, report, site_plan, job, manifest, places, made_from, away)
    if is_new:
        prune(places.output, records, union)
    return report


def _links(
    workspace: Workspace,
    job: engine.Job,
    planned: SiteFiles,
    previous: tuple[Path, Manifest] | None,
    state: BuildState | None,
) -> list[Problem]:
    """The links that lead nowhere. Pages that were kept are looked into only where their answer may differ.

    That is where a file they may point at is gone, or something they may point at in a page; and pages that
    had such a link before, since what was missing may be there now.
    """
    among: set[str] | None = None
    if previous is not None and state is not None and state.release == previous[0].name:
        before = previous[1].files
        gone = any(path not in workspace.entries and not path.startswith("search/") for path in before)
        if not gone and not any(_loses_ids(previous[0], path, data) for path, data in job.pages.items()):
            broken = {problem.file or "" for problem in state.problems if problem.code == checks.BROKEN_LINK}
            among = job.pages.keys() | broken
    return checks.internal_links(
        workspace.folder,
        workspace.entries,
        planned.context.base_url,
        records=planned.records,
        pages=job.pages,
        among=among,
    )


def _loses_ids(before: Path, path: str, data: bytes) -> bool:
    try:
        old = (before / path).read_bytes()
    except OSError:
        return False
    return not links.outline(old).ids <= links.outline(data).ids


def _previous(output: Path, union: str, release: str | None) -> tuple[Path, Manifest] | None:
    if release is None:
        return None
    folder = release_folder(output, union, release)
    try:
        return (folder, manifests.read(output, union, release)) if folder.is_dir() else None
    except BuildError:  # without its manifest a release cannot be trusted, and nothing of it is kept
        return None


def _known(notes: PageNotes, records: Records, union: str) -> engine.Known:
    return engine.Known(
        engine=notes.engine,
        pages={path: engine.KnownPage(key, hash_) for path, (key, hash_) in notes.pages.items()},
        parts=partial(records.parts, union),
    )


def _deleted(previous: tuple[Path, Manifest] | None, manifest: Manifest) -> int:
    if previous is None:
        return 0
    return sum(path.endswith(".html") for path in previous[1].files.keys() - manifest.files.keys())


def _remember(
    records: Records,
    report: SiteReport,
    site_plan: SitePlan,
    job: engine.Job,
    manifest: Manifest,
    places: Places,
    made_from: str,
    away: tuple[str, ...],
) -> None:
    pages = {
        path: (fingerprint.key, manifest.files[path].hash) for path, fingerprint in job.fingerprints.items()
    }
    records.save_parts(
        report.union, {path: fingerprint.parts for path, fingerprint in job.fingerprints.items()}
    )
    records.save_pages(report.union, PageNotes(release=manifest.id, engine=job.site.bundle.hash, pages=pages))
    now = datetime.now(UTC)
    last = records.state(report.union)
    kept = {
        name: note
        for name, note in (last.releases if last else {}).items()
        if release_folder(places.output, report.union, name).is_dir()
    }
    built = kept[manifest.id].built if manifest.id in kept else now
    kept[manifest.id] = ReleaseNote(built=built, as_of=site_plan.as_of, pages=report.pages)
    records.save_state(
        BuildState(
            union=report.union,
            built=now,
            as_of=site_plan.as_of,
            release=manifest.id,
            pages=report.pages,
            records=len(site_plan.items),
            rendered=report.rendered,
            reused=report.reused,
            search_documents=report.search_documents,
            next_change=report.next_change,
            problems=report.problems,
            releases=kept,
            inputs=made_from,
            foreign=away,
        )
    )


def _failed(
    records: Records, union: str, as_of: datetime, places: Places, problems: Iterable[Problem]
) -> SiteReport:
    """Report a build that did not happen; what is live stays, and the next `--due` tries again."""
    problems = tuple(problems)
    last = records.state(union)
    now = datetime.now(UTC)
    base = last or BuildState(union=union, built=now, as_of=as_of)
    try:
        records.save_state(base.model_copy(update={"built": now, "failed": True, "problems": problems}))
    except OSError:
        logger.warning("The state of %s could not be written under %s", union, places.data)
    report = _unbuilt(base, union, places)
    return replace(report, problems=problems, failed=True)


def _held(records: Records, union: str, places: Places) -> SiteReport:
    report = _unbuilt(records.state(union), union, places)
    warning = Problem(
        severity="warning",
        code="held",
        message=f"{union} was rolled back to release {report.release}, which stays live",
        action="Publish, or run unionpress build --full, to build it again",
    )
    return replace(report, problems=(warning,))


def _unbuilt(last: BuildState | None, union: str, places: Places) -> SiteReport:
    """A report that says what is live: every page of it is as it was."""
    live = switch.live(places.output, union)
    try:
        pages = manifests.read(places.output, union, live).pages if live else 0
    except BuildError:
        pages = 0
    return SiteReport(
        union=union,
        release=live,
        pages=pages,
        reused=pages,
        search_documents=last.search_documents if last else 0,
        next_change=last.next_change if last else None,
    )


def prune(output: Path, records: Records, union: str) -> None:
    """Remove old releases and what only they used; a failure costs disk, not the site."""
    hold = records.hold(union)
    try:
        if switch.prune(output, union, keep=KEEP, also={hold.release} if hold else ()):
            Store(output / "store").sweep()
    except OSError as error:
        logger.warning("Old releases of %s could not be removed: %s", union, error)
