"""The body of a record as a StreamField: one block type for each block of `site_builder.body`."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.telepath import register
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
)
from wagtail.contrib.table_block.blocks import TableBlock, TableInput, TableInputAdapter

from cms.blocks.datasets import ChartBlock, ListingBlock
from cms.blocks.files import DocumentChooserBlock
from cms.blocks.links import LinkBlock
from cms.blocks.stories import EditorNoteBlock
from cms.blocks.values import (
    RICH_TEXT,
    ContactBlock,
    FigureBlock,
    PictureBlock,
    StepBlock,
    line,
)
from site_builder.records import SLUG_PATTERN


class SectionBlock(StructBlock):
    heading = line(_("小标题"), required=True)
    level = ChoiceBlock(choices=[("2", _("小标题")), ("3", _("更小的标题"))], default="2", label=_("级别"))
    anchor = line(_("锚点"), _("小写字母和数字；改了小标题，旧链接仍然有效。可不填"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        anchor = cleaned.get("anchor") or ""
        if anchor and not re.fullmatch(SLUG_PATTERN, anchor):
            raise StructBlockValidationError(
                {"anchor": ValidationError(_("锚点只能用小写字母、数字和连字符。"))}
            )
        return cleaned

    class Meta:
        icon = "title"
        label = _("小标题")
        label_format = "{heading}"


class QuoteBlock(StructBlock):
    text = RichTextBlock(features=RICH_TEXT, label=_("引语"))
    speaker = line(_("说话的人"), _("写身份：夜校学员"))
    source = line(_("出处"))

    class Meta:
        icon = "openquote"
        label = _("引语")


class FiguresBlock(StructBlock):
    items = ListBlock(FigureBlock(), label=_("数字"))
    caption = line(_("标题"))

    class Meta:
        icon = "order"
        label = _("数字")


class GalleryBlock(StructBlock):
    items = ListBlock(PictureBlock(), label=_("图片"))
    caption = line(_("标题"))

    class Meta:
        icon = "image"
        label = _("组图")


class OwnTableInput(TableInput):
    """Wagtail's table; what its menu says is in the language of the screen."""


class OwnTableInputAdapter(TableInputAdapter):
    def js_args(self, widget: OwnTableInput) -> list[Any]:
        options, strings = super().js_args(widget)
        names = {
            "row_above": translate("在上面插入一行"),
            "row_below": translate("在下面插入一行"),
            "col_left": translate("在左边插入一列"),
            "col_right": translate("在右边插入一列"),
            "remove_row": translate("删除这一行"),
            "remove_col": translate("删除这一列"),
            "undo": translate("撤销"),
            "redo": translate("重做"),
        }
        items = {
            name if name in names else f"line{place}": {"name": names[name]} if name in names else name
            for place, name in enumerate(options["contextMenu"])
        }
        # The grid itself says nothing; it knows no "zh-hans" and complains of it.
        return [{**options, "contextMenu": {"items": items}, "language": "en-US"}, strings]


register(OwnTableInputAdapter(), OwnTableInput)


class OwnTableBlock(TableBlock):
    """Wagtail's grid asks for headings and a caption, too; what `PlainTableBlock` asks for is read."""

    def clean(self, value: Any) -> Any:
        if value and not value.get("table_header_choice"):
            value = {**value, "table_header_choice": "neither"}
        return super().clean(value)

    @cached_property
    def field(self) -> forms.CharField:
        return forms.CharField(widget=OwnTableInput(table_options=self.table_options), **self.field_options)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        _, args, options = super().deconstruct()
        return "wagtail.contrib.table_block.blocks.TableBlock", args, options


class PlainTableBlock(StructBlock):
    """Cells are plain text. `table` holds rows of cells; `header` says which of them are headings."""

    table = OwnTableBlock(
        label=_("表格"),
        table_options={"renderer": "text", "contextMenu": [
            "row_above", "row_below", "---------", "col_left", "col_right", "---------",
            "remove_row", "remove_col", "---------", "undo", "redo",
        ]},
    )  # fmt: skip
    header = ChoiceBlock(
        choices=[
            ("row", _("第一行是表头")),
            ("column", _("第一列是表头")),
            ("both", _("第一行和第一列都是")),
            ("none", _("没有表头")),
        ],
        default="row",
        label=_("表头"),
    )
    caption = line(_("表题"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        rows = (cleaned.get("table") or {}).get("data") or []
        empty = not any(str(cell or "").strip() for row in rows for cell in row)
        if empty and not self.is_deferred_validation:
            raise StructBlockValidationError(
                {"table": ValidationError(_("表格还是空的：请双击格子填写，不用就删去这一块。"))}
            )
        return cleaned

    class Meta:
        icon = "table"
        label = _("表格")


class StepsBlock(StructBlock):
    items = ListBlock(StepBlock(), label=_("步骤"))
    caption = line(_("标题"))

    class Meta:
        icon = "list-ol"
        label = _("步骤")


class MeasureBlock(StructBlock):
    label = line(_("做法"), _("例如：品牌引路"), required=True)
    slogan = line(_("口号"))
    text = line(_("说明"))
    link = LinkBlock(label=_("链接"))

    class Meta:
        icon = "pick"
        label = _("做法")
        label_format = "{label}"


class MeasuresBlock(StructBlock):
    items = ListBlock(MeasureBlock(), label=_("做法"))
    caption = line(_("标题"))

    class Meta:
        icon = "list-ul"
        label = _("几条做法")


class AttachmentBlock(StructBlock):
    media = DocumentChooserBlock(label=_("附件"))
    title = CharBlock(label=_("名称"))
    note = line(_("说明"))
    accessible = DocumentChooserBlock(
        label=_("无障碍版本"),
        required=False,
        help_text=_("扫描件、图片做的文件，读屏软件读不出来：另附一份有文字的，例如 Word"),
    )

    class Meta:
        icon = "doc-full"
        label = _("附件")
        label_format = "{title}"


class BodyBlock(StreamBlock):
    """The text of a record, block by block."""

    text = RichTextBlock(features=RICH_TEXT, label=_("文字"), icon="pilcrow")
    section = SectionBlock()
    quote = QuoteBlock()
    figures = FiguresBlock()
    image = PictureBlock()
    gallery = GalleryBlock()
    table = PlainTableBlock()
    steps = StepsBlock()
    measures = MeasuresBlock()
    contact = ContactBlock()
    attachment = AttachmentBlock()
    editor_note = EditorNoteBlock()
    chart = ChartBlock()
    listing = ListingBlock()

    class Meta:
        label = _("正文")
