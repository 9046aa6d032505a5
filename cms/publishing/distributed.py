"""A build of many sites on many machines: what `network.build` does here, Celery's workers do there.

The queue stays the database's: this only gives out the builds of one request and waits for them. If it is
killed, its requests are taken by another worker, which asks again; what was built meanwhile is left alone.
What a builder had that was killed is asked for again.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from celery.result import AsyncResult

from cms.publishing.celery import app, build_site, stamp
from site_builder import choosing, network, network_search
from site_builder.deploy.elsewhere import Made
from site_builder.folder import listed
from site_builder.records import BEIJING, Problem
from site_builder.release import content_lock
from site_builder.release.problems import problem_owner
from site_builder.release.report import Places, SiteReport
from site_builder.release.state import BuildState, Deployment, Records

ANSWER_SECONDS = 3600
"""So long without any answer, nobody builds: the sites are reported as failed and tried again later."""

PAUSE = 0.25
"""Seconds between two looks for answers."""
QUIET = 15.0
"""Seconds without an answer after which builders are asked what they have; twice, then a site is lost."""
AGAIN = 3
"""So often one site is asked for again, and no more: it may be what its builders die of."""
REPLY = 2.0
"""Seconds for builders to say so."""
WINDOW = 256
"""How many of the sites asked for first are looked for at once: they are built in that order, nearly."""


def build(
    places: Places,
    unions: Sequence[str] = (),
    *,
    as_of: datetime | None = None,
    lift_hold: bool = False,
    progress: network.Progress | None = None,
    beat: Callable[[], None] | None = None,
    patience: float = ANSWER_SECONDS,
) -> network.Report:
    """Build the sites of `unions` (none named: of all) by Celery's workers; otherwise as `network.build`.

    `beat` is called often while it waits; `patience`: seconds without any answer after which it
    gives up. CONTENT is held shared meanwhile. Sites of unions that are gone stay as they are.
    """
    started = time.monotonic()
    moment = (as_of or datetime.now(BEIJING)).astimezone(BEIJING).replace(microsecond=0)
    with content_lock.shared(places):
        folder = listed(os.fspath(places.content))
        choosing.require_readable(places, folder)
        content = choosing.read_content(places, folder)
        choosing.require_whole(content)
        chosen = choosing.choose(content, unions)
        wanted = stamp(content, places.themes)
        made = Made(content)
        reports: dict[str, SiteReport] = {}
        for union, answer in _answers(chosen, moment, wanted, lift_hold, beat, patience):
            report = _taken(places, union, answer, made)
            reports[union] = report
            if progress:
                progress(report, len(reports), len(chosen))
        for union in chosen:
            if union not in reports:
                reports[union] = _unanswered(union, patience)
        problems = [found for found in content.problems if problem_owner(found) not in reports]
        if any(report.switched for report in reports.values()):
            problems += network_search.keep_up(content, places, moment)
    return network.Report(
        as_of=moment,
        seconds=time.monotonic() - started,
        sites=tuple(reports[union] for union in chosen),
        problems=tuple(problems),
    )


def _answers(
    unions: Sequence[str],
    moment: datetime,
    wanted: str,
    lift_hold: bool,
    beat: Callable[[], None] | None,
    patience: float,
) -> Iterator[tuple[str, Any]]:
    """Each union with what its task returned, or with the error it ended with, as they come in."""
    asked: dict[str, AsyncResult] = {}

    def ask(producer: Any, union: str, task: str | None = None) -> None:
        asked[union] = build_site.apply_async(
            (union, moment.isoformat(), wanted),
            {"lift_hold": lift_hold},
            producer=producer,
            task_id=task,
            expires=int(patience) * 4,
        )

    with app.producer_pool.acquire(block=True) as producer:
        for union in unions:
            ask(producer, union)
    heard = looked = time.monotonic()
    missed: set[str] = set()
    again: Counter[str] = Counter()
    while asked and time.monotonic() - heard < patience:
        # Asked for one by one: what a broker announces can be missed, what is kept cannot.
        ready = [union for union in islice(asked, WINDOW) if asked[union].ready()]
        for union in ready:
            heard = looked = time.monotonic()
            missed.clear()
            yield union, asked.pop(union).result
        if beat:
            beat()
        if not ready:
            time.sleep(PAUSE)
        if time.monotonic() - looked >= QUIET:
            away = _away({union: answer.id for union, answer in asked.items() if again[union] < AGAIN})
            with app.producer_pool.acquire(block=True) as producer:
                for union in sorted(away & missed):
                    ask(producer, union, asked[union].id)  # by its name: what was begun is gone on with
            again.update(away & missed)
            missed, looked = away - missed, time.monotonic()


def _away(tasks: Mapping[str, str]) -> set[str]:
    """Those of `tasks`, by union, that no builder has and that wait for none: theirs died with them.

    Redis would give them out again after UNIONPRESS_TASK_SECONDS, and until then nothing is published. One
    that is just on its way from the broker to a builder is among them too.
    """
    with app.connection_for_write() as connection:
        queue = app.amqp.queues[app.conf.task_default_queue].bind(connection.default_channel)
        if not tasks or queue.queue_declare().message_count:
            return set()
    told = app.control.inspect(timeout=REPLY).query_task(*tasks.values()) or {}
    held = {task for builder in told.values() for task, (state, _) in builder.items() if state != "ready"}
    return {union for union, task in tasks.items() if task not in held}


def _taken(places: Places, union: str, answer: Any, made: Made) -> SiteReport:
    """The report of one site; what the other machine noted is noted here too, if DATA is not shared."""
    if not isinstance(answer, dict):
        return _failed(union, "build-lost", f"the build ended without a result: {answer!r}")
    records = Records(places.data)
    raw = answer["report"]
    problems = [Problem.model_validate(each) for each in raw["problems"]]
    undelivered = [Problem.model_validate(each) for each in answer["undelivered"]]
    failed = bool(answer["failed"])
    if answer["state"]:
        state = BuildState.model_validate(answer["state"])
        if records.state(union) != state:  # else DATA is shared, and so is OUTPUT
            records.save_state(_from_elsewhere(state, made))
            records.save_deployments(
                union, [Deployment.model_validate(each) for each in answer["deployments"]]
            )
            # Nobody but that machine has the site: not delivered is not built.
            failed = failed or bool(undelivered)
            problems += undelivered
    return SiteReport(
        union=union,
        release=raw["release"],
        pages=raw["pages"],
        rendered=raw["rendered"],
        reused=raw["reused"],
        deleted=raw["deleted"],
        search_documents=raw["search_documents"],
        next_change=datetime.fromisoformat(raw["next_change"]) if raw["next_change"] else None,
        problems=tuple(problems),
        switched=bool(answer["switched"]),
        failed=failed,
    )


def _from_elsewhere(state: BuildState, made: Made) -> BuildState:
    """What a machine with a DATA of its own noted, as it is noted here: its OUTPUT is out of sight."""
    return state.model_copy(update={"output": "", "inputs": made.of(state.union, state.foreign)})


def _unanswered(union: str, patience: float) -> SiteReport:
    return _failed(union, "no-builder", f"no Celery worker built {union} within {patience:g} s")


def _failed(union: str, code: str, message: str) -> SiteReport:
    action = "Start workers: celery -A cms.publishing.celery worker; it is tried again by itself"
    return SiteReport(
        union=union, failed=True, problems=(Problem(code=code, message=message, action=action),)
    )
