"""What has an address: reading rooms, stations, night schools, health rooms, legal-aid offices."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from site_builder.records.base import BaseRecord
from site_builder.records.scalars import (
    MOST,
    Clock,
    Day,
    Kind,
    Line,
    Model,
    Number,
    Qualifier,
    Weekday,
    as_tuple,
    public,
)
from site_builder.records.values import ApplyWay, Contact, Cost

PlaceType = Literal[
    "service_centre", "culture_palace", "station", "driver_home", "reading_room", "night_school",
    "health_room", "mothers_room", "legal_aid", "mediation", "childcare", "sanatorium", "training_base",
    "craftsman_college", "studio", "exhibition", "other",
]  # fmt: skip
"""职工服务中心, 工人文化宫, 驿站, 司机之家, 职工书屋, 职工夜校, 健康小屋, 爱心母婴室, 法律援助, 争议调处,
托管班, 疗休养基地, 实训基地, 工匠学院, 创新工作室, 展馆, 其他."""


SafetyItem = Literal["agreement", "pickup", "tutor", "cameras", "insurance", "food", "emergency"]
"""What makes a class for children safe: 三方协议, 接送和考勤, 辅导员培训, 监控, 保险, 食品安全, 应急预案."""
SAFETY: tuple[SafetyItem, ...] = (
    "agreement", "pickup", "tutor", "cameras", "insurance", "food", "emergency",
)  # fmt: skip


class Position(Model):
    """A point. Chinese map services use GCJ-02, satellite receivers WGS-84: hundreds of metres apart."""

    latitude: Annotated[Number, Field(ge=Decimal(-90), le=Decimal(90))]
    longitude: Annotated[Number, Field(ge=Decimal(-180), le=Decimal(180))]
    datum: Literal["gcj02", "wgs84"] = "gcj02"


class Hours(Model):
    """Opening hours of some weekdays. Two entries for one day are two spans: mornings and afternoons."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: Clock
    closes: Clock = Field(description="24:00 is the end of the day; not after opens: the next morning")
    note: Line = ""

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.opens == self.closes:
            raise ValueError("opens and closes are the same: give 00:00 and 24:00 for the whole day")
        return self


class HolidayHours(Model):
    """Other hours, or none, from `first` to `last` (both included)."""

    first: Day
    last: Day
    name: Line = Field("", description="春节, 国庆节")
    closed: bool = False
    opens: Clock | None = None
    closes: Clock | None = None
    note: Line = ""

    @model_validator(mode="after")
    def _said(self) -> Self:
        if self.last < self.first:
            raise ValueError("last must not come before first")
        if self.closed == (self.opens is not None) or (self.opens is None) != (self.closes is None):
            raise ValueError("give closed: true, or both opens and closes")
        return self


class Equipment(Model):
    name: Line
    count: int | None = Field(None, ge=1, le=MOST)
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    unit: Line = "台"
    status: Literal["present", "planned"] = "present"
    note: Line = ""


class Counter(Model):
    """A counter or window inside a place, with what one gets there and how."""

    name: Line
    text: Line = ""
    contact: Contact | None = None


class Place(BaseRecord):
    """Something with an address, which stands in `place`; empty: not known, and shown as such."""

    kind: Literal[Kind.PLACE] = public(...)
    type: PlaceType = public("other")
    status: Literal["", "planned", "suspended", "closed"] = public("", description="empty: in use")
    status_note: Line = public("", description="why it is closed, and where to go instead")
    access: Literal["", "public", "members", "staff"] = public(
        "", description="who may come in: anybody, members, the host's own staff; empty: not known"
    )
    access_note: Line = public("")
    host: Line = public("", description="the body in which it is: 设在某公司")
    operators: tuple[Line, ...] = public((), description="who runs it")
    position: Position | None = public()
    directions: Line = public("", description="how to get there")
    hours: tuple[Hours, ...] = public(())
    always_open: bool = public(False, description="24小时开放")
    holiday_hours: tuple[HolidayHours, ...] = public(())
    hours_note: Line = public("", description="in words, beside or instead of hours")
    facilities: tuple[Line, ...] = public(
        (), description="饮水, 热餐, 充电, 如厕, 药品, 换电, 法律服务, AED, 电脑"
    )
    equipment: tuple[Equipment, ...] = public(())
    counters: tuple[Counter, ...] = public((), description="窗口, 平台")
    safety: tuple[SafetyItem, ...] = public(
        (), description="of a class for children: what somebody has checked is there"
    )
    accessibility: tuple[Line, ...] = public((), description="无障碍: 坡道, 轮椅, 手语")
    services: tuple[Line, ...] = public((), description="what one can do or get here")
    eligibility: tuple[Line, ...] = public(())
    cost: Cost | None = public()
    apply: tuple[ApplyWay, ...] = public((), description="how to join, book or register")
    verified_at: Day | None = public(None, description="when somebody last checked all this on the spot")
