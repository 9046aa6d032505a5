"""Calls and decision guides: one block for each value class of `records.calls` and `records.decisions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock, RichTextBlock, StructBlockValidationError

from cms.blocks.events import ResultBlock
from cms.blocks.links import LinkBlock
from cms.blocks.validation import ValueBlock
from cms.blocks.values import RICH_TEXT, ContactBlock, WindowBlock, line
from site_builder import records
from site_builder.records.decisions import Mistake, mistakes

KEY = _("请用小写字母、数字和连字符，例如 q1、buzhu。")


class PublicityBlock(ValueBlock):
    record = records.Publicity
    whole = ("window", _("公示要写明第一天和最后一天，名单只在这几天显示。"))

    title = line(_("公示什么"), _("例如：拟推荐名单"))
    window = WindowBlock(label=_("公示期"))
    entries = ListBlock(
        ResultBlock(),
        default=[],
        label=_("名单"),
        help_text=_("只在公示期内显示，期满自动消失"),
    )
    contact = ContactBlock(label=_("向谁提异议"))
    link = LinkBlock(label=_("公示原文"))
    note = line(_("说明"))

    class Meta:
        icon = "view"
        label = _("公示")
        label_format = "{title}"


class DecisionOptionBlock(ValueBlock):
    record = records.DecisionOption
    expected = {"next": KEY}

    label = line(_("回答"), _("像读者那样说：有，想找活干"), required=True)
    next = line(_("转到"), _("下一个问题或结果的代号"), required=True)

    class Meta:
        icon = "arrow-right"
        label = _("回答")
        label_format = "{label} → {next}"


class DecisionQuestionBlock(ValueBlock):
    record = records.DecisionQuestion
    expected = {"key": KEY}

    key = line(_("代号"), KEY, required=True)
    question = line(_("问题"), required=True)
    help = RichTextBlock(
        required=False, features=RICH_TEXT, label=_("解释"), help_text=_("是什么意思，到哪里查")
    )
    options = ListBlock(DecisionOptionBlock(), min_num=1, label=_("回答"))

    class Meta:
        icon = "help"
        label = _("问题")
        label_format = "{key} {question}"


class DecisionOutcomeBlock(ValueBlock):
    record = records.DecisionOutcome
    expected = {"key": KEY}

    key = line(_("代号"), KEY, required=True)
    title = line(_("结果"), _("几个字说清楚"), required=True)
    verdict = ChoiceBlock(
        choices=[("yes", _("可以")), ("no", _("不可以")), ("ask", _("要请人看一看"))],
        default="yes",
        label=_("能不能"),
    )
    text = RichTextBlock(required=False, features=RICH_TEXT, label=_("接下来怎么做"))
    links = ListBlock(LinkBlock(required=True), default=[], label=_("去哪里办"))
    contact = ContactBlock(label=_("找谁"))

    class Meta:
        icon = "success"
        label = _("结果")
        label_format = "{key} {title}"


_SAID = {
    "repeated": _("代号“%(name)s”用了两次：请给其中一个换个代号。"),
    "dangling": _("问题“%(at)s”的一个回答转到“%(name)s”，但没有这个问题或结果：请补上，或改“转到”。"),
    "loop": _("问题“%(name)s”经“%(at)s”又转回自己：不能绕圈子。"),
    "unreachable": _("没有回答转到“%(name)s”：请删去，或让一个回答转到它。"),
    "no-question": _("还没有问题：请写第一个问题。"),
    "no-outcome": _("还没有结果：每条路都要有结果。"),
}


def explained(mistake: Mistake) -> str:
    """A mistake in the editors' language."""
    return str(_SAID[mistake.code] % {"name": mistake.name, "at": mistake.at})


class DecisionBlock(ValueBlock):
    """Checked as a whole: what is wrong is said at the question, or at the outcomes, in which it lies."""

    record = records.Decision
    whole = ("questions", _("问题和结果没有接好。"))

    title = line(_("标题"), _("不填：我该怎么办"))
    intro = RichTextBlock(required=False, features=RICH_TEXT, label=_("开头的话"))
    questions = ListBlock(DecisionQuestionBlock(), min_num=1, label=_("问题"), help_text=_("第一个是起点"))
    outcomes = ListBlock(DecisionOutcomeBlock(), min_num=1, label=_("结果"))

    def clean(self, value: Any) -> Any:
        if not self.is_deferred_validation:
            said = [explained(mistake) for mistake in self.mistakes(value)]
            if said:
                raise StructBlockValidationError({"title": ValidationError(said)})
        return super().clean(value)

    def mistakes(self, value: Mapping[str, Any]) -> Iterator[Mistake]:
        """What does not join; nothing while a key is still missing, which its own field says."""
        data = self.data(value)
        questions = [
            (item.get("key", ""), [option.get("next", "") for option in item.get("options", ())])
            for item in data.get("questions", ())
        ]
        outcomes = [item.get("key", "") for item in data.get("outcomes", ())]
        if not all(outcomes) or not all(key and all(ways) for key, ways in questions):
            return iter(())
        return mistakes(questions, outcomes)

    class Meta:
        icon = "help"
        label = _("问答导引")
        label_format = "{title}"


class MatrixRowBlock(ValueBlock):
    record = records.MatrixRow

    label = line(_("行名"), _("例如：高级工"), required=True)
    cells = ListBlock(
        CharBlock(required=False),
        label=_("格子"),
        help_text=_("一列一格；不清楚的留空，网页上写“请咨询”"),
    )

    class Meta:
        icon = "table"
        label = _("一行")
        label_format = "{label}"


class MatrixBlock(ValueBlock):
    record = records.Matrix
    whole = ("rows", _("每一行的格子要和列一样多，不清楚的留空格子。"))

    title = line(_("标题"), _("例如：按技能等级看"), required=True)
    corner = line(_("行是什么"), _("例如：技能等级"))
    columns = ListBlock(CharBlock(), min_num=1, label=_("列"), help_text=_("例如：车险、意外险"))
    rows = ListBlock(MatrixRowBlock(), min_num=1, label=_("行"))
    note = line(_("说明"))

    class Meta:
        icon = "table"
        label = _("谁得什么")
        label_format = "{title}"
