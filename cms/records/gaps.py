"""待补内容: what the records of one's own unions leave open, each with a link to where it is filled in.

Read from content/, as the sites are: what an edition inherits is known there, and readers see the same gaps.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms.accounts.language import screen_language
from cms.places import places
from cms.publishing import clock
from cms.records import reports
from site_builder import gaps
from site_builder.gaps import Gap


def found(user: Any) -> list[Gap]:
    """The gaps of the unions somebody works for."""
    return reports.of_own(
        user, lambda content, unions: gaps.of_content(content, now(), unions, screen_language())
    )


def now() -> datetime:
    """The moment as of which the sites stand: the demo's clock stands still."""
    return clock.read(places().data).now()


def report(request: HttpRequest) -> HttpResponse:
    """The screen 报告 → 待补内容."""
    words = reports.Words(
        title=_("待补内容"),
        icon="warning",
        intro=_("网页上写着“请咨询”的、只列出一部分的、过期未复核的，都在这里。查实一项，补上一项。"),
        total=_("共 %(n)s 处"),
        column=_("缺什么"),
        nothing=_("没有待补的内容。"),
        labels=labels(),
    )
    return reports.report(request, found(request.user), _line, words)


def _line(gap: Gap) -> reports.Line:
    return reports.Line(gap.message, gap.action)


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
        "byline-missing": _("没有署名和来源"),
        "source-undated": _("来源没有日期"),
        "picture-uncredited": _("图片没有作者"),
        "venue-closed": _("去的阵地已经关闭"),
    }


class ReviewPanel(Component):
    """On Wagtail's first page: the records that should have been checked again, and were not."""

    name = "review_due"
    order = 20
    template_name = "cms/_review_due.html"

    def __init__(self, user: Any) -> None:
        overdue = [gap for gap in found(user) if gap.code in ("review-overdue", "consent-over")]
        self.groups = reports.groups(user, overdue, _line)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"groups": self.groups}
