"""Unions with their sites, and the files in `content/media/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from site_builder.records.scalars import (
    Colour,
    Day,
    Level,
    Line,
    Link,
    MediaRef,
    Model,
    PartialDate,
    RecordRef,
    Slug,
    Title,
)
from site_builder.records.sharing import GroupTarget, SlotName
from site_builder.records.values import Contact, Picture, Window, start_of


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


class Notice(Model):
    """A line that readers of a site should see: on its front page or, in an emergency, on every page."""

    text: Line
    text_en: Line = ""
    link: Link | None = None
    window: Window | None = Field(None, description="when it shows; without one, until it is taken away")

    @field_validator("window")
    @classmethod
    def _said(cls, window: Window | None) -> Window | None:
        """A window that says nothing is none."""
        return window if window is not None and any(window.model_dump().values()) else None

    def holds(self, as_of: datetime) -> bool:
        return self.window is None or self.window.holds(as_of)


class Festival(Notice):
    """节日横幅, on the front page: a greeting, with a picture perhaps."""

    picture: Picture | None = None


class Mourning(Window):
    """哀悼: the site without its colours, from one moment to another."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.opens is None or self.closes is None:
            raise ValueError("mourning needs opens and closes: a site must not stay grey by oversight")
        return self


class Season(Model):
    """当季: what the front page puts forward for a time of the year: 送清凉, 金秋助学, 送温暖."""

    text: Line = Field(description="the heading")
    text_en: Line = ""
    window: Window = Field(description="both ends: then the next season takes its place, or nothing")
    items: tuple[RecordRef, ...] = Field(description="programs, events, services or places, in order")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.window.opens is None or self.window.closes is None:
            raise ValueError("a season needs window.opens and window.closes: it must not outlive itself")
        return self


HomeBlock = Literal[
    "lead",
    "usable",
    "season",
    "news",
    "events",
    "places",
    "services",
    "programs",
    "guides",
    "topics",
    "unions",
]
"""The parts of a front page."""


class Home(Model):
    """How an editor composes the front page; what is left out composes itself."""

    lead: RecordRef | None = None
    pinned: tuple[RecordRef, ...] = Field(
        (), description="programs, events and services that come first among what can be used now"
    )
    notice: Notice | None = None
    seasons: tuple[Season, ...] = Field((), description="of those that hold on a day the first is shown")
    blocks: tuple[HomeBlock, ...] = Field(
        (), description="in this order, and no others; empty: all, in the order that suits the level"
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.blocks)) < len(self.blocks):
            raise ValueError("blocks names a part of the front page twice")
        return self


class Wechat(Model):
    """微信公众号. Its code is shown on 关于工会 alone: few readers of a phone have another one to scan it."""

    name: Line = Field(description="what one searches for in WeChat")
    code: MediaRef | None = Field(None, description="二维码")


class NewShare(Model):
    """What an editor's form proposes for a new record: nothing is shared that the form does not say."""

    mode: Literal["offer", "required"]
    to: tuple[GroupTarget, ...] = Field(min_length=1, description="groups, no single unions")
    slots: tuple[SlotName, ...] = ()


BaseUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]
QuietHours = Annotated[str, StringConstraints(pattern=r"^(\d{2}:\d{2}-\d{2}:\d{2})?$")]


class Site(Model):
    base_url: BaseUrl = Field(description="where the site is reached, without a slash at the end")
    theme: Slug = "base"
    language: Literal["zh-Hans", "en"] = "zh-Hans"
    palette: Palette = Palette()
    logo: MediaRef | None = None
    icon: MediaRef | None = Field(None, description="网站图标, square, in the browser's tab; empty: the logo")
    slogan: Line = ""
    home: Home = Home()
    mourning: Mourning | None = None
    festival: Festival | None = None
    emergency: Notice | None = Field(None, description="on every page, above everything")
    menu: tuple[MenuItem, ...] = Field((), description="empty: one entry for each kind the site has")
    footer: Footer = Footer()
    icp: Line = Field("", description="ICP备案号")
    police_record: Line = Field("", description="公安备案号")
    website_code: Line = Field("", description="网站标识码")
    hotline: Line = ""
    reviewer: Line = Field("", description="审核: the body or role that reviews what the site publishes")
    share_pictures: bool = Field(False, description="draw a picture of the title for what is shared")
    contacts: tuple[Contact, ...] = ()
    wechat: Wechat | None = None

    @model_validator(mode="after")
    def _no_slash(self) -> Self:
        if self.base_url.endswith("/"):
            raise ValueError("base_url must not end with a slash")
        return self


class Schedule(Model):
    """When a union's site is rebuilt of its own accord, beside publications and moments of its plan."""

    cron: Line = Field(description="five fields, in `timezone`: 0 6 * * *")
    timezone: Line = "Asia/Shanghai"
    quiet_hours: QuietHours = Field(
        "", description="23:00-06:00, in `timezone`: `cron` waits for their end, a publication does not"
    )

    @model_validator(mode="after")
    def _valid(self) -> Self:
        try:
            zone = ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:  # OSError: "Asia" is a folder of zones
            raise ValueError(f"timezone {self.timezone!r} is not known, for example Asia/Shanghai") from error
        try:
            if len(self.cron.split()) != 5:  # a sixth would be seconds: a slip of a star is a build an hour
                raise CronSimError
            CronSim(self.cron, datetime(2025, 1, 1, tzinfo=zone))
        except CronSimError as error:
            raise ValueError(
                f"cron {self.cron!r} never comes: its months have no such day. Give a day that they have, or "
                "L for the last of each month"
                if cron_never_comes(self.cron)
                else f"cron {self.cron!r} is no cron line: give five fields, for example 0 6 * * *"
            ) from error
        try:
            [time.fromisoformat(clock) for clock in self.quiet_hours.split("-") if clock]
        except ValueError as error:
            raise ValueError(
                f"quiet_hours {self.quiet_hours!r} names no time of day: use 23:00-06:00"
            ) from error
        return self


def cron_never_comes(cron: str) -> bool:
    """Whether a line that is refused is right but for its day, which none of its months has: 0 0 31 2 *."""
    fields = cron.split()
    if len(fields) != 5:
        return False
    try:
        for at in (2, 3):  # each is right without the other
            CronSim(" ".join([*fields[:at], "*", *fields[at + 1 :]]), datetime(2025, 1, 1))
    except CronSimError:
        return False
    return True


_CODE = re.compile("(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])(?:0000|(?!00)[0-9]{4})")
"""行政区划代码, GB/T 2260: two digits each for a province, what lies in it, and what lies in that."""


def _of_a_region(code: str) -> str:
    if code and not _CODE.fullmatch(code):
        raise ValueError(
            f"region_code {code!r} is no code of GB/T 2260: write its six digits, for example 370000 for a "
            "province, 370200 for a city, 370283 for a county"
        )
    return code


RegionCode = Annotated[str, AfterValidator(_of_a_region)]


class Closure(Model):
    """撤并: a union that is no more. Its site stays to be read, says so, and leads to who took its place."""

    how: Literal["replaced", "split", "merged", "renamed", "dissolved"] = Field(
        description="职能划入另一家, 拆分, 合并, 更名, 撤销"
    )
    since: Day = Field(description="the first day on which it is no more, in Beijing")
    successors: tuple[Slug, ...] = Field(
        (), description="the unions to ask instead; dissolved without any: the nearest one above"
    )
    note: Line = Field("", description="what readers should know beside that")

    @model_validator(mode="after")
    def _followed(self) -> Self:
        if len(set(self.successors)) < len(self.successors):
            raise ValueError("closure.successors names a union twice: remove one")
        count = len(self.successors)
        if self.how in ("replaced", "merged", "renamed") and not count:
            raise ValueError(
                f"a union that was {self.how} needs closure.successors: name who took its place, or write "
                "how: dissolved"
            )
        if self.how == "renamed" and count > 1:
            raise ValueError("a union that was renamed has one successor: write how: split for several")
        if self.how == "split" and count < 2:
            raise ValueError(
                "a union that was split has two successors or more: name them, or write how: replaced"
            )
        return self

    @property
    def closes_at(self) -> datetime:
        return start_of(self.since)


_OF_ITS_SITE = {
    "theme", "palette", "logo", "icon", "slogan", "home", "mourning", "festival", "emergency", "menu",
    "footer", "icp", "police_record", "website_code", "wechat",
}  # fmt: skip
"""What a site says to its own readers, or looks like."""


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
    region_code: RegionCode = Field("", description="行政区划代码, GB/T 2260: six digits, 370283")
    functional_zone: bool = Field(False, description="功能区: 经开区, 高新区, 综合试验区")
    closure: Closure | None = Field(None, description="撤并: where the union is no more")
    site: Site
    schedule: Schedule | None = None
    subscriptions: tuple[Line, ...] = Field(
        (), description="topics whose offered records are taken without an adoption"
    )
    new_share: NewShare | None = Field(
        None, description="what the editor's form proposes for a new record; changes nothing on any site"
    )
    body: str = Field("", exclude=True)

    @model_validator(mode="after")
    def _placed(self) -> Self:
        whole_province = self.region_code.endswith("0000")
        if self.level is Level.PROVINCE and self.region_code and not whole_province:
            raise ValueError(
                f"region_code {self.region_code} is not a whole province's: write {self.region_code[:2]}0000"
            )
        if self.level in (Level.CITY, Level.COUNTY, Level.TOWN) and whole_province:
            raise ValueError(
                f"region_code {self.region_code} is a whole province's: write that of the {self.level.value}"
            )
        if self.closure is not None and self.slug in self.closure.successors:
            raise ValueError("closure.successors names the union itself: name who took its place")
        return self

    @property
    def short(self) -> str:
        return self.short_name or self.name

    def closed(self, as_of: datetime) -> bool:
        return self.closure is not None and self.closure.closes_at <= as_of

    def elsewhere(self) -> str:
        """All that sites of other unions may show of this one, as JSON: not how its own site is made up."""
        return self.model_dump_json(
            exclude={"site": _OF_ITS_SITE, "schedule": True, "subscriptions": True, "new_share": True}
        )

    def moments(self) -> Iterator[datetime]:
        """When what the site shows of its union begins and ends: mourning, notices, the union itself."""
        site = self.site
        if self.closure is not None:
            yield self.closure.closes_at
        notices = (notice for notice in (site.home.notice, site.festival, site.emergency) if notice)
        seasons = (season.window for season in site.home.seasons)
        for window in (site.mourning, *(notice.window for notice in notices), *seasons):
            if window:
                yield from filter(None, (window.opens_at, window.closes_at))


class Media(Model):
    """What belongs to a file in `content/media/`, whoever uses it. `ref`: its reference without `media:`."""

    ref: str = Field(exclude=True)
    title: Line
    credit: Line = Field("", description="摄影, 制图: a body or a role")
    rights: Line = ""
    focal_point: tuple[float, float] | None = Field(
        None, description="x and y from 0 to 1, from the top left"
    )
    taken: PartialDate | None = None
    place: Line = ""
    vector: Line = Field("", description="an SVG of the same picture beside it, which sites prefer")
