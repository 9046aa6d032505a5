"""待补内容: what the records of one's own unions leave open, each with a link to where it is filled in.

Read from content/, as the sites are: what an edition inherits is known there, and readers see the same gaps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms.places import places
from cms.publishing import clock
from cms.records.models import RecordPage
from cms.unions.models import UnionPage
from cms.unions.scoping import unions_of
from site_builder import choosing, gaps, locks
from site_builder.errors import UsageError
from site_builder.gaps import Gap


@dataclass(frozen=True)
class Row:
    """The gaps of one record."""

    title: str
    edit_url: str
    gaps: Sequence[Gap]


@dataclass(frozen=True)
class Group:
    """The rows of one union."""

    union: UnionPage
    rows: Sequence[Row]
    total: int


def found(user: Any) -> list[Gap]:
    """The gaps of the unions somebody works for; none before the first export."""
    here = places()
    own = set(unions_of(user).values_list("slug", flat=True))
    try:
        with locks.shared(here.content_lock):
            content = choosing.read_content(here)
    except UsageError:
        return []
    known = own & content.unions.keys()
    return list(gaps.of_content(content, now(), known, _language())) if known else []


def _language() -> gaps.Language:
    """That of the screen."""
    return "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"


def now() -> datetime:
    """The moment as of which the sites stand: the demo's clock stands still."""
    return clock.read(places().data).now()


def groups(user: Any, said: Sequence[Gap]) -> list[Group]:
    """Gaps by union and record, in the order of the unions' tree."""
    pages = dict(RecordPage.objects.filter(uuid__in={gap.record for gap in said}).values_list("uuid", "pk"))
    addresses = {str(uuid): reverse("wagtailadmin_pages:edit", args=[pk]) for uuid, pk in pages.items()}
    made = []
    for union in unions_of(user).order_by("path"):
        own = [gap for gap in said if gap.union == union.slug]
        by_record: dict[str, list[Gap]] = {}
        for gap in own:
            by_record.setdefault(gap.record, []).append(gap)
        rows = [Row(of[0].title, addresses.get(id, ""), of) for id, of in by_record.items()]
        if rows:
            made.append(Group(union, rows, len(own)))
    return made


def report(request: HttpRequest) -> HttpResponse:
    """The screen 报告 → 待补内容; `?code=` shows one kind of gap, `?union=` one union."""
    everything = found(request.user)
    code, union = request.GET.get("code", ""), request.GET.get("union", "")
    counted = Counter(gap.code for gap in everything)
    shown = [gap for gap in everything if code in ("", gap.code) and union in ("", gap.union)]
    return render(
        request,
        "cms/gaps.html",
        {
            "page_title": _("待补内容"),
            "header_icon": "warning",
            "groups": groups(request.user, shown),
            "total": len(shown),
            "codes": [(name, labels()[name], count) for name, count in counted.most_common()],
            "code": code,
            "union": union,
        },
    )


def labels() -> dict[str, str]:
    """What a kind of gap is called."""
    return {
        "how-to-get-it": _("怎么办没写全"),
        "listed": _("只列出一部分"),
        "call-without-deadline": _("评选没有截止日期"),
        "parameter-undated": _("标准没有起止日期"),
        "table-blank": _("对照表有空格"),
        "safety": _("安全清单没核对"),
        "review-overdue": _("过期未复核"),
        "consent-missing": _("没有同意记录"),
        "consent-over": _("同意已过期"),
        "disclosure-missing": _("没有信息公开报告"),
        "disclosure-old": _("信息公开报告过期"),
    }


class ReviewPanel(Component):
    """On Wagtail's first page: the records that should have been checked again, and were not."""

    name = "review_due"
    order = 20
    template_name = "cms/_review_due.html"

    def __init__(self, user: Any) -> None:
        overdue = [gap for gap in found(user) if gap.code in ("review-overdue", "consent-over")]
        self.groups = groups(user, overdue)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"groups": self.groups}
