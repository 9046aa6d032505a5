"""项目: what a union offers (`records.Program`); a call (评选, 征集) is a program of type `call`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.calls import DecisionBlock, MatrixBlock, PublicityBlock
from cms.blocks.events import StageBlock
from cms.blocks.lines import LinesField
from cms.blocks.links import RecordRefField
from cms.blocks.trust import DisclosureBlock
from cms.blocks.values import (
    ApplyWayBlock,
    BasisBlock,
    BenefitBlock,
    CostBlock,
    PaperBlock,
    QuestionBlock,
    QuotaBlock,
    StepBlock,
    WindowBlock,
)
from cms.records import panels
from cms.records.fields import documents, many, one, references
from cms.records.models.base import MEMBERSHIP, RecordPage
from site_builder.records import Kind


class ProgramPage(RecordPage):
    """A program."""

    kind = Kind.PROGRAM

    type = models.CharField(
        _("类型"),
        max_length=8,
        default="program",
        choices=[("program", _("服务项目")), ("call", _("评选、征集"))],
    )
    organisers = LinesField(verbose_name=_("主办"), help_text=_("每行一个机构"))
    partners = LinesField(verbose_name=_("合作单位"), help_text=_("每行一个机构"))
    eligibility = LinesField(verbose_name=_("条件（须全部符合）"), help_text=_("每行一条"))
    eligibility_any = LinesField(verbose_name=_("并符合其中之一"), help_text=_("每行一条"))
    membership_required = models.BooleanField(
        _("须是工会会员"),
        null=True,
        blank=True,
        choices=MEMBERSHIP,
    )
    benefits = many(BenefitBlock(), _("能得到什么"))
    quota = one(QuotaBlock(), _("名额"))
    cost = one(CostBlock(), _("费用"))
    window = one(WindowBlock(), _("报名时间"))
    activity = one(WindowBlock(), _("举办时间"))
    standing = models.BooleanField(_("常年办理"), default=False, help_text=_("没有报名期，随时可以办"))
    status = models.CharField(
        _("状态"),
        max_length=9,
        blank=True,
        choices=[
            ("", _("按日期自动判断")),
            ("full", _("名额已满")),
            ("suspended", _("暂停")),
            ("ended", _("已结束")),
        ],
    )
    papers = many(PaperBlock(), _("要带的材料"))
    steps = many(StepBlock(), _("步骤"))
    apply = many(ApplyWayBlock(), _("怎么报名"))
    forms = documents(_("表格下载"))
    venues = references(_("在哪些阵地"), _("选已建的阵地页，可不选；阵地页上也会列出这个项目"))
    stages = many(StageBlock(), _("评选阶段"), _("按先后：申报、初审、评审、公示"))
    publicity = one(PublicityBlock(), _("公示"), _("名单只在公示期内显示"))
    honours = RecordRefField(
        _("入选名单"), null=True, blank=True, help_text=_("评选结束后，选发布名单的数据页")
    )
    previous = references(_("往年、上一届"), _("最近的在上。各页上会写明这是往年的，指到这一篇"))
    decision = one(DecisionBlock(), _("问答导引"), _("几个问题，引到该走的路；不开脚本也能用"))
    matrices = many(MatrixBlock(), _("对照表"), _("谁得什么：等级 × 项目"))
    disclosures = many(
        DisclosureBlock(), _("信息公开报告"), _("筹了多少、用到哪里；最近一期在上。基金一年没有新报告会提醒")
    )
    basis = many(BasisBlock(), _("依据"))
    questions = many(QuestionBlock(), _("常见问题"))
    privacy = models.TextField(_("个人信息说明"), blank=True, help_text=_("收集哪些信息、作何用"))

    is_creatable = True
    edit_handler = panels.PROGRAM

    class Meta:
        verbose_name = pgettext_lazy("one", "项目")
        verbose_name_plural = _("项目")
