"""The worker: request -> export -> the sites that can differ -> build; schedules; embargoes.

Any number of workers may run, on one database and one content folder. Each looks for requests every second
and else sleeps until the next moment at which something is due. It never gives up: what fails is tried
again, later and later, and everything else goes on.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.db import connection, connections
from django.db.models import F, Q

from cms.exporting.export import export
from cms.exporting.models import SYNONYMS_KEY
from cms.exporting.problems import NOT_WRITTEN
from cms.publishing import alerts, engine, presence, queue
from cms.publishing.affected import affected, reach
from cms.publishing.clock import Clock
from cms.publishing.deploying import Deployer
from cms.publishing.models import PublishRequest, SiteRetry, Worker
from cms.publishing.scheduled import run_scheduled
from cms.publishing.signals import page_changed
from cms.records.models import RecordPage
from site_builder import choosing, network_build
from site_builder.content_store import Content
from site_builder.errors import UsageError
from site_builder.plan import Tree
from site_builder.records import Problem
from site_builder.release import content_lock
from site_builder.release.report import Places, SiteReport
from site_builder.release.schedule import next_due
from site_builder.release.state import Records

log = logging.getLogger(__name__)

Action = PublishRequest.Action

POLL = 1.0
"""Seconds between two looks into the queue."""
BEAT = timedelta(seconds=10)
LOOK_AGAIN = timedelta(minutes=1)
"""At least this often, schedules are read anew: content/ may have been changed by hand."""


@dataclass
class Done:
    """What one step did."""

    requests: int = 0
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    sites: list[SiteReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return any(site.has_errors for site in self.sites) or any(
            problem.severity == "error" for problem in self.problems
        )


class PublishingWorker:
    """One worker. `step` does everything that is due now; `run` goes on until it is told to stop."""

    def __init__(self, places: Places, clock: Clock, *, jobs: int | None = None) -> None:
        self.places = places
        self.clock = clock
        self.jobs = jobs
        # In a container host and number are the same after every restart: the rest tells one from the next.
        self.name = f"{socket.gethostname()[:30]}.{os.getpid()}.{secrets.token_hex(4)}"
        self.deployer = Deployer(places, settings.UNIONPRESS_TARGETS)
        self._beaten: datetime | None = None
        self._idle = True
        self._look_at: datetime | None = None
        self._stamped_until = clock.real()
        self._broke_off = False

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what has begun is finished first."""
        failures = 0
        with presence.present(self.places.data, self.name):
            try:
                while not stop.is_set():
                    try:
                        self.step()
                        failures = 0
                    except Exception:  # a worker that ends would be noticed by nobody
                        failures += 1
                        log.exception("the worker failed and goes on")
                        connections.close_all()
                    stop.wait(POLL if not failures else queue.back_off(failures).total_seconds())
            finally:
                self.deployer.stop()
                Worker.objects.filter(name=self.name).delete()

    def step(self) -> Done:
        """Do what is due: scheduled publications, requests, sites whose moment has come, targets."""
        if self._broke_off:  # the database was away, and with it the way to say so then
            queue.give_back_all(self.name)
        self._broke_off = True
        done = self._step()
        self._broke_off = False
        return done

    def _step(self) -> Done:
        done = Done()
        now = self.clock.real()
        self._beat(now, "")
        done.problems += run_scheduled(now)
        self._come_of_age(now)
        if queue.waiting(now) and (requests := queue.claim(self.name, now)):
            self._serve(requests, done)
        # Further off than it ever is, the next look was reckoned by a clock that was set back since.
        if self._look_at is None or not now < self._look_at <= now + LOOK_AGAIN:
            self._build_due(now, done)
        self.deployer.look(self.clock.real())
        return done

    # --- requests ---

    def _serve(self, requests: Sequence[PublishRequest], done: Done) -> None:
        done.requests = len(requests)
        try:
            problems, unwritten = self._publish(requests, done)
        except Exception as error:  # whatever it is, the requests must not be lost with it
            log.exception("publishing failed")
            now = self.clock.real()
            attempts = max(request.attempts for request in requests)
            problem = Problem(
                code="publish-failed",
                message=f"发布没有成功 (publishing failed): {error}",
                action="排除故障后自动重试 (it is tried again by itself)",
            )
            queue.give_back(requests, now + queue.back_off(attempts), problem)
            done.problems.append(problem)
            return
        now = self.clock.real()
        for request in requests:
            if wants := unwritten.get(_key(request)):
                queue.give_back([request], now + queue.back_off(request.attempts), wants)
        written = [request for request in requests if _key(request) not in unwritten]
        queue.finish(written, now, [site.union for site in done.sites], problems)
        _ask_again(unwritten)

    def _publish(
        self, requests: Sequence[PublishRequest], done: Done
    ) -> tuple[list[Problem], Mapping[str, Problem]]:
        """Export and build; returns every problem, and those of files that could not be written by key."""
        before = self._content()
        self._beat(self.clock.real(), "export", force=True)
        report = export(self.places, self.clock, only=_only(requests))
        done.written, done.removed = report.written, report.removed
        done.problems += report.problems
        after = self._content()
        unions = self._unions(requests, before, after)
        # Named one by one, no site is taken down; all of them together, that of a union that is gone is.
        everything = after is not None and unions == set(after.unions)
        held = self._held_since(requests, unions)
        sites = [
            *self._build(sorted(unions - held), done, lift_hold=True, everything=everything and not held),
            *self._build(sorted(held), done, lift_hold=False),
        ]
        found = [*report.problems]
        for site in sites:
            found += site.problems
        return found, report.unwritten

    def _unions(
        self, requests: Sequence[PublishRequest], before: Content | None, after: Content | None
    ) -> set[str]:
        """The sites to build: what changed on disk, and what was asked for by name."""
        if after is None:
            return set()
        everything = set(after.unions)
        if before is None or any(map(_broke_off, requests)):
            # A worker died in between: what it exported can no longer be told from what was there.
            return everything
        unions = set(affected(before, after))
        tree = Tree(after.unions)
        for request in requests:
            if request.action == Action.RECORD:
                record = after.records.get(UUID(request.subject))
                unions |= reach(record, tree, after.unions) if record else set()
            elif request.action == Action.REBUILD:
                unions |= {request.subject} if request.subject else everything
            elif request.action in (Action.UNION, Action.ADOPTION):
                unions.add(request.subject)
        return unions & everything

    def _held_since(self, requests: Sequence[PublishRequest], unions: set[str]) -> set[str]:
        """The sites that were rolled back after all of this was asked for: it does not undo that."""
        records, asked = Records(self.places.data), max(request.created_at for request in requests)
        holds = {union: records.hold(union) for union in unions}
        return {union for union, hold in holds.items() if hold is not None and hold.at > asked}

    def _come_of_age(self, now: datetime) -> None:
        """Where the clock stands still, what is to appear or to go does when its real moment has come.

        Its export is asked for then.
        """
        if self.clock.stands is not None:
            since = self._stamped_until
            appears = Q(published__gt=since, published__lte=now, last_published_at__lt=F("published"))
            goes = Q(expires__gt=since, expires__lte=now)
            unpinned = Q(storypage__pinned_until__gt=since, storypage__pinned_until__lte=now)
            for page in RecordPage.objects.filter(appears | goes | unpinned, live=True):
                page_changed(page, page.live_revision)
        self._stamped_until = now

    # --- sites ---

    def _build_due(self, now: datetime, done: Done) -> None:
        content = self._content()
        if content is None:
            self._look_at = now + LOOK_AGAIN
            return
        for retry in SiteRetry.objects.all():
            if retry.union not in content.unions:  # its union is gone: there is nothing to build any more
                retry.delete()
        put_off = SiteRetry.objects.filter(queue.put_off_until("retry_at", now))
        waiting = set(put_off.values_list("union", flat=True))
        due = network_build.due_unions(content, self.places, content.unions, self.clock.now())
        self._build([union for union in due if union not in waiting], done, lift_hold=False)
        self._look_at = self._next_look(content, now)

    def _next_look(self, content: Content, now: datetime) -> datetime:
        moments = [now + LOOK_AGAIN]
        if self.clock.stands is None:
            records = Records(self.places.data)
            failing = set(SiteRetry.objects.values_list("union", flat=True))
            dues = (
                next_due(union.schedule, records.state(slug), now)
                for slug, union in content.unions.items()
                if slug not in failing and not records.hold(slug)
            )
            moments += [moment for moment in dues if moment is not None]
        moments += SiteRetry.objects.filter(retry_at__gt=now).values_list("retry_at", flat=True)
        return max(min(moments), now + timedelta(seconds=POLL))

    def _build(
        self, unions: Sequence[str], done: Done, *, lift_hold: bool, everything: bool = False
    ) -> Sequence[SiteReport]:
        if not unions:
            return ()
        self._beat(self.clock.real(), f"build {' '.join(unions)}", force=True)
        if not connection.in_atomic_block:
            connections.close_all()  # builds fork: a connection must not be in two processes
        report = engine.build(
            self.places,
            () if everything else unions,
            as_of=self.clock.now(),
            jobs=self.jobs,
            lift_hold=lift_hold,
            progress=lambda site, count, total: self._beat(self.clock.real(), f"build {count}/{total}"),
            beat=lambda: self._beat(self.clock.real(), "build"),
        )
        done.sites += report.sites
        done.problems += report.problems
        for problem in report.problems:  # no site's: nothing else would tell of them
            log.warning("%s", problem)
        self._remember(report.sites)
        self._look_at = None
        return report.sites

    def _remember(self, sites: Sequence[SiteReport]) -> None:
        now = self.clock.real()
        for repaired in SiteRetry.objects.filter(union__in=[site.union for site in sites if not site.failed]):
            alerts.site_repaired(repaired)
            repaired.delete()
        for site in sites:
            if not site.failed:
                continue
            retry = SiteRetry.objects.filter(union=site.union).first() or SiteRetry(
                union=site.union, failures=0, first_failed_at=now
            )
            retry.failures += 1
            retry.retry_at = now + queue.back_off(retry.failures)
            retry.problem = str(site.problems[-1]) if site.problems else ""
            alerts.site_failed(retry)
            retry.save()
            log.warning("%s was not built; next try %s: %s", site.union, retry.retry_at, retry.problem)

    # --- small things ---

    def _content(self) -> Content | None:
        try:
            with content_lock.shared(self.places):
                return choosing.read_content(self.places)
        except UsageError:
            return None  # nothing was exported yet

    def _beat(self, now: datetime, doing: str, *, force: bool = False) -> None:
        # That something is done is said at once: the screen would go on speaking of it.
        force = force or (not doing and not self._idle)
        if not force and self._beaten is not None and abs(now - self._beaten) < BEAT:
            return
        self._idle = not doing
        queue.beat(self.name, now, doing)
        queue.release_abandoned(now, partial(presence.gone, self.places.data))
        self._beaten = now


def _only(requests: Sequence[PublishRequest]) -> set[UUID] | None:
    """The records to export, if records are all that changed."""
    if all(request.action == Action.RECORD and not _broke_off(request) for request in requests):
        return {UUID(request.subject) for request in requests}
    return None


def _broke_off(request: PublishRequest) -> bool:
    """Whether an earlier try ended before its sites were asked for."""
    finished = any(problem["code"] == NOT_WRITTEN for problem in request.problems)
    return request.attempts > 1 and not finished


_KEYS = {"record": Action.RECORD, "union": Action.UNION, "adoptions": Action.ADOPTION, "media": Action.MEDIA}
"""What is asked for so that the file of a key (`Exported`) is written."""


def _key(request: PublishRequest) -> str:
    """The key of the file that a request is about; empty for one about many."""
    for kind, action in _KEYS.items():
        if request.action == action and request.subject:
            return f"{kind}:{request.subject}"
    return SYNONYMS_KEY if request.action == Action.REBUILD and not request.subject else ""


def _ask_again(unwritten: Mapping[str, Problem]) -> None:
    """See to it that each is tried again: no request may be about it, as of a picture that a story shows."""
    if not unwritten:
        return
    asked = {_key(request) for request in PublishRequest.objects.filter(finished_at=None)}
    for key in unwritten.keys() - asked:
        kind, _, subject = key.partition(":")
        file = unwritten[key].file or ""
        union = PurePosixPath(file).parts[1].partition(".")[0] if subject else ""
        queue.ask(_KEYS.get(kind, Action.REBUILD), subject, union=union, title=file)
