"""Values: one block for each value class of `site_builder.records`, with the same fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, ClassVar, get_args

from django.forms import CheckboxSelectMultiple
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BlockGroup,
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    DateBlock,
    IntegerBlock,
    MultipleChoiceBlock,
    RichTextBlock,
    TimeBlock,
)

from cms.blocks.files import DocumentChooserBlock, ImageChooserBlock
from cms.blocks.lines import LinesBlock
from cms.blocks.links import LinkBlock
from cms.blocks.validation import NUMBER, PARTIAL_DATE, CountedBlock, ValueBlock
from cms.places import clock
from site_builder import records

RICH_TEXT = ["bold", "italic", "ol", "ul", "link", "document-link"]
"""What running text may contain: what `site_builder.body` knows, no more."""

WEEKDAYS = [
    ("mon", _("星期一")),
    ("tue", _("星期二")),
    ("wed", _("星期三")),
    ("thu", _("星期四")),
    ("fri", _("星期五")),
    ("sat", _("星期六")),
    ("sun", _("星期日")),
]
QUALIFIERS = [(word, word) for word in get_args(records.Qualifier)]
FIRST_SAID = frozenset({"预计", "计划", "仅", "可达", "相当于"})
"""Of two qualifiers these are said first: 预计超 20 场, not 超预计."""


def line(label: Any, help_text: Any = "", **options: Any) -> CharBlock:
    """One optional line of text."""
    options.setdefault("required", False)
    return CharBlock(label=label, help_text=help_text, **options)


class AsSaid(CheckboxSelectMultiple):
    """Ticks have no order of their own; what was ticked is kept in the order in which it is said."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        ticked = super().value_from_datadict(data, files, name)
        return sorted(ticked, key=lambda word: word not in FIRST_SAID) if ticked else ticked


def qualifiers(label: Any = "") -> MultipleChoiceBlock:
    """近, 超, 预计...: more than one may stand together."""
    return MultipleChoiceBlock(choices=QUALIFIERS, required=False, label=label or _("修饰"), widget=AsSaid)


def weekdays(label: Any, help_text: Any = "", *, required: bool = False) -> MultipleChoiceBlock:
    return MultipleChoiceBlock(
        choices=WEEKDAYS,
        required=required,
        label=label,
        help_text=help_text,
        widget=CheckboxSelectMultiple,
    )


class FigureBlock(CountedBlock):
    """A number with everything that makes it true."""

    record = records.Figure
    expected = {"as_of": PARTIAL_DATE}
    whole = ("as_of", _("请写明数据的时间：填“截至”（2024、2024-10 或 2024-10-11），或填“统计时段”。"))

    label = line(_("是什么"), _("例如：参加夜校的职工"), required=True)
    value = line(_("数值"), _("只写数字，原样保留：125460.30；写不成数字的可写短语"), required=True)
    unit = line(_("单位"), _("人次、万元、%…"), required=True)
    qualifier = qualifiers()
    as_of = line(_("截至"), _("2024、2024-10 或 2024-10-11"))
    period = line(_("统计时段"), _("照印出的写：2019—2023-07"))
    scope = line(_("范围"), _("例如：全市"))
    attribution = line(_("谁说的"), _("例如：据市总工会统计"))
    source = line(_("出处"))
    status = ChoiceBlock(
        choices=[("actual", _("已发生")), ("planned", _("计划、预计"))], default="actual", label=_("性质")
    )
    span = ChoiceBlock(
        choices=[("moment", _("时点数")), ("period", _("期内数")), ("cumulative", _("累计数"))],
        required=False,
        label=_("时点、期内还是累计"),
    )
    derived = BooleanBlock(required=False, label=_("由其他数字算出"))
    derivation = line(_("怎么算的"), _("由其他数字算出的才写"))
    listed = LinesBlock(label=_("其中点名的"), help_text=_("每行一个：共10个、只列出6个时，写这6个"))

    class Meta:
        icon = "order"
        label = _("数字")
        label_format = "{label} {value}{unit}"
        form_layout = BlockGroup(
            children=["label", "value", "unit", "qualifier", "as_of", "period", "attribution", "source"],
            settings=["scope", "span", "status", "derived", "derivation", "listed"],
        )


class ContactBlock(ValueBlock):
    """How to reach somebody."""

    record = records.Contact

    name = line(_("名称"), _("机构或岗位，不写个人姓名"))
    purpose = line(_("用途"), _("例如：报名咨询"))
    phone = line(_("电话"))
    hours = line(_("时间"), _("例如：工作日 9:00—17:00"))
    address = line(_("地址"))
    email = line(_("邮箱"))
    url = LinkBlock(label=_("网址"))
    note = line(_("备注"))

    class Meta:
        icon = "mail"
        label = _("联系方式")
        label_format = "{name} {phone}"


class PictureBlock(ValueBlock):
    """One use of a picture. Credit and rights belong to the picture itself."""

    record = records.Picture

    media = ImageChooserBlock(label=_("图片"))
    alt = line(_("替代文字"), _("给看不见图的读者：图上有什么。不要重复图片说明。"), required=True)
    caption = line(_("图片说明"), _("何时、何地、何事"))

    class Meta:
        icon = "image"
        label = _("图片")
        label_format = "{alt}"


class SpanBlock(ValueBlock):
    """Two ends (`span`), each a date, or a date and a time: the screen shows `<end>` and `<end>_time`."""

    span: ClassVar[tuple[str, str]]

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        for end in self.span:
            at = data.pop(f"{end}_time", None)
            if isinstance(at, str):
                at = time.fromisoformat(at)
            if at is not None and end in data:
                data[end] = datetime.combine(data[end], at, records.BEIJING)
        return data

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        parts = dict(data)
        for end in self.span:
            moment = parts.get(end)
            if isinstance(moment, datetime):
                local = moment.astimezone(records.BEIJING)
                parts[end], parts[f"{end}_time"] = local.date(), local.time().isoformat()
        return parts


class WindowBlock(SpanBlock):
    """Opens and closes. A closing date means the end of that day."""

    record = records.Window
    span = ("opens", "closes")
    whole = ("closes", _("截止须在开始之后。"))

    opens = DateBlock(required=False, label=_("开始日期"))
    opens_time = TimeBlock(required=False, label=_("开始时间"), help_text=_("不填：当天零点"))
    closes = DateBlock(required=False, label=_("截止日期"), help_text=_("当天仍可以"))
    closes_time = TimeBlock(required=False, label=_("截止时间"), help_text=_("不填：到当天结束"))
    note = line(_("说明"), _("日期未定时写在这里，例如：每年春秋两季"))

    class Meta:
        icon = "date"
        label = _("时间")
        label_format = "{opens}—{closes}"


class QuotaBlock(ValueBlock):
    record = records.Quota
    expected = {"value": NUMBER}

    value = line(_("名额"), _("只写数字"))
    unit = line(_("单位"), default="名")
    qualifier = qualifiers()
    filled = BooleanBlock(required=False, label=_("名额已满"))
    note = line(_("说明"))

    class Meta:
        icon = "group"
        label = _("名额")


class PaperBlock(ValueBlock):
    record = records.Paper

    name = line(_("材料名称"), required=True)
    form = ChoiceBlock(
        choices=[("original", _("原件")), ("copy", _("复印件")), ("either", _("原件或复印件"))],
        required=False,
        label=_("形式"),
    )
    count = IntegerBlock(required=False, min_value=1, label=_("份数"))
    note = line(_("说明"))
    waivable = BooleanBlock(required=False, label=_("可以告知承诺代替"))
    template = DocumentChooserBlock(required=False, label=_("样表"))

    class Meta:
        icon = "doc-full"
        label = _("材料")
        label_format = "{name}"


class StepBlock(ValueBlock):
    record = records.Step

    title = line(_("这一步做什么"), required=True)
    text = RichTextBlock(required=False, features=RICH_TEXT, label=_("怎么做"))
    link = LinkBlock(label=_("链接"))

    class Meta:
        icon = "arrow-right"
        label = _("步骤")
        label_format = "{title}"


class ListedBlock(ValueBlock):
    """One of several things: as a step, but for what the screen calls it."""

    record = records.Step

    title = line(_("名称"), required=True)
    text = RichTextBlock(required=False, features=RICH_TEXT, label=_("说明"))
    link = LinkBlock(label=_("链接"))

    class Meta:
        icon = "list-ul"
        label = _("一项")
        label_format = "{title}"


class BenefitBlock(ValueBlock):
    record = records.Benefit
    expected = {"value": NUMBER}

    label = line(_("得到什么"), required=True)
    value = line(_("数额"), _("只写数字；不清楚就不填，网页上写“请咨询”"))
    unit = line(_("单位"), _("元、元/人、课时…"))
    qualifier = qualifiers()
    audience = line(_("给谁"))
    note = line(_("说明"))

    class Meta:
        icon = "success"
        label = _("待遇")
        label_format = "{label} {value}{unit}"


class CostBlock(ValueBlock):
    record = records.Cost
    expected = {"value": NUMBER}

    free = ChoiceBlock(choices=[("yes", _("免费")), ("no", _("收费"))], required=False, label=_("收不收费"))
    value = line(_("金额"), _("只写数字"))
    unit = line(_("单位"), default="元")
    note = line(_("说明"))

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        if "free" in data:
            data["free"] = data["free"] == "yes"
        return data

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return data if data.get("free") is None else {**data, "free": "yes" if data["free"] else "no"}

    class Meta:
        icon = "tag"
        label = _("费用")


class ApplyWayBlock(ValueBlock):
    record = records.ApplyWay

    way = ChoiceBlock(
        choices=[
            ("link", _("网上")),
            ("qr", _("扫码")),
            ("app", _("手机应用")),
            ("phone", _("电话")),
            ("counter", _("现场")),
            ("union", _("通过本单位工会")),
            ("post", _("邮寄")),
        ],
        default="union",
        label=_("途径"),
    )
    label = line(_("怎么办"), _("例如：向本单位工会报名"), required=True)
    value = line(_("号码、地址或应用名"), _("不清楚就不填，网页上写“请咨询”"))
    link = LinkBlock(label=_("链接"))
    note = line(_("说明"))

    class Meta:
        icon = "form"
        label = _("办理途径")
        label_format = "{label}"


class QuestionBlock(ValueBlock):
    record = records.Question

    question = line(_("问"), required=True)
    answer = RichTextBlock(features=RICH_TEXT, label=_("答"))

    class Meta:
        icon = "help"
        label = _("问答")
        label_format = "{question}"


class BasisBlock(ValueBlock):
    record = records.Basis

    title = line(_("文件或法规名称"), required=True)
    number = line(_("文号"))
    link = LinkBlock(label=_("链接"))

    class Meta:
        icon = "doc-full-inverse"
        label = _("依据")
        label_format = "{title}"


class ParameterBlock(CountedBlock):
    record = records.Parameter

    name = line(_("参数"), _("例如：每人每年上限"), required=True)
    value = line(_("数值"), _("只写数字，原样保留；写不成数字的可写短语"), required=True)
    unit = line(_("单位"))
    qualifier = qualifiers()
    valid_from = DateBlock(required=False, label=_("从何日起"))
    valid_to = DateBlock(required=False, label=_("到何日止"), help_text=_("最后一天，含当天"))
    source = line(_("出处"))
    note = line(_("说明"))

    class Meta:
        icon = "cogs"
        label = _("参数")
        label_format = "{name} {value}{unit}"


class ChangeNoteBlock(ValueBlock):
    record = records.ChangeNote

    date = DateBlock(label=_("日期"))
    note = line(_("改了什么"), required=True)
    major = BooleanBlock(required=False, label=_("重要更正"))

    class Meta:
        icon = "history"
        label = _("更正说明")
        label_format = "{date} {note}"

    def get_default(self) -> Any:
        """A new one is of today, as the sites go by it."""
        value = super().get_default()
        value["date"] = timezone.localdate(clock().now())
        return value


class PolicyDocumentBlock(ValueBlock):
    record = records.PolicyDocument
    expected = dict.fromkeys(("written", "issued", "effective", "ceases"), PARTIAL_DATE)

    title = line(_("文件名称"), _("与本页标题不同时填写"))
    number = line(_("发文字号"))
    issuer = line(_("发文机关"))
    index_number = line(_("索引号"))
    written = line(_("成文日期"), _("2024、2024-10 或 2024-10-11"))
    issued = line(_("发布日期"))
    effective = line(_("施行日期"))
    ceases = line(_("失效日期"))
    validity = ChoiceBlock(
        choices=[
            ("effective", _("有效")),
            ("trial", _("试行")),
            ("amended", _("已修改")),
            ("repealed", _("已废止")),
        ],
        required=False,
        label=_("有效性"),
    )
    subject = line(_("主题分类"))
    genre = line(_("体裁分类"))

    class Meta:
        icon = "doc-full-inverse"
        label = _("文件信息")
        label_format = "{number} {title}"
