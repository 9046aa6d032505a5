"""What is looked at of a site's links while it is built: pages made anew, and what may lead elsewhere now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from site_builder.halves import Rendered
from site_builder.pelican_site import engine
from site_builder.pelican_site.files import SiteFiles
from site_builder.records import Problem
from site_builder.release import checks, links
from site_builder.release.manifest import Manifest
from site_builder.release.state import BuildState
from site_builder.release.workspace import Workspace


class Look:
    """Looks at each page as soon as it is made: kept of it are the links that may lead nowhere.

    Of a page that was there before and had no such link, only what is new in it is looked at.
    """

    def __init__(
        self, job: engine.Job, previous: tuple[Path, Manifest] | None, state: BuildState | None
    ) -> None:
        self._job = job
        self._before = previous[0] if previous and state and _tells_of(state, previous[0]) else None
        self._broken = _with_broken_links(state) if state else set()

    @cached_property
    def _doubts(self) -> links.Doubts:
        planned = self._job.planned
        assert planned is not None, "a page is made when all are planned"
        return links.Doubts(planned.named, planned.context.base_url)

    def __call__(self, path: str, page: Rendered) -> links.Outline | links.Differing:
        known = self._job.known
        note = known.pages.get(path) if known and known.ground == self._job.ground else None
        if self._before is None or not note or not note[2] or path in self._broken:
            return self._doubts.of(path, page)
        try:
            before = (self._before / path).read_bytes()
        except OSError:
            return self._doubts.of(path, page)
        return self._doubts.since(path, page, before, note[2])


def _tells_of(state: BuildState, release: Path) -> bool:
    """Whether the links that led nowhere in a release are among the problems of a state: a build that failed
    left others there."""
    return state.release == release.name and not state.failed


def _with_broken_links(state: BuildState) -> set[str]:
    """The pages that had a link that led nowhere."""
    return {problem.file or "" for problem in state.problems if problem.code == checks.BROKEN_LINK}


def broken_links(
    workspace: Workspace,
    job: engine.Job,
    planned: SiteFiles,
    previous: tuple[Path, Manifest] | None,
    state: BuildState | None,
) -> tuple[list[Problem], Mapping[str, str]]:
    """The links that lead nowhere; and a hash of what can be pointed at in each page made anew.

    Pages that were kept are looked into only where their answer may differ: those that may point at a file
    that is gone, or at a page in which something to point at is; and those that had such a link before, since
    what was missing may be there now.
    """
    folder = previous[0] if previous else workspace.folder
    outlines = checks.Outlines(folder, workspace.rows, job.outlines)
    anchors = {path: seen.anchors for path, seen in job.outlines.items()}
    among: set[str] | None = None
    changed = True
    if previous is not None and state is not None and _tells_of(state, previous[0]):
        before = previous[1].rows
        gone = (path for path in before.keys() - workspace.rows.keys() if not path.startswith("search/"))
        known = job.known.pages if job.known else {}
        lost = (
            path
            for path, hash_ in anchors.items()
            if path in before and (path not in known or known[path][2] != hash_)
            if _loses_anchors(folder, path, outlines[path])
        )
        among = job.outlines.keys() | _with_broken_links(state)
        if targets := {*gone, *lost}:
            kept = (path for path in outlines if path not in job.outlines)
            among |= links.naming(targets, kept, lambda path: (folder / path).read_bytes())
        changed = bool(targets)
    if changed:
        whole = {path: seen.whole for path, seen in job.outlines.items()}
        outlines = checks.Outlines(folder, workspace.rows, whole)
    found = checks.internal_links(
        outlines, workspace.rows, planned.context.base_url, records=planned.records, among=among
    )
    return found, anchors


def _loses_anchors(before: Path, path: str, outline: links.Outline) -> bool:
    try:
        old = (before / path).read_bytes()
    except OSError:
        return False
    return not links.anchors(old) <= outline.ids
