"""专题、栏目、系列: ordered or queried sets of records (`records.Collection`)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.datasets import MilestoneBlock
from cms.blocks.lines import LinesField
from cms.blocks.values import PictureBlock
from cms.records import panels
from cms.records.fields import many, one, references
from cms.records.models.base import RecordPage
from site_builder.records import Kind


class CollectionPage(RecordPage):
    """A topic, a column, a series, a package, a timeline or a digest."""

    kind = Kind.COLLECTION

    type = models.CharField(
        _("类型"),
        max_length=8,
        default="topic",
        choices=[
            ("topic", _("专题")),
            ("column", _("栏目：长年开着，名称印在每一篇上")),
            ("series", _("系列报道：有始有终，标识印在每一篇上")),
            ("package", _("组稿：一次刊出的几篇")),
            ("timeline", _("时间轴")),
            ("digest", _("文摘：每条都要有出处")),
        ],
    )
    items = references(_("先列出的几篇"), _("按这里的先后；其余按专题名自动收入，新的在前"))
    query = LinesField(
        verbose_name=_("收入哪些专题名"),
        help_text=_("每行一个：凡“专题”一项写了其中一个的，都收进来"),
    )
    order = models.CharField(
        _("先后"),
        max_length=6,
        default="listed",
        choices=[
            ("listed", _("先列出的在前，其余新的在前")),
            ("newest", _("都按时间，新的在前")),
            ("oldest", _("都按时间，旧的在前")),
        ],
    )
    starts = models.DateField(_("开始日期"), null=True, blank=True)
    ends = models.DateField(
        _("结束日期"), null=True, blank=True, help_text=_("过了这一天，系列归入往期，各篇上的标识留着")
    )
    label = models.CharField(
        _("印在每一篇上的名称"), max_length=100, blank=True, help_text=_("不填：栏目和系列用标题")
    )
    logo = one(PictureBlock(), _("标识"), _("印在系列的每一篇上"))
    author_role = models.CharField(
        _("作者身份"), max_length=200, blank=True, help_text=_("例如：县总工会主席；不写姓名")
    )
    portrait = one(PictureBlock(), _("作者像或栏目头图"))
    desk = models.CharField(
        _("由谁编辑"), max_length=200, blank=True, help_text=_("编辑部、部门或岗位；不写姓名")
    )
    frequency = models.CharField(_("多久一期"), max_length=100, blank=True, help_text=_("例如：每周一次"))
    source_required = models.BooleanField(
        _("只收注明来源的"),
        default=False,
        help_text=_("没有写明原报的，不列出来。文摘总是这样，日期也要有"),
    )
    milestones = many(MilestoneBlock(), _("节点"), _("按时间自动排；日期知道多细写多细"))

    is_creatable = True
    edit_handler = panels.COLLECTION

    class Meta:
        verbose_name = pgettext_lazy("one", "专题、栏目")
        verbose_name_plural = _("专题、栏目")

    def mistakes(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if self.starts and self.ends and self.ends < self.starts:
            errors["ends"] = _("结束日期须在开始日期之后。")
        if self.milestones and self.type != "timeline":
            errors["milestones"] = _("只有时间轴有节点：请把类型改为时间轴。")
        return errors
