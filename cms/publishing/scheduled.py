"""What Wagtail does at set times (go live, expire), one item at a time.

Wagtail's `publish_scheduled` stops at the first failure. Here every item has its own try and its own
back-off, so that one page that cannot be published holds up no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from wagtail.models import Page, Revision

from cms.publishing.models import ScheduleRetry
from cms.publishing.queue import back_off, put_off_until
from site_builder.records import Problem

log = logging.getLogger(__name__)


def run_scheduled(now: datetime) -> list[Problem]:
    """Unpublish what has expired and publish what is approved to go live; returns what failed."""
    put_off = ScheduleRetry.objects.filter(put_off_until("retry_at", now))
    waiting = set(put_off.values_list("revision", flat=True))
    problems = []
    for key, title, act in _due(now):
        if key in waiting:
            continue
        try:
            with transaction.atomic():
                act()
                ScheduleRetry.objects.filter(revision=key).delete()
        except Exception as error:
            log.exception("the scheduled publication of %s failed", title)
            problems.append(_failed(key, title, now, error))
    return problems


def _due(now: datetime) -> Iterator[tuple[int, str, Callable[[], object]]]:
    """Everything whose moment has come: its key in `ScheduleRetry`, its title, what is to be done."""
    for page in Page.objects.filter(live=True, expire_at__lte=now).order_by("expire_at").specific():

        def unpublish(page: Page = page) -> None:
            page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")

        yield -page.pk, page.title, unpublish
    for revision in Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at"):

        def publish(revision: Revision = revision) -> None:
            revision.publish(log_action="wagtail.publish.scheduled")

        yield revision.pk, revision.object_str, publish


def _failed(key: int, title: str, now: datetime, error: Exception) -> Problem:
    retry, _ = ScheduleRetry.objects.get_or_create(revision=key, defaults={"failures": 0, "retry_at": now})
    retry.failures += 1
    retry.retry_at = now + back_off(retry.failures)
    retry.problem = str(error)
    retry.save()
    return Problem(
        code="schedule-failed",
        record=title,
        message=f"《{title}》的定时发布没有成功 (scheduled publication failed): {error}",
        action=f"打开这一页手动发布 (open the page, publish it); {retry.retry_at:%Y-%m-%d %H:%M} 重试",
    )
