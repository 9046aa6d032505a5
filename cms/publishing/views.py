"""发布状态: for each site its release, last build, next due, problems; rebuild and roll back.

What is shown of a site is what `unionpress status` reads: the same files under DATA.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms.places import places
from cms.publishing import queue
from cms.publishing.actions import RebuildSite, RollBackSite, may_publish
from cms.publishing.models import PublishRequest, SiteRetry, Worker
from cms.unions.models import UnionPage
from cms.unions.scoping import sees_all, unions_of
from site_builder import locks, network
from site_builder.errors import UsageError
from site_builder.release.status import SiteStatus
from site_builder.release.status import status as site_statuses

RECENT = 20


@dataclass(frozen=True)
class Row:
    union: UnionPage
    status: SiteStatus | None
    """None until the union was exported for the first time."""
    retry: SiteRetry | None
    may_publish: bool


def rows(user: Any) -> list[Row]:
    """One row for each union somebody works for."""
    pages = {page.slug: page for page in unions_of(user).order_by("path")}
    retries = {retry.union: retry for retry in SiteRetry.objects.filter(union__in=pages)}
    here = places()
    try:
        with locks.shared(here.content_lock):
            content = network.read_content(here)
    except UsageError:
        found = {}
    else:
        known = [slug for slug in pages if slug in content.unions]
        found = {status.union.slug: status for status in site_statuses(content, here, known)}
    return [
        Row(page, found.get(slug), retries.get(slug), may_publish(user, page)) for slug, page in pages.items()
    ]


def own_requests(user: Any) -> QuerySet[PublishRequest]:
    """The requests somebody may see: of their own unions."""
    if sees_all(user):
        return PublishRequest.objects.all()
    return PublishRequest.objects.filter(Q(union__in=unions_of(user).values("slug")))


def status(request: HttpRequest) -> HttpResponse:
    living = Worker.objects.filter(beat_at__gt=timezone.now() - queue.SILENT_AFTER)
    return render(
        request,
        "publishing/status.html",
        {
            "page_title": _("发布状态 Publishing"),
            "header_icon": "site",
            "rows": rows(request.user),
            "workers": living,
            "waiting": own_requests(request.user).filter(finished_at=None),
            "recent": own_requests(request.user).exclude(finished_at=None).order_by("-finished_at")[:RECENT],
        },
    )


@require_POST
def rebuild(request: HttpRequest, slug: str) -> HttpResponse:
    union = get_object_or_404(unions_of(request.user), slug=slug)
    RebuildSite(union, request.user).execute()
    messages.success(request, _("已请求重建 Rebuild requested: %(union)s") % {"union": union.title})
    return redirect("publishing-status")


@require_POST
def roll_back(request: HttpRequest, slug: str) -> HttpResponse:
    union = get_object_or_404(unions_of(request.user), slug=slug)
    try:
        release = RollBackSite(union, places(), request.user).execute()
    except UsageError as error:
        messages.error(request, _("没有回滚 Not rolled back: %(reason)s") % {"reason": error})
    else:
        said = {"union": union.title, "release": release[:8]}
        messages.success(
            request,
            _("已回滚 Rolled back: %(union)s → %(release)s;有人再发布或重建之前保持不变") % said,
        )
    return redirect("publishing-status")
