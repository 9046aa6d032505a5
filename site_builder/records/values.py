"""Values that several kinds carry: a figure, a contact, a window, a paper, a consent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from site_builder.records.scalars import (
    MOST,
    BodyOrRole,
    Day,
    DayOrMoment,
    Line,
    Link,
    Markdown,
    MediaRef,
    Model,
    Number,
    PartialDate,
    Qualifier,
    Slug,
    as_tuple,
)
from site_builder.times import BEIJING


class Figure(Model):
    """A number with everything that makes it true: unit, qualifier, when, for what, who says so."""

    label: Line
    value: Number | Line
    unit: Line
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    as_of: PartialDate | None = Field(None, description="the day, month or year the value was true")
    period: Line = Field("", description="the span it was counted over, as printed: 2019—2023-07")
    scope: Line = ""
    attribution: Line = Field("", description="who says so: 据市总工会统计")
    source: Line = ""
    status: Literal["actual", "planned"] = "actual"
    span: Literal["", "moment", "period", "cumulative"] = Field(
        "", description="counted at a moment, within the period, or from a beginning on"
    )
    derived: bool = Field(False, description="computed from other figures, not reported")
    derivation: Line = Field("", description="how it was computed; a figure that says so is derived")
    listed: tuple[Line, ...] = Field(
        (), description="the ones named, where value is a total: 共10个, 列出6个"
    )

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if not self.as_of and not self.period:
            raise ValueError("a figure needs a date: give as_of (2024, 2024-10, 2024-10-11) or period")
        return self


class Contact(Model):
    """How to reach somebody. What is not known stays empty and is shown as 请咨询 + the union."""

    name: Line = ""
    purpose: Line = Field("", description="what this contact answers: 报名咨询")
    phone: Line = ""
    hours: Line = ""
    address: Line = ""
    email: Line = ""
    url: Link | None = None
    note: Line = ""


class Picture(Model):
    """One use of a picture. Credit and rights belong to the picture itself (see `Media`)."""

    media: MediaRef
    alt: Line
    caption: Line = ""


BylineRole = Literal[
    "reporter", "correspondent", "special_reporter", "photographer", "planner", "graphic_maker",
    "compiler", "author", "original_author", "editor", "responsible_editor", "proofreader",
]  # fmt: skip


class Byline(Model):
    role: BylineRole
    name: Line = Field(description="a body or a role; a person only with that person's consent")
    affiliation: Line = ""
    union: Slug | None = None


class SourceCredit(Model):
    """Where a text comes from when it is not our own: 来源, 摘自, 转载."""

    relation: Literal["reprint", "excerpt", "based_on"]
    publication: Line
    issue_date: PartialDate | None = None
    page: Line = Field("", description="版: where in that issue it stands, as printed: 3版、03版")
    original_author: Line = ""
    title: Line = ""
    url: Link | None = None


class Abstract(Model):
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=240)]
    label: Line = Field("", description="阅读提示, 提要; empty shows none")


class ForWechat(Model):
    """What the edition of a story for WeChat says otherwise than the page; nothing of it is on a site."""

    title: Line = Field("", description="公众号标题; empty: the title")
    digest: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = Field(
        "", description="公众号摘要; empty: from the summary"
    )
    cover: MediaRef | None = Field(None, description="公众号封面; empty: the lead picture")


class EditorNote(Model):
    text: Markdown
    label: Line = Field("", description="小编说, 编者按; empty shows 编者按")
    position: Literal["start", "end"] = "end"


class Window(Model):
    """When something can be applied for or takes place. A bare closing date means the end of that day."""

    opens: DayOrMoment | None = None
    closes: DayOrMoment | None = None
    note: Line = ""

    @property
    def opens_at(self) -> datetime | None:
        return None if self.opens is None else start_of(self.opens)

    @property
    def closes_at(self) -> datetime | None:
        """The first moment at which it is closed."""
        if self.closes is None or isinstance(self.closes, datetime):
            return self.closes
        return start_of(self.closes + timedelta(days=1))

    def holds(self, as_of: datetime) -> bool:
        """Whether `as_of` lies within it; an end that is not given is open."""
        return (self.opens_at is None or self.opens_at <= as_of) and (
            self.closes_at is None or as_of < self.closes_at
        )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            raise ValueError("closes must come after opens")
        return self


def start_of(value: date | datetime) -> datetime:
    """A moment as it is; a date as that day's first moment in Beijing."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), BEIJING)


class Quota(Model):
    value: Number | None = None
    unit: Line = "名"
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    filled: bool = Field(False, description="名额已满")
    note: Line = ""


class Paper(Model):
    """One paper an applicant brings (材料)."""

    name: Line
    form: Literal["original", "copy", "either", ""] = ""
    count: int | None = Field(None, ge=1, le=MOST)
    note: Line = ""
    waivable: bool = Field(False, description="may be left out by a promise (告知承诺)")
    template: MediaRef | None = None


class Step(Model):
    title: Line
    text: Markdown = ""
    link: Link | None = None


class Benefit(Model):
    """What somebody gets. No amount known: it is shown as 请咨询 + the union, never guessed."""

    label: Line
    value: Number | None = None
    unit: Line = ""
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    audience: Line = ""
    note: Line = ""


class Cost(Model):
    free: bool | None = Field(None, description="null: not known")
    value: Number | None = None
    unit: Line = "元"
    note: Line = ""


class ApplyWay(Model):
    """One way to apply: on site, by phone, in an app, through one's own union."""

    way: Literal["link", "qr", "app", "phone", "counter", "union", "post"]
    label: Line
    value: Line = Field("", description="the address, number or name of the app; empty: not known")
    link: Link | None = None
    note: Line = ""


class Question(Model):
    question: Line
    answer: Markdown


class Basis(Model):
    """A legal or policy ground."""

    title: Line
    number: Line = ""
    link: Link | None = None


class Parameter(Model):
    """A value of a policy with the time for which it holds: the cap of a benefit on a given day."""

    name: Line
    value: Number | Line
    unit: Line = ""
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    valid_from: Day | None = None
    valid_to: Day | None = Field(None, description="the last day it holds")
    source: Line = ""
    note: Line = ""


class ChangeNote(Model):
    date: Day
    note: Line
    major: bool = False


class Disclosure(Model):
    """One report that a fund or a campaign owes the public: 信息公开."""

    title: Line
    period: Line = Field("", description="what it covers, as printed: 2024年度")
    published: Day | None = Field(None, description="when it was made public")
    media: MediaRef | None = None
    link: Link | None = None
    note: Line = ""


Shown = Literal["words", "picture", "video", "child"]
"""What of somebody a record shows: 说的话, 认得出人的照片, 视频, 未成年人."""


class Consent(Model):
    """That somebody agreed to be shown. Kept with the record, and in no file of a site."""

    who: BodyOrRole = Field(description="by role, never by name: 夜校学员, 学员的监护人")
    covers: tuple[Shown, ...]
    given: Day | None = None
    until: Day | None = Field(None, description="the last day it holds; empty: until it is taken back")
    ended: Day | None = Field(
        None, description="when it was taken back: from then on the record is on no site"
    )
    kept: Line = Field("", description="where the signed paper lies")

    def holds(self, day: date) -> bool:
        return (self.until is None or day <= self.until) and (self.ended is None or day < self.ended)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.covers:
            raise ValueError("covers is empty: say what was agreed to")
        if self.given and any(end < self.given for end in (self.until, self.ended) if end):
            raise ValueError("until and ended must not come before given")
        return self


class Reviewed(Model):
    """Who read a record over before it was published, and when: 审核."""

    by: BodyOrRole = Field(description="a body or a role, never a person: 法律工作部, 值班编辑")
    at: Day | None = None


class PolicyDocument(Model):
    """公文 metadata, as the government's information-disclosure catalogues list them."""

    number: Line = Field("", description="发文字号")
    index_number: Line = Field("", description="索引号")
    issuer: Line = Field("", description="发文机关")
    title: Line = Field("", description="the document's own title, where the guide has another")
    written: PartialDate | None = Field(None, description="成文日期")
    issued: PartialDate | None = Field(None, description="发布日期")
    effective: PartialDate | None = Field(None, description="施行日期")
    ceases: PartialDate | None = Field(None, description="失效日期")
    validity: Literal["", "effective", "trial", "amended", "repealed"] = Field("", description="有效性")
    subject: Line = Field("", description="主题分类")
    genre: Line = Field("", description="体裁分类")
