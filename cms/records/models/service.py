"""服务入口: a card for a system that runs elsewhere (`records.Service`): app, hotline, case system."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.lines import LinesField
from cms.blocks.trust import DisclosureBlock
from cms.blocks.values import (
    ApplyWayBlock,
    BasisBlock,
    ContactBlock,
    CostBlock,
    ListedBlock,
    PaperBlock,
    QuestionBlock,
    StepBlock,
)
from cms.media.models import PARTIAL_DATE
from cms.records import panels
from cms.records.fields import many, one, references
from cms.records.models.base import MEMBERSHIP, RecordPage
from site_builder.records import Kind


class ServicePage(RecordPage):
    """An entry to a service. The site collects nothing for it."""

    kind = Kind.SERVICE

    type = models.CharField(
        _("类型"),
        max_length=8,
        default="platform",
        choices=[
            ("platform", _("平台")),
            ("app", _("手机应用")),
            ("hotline", _("热线")),
            ("case", _("办事系统")),
            ("fund", _("基金")),
            ("card", _("会员卡、优惠")),
            ("other", _("其他")),
        ],
    )
    status = models.CharField(
        _("状态"),
        max_length=7,
        default="live",
        choices=[("live", _("已开通")), ("planned", _("计划中")), ("closed", _("已停用"))],
    )
    status_note = models.CharField(
        _("状态说明"), max_length=300, blank=True, help_text=_("为什么停用，或何时开通")
    )
    since = models.CharField(
        _("何时开通"),
        max_length=10,
        blank=True,
        validators=[PARTIAL_DATE],
        help_text=_("2024、2024-10 或 2024-10-11"),
    )
    operator = models.CharField(_("由谁运营"), max_length=300, blank=True)
    platform = models.CharField(
        _("在哪个平台里"), max_length=300, blank=True, help_text=_("它是其中一部分的应用或网站")
    )
    functions = many(ListedBlock(), _("能做什么"), _("模块、功能，一条一样"))
    centre = models.CharField(
        _("以哪一项为中心"),
        max_length=200,
        blank=True,
        help_text=_("照抄“能做什么”里那一项的名称，网页上画成图：它在中间，其余连着它；不填就排成列表"),
    )
    eligibility = LinesField(verbose_name=_("谁可以用"), help_text=_("每行一条"))
    membership_required = models.BooleanField(_("须是工会会员"), null=True, blank=True, choices=MEMBERSHIP)
    cost = one(CostBlock(), _("费用"))
    papers = many(PaperBlock(), _("要准备的材料"))
    steps = many(StepBlock(), _("怎么用"))
    time_limit = models.CharField(_("办理时限"), max_length=200, blank=True, help_text=_("例如：15个工作日"))
    apply = many(ApplyWayBlock(), _("入口"), _("网址、二维码、应用、电话、窗口；最方便的在前"))
    fallback = one(ContactBlock(), _("入口打不开时"), _("打哪个电话、去哪里"))
    collects = LinesField(
        verbose_name=_("会要哪些个人信息"), help_text=_("那个系统会要的，每行一样；本网站不收集")
    )
    checked_at = models.DateField(_("何时试过入口"), null=True, blank=True)
    health = models.CharField(
        _("试的结果"),
        max_length=6,
        blank=True,
        choices=[("", _("没试过")), ("ok", _("能用")), ("broken", _("打不开：网页上先显示别的办法"))],
    )
    places = references(_("可以在哪些阵地办"))
    disclosures = many(
        DisclosureBlock(), _("信息公开报告"), _("筹了多少、用到哪里；最近一期在上。基金一年没有新报告会提醒")
    )
    basis = many(BasisBlock(), _("依据"))
    questions = many(QuestionBlock(), _("常见问题"))

    is_creatable = True
    edit_handler = panels.SERVICE

    class Meta:
        verbose_name = pgettext_lazy("one", "服务")
        verbose_name_plural = _("服务")

    def mistakes(self) -> dict[str, Any]:
        titles = [child.value.get("title") for child in self.functions]
        if self.centre and titles and self.centre not in titles:
            return {"centre": _("“能做什么”里没有这一项，请照抄其中一项的名称。")}
        return {}
