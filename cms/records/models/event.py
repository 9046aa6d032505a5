"""活动: what has dates (`records.Event`): courses, job fairs, contests, clinics, livestreams."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.events import (
    AgendaItemBlock,
    DeskBlock,
    EmployerBlock,
    PriceBlock,
    ResultBlock,
    SeatsBlock,
    SessionBlock,
    StageBlock,
)
from cms.blocks.lines import LinesField
from cms.blocks.links import RecordRefField, validate_link
from cms.blocks.values import (
    ApplyWayBlock,
    BasisBlock,
    FigureBlock,
    PaperBlock,
    QuestionBlock,
    WindowBlock,
)
from cms.records import panels
from cms.records.fields import ChoicesField, many, one
from cms.records.models.base import MEMBERSHIP, RecordPage
from site_builder.records import Kind


class EventPage(RecordPage):
    """An event."""

    kind = Kind.EVENT
    columns: ClassVar[dict[str, str]] = {"live": "live_link"}

    type = models.CharField(
        _("类型"),
        max_length=12,
        default="activity",
        choices=[
            ("activity", _("活动")),
            ("course", _("课程")),
            ("training", _("培训")),
            ("lecture", _("讲座")),
            ("jobfair", _("招聘会")),
            ("contest", _("竞赛")),
            ("clinic", _("义诊、体检")),
            ("livestream", _("直播")),
            ("exhibition", _("展览")),
            ("performance", _("演出")),
            ("meeting", _("会议")),
            ("visit", _("参观走访")),
            ("reading", _("读书活动")),
            ("camp", _("夏令营")),
        ],
    )
    edition = models.CharField(_("届次"), max_length=100, blank=True, help_text=_("例如：第三届、第6期"))
    modes = ChoicesField(
        verbose_name=_("怎么参加"),
        allowed=[
            ("onsite", _("线下")),
            ("live", _("直播")),
            ("replay", _("回放")),
            ("inhouse", _("送课上门")),
        ],
        help_text=_("不清楚就不选"),
    )
    sessions = many(SessionBlock(), _("场次"), _("一次一条；有规律的写第一次，再写怎样重复"))
    when = models.CharField(
        _("时间（文字）"), max_length=300, blank=True, help_text=_("日期不清楚时写，例如：每周二、周四")
    )
    status = models.CharField(
        _("状态"),
        max_length=9,
        blank=True,
        choices=[
            ("", _("按日期自动判断")),
            ("full", _("名额已满")),
            ("cancelled", _("取消")),
            ("postponed", _("延期")),
            ("ended", _("已结束")),
        ],
    )
    status_note = models.CharField(
        _("取消、延期的原因"), max_length=300, blank=True, help_text=_("读者会看到：为什么，该怎么办")
    )
    venue = RecordRefField(_("在哪个阵地"), null=True, blank=True, help_text=_("选已建的阵地页，可不填"))
    window = one(WindowBlock(), _("报名时间"))
    apply = many(ApplyWayBlock(), _("怎么报名"))
    seats = one(SeatsBlock(), _("名额"))
    eligibility = LinesField(verbose_name=_("条件（须全部符合）"), help_text=_("每行一条"))
    eligibility_any = LinesField(verbose_name=_("并符合其中之一"), help_text=_("每行一条"))
    membership_required = models.BooleanField(_("须是工会会员"), null=True, blank=True, choices=MEMBERSHIP)
    cost = one(PriceBlock(), _("费用"))
    papers = many(PaperBlock(), _("要带的材料"))
    level = models.CharField(_("难度"), max_length=100, blank=True, help_text=_("例如：入门"))
    teachers = LinesField(verbose_name=_("老师"), help_text=_("写身份，每行一个：市级非遗传承人"))
    certificate = models.CharField(_("证书"), max_length=300, blank=True)
    child_care = models.CharField(_("带孩子"), max_length=300, blank=True, help_text=_("例如：可带一名儿童"))
    access = models.CharField(_("无障碍"), max_length=300, blank=True)
    organisers = LinesField(verbose_name=_("主办"), help_text=_("每行一个机构"))
    undertakers = LinesField(verbose_name=_("承办"), help_text=_("每行一个机构"))
    partners = LinesField(verbose_name=_("协办、支持"), help_text=_("每行一个机构"))
    live_link = models.CharField(_("直播链接"), max_length=500, blank=True, validators=[validate_link])
    replay = models.CharField(_("回放链接"), max_length=500, blank=True, validators=[validate_link])
    boards = LinesField(verbose_name=_("直播板块"), help_text=_("每行一个"))
    trades = LinesField(verbose_name=_("工种"), help_text=_("竞赛、培训的工种，每行一个"))
    agenda = many(AgendaItemBlock(), _("议程、行程"))
    stages = many(StageBlock(), _("竞赛阶段"), _("按先后"))
    criteria = LinesField(verbose_name=_("评分标准"), help_text=_("每行一条"))
    zones = LinesField(verbose_name=_("招聘分区"), help_text=_("每行一个"))
    employers = many(EmployerBlock(), _("招聘单位和岗位"), _("一个单位一条"))
    desks = many(DeskBlock(), _("现场咨询"))
    outcome = many(FigureBlock(), _("结果数字"), _("结束之后才显示"))
    results = many(ResultBlock(), _("获奖、入选名单"), _("结束之后才显示"))
    basis = many(BasisBlock(), _("依据"))
    questions = many(QuestionBlock(), _("常见问题"))
    privacy = models.TextField(_("个人信息说明"), blank=True, help_text=_("收集哪些信息、作何用"))

    is_creatable = True
    edit_handler = panels.EVENT

    class Meta:
        verbose_name = pgettext_lazy("one", "活动")
        verbose_name_plural = _("活动")

    def mistakes(self) -> dict[str, Any]:
        if self.status in ("cancelled", "postponed") and not self.status_note:
            return {"status_note": _("取消或延期要写明原因，读者会看到。")}
        return {}
