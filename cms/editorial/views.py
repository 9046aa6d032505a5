"""The screen on which a finding is confirmed, and the report of what there is to look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.log_actions import log

from cms.accounts.language import screen_language
from cms.editorial.models import Confirmation
from cms.editorial.panels import Line, where
from cms.editorial.proofs import proof, still_open
from cms.records import reports
from cms.records.models import PAGE_TYPES, RecordPage
from cms.unions.scoping import visible
from site_builder import proofing
from site_builder.proofing import Finding
from site_builder.records import Kind

ACTION = "unionpress.confirm"


class ConfirmForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("为什么可以保留"),
        max_length=300,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=gettext_lazy("例如：这是公开的对公账号；本人书面同意公开。会记在历史里。"),
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed


def confirm(request: HttpRequest, page_id: int, fingerprint: str) -> HttpResponse:
    """Say of one finding of a draft that it may stay. What is private needs a reason."""
    page = get_object_or_404(visible(RecordPage.objects.all(), request.user), pk=page_id).specific
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    back = redirect("wagtailadmin_pages:edit", page.pk)
    draft = page.get_latest_revision_as_object()
    found = {one.fingerprint: one for one in proof(draft, page.union).open}.get(fingerprint)
    if found is None:
        messages.info(request, _("这一处已经改了，或者已经有人确认。"))
        return back
    form = ConfirmForm(request.POST or None, needed=found.private)
    if request.method == "POST" and form.is_valid():
        ConfirmFinding(page, found, request.user, form.cleaned_data["reason"]).execute()
        messages.success(request, _("已确认可以保留：%(what)s") % {"what": found.message})
        return back
    said = {
        "page_title": _("确认可以保留"),
        "header_icon": "edit",
        "page": page,
        "line": Line(found, where(page, found)),
        "form": form,
    }
    return render(request, "editorial/confirm.html", said)


class ConfirmFinding:
    """Note that a finding of a record may stay, and who said so. The screens look after permissions."""

    def __init__(self, page: RecordPage, finding: Finding, user: Any, reason: str) -> None:
        self.page, self.finding, self.user, self.reason = page, finding, user, reason

    def execute(self) -> Confirmation:
        row, made = Confirmation.objects.get_or_create(
            record=self.page.uuid,
            fingerprint=self.finding.fingerprint,
            defaults={"code": self.finding.code, "reason": self.reason, "by": self.user},
        )
        if made:
            data = {"code": self.finding.code, "message": self.finding.message, "reason": self.reason}
            log(instance=self.page, action=ACTION, user=self.user, data=data)
        return row


# --- the report -------------------------------------------------------------------------------------


def found(user: Any) -> list[Finding]:
    """What is told of the published records of the unions somebody works for, and nobody confirmed."""
    return still_open(
        reports.of_own(user, lambda content, unions: proofing.of_content(content, unions, screen_language()))
    )


def report(request: HttpRequest) -> HttpResponse:
    """The screen 报告 → 校对."""
    words = reports.Words(
        title=_("校对"),
        icon="edit",
        intro=_(
            "已经发布的内容里，可能不该公开的个人信息，和有把握的文字差错。改好了重新发布；没有错的，在编辑页的“校对”里确认。"
        ),
        total=_("%(n)s 处要看一看"),
        column=_("要看一看的"),
        nothing=_("没有发现要改的。"),
        labels=labels(),
    )
    return reports.report(request, found(request.user), _line, words)


def _line(finding: Finding) -> reports.Line:
    place = where(PAGE_TYPES[Kind(finding.kind)], finding)
    return reports.Line(finding.message, finding.action, place, finding.quote)


def labels() -> dict[str, str]:
    """What a kind of finding is called."""
    return {
        "identity-number": _("身份证号码"),
        "identity-number-old": _("疑似身份证号码"),
        "bank-card": _("银行卡号"),
        "mobile-number": _("手机号码"),
        "plate-number": _("车牌号"),
        "home-address": _("家庭住址"),
        "helped-person": _("受助人姓名"),
        "doubled-sign": _("标点重复"),
        "half-width-sign": _("半角标点"),
        "unpaired-sign": _("标点不成对"),
        "doubled-word": _("文字重复"),
        "wrong-word": _("错别字"),
        "number-doubled": _("概数重复"),
        "number-mixed": _("数字写法"),
        "times-fewer": _("减少几倍"),
        "over-whole": _("占比超过100%"),
        "impossible-date": _("没有的日期"),
        "weekday": _("日期和星期"),
        "dates-reversed": _("起止颠倒"),
        "union-name": _("工会名称"),
        "alt-repeats": _("替代文字重复"),
    }
