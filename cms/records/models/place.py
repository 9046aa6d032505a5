"""阵地: what has an address (`records.Place`): reading rooms, stations, night schools, legal-aid offices."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.lines import LinesField
from cms.blocks.places import (
    CounterBlock,
    EquipmentBlock,
    HolidayHoursBlock,
    HoursBlock,
    PositionBlock,
)
from cms.blocks.values import ApplyWayBlock, CostBlock
from cms.records import panels
from cms.records.fields import ChoicesField, many, one
from cms.records.models.base import RecordPage
from site_builder.records import Kind


class PlacePage(RecordPage):
    """A place. Its address is `place`."""

    kind = Kind.PLACE

    type = models.CharField(
        _("类型"),
        max_length=17,
        default="other",
        choices=[
            ("service_centre", _("职工服务中心")),
            ("culture_palace", _("工人文化宫")),
            ("station", _("驿站")),
            ("driver_home", _("司机之家")),
            ("reading_room", _("职工书屋")),
            ("night_school", _("职工夜校")),
            ("health_room", _("健康小屋")),
            ("mothers_room", _("爱心母婴室")),
            ("legal_aid", _("法律援助")),
            ("mediation", _("争议调处")),
            ("childcare", _("托管班")),
            ("sanatorium", _("疗休养基地")),
            ("training_base", _("实训基地")),
            ("craftsman_college", _("工匠学院")),
            ("studio", _("创新工作室")),
            ("exhibition", _("展馆")),
            ("other", _("其他")),
        ],
    )
    status = models.CharField(
        _("状态"),
        max_length=9,
        blank=True,
        choices=[
            ("", _("正常开放")),
            ("planned", _("筹建中")),
            ("suspended", _("暂停开放")),
            ("closed", _("已关闭")),
        ],
    )
    status_note = models.CharField(
        _("不开放的原因"), max_length=300, blank=True, help_text=_("为什么，可以去哪里")
    )
    access = models.CharField(
        _("谁可以进"),
        max_length=7,
        blank=True,
        choices=[
            ("", _("不清楚")),
            ("public", _("任何人")),
            ("members", _("工会会员")),
            ("staff", _("本单位职工")),
        ],
    )
    access_note = models.CharField(_("进入说明"), max_length=300, blank=True)
    host = models.CharField(_("设在哪里"), max_length=300, blank=True, help_text=_("所在单位：设在某公司"))
    operators = LinesField(verbose_name=_("由谁运营"), help_text=_("每行一个机构"))
    position = one(PositionBlock(), _("坐标"))
    directions = models.CharField(_("怎么去"), max_length=500, blank=True)
    hours = many(HoursBlock(), _("开放时间"), _("上午、下午分开写两条"))
    always_open = models.BooleanField(_("24小时开放"), default=False)
    holiday_hours = many(HolidayHoursBlock(), _("节假日时间"))
    hours_note = models.CharField(
        _("时间说明"), max_length=300, blank=True, help_text=_("说不准几点时，用文字写")
    )
    facilities = LinesField(
        verbose_name=_("设施"), help_text=_("每行一样：饮水、热餐、充电、如厕、药品、AED、电脑")
    )
    equipment = many(EquipmentBlock(), _("设备"), _("有数量的写在这里"))
    counters = many(CounterBlock(), _("窗口、平台"))
    safety = ChoicesField(
        verbose_name=_("孩子的安全"),
        allowed=[
            ("agreement", _("三方协议")),
            ("pickup", _("接送和考勤")),
            ("tutor", _("辅导员培训")),
            ("cameras", _("监控")),
            ("insurance", _("意外和医疗保险")),
            ("food", _("食品安全")),
            ("emergency", _("应急预案")),
        ],
        help_text=_("托管班、暑托班：核实过的才勾；七项齐了，网页上显示“安全清单已核对”"),
    )
    accessibility = LinesField(verbose_name=_("无障碍"), help_text=_("每行一样：坡道、轮椅、手语"))
    services = LinesField(verbose_name=_("能办什么"), help_text=_("每行一样"))
    eligibility = LinesField(verbose_name=_("谁可以用"), help_text=_("每行一条"))
    cost = one(CostBlock(), _("费用"))
    apply = many(ApplyWayBlock(), _("怎么预约、加入"))
    verified_at = models.DateField(
        _("何时实地核对"), null=True, blank=True, help_text=_("最近一次有人到现场核对的日期")
    )

    is_creatable = True
    edit_handler = panels.PLACE

    class Meta:
        verbose_name = pgettext_lazy("one", "阵地")
        verbose_name_plural = _("阵地")
