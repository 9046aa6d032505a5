"""Values of places: one block for each value class of `site_builder.records.places`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, ChoiceBlock, DateBlock, IntegerBlock

from cms.blocks.validation import CLOCK, ValueBlock
from cms.blocks.values import ContactBlock, line, qualifiers, weekdays
from site_builder import records

DEGREES = _("请写十进制的度数，例如 36.067082。")


class PositionBlock(ValueBlock):
    record = records.Position
    expected = {"latitude": DEGREES, "longitude": DEGREES}

    latitude = line(_("纬度"), DEGREES, required=True)
    longitude = line(_("经度"), DEGREES, required=True)
    datum = ChoiceBlock(
        choices=[("gcj02", _("国内地图（GCJ-02）")), ("wgs84", _("卫星定位（WGS-84）"))],
        default="gcj02",
        label=_("从哪里查的"),
        help_text=_("两种坐标相差几百米：高德、腾讯地图上查的是前一种"),
    )

    class Meta:
        icon = "crosshairs"
        label = _("位置")
        label_format = "{latitude}, {longitude}"


class HoursBlock(ValueBlock):
    """One span on some weekdays; mornings and afternoons are two."""

    record = records.Hours
    expected = {"opens": CLOCK, "closes": CLOCK, "days": _("请至少选一天。")}
    whole = ("closes", _("开门和关门是同一时刻：全天开放请写 00:00 到 24:00。"))

    days = weekdays(_("哪几天"), required=True)
    opens = line(_("开门"), CLOCK, required=True)
    closes = line(_("关门"), _("08:30 这样写；不晚于开门时间的，是次日"), required=True)
    note = line(_("说明"))

    class Meta:
        icon = "time"
        label = _("开放时间")
        label_format = "{opens}—{closes}"


class HolidayHoursBlock(ValueBlock):
    record = records.HolidayHours
    expected = {"opens": CLOCK, "closes": CLOCK}
    whole = ("closed", _("请勾选“不开放”，或者开门、关门都填；最后一天不早于第一天。"))

    name = line(_("什么日子"), _("例如：春节"))
    first = DateBlock(label=_("第一天"))
    last = DateBlock(label=_("最后一天"))
    closed = BooleanBlock(required=False, label=_("不开放"))
    opens = line(_("开门"), CLOCK)
    closes = line(_("关门"), CLOCK)
    note = line(_("说明"))

    class Meta:
        icon = "calendar"
        label = _("节假日")
        label_format = "{name} {first}—{last}"


class EquipmentBlock(ValueBlock):
    record = records.Equipment

    name = line(_("设备"), _("例如：电脑、AED"), required=True)
    count = IntegerBlock(required=False, min_value=1, label=_("数量"))
    qualifier = qualifiers()
    unit = line(_("单位"), default="台")
    status = ChoiceBlock(
        choices=[("present", _("已有")), ("planned", _("计划添置"))], default="present", label=_("有没有")
    )
    note = line(_("说明"))

    class Meta:
        icon = "cogs"
        label = _("设备")
        label_format = "{name}"


class CounterBlock(ValueBlock):
    record = records.Counter

    name = line(_("窗口、平台"), _("例如：法律援助窗口"), required=True)
    text = line(_("办什么"))
    contact = ContactBlock(label=_("联系方式"))

    class Meta:
        icon = "desktop"
        label = _("窗口")
        label_format = "{name}"
