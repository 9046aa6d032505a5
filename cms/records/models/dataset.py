"""数据: a table with a meaning (`records.Dataset`): indicators, rankings, honour rolls."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.datasets import HonourBlock, IndicatorBlock, RankingBlock
from cms.records import panels
from cms.records.fields import many, prose
from cms.records.models.base import RecordPage
from site_builder.records import Kind

PARTS = {"indicators": "indicators", "ranking": "rankings", "honours": "awards"}
"""Type -> the field that holds its values."""


class DatasetPage(RecordPage):
    """Numbers of one type: what another type would hold stays empty."""

    kind = Kind.DATASET

    type = models.CharField(
        _("类型"),
        max_length=10,
        default="indicators",
        choices=[
            ("indicators", _("指标：同一件事一次次的数")),
            ("ranking", _("排名：按积分，一个日期一期")),
            ("honours", _("荣誉名册：谁得了什么")),
        ],
    )
    source = models.CharField(_("出处"), max_length=300, blank=True, help_text=_("数字从哪里来"))
    method = prose(_("口径和方法"), _("数的是什么、怎么数的；哪里还不清楚，也写明白"))
    indicators = many(IndicatorBlock(), _("指标"), _("每个数都要有单位和时间"))
    form = models.CharField(
        _("画成什么"),
        max_length=5,
        default="bars",
        choices=[("bars", _("横条")), ("lines", _("折线")), ("table", _("不画，只列表"))],
    )
    score_name = models.CharField(_("按什么排"), max_length=100, blank=True, help_text=_("不填显示“积分”"))
    score_unit = models.CharField(_("积分的单位"), max_length=50, blank=True, help_text=_("不填显示“分”"))
    rule = prose(_("怎么计分"))
    rankings = many(RankingBlock(), _("各期排名"), _("新一期加在这里，旧的留着：读者可以按日期查"))
    awards = many(HonourBlock(), _("荣誉"), _("一条一项；名单可以用“导入表格”一次带进来"))

    is_creatable = True
    edit_handler = panels.DATASET

    class Meta:
        verbose_name = pgettext_lazy("one", "数据")
        verbose_name_plural = _("数据")

    def mistakes(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        for kind, name in PARTS.items():
            if kind != self.type and getattr(self, name):
                errors[name] = _("这一项不属于所选的类型：请改类型，或另建一个数据集。")
        dates = [child.value["as_of"] for child in self.rankings]
        twice = sorted({day for day in dates if dates.count(day) > 1})
        if twice:
            errors["rankings"] = _("有两期都是 %(day)s：一个日期只有一期。") % {"day": "、".join(twice)}
        return errors
