"""What the fields of content are made of: words, scalar types, and the model that holds them."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from site_builder.times import BEIJING, FIRST_YEAR, LAST_YEAR


class Kind(StrEnum):
    STORY = "story"
    PROGRAM = "program"
    GUIDE = "guide"
    EVENT = "event"
    PLACE = "place"
    SERVICE = "service"
    COLLECTION = "collection"
    DATASET = "dataset"


class Level(StrEnum):
    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    ENTERPRISE = "enterprise"
    INDUSTRY = "industry"


Need = Literal[
    "join", "job", "skill", "rights", "hardship", "health", "insurance", "family", "rest", "culture",
    "saving", "honour", "give", "union_work",
]  # fmt: skip
"""What somebody looks for: 加入工会, 找工作, 学技能, 维权讨薪, 困难帮扶, 看病体检, 互助保障, 孩子和家庭,
歇脚疗休养, 文化读书, 优惠普惠, 评先选优, 捐助和志愿, 办好基层工会."""

LifeEvent = Literal[
    "new_job", "lost_job", "illness", "injury", "birth", "child", "dispute", "hardship", "on_the_road",
]  # fmt: skip
"""What happened to somebody: 刚入职, 失业转岗, 生病住院, 受工伤, 怀孕生育, 孩子上学放假, 工资合同有争议,
家里有困难, 在路上跑活."""


# --- scalar types -------------------------------------------------------------------------------


def _in_our_time(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(
            f"The year {value.year} is not one of {FIRST_YEAR} to {LAST_YEAR}: "
            "leave out a date that is not known or never comes"
        )
    return value


def _moment(value: object) -> object:
    """Accept a bare date as that day's first moment in Beijing, and drop fractions of seconds."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), BEIJING)
    return value


def _day_or_moment(value: object) -> object:
    """Tell a day from a moment by how it is written: 2025-04-01T00:00:00+08:00 is no whole day."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("This moment has no time zone: write 2025-04-01T09:00:00+08:00, or only the day")
    _in_our_time(moment)
    return moment.astimezone(BEIJING)


def _in_beijing(value: datetime) -> datetime:
    _in_our_time(value)
    return value.astimezone(BEIJING).replace(microsecond=0)


def _numeric(value: object) -> object:
    """Keep a number exactly as it was written (125460.30 stays 125460.30), anything else as text."""
    if isinstance(value, bool):
        raise ValueError("a figure's value is a number or a short text, not true/false")
    if isinstance(value, int | float | str):
        if not re.fullmatch(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?", str(value)):
            raise ValueError("This is not a number: write up to 20 digits, perhaps a point and decimals")
        if not str(value).startswith("+"):
            return Decimal(str(value))
    return value


def _as_text(value: object) -> object:
    """YAML reads 2023 as a number; a year is meant."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value


def _of_a_calendar(value: str) -> str:
    date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    return value


_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
"""The hundred commonest (公安部户政管理研究中心, 全国姓名报告)."""
_BODIES = "部处科室会组局院心办站员席辑记长任审岗区县市镇厂社所队司团校馆台班人师工网"
"""How the name of a body or a role ends."""


def looks_like_a_name(value: str) -> bool:
    """Whether it reads like a person's name: a surname and one or two characters more."""
    name = value.replace(" ", "")
    return (
        re.fullmatch(r"[\u4e00-\u9fff]{2,3}", name) is not None
        and name[0] in _SURNAMES
        and name[-1] not in _BODIES
    )


def body_or_role(value: str) -> str:
    """Return `value` unless it reads like a person's name."""
    if looks_like_a_name(value):
        raise ValueError(
            f"{value!r} looks like a person's name: write the body or the role, such as 法律工作部"
        )
    return value


def as_tuple(value: object) -> object:
    """One word is a list of one."""
    return (value,) if isinstance(value, str) else value


LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel", "record", "media"})


def check_link(value: str) -> str:
    """Return `value` if it is a link content may carry, else raise ValueError saying what may stand there.

    Allowed: http, https, mailto, tel, `record:<uuid>`, `media:<union>/<name>`, a path on the same site
    (`/programs/`) and a fragment (`#section`).
    """
    if value.startswith(("#", "/")) and not value.startswith("//"):
        return value
    parts = urlsplit(value)
    scheme = parts.scheme.lower()
    whole = parts.hostname and not parts.username if scheme in ("http", "https") else parts.path
    if scheme not in LINK_SCHEMES or not whole or re.search(r"[\x00-\x20]", value):
        raise ValueError(
            f"{value!r} is not a link this site may carry: use https://, mailto:, tel:, record:<id>, "
            "media:<union>/<name> or a path that starts with /"
        )
    if scheme == "record":
        UUID(value.removeprefix("record:"))
    return value


SLUG_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"

Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\r\n]*$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\r\n]*$", max_length=200)]
BodyOrRole = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[^\r\n]+$", max_length=100),
    AfterValidator(body_or_role),
]
"""Who stands for something in public: never a person."""
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_beijing)]
Day = Annotated[date, AfterValidator(_in_our_time)]
DayOrMoment = Annotated[date | AwareDatetime, BeforeValidator(_day_or_moment), AfterValidator(_in_our_time)]
"""A bare date means the whole day."""
PartialDate = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"),
    BeforeValidator(_as_text),
    AfterValidator(_of_a_calendar),
]
"""A date as exactly as it is known: 2024, 2024-10 or 2024-10-11."""
MOST = 2**31 - 1
"""Of whatever is counted: JSON and databases hold no more of it."""
Number = Annotated[Decimal, BeforeValidator(_numeric), PlainSerializer(str, when_used="json")]
Link = Annotated[str, AfterValidator(check_link)]
MediaRef = Annotated[str, StringConstraints(pattern=r"^media:[a-z0-9-]+/[^/\s]+$")]
RecordRef = Annotated[str, StringConstraints(pattern=r"^record:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
MARKDOWN = "markdown"
"""Marks the fields that hold Markdown, so that whoever shows a record finds them by their type."""
Markdown = Annotated[str, StringConstraints(strip_whitespace=True), MARKDOWN]
BODY = "body"
"""Marks the fields that hold a whole text, with headings, tables and blocks."""
BodyText = Annotated[str, StringConstraints(strip_whitespace=True), BODY]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
SitePath = Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$")]

Clock = Annotated[str, StringConstraints(pattern=r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
"""A time of day in Beijing: 08:30; 24:00 is the end of the day."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Qualifier = Literal[
    "近", "超", "余", "多", "约", "以上", "不足", "至少", "预计", "计划", "仅", "可达", "相当于"
]
LEADING_QUALIFIERS = frozenset({"近", "超", "约", "不足", "至少", "预计", "计划", "仅", "可达", "相当于"})
"""Printed before the number (近500万元); the others follow it (350余个, 95%以上)."""


def public(default: Any = None, **options: Any) -> Any:
    """A field that sites may show. Every other field of a record stays out of every file of a site."""
    return Field(default, json_schema_extra={"public": True}, **options)


class Model(BaseModel):
    # A validator is made when it is first asked for: most builds parse a few files, of few kinds.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)
