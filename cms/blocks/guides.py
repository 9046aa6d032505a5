"""The texts of a guide that held before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as RecordError
from wagtail.blocks import BlockGroup, ListBlock, StructBlockValidationError, TextBlock

from cms.blocks.body import BodyBlock
from cms.blocks.lines import LinesBlock
from cms.blocks.validation import PARTIAL_DATE, ValueBlock
from cms.blocks.values import (
    BenefitBlock,
    PaperBlock,
    ParameterBlock,
    PolicyDocumentBlock,
    StepBlock,
    line,
)
from site_builder import records

_KEPT = ("key", "since", "until", "withdrawn")
"""What is left of a text that is withdrawn."""


class EarlierTextBlock(ValueBlock):
    """A whole text with its dates. `text` is no plain data: `cms.exporting.stream` reads and writes it."""

    record = records.EarlierText
    expected = {
        "since": PARTIAL_DATE,
        "until": PARTIAL_DATE,
        "key": _("代号只能用小写字母、数字和连字符，例如 2023-07 或 25wan。"),
    }
    whole = ("until", _("“到何时止”不能早于“从何时起”。"))

    since = line(_("从何时起"), _("2019、2019-01 或 2019-01-01；不清楚就不填"))
    until = line(_("到何时止"), _("适用的最后一天、月或年；不清楚就不填"))
    key = line(_("网址代号"), _("不填：用上面的日期。发布后不要改，旧链接才不会断"))
    changes = LinesBlock(label=_("后来改了什么"), help_text=_("每行一条：和后一版有什么不同"))
    title = line(_("当时的标题"), _("和现在不同才填"))
    summary = TextBlock(required=False, label=_("摘要"), rows=2)
    document = PolicyDocumentBlock(label=_("当时的文件"))
    applies_to = line(_("适用范围"))
    parameters = ListBlock(ParameterBlock(), label=_("当时的标准和数额"), default=[])
    eligibility = LinesBlock(label=_("受理范围和条件"), help_text=_("每行一条"))
    benefits = ListBlock(BenefitBlock(), label=_("能得到什么"), default=[])
    papers = ListBlock(PaperBlock(), label=_("申请材料"), default=[])
    steps = ListBlock(StepBlock(), label=_("办理程序"), default=[])
    time_limit = line(_("办理时限"))
    legal_limit = line(_("法定时限"))
    text = BodyBlock(required=False, label=_("当时的正文"))
    withdrawn = line(_("不再提供的原因"), _("写了以后，网页上只留日期和这条原因，文字不再出现"))

    def clean(self, value: Any) -> Any:
        value["key"] = self._key(value)
        if not value["key"] and not self.is_deferred_validation:
            raise StructBlockValidationError(
                {"key": ValidationError(_("起止日期都没有，请写一个代号，例如 25wan。"))}
            )
        return super().clean(value)

    @staticmethod
    def _key(value: Mapping[str, Any]) -> str:
        return value.get("key") or value.get("until") or value.get("since") or ""

    def _placed(self, error: RecordError) -> dict[str, ValidationError]:
        errors = super()._placed(error)
        if errors.keys() & {"since", "until"}:
            errors.pop("key", None)  # made of a date that is wrong itself
        return errors

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data({name: part for name, part in value.items() if name != "text"}, prose)
        if key := self._key(value):
            data["key"] = key
        return {name: data[name] for name in _KEPT if name in data} if data.get("withdrawn") else data

    class Meta:
        icon = "history"
        label = _("以前的版本")
        label_format = "{since} {until} {title}"
        form_layout = BlockGroup(
            children=["since", "until", "changes", "text", "parameters"],
            settings=[
                "key", "title", "summary", "document", "applies_to", "eligibility", "benefits", "papers",
                "steps", "time_limit", "legal_limit", "withdrawn",
            ],
        )  # fmt: skip
