"""What is live, what is due, and whether what is live is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from site_builder.content_store import Content
from site_builder.errors import BuildError
from site_builder.pelican_site import files as site_files
from site_builder.pelican_site.files import Site
from site_builder.plan import plan
from site_builder.records import BEIJING, Closure, Problem, Union
from site_builder.release import checks, site_locks, switch
from site_builder.release import manifest as manifests
from site_builder.release.report import Places
from site_builder.release.schedule import next_due
from site_builder.release.state import BuildState, Deployment, Records, standing_moment
from site_builder.release.workspace import release_folder
from site_builder.render import Bundle


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """One site as `unionpress status` shows it. Times are aware and in Beijing's zone."""

    union: Union
    release: str | None
    live_since: datetime | None
    as_of: datetime | None
    """The moment for which the live release was made."""
    pages: int
    records: int
    last_build: datetime | None
    failed: bool
    held: bool
    next_due: datetime | None
    problems: tuple[Problem, ...]
    deployments: tuple[Deployment, ...] = ()

    @property
    def closure(self) -> Closure | None:
        """Where its union is no more at the moment for which the site was made."""
        return self.union.closure if self.union.closed(self.as_of or datetime.now(BEIJING)) else None

    def to_json(self) -> dict[str, Any]:
        return {
            "union": self.union.slug,
            "name": self.union.name,
            "level": self.union.level.value,
            "parent": self.union.parent,
            "base_url": self.union.site.base_url,
            "closed": self.closure.model_dump(mode="json") if self.closure else None,
            "release": self.release,
            "live_since": _iso(self.live_since),
            "as_of": _iso(self.as_of),
            "pages": self.pages,
            "records": self.records,
            "last_build": _iso(self.last_build),
            "failed": self.failed,
            "held": self.held,
            "next_due": _iso(self.next_due),
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
            "deployed": [
                {
                    "target": each.target,
                    "release": each.release,
                    "at": _iso(_in_beijing(each.at)),
                    "failed": each.failures > 0,
                    "problem": each.problem.model_dump(mode="json") if each.problem else None,
                }
                for each in self.deployments
            ],
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def status(content: Content, places: Places, unions: Iterable[str]) -> list[SiteStatus]:
    """The sites of `unions`, in that order. Reads what builds noted, and builds or hashes nothing."""
    records = Records(places.data)
    found = []
    for slug in unions:
        union, state = content.unions[slug], records.state(slug)
        live = switch.live(places.output, slug)
        hold = records.hold(slug)
        problems = state.problems if state else ()
        if state is not None and state.elsewhere(places.output, live, hold):
            problems = (_built_elsewhere(slug, state, places),)
            state = None
        since = _in_beijing(_moment(switch.live_since(places.output, slug)))
        if live is None and state is not None and state.out_of_sight:
            live, since = state.release, _landed(records.deployments(slug), state.release)
        note = state.releases.get(live) if state and live else None
        found.append(
            SiteStatus(
                union=union,
                release=live,
                live_since=since,
                as_of=note.as_of.astimezone(BEIJING) if note else None,
                pages=note.pages if note else 0,
                records=state.records if state else 0,
                last_build=state.built.astimezone(BEIJING) if state else None,
                failed=bool(state and state.failed),
                held=hold is not None,
                next_due=None if hold else _in_beijing(next_due(union.schedule, state)),
                problems=problems,
                deployments=records.deployments(slug),
            )
        )
    return found


def _built_elsewhere(union: str, state: BuildState, places: Places) -> Problem:
    return Problem(
        severity="warning",
        code="other-output",
        message=f"{union} was last built into {state.output}, with the same DATA: of what is live in "
        f"{places.output} nothing else is noted",
        action=f"Run unionpress build {union} with this --output, and give each --output a --data of its own",
    )


def _landed(deployments: Iterable[Deployment], release: str | None) -> datetime | None:
    """Since when a release is on the first of its targets."""
    found = (each.at for each in deployments if each.release == release and each.at is not None)
    return _in_beijing(min(found, default=None))


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _in_beijing(moment: datetime | None) -> datetime | None:
    return moment.astimezone(BEIJING) if moment else None


def check(content: Content, places: Places, union: str) -> list[Problem]:
    """Compare a live site with its manifest and the plan of its moment, and follow its internal links.

    Waits until who builds the site is done: what is live and what is noted of it would be of two builds.
    """
    with site_locks.shared(places, union):
        return _check(content, places, union)


def _made_for(places: Places, union: str, release: str) -> datetime:
    """The moment of a release of which nothing is noted, because its builder was killed before that: that at
    which its manifest was written, or at which the clock stands."""
    stored = _moment(manifests.stored_at(places.output, union, release))
    return standing_moment(places.data) or stored or datetime.now(UTC)


def _check(content: Content, places: Places, union: str) -> list[Problem]:
    live = switch.live(places.output, union)
    if live is None:
        return [
            Problem(
                code="not-built",
                message=f"{union} has no live site",
                action=f"Run unionpress build {union}",
            )
        ]
    folder = release_folder(places.output, union, live)
    state = Records(places.data).state(union)
    note = state.releases.get(live) if state else None
    try:
        manifest = manifests.read(places.output, union, live)
        moment = note.as_of if note else _made_for(places, union, live)
        site_plan = plan(content, union, moment, without=state.left_out if state else ())
        bundle = Bundle.load(places.themes, site_plan.union.site.theme)
        planned = site_files.planned(Site(content, site_plan, bundle))
    except BuildError as error:
        return [
            Problem(code=error.code, message=str(error), action="Run unionpress build --full for this union")
        ]
    present = {path for path, _ in manifests.files_in(folder)}
    return [
        *checks.against_manifest(folder, manifest),
        *checks.against_plan(planned.paths(manifest.below), manifest),
        *checks.internal_links(
            checks.Outlines(folder, present), present, planned.context.base_url, records=planned.records
        ),
    ]
