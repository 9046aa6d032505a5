"""One site: plan, write beside, check, name, switch. The live site is untouched until the end."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from uuid import UUID

from site_builder import locks
from site_builder.content_store import Content
from site_builder.errors import BuildError
from site_builder.pelican_site import engine
from site_builder.pelican_site.files import Site
from site_builder.pelican_site.fingerprints import code_version
from site_builder.plan import SitePlan, plan
from site_builder.records import Problem
from site_builder.release import checks, left_out, looking, site_locks, switch
from site_builder.release import manifest as manifests
from site_builder.release.failures import guarded, unnoted
from site_builder.release.inputs import Inputs, foreign
from site_builder.release.manifest import Manifest
from site_builder.release.problems import problem_owner
from site_builder.release.pruning import TIDY_SECONDS, prune, tidy_store
from site_builder.release.report import Places, SiteReport
from site_builder.release.state import BuildState, Note, PageNotes, Records, ReleaseNote
from site_builder.release.store import Store
from site_builder.release.workspace import Damaged, Workspace, flush, release_folder, sync_folder

logger = logging.getLogger(__name__)


def build_site(
    content: Content,
    union: str,
    as_of: datetime,
    places: Places,
    *,
    full: bool = False,
    lift_hold: bool = False,
    explain: bool = True,
    inputs: Inputs | None = None,
) -> SiteReport:
    """Build one site and make it live, as `build_sites` does; then tidy the store, but seldom."""
    [report] = build_sites(
        content, [union], as_of, places, full=full, lift_hold=lift_hold, explain=explain, inputs=inputs
    )
    if report.pruned:
        tidy_store(places, every=TIDY_SECONDS)
    return report


def build_sites(
    content: Content,
    unions: Iterable[str],
    as_of: datetime,
    places: Places,
    *,
    full: bool = False,
    lift_hold: bool = False,
    explain: bool = True,
    inputs: Inputs | None = None,
    processes: int = 1,
) -> list[SiteReport]:
    """Build some sites and make them live together, in the order of their slugs.

    Bringing everything to the disk takes as long for many sites as for one, so it is done once for all of
    them before the first is switched. Never raises for what concerns one site alone: that is reported.
    `full` renders every page anew; `full` and `lift_hold` end a rollback's hold. Where a hold stays, nothing
    is built and a warning says so. `processes` make the pages of one large site. Old releases go at the end.
    """
    reports: list[SiteReport] = []
    ready: list[SiteBuild] = []
    with ExitStack() as stack:
        refused = guarded("", lambda: stack.enter_context(locks.shared(places.store_lock)))
        for union in sorted(unions):  # always in this order, so that no two builders wait for each other
            build = SiteBuild(content, union, as_of, places, inputs, processes)
            failure = refused or guarded(union, partial(build.begin, stack, lift_hold=full or lift_hold))
            if build.held:
                reports.append(_held(build.records, union, places))
                continue
            stack.callback(build.discard)
            make = partial(build.make, full=full, explain=explain)
            failure = failure or guarded(union, make, places.content)
            if failure is None:
                ready.append(build)
            else:
                reports.append(build.failed(failure))
                build.discard()
        if ready:
            undone = guarded("", partial(flush, places.output))
            for build in ready:
                failure = undone or guarded(build.union, build.publish)
                reports.append(build.failed(failure) if failure else build.report)
            if (places.output / "sites").is_dir():
                sync_folder(places.output / "sites")
        reports = [
            replace(report, pruned=prune(places, report.union)) if report.switched else report
            for report in reports
        ]
    return sorted(reports, key=lambda report: report.union)


class SiteBuild:
    """One build of one site, in two steps: `make` writes and checks a release, `publish` makes it live."""

    def __init__(
        self,
        content: Content,
        union: str,
        as_of: datetime,
        places: Places,
        inputs: Inputs | None,
        processes: int = 1,
    ) -> None:
        self.content, self.union, self.as_of, self.places = content, union, as_of, places
        self.records = Records(places.data)
        self.inputs = inputs or Inputs(content, places.themes, places.compiled)
        self._processes = processes
        self._made: _Made | None = None
        self._explain = True
        self._live = self._switched = self.held = False

    def begin(self, stack: ExitStack, *, lift_hold: bool) -> None:
        """Take the site's lock until the end of `stack`. Where a hold stays, this is `held`."""
        stack.enter_context(site_locks.alone(self.places, self.union))
        if lift_hold:
            self.records.lift_hold(self.union)
        self.held = self.records.hold(self.union) is not None

    def make(self, *, full: bool = False, explain: bool = True) -> None:
        """Write the release beside the live one. Raises whatever is wrong."""
        self._explain = explain
        switch.sweep(self.places.output, self.union)
        state, notes = self.records.state(self.union), self.records.pages(self.union)
        # Who asks for a site of which nothing changed has seen something wrong with it.
        verify = full or (state is not None and self._nothing_changed_since(state))
        try:
            self._made = self._make(state, notes, full=full, verify=verify)
        except Damaged:
            self._made = self._make(state, notes, full=full, verify=True)

    def _make(self, state: BuildState | None, notes: PageNotes | None, *, full: bool, verify: bool) -> _Made:
        make = partial(self._make_without, state=state, notes=notes, full=full, verify=verify)
        return left_out.making(make, self.content, self.union, partial(self._worked, notes))

    def _worked(self, notes: PageNotes | None) -> bool:
        """Whether program and theme are those that made what is live."""
        if switch.live(self.places.output, self.union) is None:
            return True  # there is nothing that could get lost
        return notes is not None and notes.program == self.program

    @cached_property
    def program(self) -> str:
        """Stands for all code and the theme: what made a site once makes it again."""
        return f"{code_version()} {self.inputs.bundle(self.union).hash}"

    def _nothing_changed_since(self, state: BuildState) -> bool:
        """Neither what the site is made from, nor anything by itself."""
        came = state.next_change is not None and state.next_change <= self.as_of
        return not came and state.as_of <= self.as_of and self._inputs(state.foreign) == state.inputs

    def _inputs(self, away: Iterable[str]) -> str:
        try:
            return self.inputs.of(self.union, away)
        except BuildError:
            return ""

    def _make_without(
        self,
        without: Mapping[UUID, Problem],
        *,
        state: BuildState | None,
        notes: PageNotes | None,
        full: bool,
        verify: bool,
    ) -> _Made:
        places, union, content = self.places, self.union, self.content
        site_plan = plan(content, union, self.as_of, without=without)
        bundle = self.inputs.bundle(union)
        before = notes.release if notes else switch.live(places.output, union)
        previous = _previous(places.output, union, before)
        store = Store(places.output / "store", verify=full)
        workspace = Workspace(places.output, union, store, previous, verify=verify)
        known = (
            None
            if notes is None or previous is None or full
            else _known(notes, self.records, union, workspace)
        )
        job = engine.Job(
            Site(content, site_plan, bundle, places.pictures, places.search_parts),
            workspace,
            known,
            processes=self._processes,
            explain=self._explain,
        )
        job.outline = looking.Look(job, previous, state)
        try:
            workspace.open()
            engine.run(job, content=places.content, themes=places.themes, output=workspace.folder)
            planned = job.planned
            assert planned is not None, "a run that raises nothing has planned"
            workspace.assemble()
            incomplete = checks.completeness(planned.paths(workspace.shared), workspace.present())
            if incomplete:
                wrong = incomplete[0]
                raise BuildError(f"{wrong.message}. {wrong.action}", union=union, code=wrong.code)
            broken, anchors = looking.broken_links(workspace, job, planned, previous, state)
            problems = (
                *content_problems(content, union),
                *without.values(),
                *site_plan.problems,
                *planned.problems,
                *broken,
            )
            workspace.prepare()
            job.forget()  # several sites are made before the first is published
        except BaseException:
            workspace.discard()
            raise
        if full:
            job.reasons = [(path, "full build") for path, _ in job.reasons]
        return _Made(site_plan, job, workspace, previous, problems, anchors)

    def publish(self) -> None:
        """Name the release, whose files are on the disk, and make it live. Raises whatever is wrong."""
        made = self._made
        assert made is not None, "make comes first"
        try:
            made.workspace.publish()
        except Damaged:
            made.workspace.discard()
            state, notes = self.records.state(self.union), self.records.pages(self.union)
            made = self._made = self._make(state, notes, full=False, verify=True)
            flush(self.places.output)
            made.workspace.publish()
        self._switched = switch.switch(
            self.places.output, self.union, made.workspace.manifest.id, durable=False
        )
        self._live = True
        _remember(self, made)

    def discard(self) -> None:
        """Remove what was written, unless it became a release."""
        if self._made is not None:
            self._made.workspace.discard()

    @cached_property
    def report(self) -> SiteReport:
        """What was built; to be asked for when it is live."""
        made = self._made
        assert made is not None, "make comes first"
        assert made.job.planned is not None, "a run that raises nothing has planned"
        manifest = made.workspace.manifest
        pages, rendered = manifest.pages, made.job.rendered
        return SiteReport(
            union=self.union,
            release=manifest.id,
            pages=pages,
            rendered=rendered,
            reused=pages - rendered,
            deleted=_deleted(made.previous, manifest),
            search_documents=made.job.planned.search_documents,
            next_change=made.plan.next_change,
            problems=made.problems,
            reasons=tuple(made.job.reasons),
            switched=self._switched,
        )

    def failed(self, failure: Problem) -> SiteReport:
        failure = unnoted(failure) if self._live else failure
        problems = (*content_problems(self.content, self.union), failure)
        return _failed(self.records, self.union, self.as_of, self.places, problems)


@dataclass(frozen=True, slots=True)
class _Made:
    plan: SitePlan
    job: engine.Job
    workspace: Workspace
    previous: tuple[Path, Manifest] | None
    problems: tuple[Problem, ...]
    anchors: Mapping[str, str]
    """Of the pages made anew, as hashes."""


def content_problems(content: Content, union: str) -> tuple[Problem, ...]:
    """What is wrong in the files that belong to one union."""
    return tuple(problem for problem in content.problems if problem_owner(problem) == union)


def _previous(output: Path, union: str, release: str | None) -> tuple[Path, Manifest] | None:
    if release is None:
        return None
    folder = release_folder(output, union, release)
    try:
        return (folder, manifests.read(output, union, release)) if folder.is_dir() else None
    except BuildError:  # without its manifest a release cannot be trusted, and nothing of it is kept
        return None


def _known(notes: PageNotes, records: Records, union: str, workspace: Workspace) -> engine.Known:
    sound = workspace.sound(notes.pages)
    return engine.Known(
        engine=notes.engine,
        ground=notes.ground,
        pages=sound,
        whole=len(sound) == len(notes.pages),
        parts=partial(records.parts, union),
    )


def _deleted(previous: tuple[Path, Manifest] | None, manifest: Manifest) -> int:
    if previous is None:
        return 0
    return sum(path.endswith(".html") for path in previous[1].rows.keys() - manifest.rows.keys())


def _remember(build: SiteBuild, made: _Made) -> None:
    records, union, job, manifest = build.records, build.union, made.job, made.workspace.manifest
    made_now = {
        path: (key, job.bases.get(path, ""), made.anchors.get(path, "")) for path, key in job.keys.items()
    }
    pages: dict[str, Note] = {**job.kept, **made_now}
    records.add_parts(union, job.parts, pages=pages.keys())
    records.save_pages(
        union,
        PageNotes.model_construct(
            release=manifest.id,
            engine=job.site.bundle.hash,
            program=build.program,
            ground=job.ground,
            pages=pages,
        ),
    )
    now = datetime.now(UTC)
    last = records.state(union)
    there = set(switch.complete(build.places.output, union))
    kept = {name: note for name, note in (last.releases if last else {}).items() if name in there}
    report = build.report
    built = kept[manifest.id].built if manifest.id in kept else now
    kept[manifest.id] = ReleaseNote(built=built, as_of=made.plan.as_of, pages=report.pages)
    away = foreign(build.content, made.plan)
    records.save_state(
        BuildState(
            union=union,
            built=now,
            as_of=made.plan.as_of,
            release=manifest.id,
            pages=report.pages,
            records=len(made.plan.items),
            rendered=report.rendered,
            reused=report.reused,
            search_documents=report.search_documents,
            next_change=report.next_change,
            problems=report.problems,
            releases=kept,
            inputs=build.inputs.of(union, away),
            foreign=away,
            output=str(build.places.output.resolve()),
        )
    )


def _failed(
    records: Records, union: str, as_of: datetime, places: Places, problems: Iterable[Problem]
) -> SiteReport:
    """Report a build that did not happen; what is live stays, and the next `--due` tries again."""
    problems = tuple(problems)
    last = None
    with suppress(OSError):  # said by `problems`
        last = records.state(union)
    now = datetime.now(UTC)
    base = last or BuildState(union=union, built=now, as_of=as_of, output=str(places.output.resolve()))
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
    live, pages = None, 0
    with suppress(BuildError, OSError):
        live = switch.live(places.output, union)
        pages = manifests.read(places.output, union, live).pages if live else 0
    return SiteReport(
        union=union,
        release=live,
        pages=pages,
        reused=pages,
        search_documents=last.search_documents if last else 0,
        next_change=last.next_change if last else None,
    )
