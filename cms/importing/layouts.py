"""Which columns a table may have, for each kind of table: places, courses, services, posts, honours, figures,
awards, rankings, indicators.

A row of the first three is a record of its own; a row of the others is one value inside a record that is
named when the table is brought in: a result of an event, an award, a line of a ranking, a value of an
indicator. A column is found by any of its headings, Chinese or English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cms.importing import cells
from cms.importing.cells import Reader
from cms.records.models import EventPage, PlacePage, RecordPage, ServicePage
from site_builder.records import Kind

KEY = "编号"
"""What stays the same when a row is brought in again: 编号, else 名称."""


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the place in the record, its parts joined by dots: `contact.phone`."""

    field: str
    names: tuple[str, ...]
    read: Reader = cells.line
    required: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """Rows that are values of a value: posts of an employer, lines of a ranking, values of an indicator.

    `name` is the list within the outer value, `fields` are those of its entries and `same` those by which an
    entry is known again; all other columns are fields of the outer value, known again by `key`. `renamed`
    says what a column is called in the outer value, where that differs.
    """

    name: str
    fields: tuple[str, ...]
    same: tuple[str, ...]
    key: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """`within` names the list of values that rows go into; empty where each row is a record.

    `same` are the fields by which a value is known again: the name of a post and its employer.
    """

    name: str
    label: Any
    columns: tuple[Column, ...]
    kinds: tuple[Kind, ...]
    within: str = ""
    same: tuple[str, ...] = ()
    defaults: Mapping[str, Any] | None = None
    inner: Inner | None = None

    @property
    def kind(self) -> Kind:
        return self.kinds[0]

    def column(self, heading: str) -> Column | None:
        wanted = _plain(heading)
        return next((column for column in self.columns if wanted in map(_plain, column.names)), None)

    def headings(self) -> tuple[str, ...]:
        """A heading for each column, as an empty table to start from would have them."""
        return tuple(column.names[0] for column in self.columns)


def _plain(heading: str) -> str:
    """Without what people add: 名称（必填） -> 名称."""
    return re.sub(r"[（(].*?[)）]|[\s*：:]", "", heading).lower()


def choices(model: type[RecordPage], name: str) -> Reader:
    """The words of a page's own choices, in both languages."""
    found: dict[str, list[str]] = {}
    for language in ("zh-hans", "en"):
        with override(language):
            for code, label in model._meta.get_field(name).choices:
                if code not in ("", None):
                    found.setdefault(str(code), []).append(str(label))
    return cells.one_of(found.items())


def _common() -> Iterable[Column]:
    return (
        Column("summary", ("摘要", "简介", "summary")),
        Column("region", ("地区", "区县", "region")),
        Column("topics", ("专题", "topics"), cells.lines),
        Column("audiences", ("面向", "对象", "audiences"), cells.lines),
        Column("keywords", ("搜索词", "keywords"), cells.lines),
        Column("contact.name", ("联系部门", "contact")),
        Column("contact.phone", ("电话", "联系电话", "phone")),
        Column("contact.hours", ("咨询时间", "contact hours")),
        Column("contact.email", ("邮箱", "email")),
    )


def _head() -> Iterable[Column]:
    return (
        Column("key", (KEY, "key", "id")),
        Column("title", ("名称", "标题", "title", "name"), required=True),
        Column("slug", ("网址代号", "slug")),
    )


PLACES = Layout(
    "places",
    _("阵地"),
    (
        *_head(),
        Column("type", ("类型", "type"), choices(PlacePage, "type")),
        Column("place", ("地址", "address")),
        Column("position.latitude", ("纬度", "latitude"), cells.number),
        Column("position.longitude", ("经度", "longitude"), cells.number),
        Column(
            "position.datum",
            ("坐标系", "datum"),
            cells.one_of([("gcj02", ["GCJ-02", "高德", "腾讯"]), ("wgs84", ["WGS-84", "GPS"])]),
        ),
        Column("directions", ("怎么去", "directions")),
        Column("hours", ("开放时间", "opening hours", "hours"), cells.hours),
        Column("always_open", ("24小时", "24小时开放", "always open"), cells.yes_no),
        Column("hours_note", ("时间说明", "hours note")),
        Column("status", ("状态", "status"), choices(PlacePage, "status")),
        Column("status_note", ("状态说明", "status note")),
        Column("access", ("谁可以进", "access"), choices(PlacePage, "access")),
        Column("host", ("所在单位", "host")),
        Column("operators", ("运营", "运营单位", "operators"), cells.lines),
        Column("facilities", ("设施", "facilities"), cells.lines),
        Column("services", ("能办什么", "服务内容", "services"), cells.lines),
        Column("accessibility", ("无障碍", "accessibility"), cells.lines),
        Column("cost", ("费用", "cost"), cells.free_or_price),
        Column("verified_at", ("核对日期", "verified at"), cells.day),
        *_common(),
    ),
    (Kind.PLACE,),
)
COURSES = Layout(
    "courses",
    _("课程和活动"),
    (
        *_head(),
        Column("type", ("类型", "type"), choices(EventPage, "type")),
        Column("session.day", ("日期", "开课日期", "date"), cells.day),
        Column("session.starts", ("开始时间", "几点开始", "starts"), cells.clock),
        Column("session.ends", ("结束时间", "几点结束", "ends"), cells.clock),
        Column("session.on", ("每周", "重复", "weekly"), cells.weekdays),
        Column("session.until", ("到何日止", "结课日期", "until"), cells.day),
        Column("session.count", ("次数", "节数", "lessons"), cells.whole),
        Column("when", ("时间", "when")),
        Column("place", ("地点", "地址", "place")),
        Column("teachers", ("老师", "授课", "teachers"), cells.lines),
        Column("level", ("难度", "level")),
        Column("cost", ("费用", "价格", "price"), cells.free_or_price),
        Column("cost.market", ("市场价", "market price"), cells.number),
        Column("cost.per", ("费用说明", "price for")),
        Column("seats.total", ("名额", "seats"), cells.whole),
        Column("seats.left", ("余额", "剩余名额", "seats left"), cells.whole),
        Column("seats.counted", ("统计时间", "counted"), cells.day_or_moment),
        Column("seats.minimum", ("最少人数", "几人开班", "minimum"), cells.whole),
        Column("entry.link", ("报名网址", "url")),
        Column("entry.value", ("报名应用", "app")),
        Column("window.opens", ("报名开始", "registration opens"), cells.day_or_moment),
        Column("window.closes", ("报名截止", "registration closes"), cells.day_or_moment),
        Column("certificate", ("证书", "certificate")),
        Column("child_care", ("带孩子", "children")),
        Column("organisers", ("主办", "organisers"), cells.lines),
        Column("undertakers", ("承办", "undertakers"), cells.lines),
        *_common(),
    ),
    (Kind.EVENT,),
    defaults={"type": "course"},
)
SERVICES = Layout(
    "services",
    _("服务入口"),
    (
        *_head(),
        Column("type", ("类型", "type"), choices(ServicePage, "type")),
        Column("status", ("状态", "status"), choices(ServicePage, "status")),
        Column("status_note", ("状态说明", "status note")),
        Column("since", ("开通时间", "since"), cells.partial_date),
        Column("operator", ("运营", "运营单位", "operator")),
        Column("platform", ("所在平台", "platform")),
        Column("entry.link", ("网址", "入口网址", "url")),
        Column("entry.value", ("入口", "应用名", "entry")),
        Column("fallback.phone", ("备用电话", "fallback phone")),
        Column("fallback.address", ("备用地点", "fallback address")),
        Column("eligibility", ("谁可以用", "eligibility"), cells.lines),
        Column("collects", ("个人信息", "collects"), cells.lines),
        Column("cost", ("费用", "cost"), cells.free_or_price),
        Column("time_limit", ("办理时限", "time limit")),
        Column("checked_at", ("核对日期", "checked at"), cells.day),
        *_common(),
    ),
    (Kind.SERVICE,),
)
POSTS = Layout(
    "posts",
    _("招聘岗位"),
    (
        Column("employer", ("单位", "单位名称", "employer"), required=True),
        Column("industry", ("行业", "industry")),
        Column("zone", ("分区", "招聘分区", "zone")),
        Column("stand", ("展位", "stand")),
        Column("title", ("岗位", "职位", "post"), required=True),
        Column("headcount", ("人数", "招聘人数", "headcount"), cells.whole),
        Column("pay", ("待遇", "薪资", "pay")),
        Column("requirement", ("要求", "requirement")),
        Column("place", ("工作地点", "place")),
    ),
    (Kind.EVENT,),
    within="employers",
    same=("employer", "title"),
    inner=Inner(
        "posts",
        fields=("title", "headcount", "pay", "requirement", "place"),
        same=("title",),
        key=("name",),
        renamed={"employer": "name"},
    ),
)
HONOURS = Layout(
    "honours",
    _("名次和获奖名单"),
    (
        Column("rank", ("名次", "奖项", "rank"), required=True),
        Column("name", ("名称", "获奖者", "name"), required=True),
        Column("unit", ("单位", "所在单位", "unit")),
        Column("note", ("说明", "note")),
    ),
    (Kind.EVENT,),
    within="results",
    same=("rank", "name"),
)
FIGURES = Layout(
    "figures",
    _("数字"),
    (
        Column("label", ("指标", "是什么", "label"), required=True),
        Column("value", ("数值", "value"), cells.number, required=True),
        Column("unit", ("单位", "unit"), required=True),
        Column("qualifier", ("修饰", "qualifier"), cells.lines),
        Column("as_of", ("截至", "as of"), cells.partial_date),
        Column("period", ("统计时段", "period")),
        Column("scope", ("范围", "scope")),
        Column("attribution", ("谁说的", "attribution")),
        Column("source", ("出处", "source")),
        Column("status", ("性质", "status"), cells.one_of([("actual", ["已发生"]), ("planned", ["计划"])])),
    ),
    tuple(Kind),
    within="figures",
    same=("label", "as_of", "period", "scope"),
)

_STATUS = cells.one_of([("actual", ["已发生"]), ("planned", ["计划"])])
AWARDS = Layout(
    "awards",
    _("荣誉名册"),
    (
        Column("award", ("荣誉", "award"), required=True),
        Column("level", ("级别", "level"), cells.one_of(
            [("national", ["全国", "国家级"]), ("province", ["省级", "省"]), ("city", ["市级", "市"]),
             ("county", ["县级", "县"]), ("town", ["乡镇街道", "乡镇"]), ("enterprise", ["企业"]),
             ("industry", ["行业"])]
        ), required=True),
        Column("year", ("年份", "year"), cells.partial_date, required=True),
        Column("period", ("时段", "period")),
        Column(
            "to",
            ("个人或集体", "授予", "to"),
            cells.one_of([("person", ["个人"]), ("unit", ["集体", "单位"])]),
            required=True,
        ),
        Column("category", ("类别", "category")),
        Column("recipient", ("获得者", "recipient")),
        Column("affiliation", ("所在单位", "affiliation")),
        Column("count", ("数", "人数", "count"), cells.whole),
        Column("counted", ("计数单位", "counted")),
        Column("source", ("出处", "source")),
        Column("note", ("说明", "note")),
    ),
    (Kind.DATASET,),
    within="awards",
    same=("award", "level", "year", "period", "to", "category", "recipient"),
)  # fmt: skip
RANKINGS = Layout(
    "rankings",
    _("排名"),
    (
        Column("as_of", ("截至", "as of"), cells.partial_date, required=True),
        Column("name", ("名称", "企业", "单位", "name"), required=True),
        Column("score", ("积分", "得分", "分数", "score"), cells.number, required=True),
        Column("county", ("县区", "区县", "county")),
        Column("size", ("规模", "size"), cells.one_of(
            [("large", ["大型"]), ("medium", ["中型"]), ("small", ["小型"]), ("micro", ["微型"])]
        )),
        Column("done", ("得分任务", "完成任务", "done"), cells.whole),
        Column("tasks", ("任务", "任务数", "tasks"), cells.whole),
        Column("note", ("说明", "note")),
    ),
    (Kind.DATASET,),
    within="rankings",
    same=("as_of", "county", "name"),
    inner=Inner(
        "entries",
        fields=("name", "score", "county", "size", "done", "tasks", "note"),
        same=("county", "name"),
        key=("as_of",),
    ),
)  # fmt: skip
INDICATORS = Layout(
    "indicators",
    _("指标"),
    (
        Column("name", ("指标", "indicator"), required=True),
        Column("value", ("数值", "value"), cells.number, required=True),
        Column("unit", ("单位", "unit"), required=True),
        Column("qualifier", ("修饰", "qualifier"), cells.lines),
        Column("as_of", ("截至", "as of"), cells.partial_date),
        Column("period", ("统计时段", "period")),
        Column("status", ("性质", "status"), _STATUS),
        Column("derivation", ("怎么算的", "derivation")),
        Column(
            "span",
            ("口径", "span"),
            cells.one_of([("moment", ["时点"]), ("period", ["期内"]), ("cumulative", ["累计"])]),
        ),
        Column("scope", ("范围", "scope")),
        Column("base", ("占什么的比重", "base")),
        Column("attribution", ("谁说的", "attribution")),
        Column("source", ("出处", "source")),
        Column("note", ("说明", "note")),
    ),
    (Kind.DATASET,),
    within="indicators",
    same=("name", "unit", "scope", "as_of", "period"),
    inner=Inner(
        "readings",
        fields=("value", "qualifier", "as_of", "period", "status", "derivation", "note"),
        same=("as_of", "period"),
        key=("name", "unit", "scope"),
    ),
)

LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (PLACES, COURSES, SERVICES, POSTS, HONOURS, FIGURES, AWARDS, RANKINGS, INDICATORS)
}
