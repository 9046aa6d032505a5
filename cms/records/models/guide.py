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
    ContactBlock,
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
from cms.records.fields import many, one, prose, references
from cms.records.forms import GuideForm
from cms.records.models.base import RecordPage
from site_builder.records import Kind, past_legal_limit


class GuidePage(RecordPage):
    """A guide to a policy."""

    kind = Kind.GUIDE

    document = one(PolicyDocumentBlock(), _("文件信息"))
    applies_to = models.CharField(_("适用范围"), max_length=300, blank=True, help_text=_("地区或人群"))
    regions = LinesField(
        verbose_name=_("适用地区"), help_text=_("只在几个地方适用的才写，每行一个；例如试点的县")
    )
    parameters = many(ParameterBlock(), _("标准和数额"), _("会随年份变的数，写明起止日期"))
    eligibility = LinesField(verbose_name=_("受理范围和条件"), help_text=_("每行一条"))
    papers = many(PaperBlock(), _("申请材料"))
    steps = many(StepBlock(), _("办理程序"))
    benefits = many(BenefitBlock(), _("能得到什么"))
    window = one(WindowBlock(), _("办理时间"))
    quota = one(QuotaBlock(), _("名额"))
    apply = many(ApplyWayBlock(), _("办理途径"))
    cost = one(CostBlock(), _("收费"))
    agencies = LinesField(verbose_name=_("办理机构"), help_text=_("由谁办，每行一个机构"))
    time_limit = models.CharField(
        _("办理时限"), max_length=200, blank=True, help_text=_("承诺多久办好，例如：15个工作日")
    )
    legal_limit = models.CharField(
        _("法定时限"), max_length=200, blank=True, help_text=_("法规规定最长多久；和承诺的不同才写")
    )
    refused = prose(
        _("不给办、不服结果怎么办"), _("下一步找谁、多久以内；例如调解不成可以申请仲裁，不服仲裁可以起诉")
    )
    supervision = one(ContactBlock(), _("监督"), _("对办理的过程不满意，向谁反映；没有公布电话的，电话空着"))
    publicity = one(PublicityBlock(), _("公示"), _("名单只在公示期内显示"))
    decision = one(DecisionBlock(), _("问答导引"), _("几个问题，引到该走的路；不开脚本也能用"))
    matrices = many(MatrixBlock(), _("对照表"), _("谁得什么：等级 × 项目"))
    basis = many(BasisBlock(), _("依据"))
    explained_by = references(_("解读"), _("讲解这项政策的稿件、图解、专题；各页上会列出这篇指南"))
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
        if past_legal_limit(self.time_limit, self.legal_limit):
            return {"legal_limit": _("承诺的时限比法定时限还长，请改正其中一个。")}
        if not twice:
            return {}
        return {"earlier": _("有两个以前的版本代号都是“%(key)s”，请改一个。") % {"key": twice}}
