"""`unionpress status --record`: one record on every site that should carry it.

Where the CMS is installed and has its database, it is asked (entry-point group `unionpress.receipts`): it
also knows what waits in the queue and whether a worker runs. Without it the files of content and sites do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.metadata import entry_points
from uuid import UUID

from rich.table import Table

from site_builder import choosing
from site_builder.cli import counted
from site_builder.deploy import elsewhere
from site_builder.deploy.addresses import Targets, place_name
from site_builder.deploy.delivered import delivered
from site_builder.errors import UsageError
from site_builder.records import BEIJING
from site_builder.release import content_lock
from site_builder.release.carried import dated, receipts
from site_builder.release.receipts import (
    DELAYS,
    DELIVERIES,
    REASONS,
    REMOVALS,
    STATES,
    Delivery,
    Receipt,
    Report,
    pending_first,
)
from site_builder.release.report import Places
from site_builder.release.state import standing_moment
from site_builder.times import minutes

GROUP = "unionpress.receipts"

Provider = Callable[[Places, UUID], Report | None]
"""Answers for a CMS, or gives None where it has no database yet."""


def report(places: Places, wanted: str, as_of: datetime | None, targets: Targets | None = None) -> Report:
    """Where a record stands, every row dated. `wanted` is its id or `<union>/<kind>/<slug>`.

    `targets`: where sites go beside this machine; a CMS that answers knows its own.
    `as_of`: the moment for which sites should be right; without it now, or the moment at which a demo's clock
    stands. Raises UsageError for what names no record.
    """
    with content_lock.shared(places):
        content = choosing.read_content(places)
    record = _id(wanted, {f"{one.union}/{one.kind}/{one.slug}": id for id, one in content.records.items()})
    found = None if as_of else _ask_the_cms(places, record)
    if found is None:
        now = as_of or standing_moment(places.data) or datetime.now(BEIJING)
        found_here = receipts(content, places, record, now)
        told = elsewhere.told(places, content, now, record, found_here)
        rows = tuple(delivered(places, targets or Targets(), record, told))
        found = Report(record, content.records.get(record), now, rows)
    if found.source is None and not found.rows:
        raise UsageError(f"no record {wanted} is published, and no site shows it")
    rows = tuple(dated(places, row) for row in pending_first(found.rows))
    return Report(found.record, found.source, found.as_of, rows, found.queue)


def _id(wanted: str, named: dict[str, UUID]) -> UUID:
    if wanted in named:
        return named[wanted]
    try:
        return UUID(wanted)
    except ValueError as error:
        near = choosing.meant(wanted, named)
        raise UsageError(
            f"{wanted!r} is no record: give the id that stands in its file, or union/kind/slug{near}"
        ) from error


def _ask_the_cms(places: Places, record: UUID) -> Report | None:
    for entry in entry_points(group=GROUP):
        try:
            provider: Provider = entry.load()
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == "site_builder":
                raise
            continue
        if (found := provider(places, record)) is not None:
            return found
    return None


def lines(report: Report) -> list[str]:
    """What stands above the table."""
    counts, source = report.counts, report.source
    title = f"{source.kind} 《{source.title}》 {source.union}" if source else str(report.record)
    said = [f"{title}  {report.record}", f"as of {minutes(report.as_of)}"]
    said.append(f"已上线 {counts['current']} / {counts['expected']} live")
    said += [
        f"{STATES[state][0]} {counts[state]} {STATES[state][1]}"
        for state in ("replaced", "outdated", "missing", "lingering", "gone", "absent")
        if counts[state]
    ]
    if counts["deployed"]:
        said.append(f"已送达 {counts['delivered']} / {counts['deployed']} delivered")
    if report.queue is not None:
        if not report.queue.worker:
            said.append("发布进程没有运行 no worker is running: start `unionpress worker`")
        if report.queue.requests:
            said.append(f"等待发布 {counted(len(report.queue.requests), 'request')} waiting")
        said += [str(problem) for problem in report.queue.problems]
    return said


def table(rows: tuple[Receipt, ...]) -> Table:
    elsewhere = any(row.deliveries for row in rows)
    names = ["union", "state", "since", "release", "hash", *(["on its targets"] if elsewhere else []), "why"]
    found = Table(*names, box=None)
    for row in rows:
        found.add_row(
            row.union.slug,
            STATES[row.state][1],
            minutes(row.since),
            row.release[:8] if row.release else "-",
            row.hash[:8] if row.hash else "-",
            *(["\n".join(map(partial(_delivery, row), row.deliveries)) or "-"] if elsewhere else []),
            _why(row),
        )
    return found


def _delivery(row: Receipt, delivery: Delivery) -> str:
    words = (REMOVALS if row.removal else DELIVERIES)[delivery.state][1]
    said = f"{place_name(delivery.target)}: {words}"
    if delivery.at:
        said += f" {minutes(delivery.at)}"
    if delivery.problem:
        said += f": {delivery.problem.message}"
    return said + (f"; tried again {minutes(delivery.until)}" if delivery.until else "")


def _why(row: Receipt) -> str:
    said = []
    if row.reason:
        when = f" {minutes(row.moment)}" if row.moment else ""
        said.append(f"{REASONS[row.reason][1]}{when}{f': {row.detail}' if row.detail else ''}")
    if row.delay:
        said.append(f"{DELAYS[row.delay.code][1]}{f': {row.delay.detail}' if row.delay.detail else ''}")
    return "; ".join(said)
