"""What somebody must know without looking for it: a site that fails, a publication that fails, no worker.

An alert is worked out from what is there, never stored: it is gone at the moment when its cause is. People
see those of their own unions, on Wagtail's first page and on 发布状态. When a site fails `MAIL_AFTER` times
in a row, its union's reviewers and managers get one mail, and one more when it is repaired.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as translate
from wagtail.models import Page, Revision

from cms.accounts.models import User
from cms.exporting.problems import NOT_WRITTEN
from cms.places import places
from cms.publishing import queue
from cms.publishing.models import PublishRequest, ScheduleRetry, SiteRetry
from cms.unions.models import UnionPage, UnionRole
from cms.unions.scoping import sees_all, unions_of, visible
from site_builder.deploy import read_targets
from site_builder.deploy.addresses import place_name
from site_builder.errors import UsageError
from site_builder.records import Problem
from site_builder.release.state import Records

log = logging.getLogger(__name__)

MAIL_AFTER = 2
"""Failures in a row after which a mail is sent: a first failure is tried again within seconds."""
NETWORK_WIDE = frozenset({"no-worker", "publish-failed", "targets-unreadable"})
"""What stops every site: told on every screen of publishing."""
LISTED = 20
"""Sites and pages named one by one; more are counted."""


@dataclass(frozen=True)
class Alert:
    """`address` is the screen on which it is mended; empty where no screen does it."""

    code: str
    message: str
    detail: str = ""
    problem: Problem | None = None
    """What exactly is wrong: told in the words of the screen, with its own at hand. Else `detail` is."""
    address: str = ""
    since: datetime | None = None


def alerts_for(user: Any) -> list[Alert]:
    """Everything wrong that concerns the unions somebody works for."""
    return [
        *_no_worker(user),
        *_failing_publication(user),
        *_unwritten(user),
        *_failing_sites(user),
        *_unreadable_targets(user),
        *_failing_deployments(user),
        *_failed_schedules(user),
    ]


def alerts_of_site(user: Any, union: str) -> list[Alert]:
    """What concerns one site, or all."""
    own = reverse("publishing-site", args=[union])
    return [one for one in alerts_for(user) if one.address == own or one.code in NETWORK_WIDE]


def _no_worker(user: Any) -> list[Alert]:
    now = timezone.now()
    if queue.worker_lives(now) or not unions_of(user).exists():
        return []
    seen = queue.last_beat()
    waits = PublishRequest.objects.filter(finished_at=None).order_by("created_at").first()
    return [
        Alert(
            code="no-worker",
            message=translate("没有正在运行的发布进程，改动不会上网。请管理员运行 unionpress worker。"),
            since=seen or (waits.created_at if waits else None),
        )
    ]


def _failing_publication(user: Any) -> list[Alert]:
    """Nothing at all gets out: the disk is full, content/ cannot be written, the broker is away."""
    failing = _failing().exclude(problems__0__code=NOT_WRITTEN)
    last = failing.order_by("-attempts", "created_at").first()
    if last is None or not unions_of(user).exists():
        return []
    message = translate(
        "发布没有成功（已试 %(attempts)s 次），改动还没有上网；网站保持原样，会自动再试。请管理员排除故障。"
    ) % {"attempts": last.attempts}
    said = str(last.problems[0]["message"]).rpartition("(publishing failed): ")[2]
    return [Alert("publish-failed", message, detail=said, since=last.created_at)]


def _unwritten(user: Any) -> list[Alert]:
    """One file of content/ cannot be written, all others are: told to the people of its union."""
    failing = _failing().filter(problems__0__code=NOT_WRITTEN)
    if not sees_all(user):
        failing = failing.filter(union__in=unions_of(user).values("slug"))
    words = translate("《%(title)s》的改动还没有上网：它的文件写不进去，会自动再试。")
    return [
        Alert(
            code=NOT_WRITTEN,
            message=words % {"title": request.title},
            problem=Problem.model_validate(request.problems[0]),
            address=reverse("publishing-site", args=[request.union]) if request.union else "",
            since=request.created_at,
        )
        for request in failing.order_by("created_at", "pk")[:LISTED]
    ]


def _failing() -> QuerySet[PublishRequest]:
    return PublishRequest.objects.filter(finished_at=None, attempts__gte=MAIL_AFTER).exclude(problems=[])


def _failing_sites(user: Any) -> list[Alert]:
    failing = SiteRetry.objects.order_by("union")
    if not sees_all(user):
        failing = failing.filter(union__in=unions_of(user).values("slug"))
    found = list(failing[: LISTED + 1])
    titles = dict(
        UnionPage.objects.filter(slug__in=[one.union for one in found]).values_list("slug", "title")
    )
    alerts = [
        Alert(
            code="site-failed",
            message=translate(
                "%(union)s的网站没有构建成功（连续 %(failures)s 次）；网站保持原样，%(retry)s 再试。"
            )
            % {
                "union": titles.get(one.union, one.union),
                "failures": one.failures,
                "retry": f"{timezone.localtime(one.retry_at):%m-%d %H:%M:%S}",
            },
            detail=one.problem,
            problem=_last_problem(one.union),
            address=reverse("publishing-site", args=[one.union]),
            since=one.first_failed_at,
        )
        for one in found[:LISTED]
    ]
    if len(found) > LISTED:
        more = translate("还有 %(count)s 个网站没有构建成功。") % {"count": failing.count() - LISTED}
        alerts.append(Alert("sites-failed", more, address=f"{reverse('publishing-status')}?show=failed"))
    return alerts


def _last_problem(union: str) -> Problem | None:
    state = Records(places().data).state(union)
    return state.problems[-1] if state and state.failed and state.problems else None


def _unreadable_targets(user: Any) -> list[Alert]:
    """For those who look after the network: nothing at all is deployed."""
    if not sees_all(user):
        return []
    try:
        read_targets(settings.UNIONPRESS_TARGETS)
    except UsageError as error:
        message = translate("部署目标的文件有错，没有网站被部署出去；请管理员改正。")
        return [Alert("targets-unreadable", message, detail=str(error))]
    return []


def _failing_deployments(user: Any) -> list[Alert]:
    here = places()
    if not settings.UNIONPRESS_TARGETS.exists():
        return []
    records = Records(here.data)
    alerts: list[Alert] = []
    for union in unions_of(user).order_by("slug"):
        failing = [each for each in records.deployments(union.slug) if each.failures >= MAIL_AFTER]
        if failing and len(alerts) < LISTED:
            last = failing[0]
            words = (
                translate("%(union)s的网站没有部署到 %(target)s；读者看到的还是以前的版本，会自动再试。")
                if last.release
                else translate("%(union)s的网站没有部署到 %(target)s；那里还没有这个网站，会自动再试。")
            )
            alerts.append(
                Alert(
                    code="deploy-failed",
                    message=words % {"union": union.title, "target": place_name(last.target)},
                    problem=last.problem,
                    address=reverse("publishing-site", args=[union.slug]),
                    since=last.at,
                )
            )
    return alerts


def _failed_schedules(user: Any) -> list[Alert]:
    alerts = []
    for retry in ScheduleRetry.objects.order_by("revision")[:LISTED]:
        page = _page_of(retry)
        if page is None or not visible(Page.objects.filter(pk=page.pk), user).exists():
            continue
        alerts.append(
            Alert(
                code="schedule-failed",
                message=translate("《%(title)s》的定时发布没有成功，请打开检查并手动发布。")
                % {"title": page.title},
                detail=retry.problem,
                address=reverse("wagtailadmin_pages:edit", args=[page.pk]),
            )
        )
    return alerts


def _page_of(retry: ScheduleRetry) -> Page | None:
    if retry.revision < 0:
        return Page.objects.filter(pk=-retry.revision).first()
    revision = Revision.objects.filter(pk=retry.revision).first()
    return Page.objects.filter(pk=revision.object_id).first() if revision else None


# --- mail -----------------------------------------------------------------------------------------


def site_failed(retry: SiteRetry) -> None:
    """Tell the union's people once, if mail is set up and the site has failed often enough."""
    if retry.failures < MAIL_AFTER or retry.mailed_at is not None or not settings.UNIONPRESS_MAIL_ALERTS:
        return
    union = UnionPage.objects.filter(slug=retry.union).first()
    if union is None:
        return
    subject = f"[UnionPress] {union.title}：网站没有构建成功 The site was not built"
    body = (
        f"{union.title}的网站连续 {retry.failures} 次没有构建成功，现在的网站保持原样；系统会继续重试。\n"
        f"The site failed {retry.failures} times in a row. What is live stays; it is tried again.\n\n"
        f"{retry.problem}\n\n{_address(union)}\n"
    )
    if _send(union, subject, body):
        retry.mailed_at = timezone.now()


def site_repaired(retry: SiteRetry) -> None:
    """Tell those who were told of the failure."""
    union = UnionPage.objects.filter(slug=retry.union).first()
    if retry.mailed_at is None or union is None or not settings.UNIONPRESS_MAIL_ALERTS:
        return
    subject = f"[UnionPress] {union.title}：网站已恢复 The site is built again"
    _send(union, subject, f"{union.title}的网站已构建成功。\nThe site was built.\n\n{_address(union)}\n")


def _address(union: UnionPage) -> str:
    return settings.WAGTAILADMIN_BASE_URL + reverse("publishing-site", args=[union.slug])


def _send(union: UnionPage, subject: str, body: str) -> bool:
    """Whether somebody was told. A mail server that refuses must not hold up a build: it is logged."""
    roles = (UnionRole.Role.REVIEWER, UnionRole.Role.MANAGER)
    people = User.objects.filter(
        is_active=True, groups__union_role__union=union, groups__union_role__role__in=roles
    ).exclude(email="")
    addresses = sorted(set(people.values_list("email", flat=True)))
    if not addresses:
        return False
    try:
        for address in addresses:  # one each: nobody learns of the others
            send_mail(subject, body, None, [address])
    except OSError as error:  # smtplib's errors are among them
        log.warning("the alert for %s could not be mailed: %s", union.slug, error)
        return False
    return True
