"""发布状态: the network's sites, one site with its releases and problems, one record with its receipts.

What is shown of a site is what `unionpress status` reads: the same files under DATA. Every view takes unions
and pages through the scoping door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page as Slice
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.models import Page

from cms.places import places
from cms.publishing import alerts, queue
from cms.publishing import clock as clocks
from cms.publishing import receipts as record_receipts
from cms.publishing.actions import LiftHold, RebuildSite, RollBackSite, may_publish, publishable
from cms.publishing.models import PublishRequest, SiteRetry, Worker
from cms.records.models import RecordPage
from cms.unions.models import UnionPage
from cms.unions.scoping import sees_all, unions_of, visible
from site_builder.deploy.addresses import place_name
from site_builder.deploy.delivered import noted
from site_builder.errors import UsageError
from site_builder.records import Problem
from site_builder.release.carried import dated
from site_builder.release.receipts import (
    DELAYS,
    DELIVERIES,
    PENDING,
    REASONS,
    REMOVALS,
    STATES,
    Receipt,
    StateName,
    counts,
    pending_first,
)
from site_builder.release.rollback import releases
from site_builder.release.state import Records
from site_builder.release.status import SiteStatus
from site_builder.release.status import status as site_statuses

RECENT = 20
A_PAGE = 50
"""Sites on one page of a table."""
UNION_FILE = re.compile(r"unions/([a-z0-9-]+)\.md")
UNDELIVERED = "undelivered"
SHOWN = ("", "failed", "held", "problems")
"""What the list of sites can be narrowed to."""


@dataclass(frozen=True)
class Row:
    union: UnionPage
    status: SiteStatus | None
    """None until the union was exported for the first time."""
    retry: SiteRetry | None
    may_publish: bool


@dataclass(frozen=True)
class Trouble:
    """A problem, and the page on which it is mended, where that is known and the person sees it."""

    problem: Problem
    page: Page | None
    may_edit: bool


# --- all sites ------------------------------------------------------------------------------------


def statuses(slugs: list[str]) -> dict[str, SiteStatus]:
    """The state of those sites that were exported; reads what builds noted."""
    here = places()
    content = record_receipts.read_content(here)
    known = [slug for slug in slugs if slug in content.unions]
    targets = record_receipts.targets()
    return {
        status.union.slug: replace(status, deployments=noted(here, targets, status.union.slug))
        for status in site_statuses(content, here, known)
    }


def own_requests(user: Any) -> QuerySet[PublishRequest]:
    """The requests somebody may see: of their own unions."""
    found = PublishRequest.objects.select_related("user")
    if sees_all(user):
        return found
    return found.filter(Q(union__in=unions_of(user).values("slug")))


def status(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    show = request.GET.get("show", "")
    unions = unions_of(request.user).order_by("path")
    if words:
        unions = unions.filter(
            Q(title__icontains=words) | Q(short_name__icontains=words) | Q(slug__icontains=words)
        )
    pages = {page.slug: page for page in unions}
    found = statuses(list(pages))
    chosen = [slug for slug in pages if _is_shown(found.get(slug), show)]
    sites = Paginator(chosen, A_PAGE).get_page(request.GET.get("p"))
    retries = {retry.union: retry for retry in SiteRetry.objects.filter(union__in=list(sites))}
    may = publishable(request.user, [pages[slug] for slug in sites])
    rows = [Row(pages[slug], found.get(slug), retries.get(slug), slug in may) for slug in sites]
    common, waiting = _common(request, _("发布状态")), own_requests(request.user).filter(finished_at=None)
    return render(
        request,
        "publishing/_status.html" if asked_again(request) else "publishing/status.html",
        {
            **common,
            "under_way": waiting.exists() or any(worker.doing for worker in common["workers"]),
            "rows": rows,
            "sites": sites,
            "words": words,
            "show": show,
            "counts": {
                name or "all": sum(_is_shown(found.get(slug), name) for slug in pages) for name in SHOWN
            },
            "waiting": waiting[:A_PAGE],
            "recent": own_requests(request.user).exclude(finished_at=None).order_by("-finished_at")[:RECENT],
        },
    )


def _is_shown(status: SiteStatus | None, show: str) -> bool:
    match show:
        case "failed":
            return status is None or status.failed or status.release is None
        case "held":
            return status is not None and status.held
        case "problems":
            return status is not None and bool(status.problems)
    return True


def _common(request: HttpRequest, title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "header_icon": "site",
        "alerts": alerts.alerts_for(request.user),
        "workers": Worker.objects.filter(beat_at__gt=timezone.now() - queue.SILENT_AFTER),
        "clock": clocks.read(places().data),
    }


def asked_again(request: HttpRequest) -> bool:
    """Whether `static/cms/refresh.js` asks: for the part that changes, which takes nobody's messages away."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


# --- one site -------------------------------------------------------------------------------------


def site(request: HttpRequest, slug: str) -> HttpResponse:
    """One site: what is live, why, what is wrong, and its releases to go back to."""
    union = get_object_or_404(unions_of(request.user), slug=slug)
    here = places()
    found = statuses([slug]).get(slug)
    own = own_requests(request.user).filter(union=slug)
    return render(
        request,
        "publishing/_site.html" if asked_again(request) else "publishing/site.html",
        {
            **_common(request, union.title),
            "alerts": alerts.alerts_of_site(request.user, slug),
            "union": union,
            "status": found,
            "hold": Records(here.data).hold(slug),
            "retry": SiteRetry.objects.filter(union=slug).first(),
            "releases": releases(here, slug),
            "troubles": troubles(found.problems if found else (), request.user),
            "may_publish": may_publish(request.user, union),
            "recent": own[:RECENT],
            "under_way": own.filter(finished_at=None).exists(),
        },
    )


def troubles(problems: tuple[Problem, ...], user: Any) -> list[Trouble]:
    """Problems with the pages they speak of, errors first."""
    ids = {problem.record for problem in problems if problem.record and _is_uuid(problem.record)}
    pages: dict[str, Page] = {
        str(page.uuid): page for page in visible(RecordPage.objects.filter(uuid__in=ids), user)
    }
    files = {found[1] for problem in problems if (found := UNION_FILE.fullmatch(problem.file or ""))}
    unions = {f"unions/{page.slug}.md": page for page in unions_of(user).filter(slug__in=files)}
    ordered = sorted(problems, key=lambda problem: problem.severity != "error")
    told: list[Trouble] = []
    for problem in ordered:
        page = pages.get(problem.record or "") or unions.get(problem.file or "")
        may_edit = page is not None and page.permissions_for_user(user).can_edit()
        told.append(Trouble(problem, page, may_edit))
    return told


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_POST
def rebuild(request: HttpRequest, slug: str) -> HttpResponse:
    union = get_object_or_404(unions_of(request.user), slug=slug)
    RebuildSite(union, request.user).execute()
    messages.success(request, _("已请求重建：%(union)s") % {"union": union.title})
    return redirect("publishing-site", slug)


@require_POST
def lift_hold(request: HttpRequest, slug: str) -> HttpResponse:
    union = get_object_or_404(unions_of(request.user), slug=slug)
    LiftHold(union, places(), request.user).execute()
    messages.success(request, _("已解除保持，最新内容将上线：%(union)s") % {"union": union.title})
    return redirect("publishing-site", slug)


def roll_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks before it does: GET shows what would be live, POST makes it so."""
    union = get_object_or_404(unions_of(request.user), slug=slug)
    if not may_publish(request.user, union):
        raise Http404
    wanted = request.POST.get("release") or request.GET.get("release") or None
    if request.method != "POST":
        return _confirm(request, union, wanted)
    try:
        release = RollBackSite(union, places(), request.user, release=wanted).execute()
    except UsageError as error:
        messages.error(request, _("没有回滚：%(reason)s") % {"reason": error})
    else:
        said = {"union": union.title, "release": release[:8]}
        messages.success(
            request,
            _("已回滚：%(union)s → %(release)s；有人再发布或重建之前保持不变") % said,
        )
    return redirect("publishing-site", slug)


def _confirm(request: HttpRequest, union: UnionPage, wanted: str | None) -> HttpResponse:
    found = releases(places(), union.slug)
    chosen = next((release for release in found if release.id == wanted), None)
    if chosen is None or chosen.live:
        messages.error(request, _("请先选一个要退回的版本。"))
        return redirect("publishing-site", union.slug)
    return render(
        request,
        "publishing/rollback.html",
        {
            "page_title": _("回滚"),
            "header_icon": "undo",
            "union": union,
            "chosen": chosen,
            "live": next((release for release in found if release.live), None),
        },
    )


# --- one record -----------------------------------------------------------------------------------


def receipts(request: HttpRequest, record: UUID) -> HttpResponse:
    """Where one record stands on every site that should carry it."""
    here = places()
    found = record_receipts.report(here, clocks.read(here.data), record)
    page = RecordPage.objects.filter(uuid=record).first()
    own = page is not None and visible(RecordPage.objects.filter(pk=page.pk), request.user).exists()
    if not own and not sees_all(request.user):
        unions = set(unions_of(request.user).values_list("slug", flat=True))
        found = record_receipts.narrowed(found, unions)
        if not found.rows:
            raise Http404
    elif page is None and found.source is None and not found.rows:
        raise Http404
    rows = list(found.rows)
    show, words = request.GET.get("show", ""), request.GET.get("q", "")
    chosen = [row for row in rows if row.undelivered] if show == UNDELIVERED else rows
    listed = pending_first(record_receipts.query(chosen, words, _states(show)))
    sites: Slice[Receipt] = Paginator(listed, A_PAGE).get_page(request.GET.get("p"))
    counted = counts(rows)
    title = page.title if page else found.source.title if found.source else str(record)
    return render(
        request,
        "publishing/_receipts.html" if asked_again(request) else "publishing/receipts.html",
        {
            **_common(request, _("上线情况")),
            "alerts": [one for one in alerts.alerts_for(request.user) if one.code in alerts.NETWORK_WIDE],
            "title": title,
            "record": record,
            "page": page if own or sees_all(request.user) else None,
            "report": found,
            "owner": _called(found.source.union) if found.source else "",
            "counts": counted,
            "gone_of": counted["gone"] + counted["lingering"],
            "under_way": record_receipts.under_way(rows),
            "tabs": _tabs(rows),
            "rows": [_told(dated(here, row)) for row in sites],
            "sites": sites,
            "words": words,
            "show": show,
        },
    )


def _called(slug: str) -> str:
    """The name of a union; its slug where only content/ knows of it."""
    return UnionPage.objects.filter(slug=slug).values_list("title", flat=True).first() or slug


def _states(show: str) -> tuple[StateName, ...]:
    if show == "pending":
        return PENDING
    return tuple(state for state in STATES if state == show)


def _tabs(rows: list[Receipt]) -> list[dict[str, Any]]:
    """The states there are, with their counts: links above the table."""
    counted = counts(rows)
    found = [{"show": "", "label": ("全部", "all"), "count": len(rows)}]
    found += [
        {"show": state, "label": label, "count": counted[state]}
        for state, label in STATES.items()
        if counted[state]
    ]
    behind = sum(row.undelivered for row in rows)
    if behind:
        found.append({"show": UNDELIVERED, "label": ("部署没有跟上", "targets behind"), "count": behind})
    return found


def _told(row: Receipt) -> dict[str, Any]:
    """A row for the template: codes as words, Chinese and English."""
    return {
        "receipt": row,
        "pending": row.state in PENDING,
        "state": STATES[row.state],
        "reason": REASONS.get(row.reason),
        "delay": DELAYS[row.delay.code] if row.delay else None,
        "deliveries": [
            (one, place_name(one.target), (REMOVALS if row.removal else DELIVERIES)[one.state])
            for one in row.deliveries
        ],
    }
