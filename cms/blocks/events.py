"""Values of events: one block for each value class of `site_builder.records.events`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BlockGroup,
    BooleanBlock,
    ChoiceBlock,
    DateBlock,
    DateTimeBlock,
    IntegerBlock,
    ListBlock,
    RichTextBlock,
    StructBlockValidationError,
    TimeBlock,
)

from cms.blocks.lines import LinesBlock
from cms.blocks.links import LinkBlock
from cms.blocks.validation import NUMBER, ValueBlock
from cms.blocks.values import (
    RICH_TEXT,
    CostBlock,
    SpanBlock,
    WindowBlock,
    line,
    qualifiers,
    weekdays,
)
from site_builder import records

DATES = _("每行一天，写成 2025-05-01。")


class RepetitionBlock(ValueBlock):
    """How a session repeats; empty for one that does not."""

    record = records.Repetition
    expected = {
        "skips": DATES,
        "extra": DATES,
        "interval": _("请写 1 到 52 之间的数。"),
        "count": _("请写 1 到 500 之间的数。"),
    }
    whole = (
        "every",
        _("每月重复的，星期和“第几个”要一起填；“第几个”只用于每月；截止日期和次数只填一个。"),
    )

    every = ChoiceBlock(
        choices=[("day", _("每天")), ("week", _("每周")), ("month", _("每月"))],
        required=False,
        label=_("重复"),
        help_text=_("不选：只有这一次"),
    )
    interval = IntegerBlock(
        required=False, min_value=1, max_value=52, label=_("间隔"), help_text=_("2：隔一周、隔一月一次")
    )
    on = weekdays(_("星期"), _("不选：与第一次同一天"))
    nth = ChoiceBlock(
        choices=[
            ("1", _("第一个")),
            ("2", _("第二个")),
            ("3", _("第三个")),
            ("4", _("第四个")),
            ("5", _("第五个")),
            ("-1", _("最后一个")),
        ],
        required=False,
        label=_("第几个"),
        help_text=_("用于每月：第二个星期六"),
    )
    until = DateBlock(required=False, label=_("到何日止"), help_text=_("含当天"))
    count = IntegerBlock(required=False, min_value=1, max_value=500, label=_("共几次"))
    skips = LinesBlock(label=_("停的日子"), help_text=DATES)
    extra = LinesBlock(label=_("补的日子"), help_text=DATES)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        told = self.data(cleaned)
        if told and "every" not in told and not self.is_deferred_validation:
            raise StructBlockValidationError({"every": ValidationError(_("请选每天、每周还是每月。"))})
        return cleaned

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        return data | {"nth": int(data["nth"])} if "nth" in data else data

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "nth": str(data["nth"])} if data.get("nth") is not None else data

    class Meta:
        icon = "rotate"
        label = _("重复")
        collapsed = True


class SessionBlock(SpanBlock):
    """One meeting, or a row of meetings."""

    record = records.Session
    span = ("starts", "ends")
    whole = ("starts", _("请核对：结束须在开始之后；有重复的，这里要是重复的日子里的一天。"))
    expected = {"repeats": _("每月重复的，星期和“第几个”要一起填；截止日期和次数只填一个。")}

    starts = DateBlock(label=_("日期"), help_text=_("重复的，写第一次"))
    starts_time = TimeBlock(required=False, label=_("几点开始"), help_text=_("不填：全天"))
    ends = DateBlock(required=False, label=_("结束日期"), help_text=_("不填：与开始同一天"))
    ends_time = TimeBlock(required=False, label=_("几点结束"))
    repeats = RepetitionBlock(label=_("重复"))
    title = line(_("这一场讲什么"))
    board = line(_("板块"), _("直播的板块"))
    room = line(_("厅、室"))
    teacher = line(_("老师"), _("写身份：市级非遗传承人"))
    status = ChoiceBlock(
        choices=[("cancelled", _("取消")), ("postponed", _("延期")), ("full", _("已满"))],
        required=False,
        label=_("状态"),
    )
    note = line(_("说明"))
    live = LinkBlock(label=_("直播链接"))
    replay = LinkBlock(label=_("回放链接"))

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        if value.get("ends_time") and not value.get("ends"):
            value = {**value, "ends": value.get("starts")}
        return super().data(value, prose)

    class Meta:
        icon = "date"
        label = _("场次")
        label_format = "{starts} {starts_time} {title}"
        form_layout = BlockGroup(
            children=["starts", "starts_time", "ends", "ends_time", "repeats", "title", "teacher", "room"],
            settings=["board", "status", "note", "live", "replay"],
        )


class SeatsBlock(ValueBlock):
    record = records.Seats
    expected = {"counted": _("填了余位，就要写明是何时数的。")}
    whole = ("counted", _("填了余位，就要写明是何时数的；余位不能多于总数。"))

    total = IntegerBlock(required=False, min_value=1, label=_("总数"))
    left = IntegerBlock(required=False, min_value=0, label=_("余位"))
    counted = DateTimeBlock(required=False, label=_("余位是何时数的"))
    minimum = IntegerBlock(required=False, min_value=1, label=_("几人开班"), help_text=_("满10人开班：写10"))
    waiting_list = BooleanBlock(required=False, label=_("满了可以候补"))
    note = line(_("说明"))

    class Meta:
        icon = "group"
        label = _("名额")


class PriceBlock(CostBlock):
    """What it costs, and what the same costs elsewhere."""

    record = records.Price
    expected = {"value": NUMBER, "market": NUMBER}

    per = line(_("一次付的是什么"), _("例如：8节课、每人每次"))
    market = line(_("市场价"), _("只写数字，供对照"))
    market_qualifier = qualifiers(_("市场价的修饰"))


class AgendaItemBlock(ValueBlock):
    record = records.AgendaItem

    time = line(_("时间"), _("照日程写：9:00—9:30、第一天"))
    title = line(_("做什么"), required=True)
    text = RichTextBlock(required=False, features=RICH_TEXT, label=_("说明"))

    class Meta:
        icon = "list-ol"
        label = _("日程")
        label_format = "{time} {title}"


class PostBlock(ValueBlock):
    record = records.Post
    expected = {"headcount": _("请写人数，例如 12。")}

    title = line(_("岗位"), required=True)
    headcount = IntegerBlock(
        required=False, min_value=1, label=_("招几人"), help_text=_("人数，不是岗位的种数")
    )
    pay = line(_("待遇"), _("照招聘方写的"))
    requirement = line(_("要求"))
    place = line(_("工作地点"))

    class Meta:
        icon = "user"
        label = _("岗位")
        label_format = "{title}"


class EmployerBlock(ValueBlock):
    record = records.Employer

    name = line(_("单位名称"), required=True)
    industry = line(_("行业"))
    zone = line(_("招聘分区"))
    stand = line(_("展位"))
    posts = ListBlock(PostBlock(), default=[], label=_("岗位"))
    note = line(_("说明"))

    class Meta:
        icon = "group"
        label = _("招聘单位")
        label_format = "{name}"


class DeskBlock(ValueBlock):
    record = records.Desk

    name = line(_("咨询台"), _("例如：法律援助"), required=True)
    text = line(_("说明"))

    class Meta:
        icon = "comment"
        label = _("现场咨询")
        label_format = "{name}"


class StageBlock(ValueBlock):
    record = records.Stage
    expected = {"window": _("截止须在开始之后。")}

    title = line(_("阶段"), _("例如：初赛"), required=True)
    window = WindowBlock(label=_("时间"))
    text = RichTextBlock(required=False, features=RICH_TEXT, label=_("说明"))

    class Meta:
        icon = "arrow-right"
        label = _("阶段")
        label_format = "{title}"


class ResultBlock(ValueBlock):
    record = records.Result

    rank = line(_("名次、奖项"), _("例如：一等奖"))
    name = line(_("谁"), _("单位、队伍、作品；写个人须经本人同意"), required=True)
    unit = line(_("所在单位"))
    note = line(_("说明"))

    class Meta:
        icon = "pick"
        label = _("结果")
        label_format = "{rank} {name}"
