"""What stands around the text of a story: who wrote it, where it comes from, what leads into it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import (
    ChoiceBlock,
    RichTextBlock,
    StructBlockValidationError,
    TextBlock,
)

from cms.blocks.files import ImageChooserBlock
from cms.blocks.links import LinkBlock
from cms.blocks.names import union_named
from cms.blocks.validation import PARTIAL_DATE, ValueBlock
from cms.blocks.values import RICH_TEXT, line
from site_builder import records


class BylineBlock(ValueBlock):
    record = records.Byline

    role = ChoiceBlock(
        choices=[
            ("reporter", _("记者")),
            ("correspondent", _("通讯员")),
            ("special_reporter", _("特约记者")),
            ("photographer", _("摄影")),
            ("planner", _("策划")),
            ("graphic_maker", _("制图")),
            ("compiler", _("整理")),
            ("author", _("作者")),
            ("original_author", _("原作者")),
            ("editor", _("编辑")),
            ("responsible_editor", _("责任编辑")),
            ("proofreader", pgettext_lazy("role", "校对")),
        ],
        default="reporter",
        label=_("身份"),
    )
    name = line(_("署名"), _("机构或岗位；写个人须经本人同意"), required=True)
    affiliation = line(_("单位和职务"))
    union = line(_("所属工会"), _("全称、简称或网址代号；可不填"))

    def clean(self, value: Any) -> Any:
        if value.get("union") and not self.is_deferred_validation:
            try:
                value = self._to_struct_value({**value, "union": union_named(value["union"])}.items())
            except ValidationError as error:
                raise StructBlockValidationError({"union": error}) from error
        return super().clean(value)

    class Meta:
        icon = "user"
        label = _("署名")
        label_format = "{role} {name}"


class SourceCreditBlock(ValueBlock):
    record = records.SourceCredit
    expected = {"issue_date": PARTIAL_DATE}

    relation = ChoiceBlock(
        choices=[("reprint", _("转载")), ("excerpt", _("摘自")), ("based_on", _("据其报道改写"))],
        default="reprint",
        label=_("关系"),
    )
    publication = line(_("报刊或网站"), _("不加书名号：工人日报"), required=True)
    issue_date = line(_("刊发日期"), _("2024、2024-10 或 2024-10-11"))
    page = line(_("版次"), _("照印出的写：3版、第03版；不清楚就不填"))
    original_author = line(_("原作者"))
    title = line(_("原题"))
    url = LinkBlock(label=_("原文网址"))

    class Meta:
        icon = "openquote"
        label = _("来源")
        label_format = "{relation} {publication}"


class AbstractBlock(ValueBlock):
    record = records.Abstract
    expected = {"text": _("提要不超过240字。")}

    text = TextBlock(label=_("提要"), rows=3, max_length=240, help_text=_("一百字左右；不要与首段重复"))
    label = line(_("栏头"), _("阅读提示、提要…；不填则不显示栏头"))

    class Meta:
        icon = "pilcrow"
        label = _("提要")


class ForWechatBlock(ValueBlock):
    """What the edition for WeChat says otherwise."""

    record = records.ForWechat
    expected = {"digest": _("摘要不超过120字。")}

    title = line(_("公众号标题"), _("不填用网页标题；公众号最多32字"))
    digest = TextBlock(
        label=_("公众号摘要"), rows=2, max_length=120, required=False, help_text=_("不填取自提要；最多120字")
    )
    cover = ImageChooserBlock(label=_("公众号封面"), required=False, help_text=_("不填用题图"))

    class Meta:
        icon = "mobile-alt"
        label = _("公众号")


class EditorNoteBlock(ValueBlock):
    record = records.EditorNote

    text = RichTextBlock(label=_("编辑的话"), features=RICH_TEXT)
    label = line(_("栏头"), _("小编说、编者按；不填显示“编者按”"))
    position = ChoiceBlock(
        choices=[("start", _("正文之前")), ("end", _("正文之后"))], default="end", label=_("位置")
    )

    class Meta:
        icon = "comment"
        label = _("编者按")
