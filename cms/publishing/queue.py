"""The queue is the database: requests are rows, and workers share them without a broker.

`ask` adds a row inside the caller's transaction. `claim` marks every row that is due with one UPDATE ...
WHERE claim = '': both SQLite (one writer) and PostgreSQL (which re-reads the condition once it holds the
row's lock) give each row to exactly one worker. A worker that ends loses what it holds
(`release_abandoned`).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from cms.publishing.models import PublishRequest, Worker
from site_builder.records import Problem

log = logging.getLogger(__name__)

SILENT_AFTER = timedelta(seconds=90)
"""A worker beats every few seconds, while it builds too: silent this long, it is gone."""
LONGEST = timedelta(hours=1)
"""Nothing waits longer for its next try. What seems to was put off by a clock that went wrong, and is due."""

KEEP_HISTORY = timedelta(days=60)


def ask(
    action: str, subject: str = "", *, union: str = "", title: str = "", user: Any = None
) -> PublishRequest:
    """Add a request. It becomes visible to workers when the caller's transaction commits."""
    return PublishRequest.objects.create(
        action=action,
        subject=subject,
        union=union,
        title=title[:255],
        user=user if getattr(user, "pk", None) else None,
    )


def waiting(now: datetime) -> bool:
    """Whether there is anything to claim: a read, so that looking every second takes no write lock."""
    return _due(now).exists()


def claim(worker: str, now: datetime) -> list[PublishRequest]:
    """Take every request that is due; oldest first. Empty if another worker was faster."""
    token = f"{worker}.{secrets.token_hex(8)}"
    taken = _due(now).update(claim=token, claimed_at=now, attempts=F("attempts") + 1)
    if not taken:
        return []
    return list(PublishRequest.objects.filter(claim=token).order_by("created_at", "pk"))


def _due(now: datetime) -> QuerySet[PublishRequest]:
    """What nobody holds and nothing puts off. A new request waits for nothing, whatever its clock showed."""
    put_off = Q(attempts__gt=0) & put_off_until("not_before", now)
    return PublishRequest.objects.filter(claim="", finished_at=None).exclude(put_off)


def put_off_until(field: str, now: datetime) -> Q:
    """The rows whose next try, kept in `field`, is still to come."""
    return Q(**{f"{field}__gt": now, f"{field}__lte": now + LONGEST})


def finish(
    requests: Iterable[PublishRequest], now: datetime, sites: Sequence[str], problems: Sequence[Problem]
) -> None:
    """Write down what became of the requests. Only errors make an outcome of `problems`."""
    failed = any(problem.severity == "error" for problem in problems)
    _held(requests).update(
        finished_at=now,
        outcome=PublishRequest.Outcome.PROBLEMS if failed else PublishRequest.Outcome.DONE,
        sites=list(sites),
        problems=[problem.model_dump(mode="json") for problem in problems],
    )


def give_back(requests: Iterable[PublishRequest], not_before: datetime, problem: Problem) -> None:
    """Let the requests be taken again, but not at once: the work itself failed (a full disk, a file that
    cannot be written)."""
    problems = [problem.model_dump(mode="json")]
    _held(requests).update(claim="", claimed_at=None, not_before=not_before, problems=problems)


def give_back_all(worker: str) -> int:
    """Free whatever a worker holds, because it broke off: it may not even know what it had taken."""
    held = PublishRequest.objects.filter(claim__startswith=f"{worker}.", finished_at=None)
    return held.update(claim="", claimed_at=None, problems=[])


def _held(requests: Iterable[PublishRequest]) -> QuerySet[PublishRequest]:
    """Those of `requests` that are still the caller's: who was thought dead may have lost them meanwhile."""
    requests = tuple(requests)
    claims = {request.claim for request in requests}
    return PublishRequest.objects.filter(
        pk__in=[request.pk for request in requests], claim__in=claims, finished_at=None
    )


def back_off(failures: int) -> timedelta:
    """5 s after a first failure, doubling up to an hour."""
    return min(timedelta(seconds=5 * 2 ** min(failures - 1, 12)), LONGEST)


def beat(worker: str, now: datetime, doing: str = "") -> None:
    Worker.objects.update_or_create(name=worker, defaults={"beat_at": now, "doing": doing[:200]})


def worker_lives(now: datetime) -> bool:
    """Whether a worker has said so lately."""
    return Worker.objects.filter(beat_at__gt=now - SILENT_AFTER, beat_at__lte=now + SILENT_AFTER).exists()


def last_beat() -> datetime | None:
    """When a worker was last heard of, if one that stopped without a word is still remembered."""
    return Worker.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()


def release_abandoned(now: datetime, gone: Callable[[str], bool | None] = lambda worker: None) -> int:
    """Free the requests of workers that are gone, forget those workers, and drop old history.

    `gone` says of a worker by name whether it has ended; where it does not know (None), one that has not
    beaten for `SILENT_AFTER` has.
    """
    with transaction.atomic():
        ended = [worker.name for worker in Worker.objects.all() if _ended(worker, now, gone)]
        Worker.objects.filter(name__in=ended).delete()
        living = set(Worker.objects.values_list("name", flat=True))
        held = PublishRequest.objects.filter(finished_at=None).exclude(claim="")
        abandoned = [request.pk for request in held if request.claim.rpartition(".")[0] not in living]
        freed = PublishRequest.objects.filter(pk__in=abandoned, finished_at=None).update(
            claim="", claimed_at=None, problems=[]
        )
        PublishRequest.objects.filter(finished_at__lt=now - KEEP_HISTORY).delete()
    if freed:
        log.warning("freed %d requests of a worker that stopped", freed)
    return freed


def _ended(worker: Worker, now: datetime, gone: Callable[[str], bool | None]) -> bool:
    known = gone(worker.name)
    return worker.beat_at < now - SILENT_AFTER if known is None else known
