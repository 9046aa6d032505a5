"""What a dataset is made of: indicators, rankings of a date, honours; charts and listings for any text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    ChoiceBlock,
    IntegerBlock,
    ListBlock,
    RichTextBlock,
    StructBlockValidationError,
    TextBlock,
)

from cms.blocks.lines import LinesBlock
from cms.blocks.links import LinkBlock, RecordChooserBlock
from cms.blocks.validation import NUMBER, PARTIAL_DATE, ValueBlock
from cms.blocks.values import RICH_TEXT, ListedBlock, PictureBlock, line, qualifiers
from site_builder import records

SIZES = {"大型": "large", "中型": "medium", "小型": "small", "微型": "micro"}
COLUMNS = ("名称", "积分", "县区", "规模", "得分任务数", "任务数", "说明")
LEVELS = [
    ("national", _("全国")),
    ("province", _("省级")),
    ("city", _("市级")),
    ("county", _("县级")),
    ("town", _("乡镇、街道")),
    ("enterprise", _("企业")),
    ("industry", _("行业")),
]


class ReadingBlock(ValueBlock):
    """One value of an indicator."""

    record = records.Reading
    expected = {"value": NUMBER, "as_of": PARTIAL_DATE}
    whole = ("as_of", _("请写明数据的时间：填“截至”（2024、2024-10 或 2024-10-11），或填“统计时段”。"))

    value = line(_("数值"), _("只写数字，原样保留：345.58"), required=True)
    qualifier = qualifiers()
    as_of = line(_("截至"), _("2024、2024-10 或 2024-10-11"))
    period = line(_("统计时段"), _("照印出的写：2019—2023-07"))
    status = ChoiceBlock(
        choices=[("actual", _("已发生")), ("planned", _("计划、预计：画成虚线"))],
        default="actual",
        label=_("性质"),
    )
    derivation = line(_("怎么算的"), _("由别的数算出来的才写，例如：（345.58－93.27）÷345.58"))
    source = line(_("出处"), _("与指标的出处不同才写"))
    note = line(_("说明"))

    class Meta:
        icon = "order"
        label = _("数值")
        label_format = "{as_of}{period} {value}"


class IndicatorBlock(ValueBlock):
    """One thing counted again and again."""

    record = records.Indicator
    expected = {"unit": _("请写明单位。"), "readings": _("至少要有一个数值。")}

    name = line(_("指标"), _("例如：建档立卡困难职工"), required=True)
    unit = line(_("单位"), _("万户、人次、%…"), required=True)
    span = ChoiceBlock(
        choices=[
            ("moment", _("时点数：某一时刻有多少")),
            ("period", _("期内数：某段时间里发生多少")),
            ("cumulative", _("累计数：从开始到那时一共多少")),
        ],
        required=False,
        label=_("时点、期内还是累计"),
    )
    scope = line(_("范围"), _("例如：全市"))
    base = line(_("占比的分母"), _("占比才写，例如：受访的168家书屋"))
    attribution = line(_("谁说的"), _("例如：据市总工会统计"))
    source = line(_("出处"))
    readings = ListBlock(ReadingBlock(), label=_("数值"), min_num=1)

    class Meta:
        icon = "order"
        label = _("指标")
        label_format = "{name}（{unit}）"


class RankingBlock(ValueBlock):
    """The ranking of a date. Its lines are text, a line each: a city's list has hundreds of them."""

    record = records.Ranking
    expected = {"as_of": PARTIAL_DATE}

    as_of = line(_("截至"), _("2024、2024-10 或 2024-10-11；一个日期一期"), required=True)
    note = line(_("说明"))
    entries = TextBlock(
        label=_("名单"),
        rows=8,
        help_text=_(
            "每行一家，用逗号或制表符隔开：名称，积分，县区，规模（大型、中型、小型、微型），"
            "得分任务数，任务数，说明。名次按积分自动排，积分相同并列。可以从 Excel 里复制过来。"
        ),
    )

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        if isinstance(data.get("entries"), str):
            data["entries"] = list(read_entries(data["entries"]))
        return data

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "entries": write_entries(data.get("entries", ()))}

    def clean(self, value: Any) -> Any:
        try:
            read_entries(value.get("entries") or "")
        except ValueError as error:
            raise StructBlockValidationError({"entries": ValidationError(str(error))}) from error
        return super().clean(value)

    class Meta:
        icon = "list-ol"
        label = _("一期排名")
        label_format = "{as_of}"


def read_entries(text: str) -> list[dict[str, Any]]:
    """The lines of a ranking as data of records.Ranked. Raises ValueError: which line, what is wrong."""
    found = []
    for number, line_ in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in _cells(line_)]
        if not any(cells):
            continue
        if len(cells) > len(COLUMNS):
            raise ValueError(
                _("第%(number)d行多了一格，应是：%(columns)s。")
                % {"number": number, "columns": "、".join(COLUMNS)}
            )
        name, score, county, size, done, tasks, note = (*cells, *[""] * (len(COLUMNS) - len(cells)))
        try:
            entry = {"name": name, "score": Decimal(score), "county": county, "note": note}
        except InvalidOperation as error:
            raise ValueError(
                _("第%(number)d行的积分“%(score)s”不是数字。") % {"number": number, "score": score}
            ) from error
        if size and size not in SIZES:
            raise ValueError(
                _("第%(number)d行的规模“%(size)s”请写成大型、中型、小型或微型。")
                % {"number": number, "size": size}
            )
        for field, cell in (("done", done), ("tasks", tasks)):
            if cell and not cell.isdigit():
                raise ValueError(
                    _("第%(number)d行的任务数“%(cell)s”不是整数。") % {"number": number, "cell": cell}
                )
            entry[field] = int(cell) if cell else None
        entry["size"] = SIZES.get(size, "")
        found.append({key: value for key, value in entry.items() if value not in ("", None)})
    return found


def _cells(line: str) -> list[str]:
    """One line, as this program writes it, as Excel copies it (tabs), or as a person types it (，)."""
    delimiter = "\t" if "\t" in line and '"' not in line else ","
    if delimiter == "," and "," not in line:
        line = line.replace("，", ",")
    return next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])


def write_entries(entries: Any) -> str:
    """The other way: one line for each entry, without empty cells at its end."""
    words = {code: word for word, code in SIZES.items()}
    text = io.StringIO()
    for entry in entries:
        said = entry if isinstance(entry, Mapping) else entry.model_dump()
        row = [
            said["name"], str(said["score"]), said.get("county") or "", words.get(said.get("size") or "", ""),
            *("" if said.get(field) is None else str(said[field]) for field in ("done", "tasks")),
            said.get("note") or "",
        ]  # fmt: skip
        while row and not row[-1]:
            row.pop()
        if any("\t" in cell for cell in row):
            csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(row)
        else:
            csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().rstrip("\n")


class HonourBlock(ValueBlock):
    """An award and who holds it, or how many do."""

    record = records.Honour
    expected = {"year": PARTIAL_DATE}
    whole = ("count", _("写了获得者就是一个：把数留成1；几个人请分几条写，或者只写数。"))

    award = line(_("荣誉"), _("例如：省五一劳动奖章"), required=True)
    level = ChoiceBlock(choices=LEVELS, label=_("级别"))
    year = line(_("年份"), _("2023、2023-04 或 2023-04-28"), required=True)
    period = line(_("时段"), _("年份说不清时写：2023上半年"))
    to = ChoiceBlock(choices=[("person", _("个人")), ("unit", _("集体"))], label=_("授予"))
    category = line(_("类别"), _("例如：镇街、企业"))
    recipient = line(_("获得者"), _("单位、班组；写个人须已公布并经本人同意。不填：只写数"))
    affiliation = line(_("所在单位"))
    count = IntegerBlock(min_value=1, default=1, label=_("数"))
    counted = line(_("计数单位"), _("个、名、家；不填：个人用“名”，集体用“个”"))
    source = line(_("出处"))
    note = line(_("说明"))

    class Meta:
        icon = "success"
        label = _("荣誉")
        label_format = "{award} {year} {recipient} {count}"


class ChartBlock(ValueBlock):
    """Indicators drawn in a text, with their table."""

    record = records.Chart
    whole = ("items", _("请选一个数据集，或在这里写指标，两样只取一样。"))

    caption = line(_("图题"))
    form = ChoiceBlock(
        choices=[("bars", _("横条")), ("lines", _("折线"))], default="bars", label=_("画成什么")
    )
    alt = line(_("替代文字"), _("给看不见图的读者：图说明了什么。不填就逐个念出数字"))
    dataset = RecordChooserBlock(
        required=False,
        label=_("用哪个数据集"),
        help_text=_("数据集改了，图跟着改；其余空着"),
        target_model="records.DatasetPage",
    )
    only = LinesBlock(label=_("只画哪几个指标"), help_text=_("每行一个指标名；不填就全画"))
    items = ListBlock(IndicatorBlock(), label=_("指标"), min_num=0, default=[])

    class Meta:
        icon = "view"
        label = _("图表")
        label_format = "{caption}"


class ListingBlock(ValueBlock):
    """Several things of which not all may be named."""

    record = records.Listing
    expected = {"total": NUMBER, "as_of": PARTIAL_DATE}
    whole = ("total", _("列出的比总数还多：请核对总数，或多勾一个“余”。"))

    label = line(_("是什么"), _("例如：服务板块"), required=True)
    total = line(_("一共多少"), _("只写数字；没有公布或还会增加就不填，网页上写“总数不定”"))
    unit = line(_("单位"), _("项、家；不填用“个”"))
    qualifier = qualifiers()
    as_of = line(_("截至"), _("2024、2024-10 或 2024-10-11"))
    source = line(_("出处"))
    items = ListBlock(ListedBlock(), label=_("列出的"), min_num=0, default=[])

    class Meta:
        icon = "list-ul"
        label = _("共几项、列出几项")
        label_format = "{label}"


class MilestoneBlock(ValueBlock):
    """One point of a timeline."""

    record = records.Milestone
    expected = {"when": PARTIAL_DATE, "until": PARTIAL_DATE}

    when = line(_("什么时候"), _("知道多细写多细：1921、1994-04 或 1940-08-06"), required=True)
    until = line(_("到什么时候"), _("持续一段的才写"))
    when_text = line(_("印成"), _("日期说不清时写，例如：新中国成立初期；上面的日期只用来排序"))
    circa = BooleanBlock(required=False, label=_("约"))
    title = line(_("什么事"), required=True)
    text = RichTextBlock(required=False, features=RICH_TEXT, label=_("说明"))
    source = line(_("出处"))
    pictures = ListBlock(PictureBlock(), label=_("图片"), min_num=0, max_num=1, default=[])
    link = LinkBlock(label=_("详见"))

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        data = super().data(value, prose)
        pictures = data.pop("pictures", [])
        return {**data, "picture": pictures[0]} if pictures else data

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        picture = data.get("picture")
        return {**data, "pictures": [picture] if picture else []}

    class Meta:
        icon = "date"
        label = _("节点")
        label_format = "{when} {title}"
