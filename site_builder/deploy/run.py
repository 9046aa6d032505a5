"""Many sites to their targets, several at a time. One that fails stops no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from site_builder import locks
from site_builder.deploy.addresses import Address, Targets
from site_builder.deploy.lease import Deployer, deployer_id
from site_builder.deploy.site import Outcome, deploy_site
from site_builder.deploy.travel import Release
from site_builder.errors import BuildError
from site_builder.records import Problem
from site_builder.release import manifest as manifests
from site_builder.release import switch
from site_builder.release.report import Places
from site_builder.release.state import Deployment, Landed, Records
from site_builder.release.workspace import release_folder

JOBS = 4
"""Sites under way at once: deploying waits more than it works."""
RETRY_FIRST = timedelta(seconds=30)
RETRY_LAST = timedelta(hours=1)
EARLIER = 20
"""How many former releases of a target are remembered: about as many as are kept here."""

Done = Callable[[Outcome, int, int], None]
"""Called after each site and target with its outcome, how many are done and how many there are."""
Arrived = Callable[[str, str, int, int], None]
"""Called while a site travels: union, target, bytes that are there, bytes in all; by several threads."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one `unionpress deploy` did. `problems` are those of no site in particular."""

    seconds: float
    dry_run: bool
    sites: tuple[Outcome, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(site.failed for site in self.sites)

    def to_json(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 3),
            "dry_run": self.dry_run,
            "sites": [site.to_json(paths=self.dry_run) for site in self.sites],
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


def deploy(
    places: Places,
    unions: Sequence[str],
    targets: Targets,
    *,
    dry_run: bool = False,
    verify: bool = False,
    jobs: int = JOBS,
    done: Done | None = None,
    arrived: Arrived | None = None,
    task: str = "",
) -> Report:
    """Bring what is live of `unions` to their targets. Raises UsageError for a URL that is wrong.

    `task`: see `lease.Deployer`.
    """
    started = time.monotonic()
    work = [(union, addresses) for union in unions if (addresses := targets.of(union))]
    total = sum(len(addresses) for _, addresses in work)
    outcomes: dict[str, list[Outcome]] = {}
    count = 0
    counting = threading.Lock()

    def tell(outcome: Outcome) -> None:
        nonlocal count
        with counting:
            count += 1
            if done:
                done(outcome, count, total)

    one = _Site(
        places,
        Deployer(deployer_id(places.data), task),
        dry_run=dry_run,
        verify=verify,
        tell=tell,
        arrived=arrived,
        forget=not targets.for_once,
    )
    with ThreadPoolExecutor(max(1, min(jobs, len(work) or 1))) as pool:
        futures = {pool.submit(one.deploy, union, addresses): union for union, addresses in work}
        try:
            for future in as_completed(futures):
                outcomes[futures[future]] = future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Report(
        seconds=time.monotonic() - started,
        dry_run=dry_run,
        sites=tuple(outcome for union, _ in work for outcome in outcomes[union]),
        problems=(*_unknown(places, targets), *_left_behind(places)),
    )


@dataclass(frozen=True)
class _Site:
    """One union's site to each of its targets, one after the other."""

    places: Places
    deployer: Deployer
    dry_run: bool
    verify: bool
    tell: Callable[[Outcome], None]
    arrived: Arrived | None
    forget: bool
    """Whether the targets given are all there are."""

    def deploy(self, union: str, addresses: Sequence[Address]) -> list[Outcome]:
        lock = self.places.data / "locks" / "deploy" / f"{union}.lock"
        try:
            with locks.exclusive(lock, timeout=0):
                return [self._one(union, address, addresses) for address in addresses]
        except locks.LockTimeout:
            problem = Problem(
                code="deploy-held",
                message=f"{union} is being deployed by another process of this machine",
                action="Wait until it is done",
            )
        return [
            self._told(Outcome(union, address.url, None, False, problems=(problem,))) for address in addresses
        ]

    def _one(self, union: str, address: Address, all_of_them: Sequence[Address]) -> Outcome:
        outcome = self._tried(union, address)
        while outcome.failed and outcome.release and not self._is_here(union, outcome.release):
            outcome = self._tried(union, address)  # builds removed it under way: what is live now travels
        if outcome.release and not self.dry_run:
            targets = [each.url for each in all_of_them] if self.forget else None
            note(Records(self.places.data), outcome, targets)
        return self._told(outcome)

    def _tried(self, union: str, address: Address) -> Outcome:
        try:
            release = live_release(self.places.output, union)
        except BuildError as error:
            problem = Problem(code=error.code, message=str(error), action=f"Run unionpress build {union}")
            return Outcome(union, address.url, None, False, problems=(problem,))
        if among := self._among(address):
            problem = Problem(
                code="target-among-sources",
                message=f"{address.url}: {address.path} lies in {among}, which sites are made from",
                action="Deploy to a folder of its own",
            )
            return Outcome(union, address.url, release.id, False, problems=(problem,))
        return deploy_site(
            release,
            address,
            self.deployer,
            dry_run=self.dry_run,
            verify=self.verify,
            progress=partial(self.arrived, union, address.url) if self.arrived else None,
        )

    def _among(self, address: Address) -> Path | None:
        """CONTENT or OUTPUT, if the target lies in it: a live release would be written into."""
        if address.scheme != "file":
            return None
        folder = Path(address.path).resolve()
        sources = (self.places.content, self.places.output)
        return next((source for source in sources if folder.is_relative_to(source.resolve())), None)

    def _is_here(self, union: str, release: str) -> bool:
        return release_folder(self.places.output, union, release).is_dir()

    def _told(self, outcome: Outcome) -> Outcome:
        self.tell(outcome)
        return outcome


def live_release(output: Path, union: str) -> Release:
    """Raises BuildError if the site was never built or its manifest is damaged."""
    live = switch.live(output, union)
    if live is None:
        raise BuildError(f"{union} has no live site to deploy", union=union, code="not-built")
    try:
        manifest = manifests.read(output, union, live)
    except BuildError:
        if switch.live(output, union) == live:
            raise
        return live_release(output, union)  # it was removed between the two lines
    return Release(union, live, manifest, release_folder(output, union, live))


def note(records: Records, outcome: Outcome, targets: Iterable[str] | None) -> None:
    """Write down what became of one site on one target. Of `targets`, if given, all others are forgotten."""
    known = {each.target: each for each in records.deployments(outcome.union)}
    now = datetime.now(UTC)
    before = known.get(outcome.target) or Deployment(target=outcome.target, tried=now)
    if outcome.failed:
        changes: dict[str, Any] = {"failures": before.failures + 1, "problem": outcome.problems[-1]}
    else:
        changes = {"failures": 0, "problem": None, "release": outcome.release, "at": now}
        if before.release == outcome.release and not outcome.sent and before.at:
            changes["at"] = before.at
        if before.release and before.release != outcome.release and before.at:
            left = Landed(release=before.release, at=before.at)
            changes["earlier"] = (left, *before.earlier)[:EARLIER]
    known[outcome.target] = before.model_copy(update={"tried": now, **changes})
    wanted = known.keys() if targets is None else set(targets)
    records.save_deployments(outcome.union, [each for each in known.values() if each.target in wanted])


def due(places: Places, unions: Iterable[str], targets: Targets, now: datetime) -> list[str]:
    """The unions of which a target is behind what is live, as far as this machine knows.

    A target that failed is tried again after half a minute, then later and later, at last every hour.
    """
    records = Records(places.data)
    found = []
    for union in unions:
        live = switch.live(places.output, union)
        known = {each.target: each for each in records.deployments(union)}
        for address in targets.of(union) if live else ():
            last = known.get(address.url)
            if last is None or (last.release != live and not last.failures) or _again(last, now):
                found.append(union)
                break
    return found


def _again(last: Deployment, now: datetime) -> bool:
    moment = next_try(last)
    # A try of a time to come was noted by a clock that was set back since.
    return moment is not None and (now >= moment or last.tried > now)


def next_try(last: Deployment) -> datetime | None:
    """When a target that failed is tried again, if somebody calls; None for one that did not fail."""
    if not last.failures:
        return None
    return last.tried + min(RETRY_FIRST * 2.0 ** min(last.failures - 1, 10), RETRY_LAST)


def _unknown(places: Places, targets: Targets) -> Iterable[Problem]:
    """Unions that have targets of their own, or none, and that the content does not know."""
    for union in targets.unions:
        if not (places.content / "unions" / f"{union}.md").exists():
            yield Problem(
                severity="warning",
                code="target-without-union",
                message=f"the targets name {union}, and the content has no union of that name",
                action="Correct the name there, or take it out; what it says reaches no site",
            )


def _left_behind(places: Places) -> Iterable[Problem]:
    """Sites of unions that are gone: nobody takes them from where they were deployed to."""
    records = Records(places.data)
    for file in sorted((places.data / "deploy").glob("*.json")):
        union = file.stem
        if (places.content / "unions" / f"{union}.md").exists():
            continue
        for each in records.deployments(union):
            yield Problem(
                severity="warning",
                code="deployed-without-union",
                message=f"the content has no union {union} any more, and its site is still at {each.target}",
                action=f"Take it down there, then delete {file}",
            )
