"""What has dates: courses, job fairs, contests, clinics, livestreams, exhibitions.

Sessions are written as people plan them, a first date and how it repeats; `plan.sessions` expands them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from site_builder.records.base import BaseRecord
from site_builder.records.calls import Result, Stage
from site_builder.records.scalars import (
    MOST,
    WEEKDAYS,
    Day,
    DayOrMoment,
    Kind,
    Line,
    Link,
    Markdown,
    Model,
    Moment,
    Number,
    Qualifier,
    Text,
    Weekday,
    as_tuple,
    public,
)
from site_builder.records.values import ApplyWay, Basis, Cost, Figure, Paper, Question, Window, start_of
from site_builder.times import BEIJING

EventType = Literal[
    "activity", "course", "training", "lecture", "jobfair", "contest", "clinic", "livestream",
    "exhibition", "performance", "meeting", "visit", "reading", "camp",
]  # fmt: skip
"""活动, 课程, 培训, 讲座, 招聘会, 竞赛, 义诊体检, 直播, 展览, 演出, 会议, 参观走访, 读书活动, 夏令营."""

EventMode = Literal["onsite", "live", "replay", "inhouse"]
"""线下, 直播, 回放, 送课上门."""


def _whole(value: object) -> object:
    """Files give numbers as they are written, as text; a Literal takes none of them for a number."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else value


class Repetition(Model):
    """How a session repeats (a small part of RFC 5545 in plain words).

    Without `until` and `count` it goes on; a site then shows the time that `plan.sessions.HORIZON` says.
    """

    every: Literal["day", "week", "month"] = "week"
    interval: int = Field(1, ge=1, le=52, description="2: every other week")
    on: tuple[Weekday, ...] = Field((), description="the weekdays; empty: that of the first session")
    nth: Annotated[Literal[1, 2, 3, 4, 5, -1] | None, BeforeValidator(_whole)] = Field(
        None, description="for months: the first, second... last of these weekdays"
    )
    until: Day | None = Field(None, description="the last day on which there may be one")
    count: int | None = Field(None, ge=1, le=500)
    skips: tuple[Day, ...] = Field((), description="days left out: holidays, cancelled dates")
    extra: tuple[Day, ...] = Field((), description="days added, at the same hours: make-up dates")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.until is not None and self.count is not None:
            raise ValueError("give until or count, not both")
        if self.on and self.every == "day":
            raise ValueError("on belongs to every: week, or to every: month with nth")
        if self.every == "month" and bool(self.on) != (self.nth is not None):
            raise ValueError("a monthly session names both on and nth (the 2nd Saturday), or neither")
        if self.nth is not None and self.every != "month":
            raise ValueError("nth belongs to every: month")
        return self


class Session(Model):
    """One meeting, or a row of meetings. A bare date is the whole day."""

    starts: DayOrMoment
    ends: DayOrMoment | None = Field(
        None, description="without it: unknown, and then the session is over at the end of its day"
    )
    repeats: Repetition | None = None
    title: Line = Field("", description="what this one is about")
    board: Line = Field("", description="板块, of a livestream")
    room: Line = Field("", description="hall or room, where not said by the event's place")
    teacher: Line = Field("", description="by role: 市非遗传承人, 三甲医院主治医师")
    status: Literal["", "cancelled", "postponed", "full"] = ""
    note: Line = ""
    live: Link | None = None
    replay: Link | None = None

    @property
    def starts_at(self) -> datetime:
        return start_of(self.starts)

    @property
    def ends_at(self) -> datetime:
        """The first moment at which the (first) session is over."""
        if isinstance(self.ends, datetime):
            return self.ends
        last = self.ends if self.ends is not None else self.starts_at.date()
        return start_of(last + timedelta(days=1))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends must come after starts")
        repeats, day = self.repeats, self.starts_at.astimezone(BEIJING).date()
        if repeats is None:
            return self
        if repeats.on and WEEKDAYS[day.weekday()] not in repeats.on:
            raise ValueError(
                f"starts is a {WEEKDAYS[day.weekday()]}, which is not among the days it repeats on"
            )
        last = (day + timedelta(days=7)).month != day.month
        if (
            repeats.nth is not None
            and repeats.nth != (day.day - 1) // 7 + 1
            and not (repeats.nth == -1 and last)
        ):
            raise ValueError(f"starts is not the weekday of its month that nth: {repeats.nth} names")
        return self


class Seats(Model):
    """How many can come, and how many could when it was last counted."""

    total: int | None = Field(None, ge=1, le=MOST)
    left: int | None = Field(None, ge=0, le=MOST)
    counted: Moment | None = Field(None, description="the moment at which `left` was counted")
    minimum: int | None = Field(None, ge=1, le=MOST, description="满10人开班")
    waiting_list: bool = Field(False, description="候补")
    note: Line = ""

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.left is not None and self.counted is None:
            raise ValueError("left needs counted: the moment at which the free seats were counted")
        if self.left is not None and self.total is not None and self.left > self.total:
            raise ValueError("left is more than total")
        return self


class Price(Cost):
    """What it costs, and what the same costs elsewhere."""

    per: Line = Field("", description="what is paid for: 8节课, 每人每次")
    market: Number | None = Field(None, description="市场价, for comparison")
    market_qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()


class AgendaItem(Model):
    """One item of a programme or an itinerary, in order."""

    title: Line
    time: Line = Field("", description="as printed: 9:00—9:30, 第一天")
    text: Markdown = ""


class Post(Model):
    """One kind of post at a job fair; `headcount` is how many are wanted, which is another number."""

    title: Line
    headcount: int | None = Field(None, ge=1, le=MOST)
    pay: Line = ""
    requirement: Line = ""
    place: Line = ""


class Employer(Model):
    name: Line
    industry: Line = ""
    zone: Line = Field("", description="招聘分区")
    stand: Line = Field("", description="展位")
    posts: tuple[Post, ...] = ()
    note: Line = ""


class Desk(Model):
    """A counter that advises on site (现场咨询)."""

    name: Line
    text: Line = ""


class Event(BaseRecord):
    """Something with dates. `window` is the time of registration; `place` says where, `venue` which place."""

    kind: Literal[Kind.EVENT] = public(...)
    type: EventType = public("activity")
    edition: Line = public("", description="第三届, 第6期")
    modes: tuple[EventMode, ...] = public((), description="empty: not known")
    sessions: tuple[Session, ...] = public((), max_length=500)
    when: Line = public("", description="in words, where no dates are known: 每周二、周四")
    status: Literal["", "full", "cancelled", "postponed", "ended"] = public(
        "", description="set by hand; else from dates"
    )
    status_note: Line = public("", description="why it is cancelled or postponed")
    venue: UUID | None = public(None, description="the place (record) where it is")
    window: Window | None = public(None, description="when one can register")
    apply: tuple[ApplyWay, ...] = public(())
    seats: Seats | None = public()
    eligibility: tuple[Line, ...] = public((), description="all of these must hold")
    eligibility_any: tuple[Line, ...] = public((), description="and at least one of these")
    membership_required: bool | None = public(None, description="null: not known")
    cost: Price | None = public()
    papers: tuple[Paper, ...] = public((), description="what to bring")
    level: Line = public("", description="入门, 进阶")
    teachers: tuple[Line, ...] = public((), description="by role")
    certificate: Line = public("")
    child_care: Line = public("", description="可带一名儿童")
    access: Line = public("", description="无障碍")
    organisers: tuple[Line, ...] = public((), description="主办")
    undertakers: tuple[Line, ...] = public((), description="承办")
    partners: tuple[Line, ...] = public((), description="协办, 支持")
    live: Link | None = public(None, description="where it is streamed")
    replay: Link | None = public(None, description="where it can be seen afterwards")
    boards: tuple[Line, ...] = public((), description="板块, of a livestream")
    trades: tuple[Line, ...] = public((), description="工种, of a contest or training")
    agenda: tuple[AgendaItem, ...] = public((), description="议程, 行程")
    stages: tuple[Stage, ...] = public((), description="of a contest")
    criteria: tuple[Line, ...] = public((), description="评分标准")
    zones: tuple[Line, ...] = public((), description="招聘分区")
    employers: tuple[Employer, ...] = public(())
    desks: tuple[Desk, ...] = public((), description="现场咨询")
    outcome: tuple[Figure, ...] = public((), description="what came of it; shown once it is over")
    results: tuple[Result, ...] = public((), description="shown once it is over")
    basis: tuple[Basis, ...] = public(())
    questions: tuple[Question, ...] = public(())
    privacy: Text = public("")

    @model_validator(mode="after")
    def _explained(self) -> Self:
        if self.status in ("cancelled", "postponed") and not self.status_note:
            raise ValueError(f"status {self.status} needs status_note: why, and what to do")
        return self
