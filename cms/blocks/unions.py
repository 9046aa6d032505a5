"""What a union's site says of itself: its menu; for a time notices, a festival's banner, mourning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ChoiceBlock, DateBlock, ListBlock, MultipleChoiceBlock

from cms.blocks.files import ImageChooserBlock
from cms.blocks.links import LinkBlock, RecordChooserBlock
from cms.blocks.shares import GROUPS, SLOT_CHOICES
from cms.blocks.validation import ValueBlock
from cms.blocks.values import WindowBlock, line
from site_builder import records


class NoticeBlock(ValueBlock):
    record = records.Notice

    text = line(_("文字"), required=True)
    text_en = line(_("英文"))
    link = LinkBlock(label=_("链接"))
    window = WindowBlock(label=_("何时显示"), help_text=_("都不填：一直显示，直到删去"))

    class Meta:
        icon = "warning"
        label = _("公告")
        label_format = "{text}"


class FestivalBlock(NoticeBlock):
    """Its picture stands on the screen as two fields, because a greeting may do without one."""

    record = records.Festival
    expected = {"picture": _("请给图片写上替代文字。")}

    media = ImageChooserBlock(required=False, label=_("图片"), help_text=_("横幅图，宽高比 4:1 左右为宜"))
    alt = line(_("替代文字"), _("给看不见图的读者：图上有什么"))

    class Meta:
        icon = "image"
        label = _("节日横幅")
        label_format = "{text}"

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        picture = {name: data.pop(name) for name in ("media", "alt") if name in data}
        return data | ({"picture": picture} if "media" in picture else {})

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        picture = data.get("picture") or {}
        return {**data, "media": picture.get("media"), "alt": picture.get("alt")}


class SeasonBlock(ValueBlock):
    record = records.Season
    expected = {"items": _("请至少选一项。"), "window": _("请填开始和结束的日期。")}
    whole = ("window", _("请填开始和结束的日期：过了时候自动不显示。"))

    text = line(_("标题"), _("例如：送清凉、金秋助学、送温暖"), required=True)
    text_en = line(_("英文"))
    window = WindowBlock(label=_("何时显示"), help_text=_("开始和结束都要填"))
    items = ListBlock(
        RecordChooserBlock(label=_("项目、活动、服务或阵地")), label=_("列哪些"), default=[], min_num=1
    )

    class Meta:
        icon = "calendar-alt"
        label = _("当季")
        label_format = "{text}"

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        return data | {"items": [f"record:{item}" for item in data.get("items", ()) if item]}

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "items": [item.removeprefix("record:") for item in data.get("items", ())]}


class MourningBlock(WindowBlock):
    record = records.Mourning

    opens = DateBlock(required=True, label=_("开始日期"))
    closes = DateBlock(required=True, label=_("结束日期"), help_text=_("含当天"))
    note = line(_("事由"), _("只作记录，网站上不显示"))

    class Meta:
        icon = "date"
        label = _("哀悼期")
        label_format = "{opens}—{closes}"


class MenuItemBlock(ValueBlock):
    record = records.MenuItem

    label = line(_("文字"), required=True)
    label_en = line(_("英文"))
    link = LinkBlock(required=True, label=_("链接"))

    class Meta:
        icon = "link"
        label = _("菜单项")
        label_format = "{label}"


class WechatBlock(ValueBlock):
    record = records.Wechat

    name = line(_("公众号名称"), _("在微信里搜什么能找到"), required=True)
    code = ImageChooserBlock(required=False, label=_("公众号二维码"))

    class Meta:
        icon = "mobile-alt"
        label = _("微信公众号")
        label_format = "{name}"


class NewShareBlock(ValueBlock):
    record = records.NewShare

    mode = ChoiceBlock(
        choices=[
            ("offer", _("可选用：下级自己决定")),
            ("required", _("必转：下级网站都要有")),
        ],
        default="offer",
        label=_("转给下级"),
    )
    to = MultipleChoiceBlock(choices=GROUPS, widget=CheckboxSelectMultiple, label=_("转给谁"))
    slots = MultipleChoiceBlock(
        choices=SLOT_CHOICES, widget=CheckboxSelectMultiple, required=False, label=_("留给各地填写")
    )

    class Meta:
        icon = "resubmit"
        label = _("默认共享")
        label_format = "{mode}"
