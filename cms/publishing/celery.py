"""Builds on other machines: the Celery application and its one task, `build_site(union)`.

    celery -A cms.publishing.celery worker

A machine that builds needs content/, the themes and the broker - no database, no Wagtail - and DATA and
OUTPUT of its own or shared ones. What it built goes to the union's targets (content/deploy.yaml) from there.
The task may be executed twice, at once or later: a site that is already what it should be is left alone.

Redis gives a task whose machine died out again after UNIONPRESS_TASK_SECONDS, RabbitMQ at once; who asked
for it asks again before (`distributed`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from celery import Celery, Task

from cms.settings import environment
from site_builder import choosing
from site_builder.content_store import Content
from site_builder.deploy import deploy, read_targets
from site_builder.errors import UsageError
from site_builder.pelican_site.fingerprints import code_version
from site_builder.records import Problem
from site_builder.release import content_lock
from site_builder.release.build import build_sites
from site_builder.release.inputs import Inputs
from site_builder.release.report import Places, SiteReport
from site_builder.release.state import Records
from site_builder.release.unchanged import unchanged
from site_builder.render import Bundle

app = Celery("unionpress")
app.conf.update(environment.celery())

FRESH_SECONDS = 5.0
"""Content that was read so recently is what lies on the disk."""
WAIT_SECONDS = 2
"""Between two looks whether this machine has the content that was asked for."""
LOOKS = 60
HELD_SECONDS = 6
"""Between two tries while somebody else deploys: with LOOKS, longer than a dead one's lease lasts."""


def places() -> Places:
    """The folders of this machine, from its environment."""
    data = environment.folder("UNIONPRESS_DATA", environment.PROJECT / "var")
    return Places(
        content=environment.folder("UNIONPRESS_CONTENT", environment.PROJECT / "content"),
        data=data,
        output=environment.folder("UNIONPRESS_OUTPUT", data / "output"),
        themes=environment.folder("UNIONPRESS_THEMES", environment.PROJECT / "themes"),
    )


def stamp(content: Content, themes: Path) -> str:
    """What sites are made from, as one hash that is the same on every machine: content, themes, program."""
    rows = [f"{file} {content.version_anywhere(file)}" for file in sorted(content.versions)]
    rows += sorted({Bundle.load(themes, union.site.theme).hash for union in content.unions.values()})
    state = blake2b(code_version().encode(), digest_size=16)
    for row in rows:
        state.update(f"{row}\n".encode())
    return state.hexdigest()


@dataclass
class _Reading:
    """What this process read last."""

    stamp: str
    content: Content
    inputs: Inputs
    at: float


_last: _Reading | None = None


def read(here: Places, *, at_most: float = FRESH_SECONDS) -> _Reading:
    """The content of this machine, read anew if it was read longer than `at_most` seconds ago."""
    global _last
    if _last is None or time.monotonic() - _last.at > at_most:
        at = time.monotonic()
        content = choosing.read_content(here)
        found = stamp(content, here.themes)
        if _last is not None and _last.stamp == found:
            _last.at = at
        else:
            _last = _Reading(found, content, Inputs(content, here.themes), at)
    return _last


@app.task(bind=True, name="unionpress.build_site", max_retries=LOOKS, default_retry_delay=WAIT_SECONDS)
def build_site(
    self: Task,
    union: str,
    as_of: str,
    wanted: str,
    full: bool = False,
    lift_hold: bool = False,
) -> dict[str, Any]:
    """Build one site and bring it to its targets.

    `wanted` is the `stamp` of what is to be built. Until this machine has just that, the task waits: what is
    older must not go out, and what is newer is asked for by another task. Returns what `outcome` says.
    """
    here = places()
    with content_lock.shared(here):
        try:
            reading = read(here)
        except UsageError as error:
            return outcome(here, _refused(union, "content-missing", str(error), "Bring content/ to it"))
        if reading.stamp != wanted:
            return _later(self, here, union)
        report = _build(reading, union, datetime.fromisoformat(as_of), here, full=full, lift_hold=lift_hold)
        if report.failed:
            return outcome(here, report)
        targets = read_targets(environment.targets(here.content))
        if not targets.of(union):
            return outcome(here, report)
        if read(here).stamp != wanted:  # it changed meanwhile: another task brings what is newer
            return _later(self, here, union)
        # Given out again because its machine died, a task goes on with what that machine had begun.
        sent = deploy(here, [union], targets, task=f"celery-{self.request.id}")
    held = any(problem.code == "deploy-held" for site in sent.sites for problem in site.problems)
    if held and self.request.retries < LOOKS:
        raise self.retry(countdown=HELD_SECONDS)
    return outcome(here, report, tuple(problem for site in sent.sites for problem in site.problems))


def outcome(here: Places, report: SiteReport, undelivered: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """What the coordinator is told. It crosses machines: plain JSON only."""
    records = Records(here.data)
    state = records.state(report.union)
    return {
        "report": report.to_json(),
        "switched": report.switched,
        "failed": report.failed,
        "undelivered": [problem.model_dump(mode="json") for problem in undelivered],
        "state": state.model_dump(mode="json") if state else None,
        "deployments": [each.model_dump(mode="json") for each in records.deployments(report.union)],
    }


def _build(
    reading: _Reading, union: str, as_of: datetime, here: Places, *, full: bool, lift_hold: bool
) -> SiteReport:
    if union not in reading.content.unions:
        return _refused(
            union, "union-unusable", f"the content has no usable union {union}", "See the content"
        )
    done = None if full else unchanged(reading.inputs, union, as_of, here)
    if done is not None:
        return done
    [report] = build_sites(
        reading.content, [union], as_of, here, full=full, lift_hold=lift_hold, inputs=reading.inputs
    )
    return report


def _later(task: Task, here: Places, union: str) -> dict[str, Any]:
    """Try again in a moment; after the last look, say what is wrong."""
    if task.request.retries < LOOKS:
        raise task.retry()
    return outcome(
        here,
        _refused(
            union,
            "content-differs",
            f"{task.request.hostname} has other content, themes or another version of the program",
            "Bring content/, the themes and the program to it, as docs/production.md says",
        ),
    )


def _refused(union: str, code: str, message: str, action: str) -> SiteReport:
    return SiteReport(
        union=union, failed=True, problems=(Problem(code=code, message=message, action=action),)
    )
