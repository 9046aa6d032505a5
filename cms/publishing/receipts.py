"""Receipts as editors see them: the published page, the queue and the worker beside what the sites carry.

`site_builder.release.carried` compares sites with content. Here the content compared with is the one that
Wagtail has published, whether it was exported yet or not: so an edit that still waits in the queue shows as
an earlier version on every site, and never as live.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from cms.exporting.adoptions import adoption_of
from cms.exporting.export import public_records
from cms.exporting.links import DatabaseLinks
from cms.exporting.problems import page_problems
from cms.exporting.records import record_of
from cms.publishing import queue
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest, SiteRetry
from cms.records.models import RecordPage
from cms.sharing.models import Adoption
from cms.unions.models import UnionPage
from site_builder import choosing, content_store
from site_builder.content_store import Content
from site_builder.deploy import Targets, elsewhere, read_targets
from site_builder.deploy.delivered import delivered
from site_builder.errors import ContentError, UsageError
from site_builder.records import Adoption as Decision
from site_builder.records import BaseRecord, Problem
from site_builder.release import content_lock
from site_builder.release.carried import receipts
from site_builder.release.receipts import Delay, Queue, Receipt, Report, Request
from site_builder.release.report import Places

Action = PublishRequest.Action
OF_SITES = (Action.REBUILD, Action.UNION, Action.ADOPTION)
"""Requests whose subject is a union."""
UNDER_WAY = ("waiting", "queued", "building", "not-built")
"""Delays (`site_builder.release.receipts.DELAYS`) that end by themselves, in seconds and not in minutes."""


def report(places: Places, clock: Clock, record: UUID) -> Report:
    """Where a record stands on every site, in the order of unions. Rows are not dated.

    A record that was never published has no rows.
    """
    exported = read_content(places)
    content = _as_decided(exported, {record})
    published, last, problems = _versions(record, clock, exported)
    if published is not None:
        known_now: dict[UUID, Any] = {**content.records, record: published}
        content = replace(content, records=known_now)
    else:
        kept = {id: one for id, one in content.records.items() if id != record}
        content = replace(content, records=kept)
    now = clock.now()
    known = published is not None or last is not None
    page = RecordPage.objects.filter(uuid=record).only("first_published_at").first()
    draft = published is None and page is not None and page.first_published_at is None
    rows = [] if draft else receipts(content, places, record, now, gone=None if published else last)
    rows = list(
        elsewhere.told(places, exported, now, record, rows, whole=published == exported.records.get(record))
    )
    pending = _pending(record)
    said = Queue(
        worker=queue.worker_lives(timezone.now()),
        requests=tuple(_request(one) for one in pending if _concerns(one, record)),
        problems=tuple(problems),
    )
    source = published or last
    told = delivered(places, targets(), record, _with_queue(rows, pending, record, said))
    return Report(record, source if known else None, now, tuple(told), said)


def on_site(places: Places, clock: Clock, union: str, records: Collection[UUID]) -> dict[UUID, Receipt]:
    """Where each of these stands on one site, as their files say it; asked for all at once."""
    content = _as_decided(read_content(places), records)
    if not records or union not in content.unions:
        return {}
    now = clock.now()
    rows = ((id, receipts(content, places, id, now, unions=[union])) for id in records)
    return {id: found[0] for id, found in rows if found}


def under_way(rows: Iterable[Receipt]) -> bool:
    """Whether a worker is about to change what these say: a screen that shows them asks again."""
    open_ = any(
        (row.delay is not None and row.delay.code in UNDER_WAY)
        or any(one.state == "waiting" for one in row.deliveries)
        for row in rows
    )
    return open_ and queue.worker_lives(timezone.now())


def targets() -> Targets:
    """Where sites go beside this machine. None, if the file cannot be read: an alert says so."""
    try:
        return read_targets(settings.UNIONPRESS_TARGETS)
    except UsageError:
        return Targets()


def read_content(places: Places) -> Content:
    """What is in content/ at this moment; nothing at all before the first export."""
    try:
        with content_lock.shared(places):
            return choosing.read_content(places)
    except UsageError:
        return Content(Path(places.content), {}, {}, {}, {}, ())


# --- the published page ---------------------------------------------------------------------------


def _versions(
    record: UUID, clock: Clock, content: Content
) -> tuple[BaseRecord | None, BaseRecord | None, list[Problem]]:
    """(as it is published, as it was last, why it cannot be exported: then the file it has counts)."""
    exported = content.records.get(record)
    links = DatabaseLinks()
    for owner, page in public_records({record}):
        try:
            return _as_file(record_of(page, owner, links, clock)), exported, []
        except ContentError as error:
            return exported, exported, [error.problem]
        except ValueError as error:
            return exported, exported, page_problems(page, error)
    if exported is not None:
        return None, exported, []
    page = RecordPage.objects.filter(uuid=record).first()
    if page is None or page.first_published_at is None:
        return None, None, []
    try:
        return None, _as_file(record_of(page.specific, page.union.slug, links, clock)), []
    except (ValueError, ContentError):  # nobody will publish it as it is: its pages are looked for by its id
        return None, None, []


def _as_file(record: BaseRecord) -> BaseRecord:
    """The record as sites will read it: written as an export does, and read. Raises ContentError."""
    return content_store.parse_record(content_store.record_text(record), content_store.record_path(record))


# --- what unions decided --------------------------------------------------------------------------


def _as_decided(content: Content, records: Collection[UUID]) -> Content:
    """The content with what unions say of these records now, whether it was exported yet or not."""
    here = set(UnionPage.objects.filter(slug__in=content.adoptions).values_list("slug", flat=True))
    said = {
        slug: tuple(one for one in given if slug not in here or one.record not in records)
        for slug, given in content.adoptions.items()
    }
    links = DatabaseLinks()
    for row in Adoption.objects.filter(record__in=records).select_related("union"):
        slug = row.union.slug
        if slug not in content.unions:
            continue
        one: tuple[Decision, ...]
        try:
            one = (adoption_of(row, links),)
        except ValueError:  # it is not exported either: what was stays
            one = tuple(one for one in content.adoptions.get(slug, ()) if one.record == row.record)
        said[slug] = (*said.get(slug, ()), *one)
    return replace(content, adoptions=said)


# --- the queue ------------------------------------------------------------------------------------


def _pending(record: UUID) -> list[PublishRequest]:
    """The requests that may still change where the record stands; the oldest first."""
    of_record = Q(action=Action.RECORD, subject=str(record))
    found = PublishRequest.objects.filter(of_record | Q(action__in=OF_SITES), finished_at=None)
    return list(found.select_related("user").order_by("created_at", "pk"))


def _concerns(request: PublishRequest, record: UUID) -> bool:
    """Whether a request is about the record, or about every site."""
    return request.subject == str(record) or not request.subject


def _request(request: PublishRequest) -> Request:
    return Request(
        asked=request.created_at,
        action=str(request.get_action_display()),
        by=request.user.get_username() if request.user else "",
        taken=bool(request.claim),
    )


def _with_queue(
    rows: list[Receipt], pending: list[PublishRequest], record: UUID, said: Queue
) -> Iterator[Receipt]:
    """The rows, their delays told as the queue knows them."""
    retries = {retry.union: retry for retry in SiteRetry.objects.all()}
    for row in rows:
        if row.delay is None:
            yield row
            continue
        mine = [one for one in pending if _concerns(one, record) or one.subject == row.union.slug]
        yield replace(row, delay=_delay(row.delay, mine, said, retries.get(row.union.slug)))


def _delay(delay: Delay, pending: list[PublishRequest], said: Queue, retry: SiteRetry | None) -> Delay:
    if delay.code == "failed" and retry is not None:
        delay = replace(delay, until=retry.retry_at)
    if delay.code not in ("waiting", "not-built"):
        return delay
    if said.problems:
        return replace(delay, code="not-exported", detail=str(said.problems[0]))
    if not said.worker:
        return replace(delay, code="no-worker", since=pending[0].created_at if pending else None)
    taken = next((one for one in pending if one.claim), None)
    if taken is not None:
        return replace(delay, code="building", since=taken.claimed_at)
    failed = next((one for one in pending if one.problems), None)
    if failed is not None:
        detail = str(failed.problems[0]["message"])
        return replace(delay, code="not-exported", detail=detail, until=failed.not_before)
    if pending:
        return replace(delay, code="queued", since=pending[0].created_at)
    return delay


# --- who may see what -----------------------------------------------------------------------------


def narrowed(found: Report, unions: set[str] | None) -> Report:
    """What somebody of `unions` (None: every union) may see of a report.

    All of a record of their own; else the rows of their own sites, and nothing of who asked for what or why
    another's page cannot be exported. Of another's record that is still under embargo there is nothing.
    """
    source = found.source
    owner = source.union if source else ""
    if unions is None or owner in unions:
        return found
    if source is None or source.published > found.as_of:
        return replace(found, rows=(), queue=None)
    rows = tuple(row for row in found.rows if row.union.slug in unions and row.reason != "unpublished")
    queue_told = replace(found.queue, requests=(), problems=()) if found.queue else None
    return replace(found, rows=rows, queue=queue_told)


def query(rows: list[Receipt], words: str, states: tuple[Any, ...]) -> list[Receipt]:
    """Those rows whose union has `words` in one of its names and whose state is one of `states`."""
    asked = words.strip().casefold()
    return [
        row
        for row in rows
        if (not states or row.state in states)
        and (not asked or any(asked in name.casefold() for name in _names(row)))
    ]


def _names(row: Receipt) -> tuple[str, ...]:
    union = row.union
    return union.slug, union.name, union.short_name, union.region, *union.aliases
