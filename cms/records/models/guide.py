"""政策指南: a policy explained (`records.Guide`)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.calls import DecisionBlock, MatrixBlock, PublicityBlock
from cms.blocks.guides import EarlierTextBlock
from cms.blocks.lines import LinesField
from cms.blocks.values import (
    ApplyWayBlock,
    BasisBlock,
    BenefitBlock,
    CostBlock,
    PaperBlock,
    ParameterBlock,
    PolicyDocumentBlock,
    QuestionBlock,
    QuotaBlock,
    StepBlock,
    WindowBlock,
)
from cms.records import panels
from cms.records.fields import many, one, references
from cms.records.forms import GuideForm
from cms.records.models.base import RecordPage
from site_builder.records import Kind


class GuidePage(RecordPage):
    """A guide to a policy."""

    kind = Kind.GUIDE

    document = one(PolicyDocumentBlock(), _("文件信息"))
    applies_to = models.CharField(_("适用范围"), max_length=300, blank=True, help_text=_("地区或人群"))
    parameters = many(ParameterBlock(), _("标准和数额"), _("会随年份变的数，写明起止日期"))
    eligibility = LinesField(verbose_name=_("受理范围和条件"), help_text=_("每行一条"))
    papers = many(PaperBlock(), _("申请材料"))
    steps = many(StepBlock(), _("办理程序"))
    benefits = many(BenefitBlock(), _("能得到什么"))
    window = one(WindowBlock(), _("办理时间"))
    quota = one(QuotaBlock(), _("名额"))
    apply = many(ApplyWayBlock(), _("办理途径"))
    cost = one(CostBlock(), _("收费"))
    time_limit = models.CharField(_("办理时限"), max_length=200, blank=True, help_text=_("例如：15个工作日"))
    publicity = one(PublicityBlock(), _("公示"), _("名单只在公示期内显示"))
    decision = one(DecisionBlock(), _("问答导引"), _("几个问题，引到该走的路；不开脚本也能用"))
    matrices = many(MatrixBlock(), _("对照表"), _("谁得什么：等级 × 项目"))
    basis = many(BasisBlock(), _("依据"))
    supersedes = references(_("代替哪一篇"), _("旧指南不必删除，网页会指向这一篇"))
    questions = many(QuestionBlock(), _("常见问题"))
    earlier = many(
        EarlierTextBlock(),
        _("以前的版本"),
        _("以前适用的文字，新的在上。读者从指南页点进去看，页上写明已不适用"),
    )

    is_creatable = True
    base_form_class = GuideForm
    edit_handler = panels.GUIDE

    class Meta:
        verbose_name = pgettext_lazy("one", "指南")
        verbose_name_plural = _("指南")

    def mistakes(self) -> dict[str, Any]:
        keys = [child.value.get("key") for child in self.earlier]
        twice = next((key for key in keys if key and keys.count(key) > 1), "")
        if not twice:
            return {}
        return {"earlier": _("有两个以前的版本代号都是“%(key)s”，请改一个。") % {"key": twice}}
