"""The record types: what `content/` may say, and nothing else.

This module is the contract between everyone who writes content (Wagtail's export, a person with an
editor, another program) and everyone who reads it (the plan, the theme, the search, the API).
`site_builder/schema/*.json` is generated from it by `python -m site_builder.schemas`.

A field is private until it is declared with `public()`: only public fields may reach a site's pages
and its `index.json`. Values nested in a public field (a figure, a contact) are public as a whole.

Every model is frozen, refuses fields it does not know, and treats an empty list or string like an
absent one, so that an edition can tell what it says itself from what it inherits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone in which dates without a zone are meant, and in which canonical files write moments."""


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


# --- scalar types -------------------------------------------------------------------------------


def _moment(value: object) -> object:
    """Accept a bare date as that day's first moment in Beijing, and drop fractions of seconds."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), BEIJING)
    return value


def _in_beijing(value: datetime) -> datetime:
    return value.astimezone(BEIJING).replace(microsecond=0)


def _numeric(value: object) -> object:
    """Keep a number exactly as it was written (125460.30 stays 125460.30), anything else as text."""
    if isinstance(value, bool):
        raise ValueError("a figure's value is a number or a short text, not true/false")
    if isinstance(value, int | float | str) and re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
        return Decimal(str(value))
    return value


def _as_text(value: object) -> object:
    """YAML reads 2023 as a number; a year is meant."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel", "record", "media"})


def check_link(value: str) -> str:
    """Return `value` if it is a link content may carry, else raise ValueError saying what may stand there.

    Allowed: http, https, mailto, tel, `record:<uuid>`, `media:<union>/<name>`, a path on the same site
    (`/programs/`) and a fragment (`#section`).
    """
    if value.startswith(("#", "/")) and not value.startswith("//"):
        return value
    scheme = urlsplit(value).scheme.lower()
    if scheme not in LINK_SCHEMES or re.search(r"[\x00-\x20]", value):
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
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_beijing)]
PartialDate = Annotated[
    str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"), BeforeValidator(_as_text)
]
"""A date as exactly as it is known: 2024, 2024-10 or 2024-10-11."""
Number = Annotated[Decimal, BeforeValidator(_numeric), PlainSerializer(str, when_used="json")]
Link = Annotated[str, AfterValidator(check_link)]
MediaRef = Annotated[str, StringConstraints(pattern=r"^media:[a-z0-9-]+/[^/\s]+$")]
RecordRef = Annotated[str, StringConstraints(pattern=r"^record:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
MARKDOWN = "markdown"
"""Marks the fields that hold Markdown, so that whoever shows a record finds them by their type."""
Markdown = Annotated[str, StringConstraints(strip_whitespace=True), MARKDOWN]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
SitePath = Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$")]

Qualifier = Literal[
    "近", "超", "余", "多", "约", "以上", "不足", "至少", "预计", "计划", "仅", "可达", "相当于"
]
LEADING_QUALIFIERS = frozenset({"近", "超", "约", "不足", "至少", "预计", "计划", "仅", "可达", "相当于"})
"""Printed before the number (近500万元); the others follow it (350余个, 95%以上)."""


def public(default: Any = None, **options: Any) -> Any:
    """A field that sites may show. Every other field of a record stays out of every file of a site."""
    return Field(default, json_schema_extra={"public": True}, **options)


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# --- values ---------------------------------------------------------------------------------------


class Figure(Model):
    """A number with everything that makes it true: unit, qualifier, when, for what, who says so."""

    label: Line
    value: Number | Line
    unit: Line
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(_as_tuple)] = ()
    as_of: PartialDate | None = Field(None, description="the day, month or year the value was true")
    period: Line = Field("", description="the span it was counted over, as printed: 2019—2023-07")
    scope: Line = ""
    attribution: Line = Field("", description="who says so: 据市总工会统计")
    source: Line = ""
    status: Literal["actual", "planned"] = "actual"
    derived: bool = Field(False, description="computed from other figures, not reported")
    listed: tuple[Line, ...] = Field((), description="the ones named, where value is a total: 共10个, 列出6个")

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
    "compiler", "author", "original_author", "editor", "responsible_editor",
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
    original_author: Line = ""
    title: Line = ""
    url: Link | None = None


class Abstract(Model):
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=240)]
    label: Line = Field("", description="阅读提示, 提要; empty shows none")


class EditorNote(Model):
    text: Markdown
    label: Line = Field("", description="小编说, 编者按; empty shows 编者按")
    position: Literal["start", "end"] = "end"


def _day_or_moment(value: object) -> object:
    """Tell a day from a moment by how it is written: 2025-04-01T00:00:00+08:00 is no whole day."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("This moment has no time zone: write 2025-04-01T09:00:00+08:00, or only the day")
    return moment


DayOrMoment = Annotated[date | AwareDatetime, BeforeValidator(_day_or_moment)]


class Window(Model):
    """When something can be applied for or takes place. A bare closing date means the end of that day."""

    opens: DayOrMoment | None = None
    closes: DayOrMoment | None = None
    note: Line = ""

    @property
    def opens_at(self) -> datetime | None:
        return None if self.opens is None else _start_of(self.opens)

    @property
    def closes_at(self) -> datetime | None:
        """The first moment at which it is closed."""
        if self.closes is None or isinstance(self.closes, datetime):
            return self.closes
        return _start_of(self.closes + timedelta(days=1))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            raise ValueError("closes must come after opens")
        return self


def _start_of(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), BEIJING)


class Quota(Model):
    value: Number | None = None
    unit: Line = "名"
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(_as_tuple)] = ()
    filled: bool = Field(False, description="名额已满")
    note: Line = ""


class Paper(Model):
    """One paper an applicant brings (材料)."""

    name: Line
    form: Literal["original", "copy", "either", ""] = ""
    count: int | None = Field(None, ge=1)
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
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(_as_tuple)] = ()
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
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(_as_tuple)] = ()
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="the last day it holds")
    source: Line = ""
    note: Line = ""


class ChangeNote(Model):
    date: date
    note: Line
    major: bool = False


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


# --- sharing --------------------------------------------------------------------------------------

SlotName = Literal["contact", "place", "dates", "quota", "papers", "amount", "intro", "note"]
SLOT_FIELDS: Mapping[str, str] = {
    "contact": "contact", "place": "place", "dates": "window", "quota": "quota",
    "papers": "papers", "amount": "benefits", "intro": "intro", "note": "note",
}  # fmt: skip
"""Which field of a record a slot fills."""

ShareTarget = Annotated[
    str,
    StringConstraints(
        pattern=r"^(descendants|children|level:(national|province|city|county|town|enterprise|industry)"
        r"|line:[a-z0-9-]+|union:[a-z0-9-]+)$"
    ),
]


class Share(Model):
    """What the owner says of a record: for which part of the tree, how binding, what is local."""

    mode: Literal["none", "offer", "required"] = "none"
    to: tuple[ShareTarget, ...] = ()
    by: date | None = Field(None, description="the day by which the unions below should carry it")
    slots: tuple[SlotName, ...] = ()

    @model_validator(mode="after")
    def _aimed(self) -> Self:
        if self.mode != "none" and not self.to:
            raise ValueError(f"share.mode {self.mode} needs share.to, for example [descendants]")
        return self


class Slots(Model):
    """The values one union fills into a shared record."""

    contact: Contact | None = None
    place: Line = ""
    dates: Window | None = None
    quota: Quota | None = None
    papers: tuple[Paper, ...] = ()
    amount: tuple[Benefit, ...] = ()
    intro: Markdown = ""
    note: Markdown = ""


class Adoption(Model):
    """What a union says of a record shared with it. Pin implies take."""

    record: UUID
    action: Literal["take", "hide", "pin"]
    slots: Slots | None = None


class Withdrawn(Model):
    at: Moment
    reason: Line
    redirect: Link | None = None


# --- records --------------------------------------------------------------------------------------


class BaseRecord(Model):
    """What all eight kinds carry. Field order here is the order of canonical front matter."""

    id: UUID = public(...)
    kind: Kind = public(...)
    union: Slug = public(..., description="the owner")
    title: Title = public("", description="may be left out by an edition, which then inherits it")
    slug: Slug = public(..., description="unique for this owner and kind")
    published: Moment = public(..., description="in the future: embargoed until then")
    updated: Moment | None = public()
    expires: Moment | None = Field(None, description="from this moment it is on no site")
    former_paths: tuple[SitePath, ...] = Field((), description="on the owner's site: /programs/old-slug/")
    edition_of: UUID | None = public()
    share: Share = Share()
    withdrawn: Withdrawn | None = None

    title_short: Title = public("", description="for lists and phones")
    summary: Text = public("", description="one or two sentences: lists, search, feeds")
    topics: tuple[Line, ...] = public(())
    audiences: tuple[Line, ...] = public(())
    keywords: tuple[Line, ...] = Field((), description="words a reader may search for; never shown")
    region: Line = public("", description="where it applies or happened, as printed")
    lead_picture: Picture | None = public()
    figures: tuple[Figure, ...] = public(())
    contact: Contact | None = public()
    place: Line = public("", description="where to go")
    intro: Markdown = public("", description="a few words of the local union, above the text")
    note: Markdown = public("", description="a local remark, below the text")
    related: tuple[UUID, ...] = public(())
    change_notes: tuple[ChangeNote, ...] = public(())
    review_due: date | None = None

    NEVER_INHERITED: ClassVar[frozenset[str]] = frozenset(
        {
            "id", "kind", "union", "slug", "published", "updated", "expires", "former_paths",
            "edition_of", "share", "withdrawn", "change_notes", "review_due",
        }
    )  # fmt: skip
    """What an edition says for itself alone; every other field it leaves empty comes from its source."""

    body: str = public("", description="Markdown after the front matter, in the dialect of site_builder.body")

    @model_validator(mode="after")
    def _titled(self) -> Self:
        if not self.title and self.edition_of is None:
            raise ValueError("title is missing: only an edition (edition_of) may leave it out")
        return self


Genre = Literal[
    "news", "feature", "report", "roundup", "photo", "infographic", "digest", "signed", "notice"
]
"""消息, 特写, 通讯, 综述, 图片新闻, 图解, 文摘, 署名文章, 通知."""


class Story(BaseRecord):
    kind: Literal[Kind.STORY] = public(...)
    genre: Genre = public("news")
    kicker: Title = public("", description="引题, above the headline")
    kicker_joins_title: bool = public(False, description="the kicker runs on into the title: ——")
    subtitle: Title = public("", description="副题, under the headline")
    subject_line: Title = public("", description="says plainly what a lyrical headline does not")
    column: Line = public("", description="栏目: 主席之声, 他山之石")
    series: Line = public("", description="系列报道")
    dateline: Line = public("", description="place named at the opening")
    event_date: PartialDate | None = public(None, description="when it happened, not when it was printed")
    bylines: tuple[Byline, ...] = public(())
    source: SourceCredit | None = public()
    abstract: Abstract | None = public()
    editor_note: EditorNote | None = public()


class Program(BaseRecord):
    kind: Literal[Kind.PROGRAM] = public(...)
    type: Literal["program", "call"] = public("program")
    organisers: tuple[Line, ...] = public(())
    partners: tuple[Line, ...] = public(())
    eligibility: tuple[Line, ...] = public((), description="all of these must hold")
    eligibility_any: tuple[Line, ...] = public((), description="and at least one of these")
    membership_required: bool | None = public(None, description="null: not known")
    benefits: tuple[Benefit, ...] = public(())
    quota: Quota | None = public()
    cost: Cost | None = public()
    window: Window | None = public(None, description="when one can apply")
    activity: Window | None = public(None, description="when it takes place")
    standing: bool = public(False, description="open all year, without a window")
    status: Literal["", "full", "suspended", "ended"] = public("", description="set by hand; else from dates")
    papers: tuple[Paper, ...] = public(())
    steps: tuple[Step, ...] = public(())
    apply: tuple[ApplyWay, ...] = public(())
    forms: tuple[MediaRef, ...] = public(())
    basis: tuple[Basis, ...] = public(())
    questions: tuple[Question, ...] = public(())
    privacy: Text = public("")


class Guide(BaseRecord):
    kind: Literal[Kind.GUIDE] = public(...)
    document: PolicyDocument | None = public()
    applies_to: Line = public("", description="the region or the people it applies to")
    parameters: tuple[Parameter, ...] = public(())
    eligibility: tuple[Line, ...] = public((), description="受理范围和条件")
    papers: tuple[Paper, ...] = public(())
    steps: tuple[Step, ...] = public(())
    benefits: tuple[Benefit, ...] = public(())
    window: Window | None = public()
    quota: Quota | None = public()
    apply: tuple[ApplyWay, ...] = public(())
    cost: Cost | None = public()
    time_limit: Line = public("", description="办理时限")
    basis: tuple[Basis, ...] = public(())
    supersedes: tuple[UUID, ...] = public(())
    questions: tuple[Question, ...] = public(())


class Collection(BaseRecord):
    """An ordered or queried set. `items` come first, in their order; then what `query` finds, newest first."""

    kind: Literal[Kind.COLLECTION] = public(...)
    type: Literal["topic"] = public("topic")
    items: tuple[UUID, ...] = public(())
    query: tuple[Line, ...] = public((), description="every record with one of these topics belongs to it")


Record = Story | Program | Guide | Collection
RECORD_TYPES: Mapping[Kind, type[BaseRecord]] = {
    Kind.STORY: Story, Kind.PROGRAM: Program, Kind.GUIDE: Guide, Kind.COLLECTION: Collection,
}  # fmt: skip
"""The kinds that can be written today, each with its type."""


# --- unions ---------------------------------------------------------------------------------------


class Palette(Model):
    """A union's colours. The theme derives tints; contrast is checked where an editor sets them."""

    primary: Colour = "#a4161a"
    accent: Colour | None = None


class MenuItem(Model):
    label: Line
    label_en: Line = ""
    link: Link


class Footer(Model):
    organiser: Line = Field("", description="主办")
    undertaker: Line = Field("", description="承办")
    address: Line = ""
    postcode: Line = ""
    note: Line = ""


class Site(Model):
    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")] = Field(
        description="where the site is reached, without a slash at the end"
    )
    theme: Slug = "base"
    language: Literal["zh-Hans", "en"] = "zh-Hans"
    palette: Palette = Palette()
    logo: MediaRef | None = None
    slogan: Line = ""
    menu: tuple[MenuItem, ...] = Field((), description="empty: one entry for each kind the site has")
    footer: Footer = Footer()
    icp: Line = Field("", description="ICP备案号")
    police_record: Line = Field("", description="公安备案号")
    website_code: Line = Field("", description="网站标识码")
    hotline: Line = ""
    contacts: tuple[Contact, ...] = ()

    @model_validator(mode="after")
    def _no_slash(self) -> Self:
        if self.base_url.endswith("/"):
            raise ValueError("base_url must not end with a slash")
        return self


class Schedule(Model):
    """When a union's site is rebuilt of its own accord, beside publications and moments of its plan."""

    cron: Line = Field(description="five fields, in `timezone`: 0 6 * * *")
    timezone: Line = "Asia/Shanghai"
    quiet_hours: Annotated[str, StringConstraints(pattern=r"^(\d{2}:\d{2}-\d{2}:\d{2})?$")] = ""

    @model_validator(mode="after")
    def _valid(self) -> Self:
        try:
            zone = ZoneInfo(self.timezone)
        except (KeyError, ValueError) as error:
            raise ValueError(f"timezone {self.timezone!r} is not known, for example Asia/Shanghai") from error
        try:
            CronSim(self.cron, datetime(2025, 1, 1, tzinfo=zone))
        except CronSimError as error:
            raise ValueError(f"cron {self.cron!r} is no cron line: give five fields, for example 0 6 * * *") from error
        try:
            [time.fromisoformat(clock) for clock in self.quiet_hours.split("-") if clock]
        except ValueError as error:
            raise ValueError(f"quiet_hours {self.quiet_hours!r} names no time of day: use 23:00-06:00") from error
        return self


class Union(Model):
    """A local union: a node of the tree, with a site. `slug` is the file's name; the body is 关于工会."""

    slug: Slug = Field(exclude=True)
    name: Title
    short_name: Title = ""
    aliases: tuple[Line, ...] = ()
    level: Level
    parent: Slug | None = None
    industry_line: Slug | None = None
    region: Line = ""
    functional_zone: bool = Field(False, description="功能区: 经开区, 高新区, 综合试验区")
    site: Site
    schedule: Schedule | None = None
    subscriptions: tuple[Line, ...] = Field(
        (), description="topics whose offered records are taken without an adoption"
    )
    body: str = Field("", exclude=True)

    @property
    def short(self) -> str:
        return self.short_name or self.name


class Media(Model):
    """What belongs to a file in `content/media/`, whoever uses it. `ref` is its reference without `media:`."""

    ref: str = Field(exclude=True)
    title: Line
    credit: Line = Field("", description="摄影, 制图: a body or a role")
    rights: Line = ""
    focal_point: tuple[float, float] | None = Field(None, description="x and y from 0 to 1, from the top left")
    taken: PartialDate | None = None
    place: Line = ""
    vector: Line = Field("", description="an SVG of the same picture beside it, which sites prefer")


# --- problems -------------------------------------------------------------------------------------


class Problem(Model):
    """Something a person can mend: where it is, what is wrong, what to do."""

    severity: Literal["error", "warning"] = "error"
    code: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    record: str | None = None
    message: str
    action: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return ": ".join(filter(None, (place, self.field, f"{self.message}. {self.action}".strip())))
