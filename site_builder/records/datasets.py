"""Tables with a meaning: indicators over time, rankings of a date, honour rolls."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from site_builder.records.base import BaseRecord
from site_builder.records.scalars import (
    MOST,
    Kind,
    Level,
    Line,
    Markdown,
    Model,
    Number,
    PartialDate,
    Qualifier,
    as_tuple,
    public,
)
from site_builder.records.values import Step

Named = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\r\n]+$")]
"""One line that says something."""

EnterpriseSize = Literal["", "large", "medium", "small", "micro"]
"""大型, 中型, 小型, 微型 as the statistics of enterprises divide them; "" where it is not known."""


class Reading(Model):
    """One value of an indicator, with everything that makes it true."""

    value: Number
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    as_of: PartialDate | None = Field(None, description="the day, month or year at which it was true")
    period: Line = Field("", description="the span it was counted over, as printed: 2019—2023-07")
    status: Literal["actual", "planned"] = Field("actual", description="planned: a target or an estimate")
    derivation: Line = Field(
        "", description="how it was computed from other values; empty: it was reported as it is"
    )
    source: Line = Field("", description="where this value differs from its indicator's")
    note: Line = ""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if not self.as_of and not self.period:
            raise ValueError("a value needs a date: give as_of (2024, 2024-10, 2024-10-11) or period")
        return self


class Indicator(Model):
    """One thing, counted again and again: its values in one unit, in their order."""

    name: Named
    unit: Named = Field(description="万户, %, 人次")
    span: Literal["", "moment", "period", "cumulative"] = Field(
        "", description="counted at a moment, within each period, or from a beginning on"
    )
    scope: Line = Field("", description="where, or of whom: 全市")
    base: Line = Field("", description="of a share: what it is a share of (受访的168家书屋)")
    attribution: Line = Field("", description="who says so: 据市总工会统计")
    source: Line = ""
    readings: tuple[Reading, ...] = Field(min_length=1)


class Ranked(Model):
    """One line of a ranking. Its rank is not said but follows from the score; equal scores rank equally."""

    name: Named
    score: Number
    county: Line = ""
    size: EnterpriseSize = ""
    done: int | None = Field(None, ge=0, le=MOST, description="tasks that scored")
    tasks: int | None = Field(None, ge=1, le=MOST, description="tasks there were")
    note: Line = ""

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.done is not None and self.tasks is not None and self.done > self.tasks:
            raise ValueError("done must not be more than tasks")
        return self


class Ranking(Model):
    """The ranking as it stood on a date. Those of earlier dates are kept beside it."""

    as_of: PartialDate
    note: Line = ""
    entries: tuple[Ranked, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Self:
        seen: set[tuple[str, str]] = set()
        for entry in self.entries:
            if (entry.county, entry.name) in seen:
                raise ValueError(f"{entry.name} stands twice in the ranking of {self.as_of}")
            seen.add((entry.county, entry.name))
        return self


class Honour(Model):
    """An award and who holds it. `count` without a recipient says how many, where no names are given."""

    award: Named
    level: Level
    year: PartialDate = Field(description="when it was given: 2023, or more exactly")
    period: Line = Field("", description="where the year says too little: 2023上半年")
    to: Literal["person", "unit"] = Field(description="个人 or 集体")
    category: Line = Field("", description="a class within the award: 镇街, 企业")
    recipient: Line = Field(
        "", description="a body; a person only where the award was announced with consent"
    )
    affiliation: Line = Field("", description="of a person or team: the unit it belongs to")
    count: int = Field(1, ge=1, le=MOST)
    counted: Line = Field("", description="what is counted: 个, 名; empty: 人 or 个")
    source: Line = ""
    note: Line = ""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.recipient and self.count != 1:
            raise ValueError("a named recipient counts once: leave count out, or leave recipient empty")
        return self


class Dataset(BaseRecord):
    kind: Literal[Kind.DATASET] = public(...)
    type: Literal["indicators", "ranking", "honours"] = public("indicators")
    source: Line = public("", description="where the numbers come from")
    method: Markdown = public("", description="what is counted and how; what is not known about it")
    indicators: tuple[Indicator, ...] = public(())
    form: Literal["bars", "lines", "table"] = public("bars", description="how indicators are drawn")
    score_name: Line = public("", description="what a ranking ranks by; empty: 积分")
    score_unit: Line = public("", description="empty: 分")
    rule: Markdown = public("", description="by which rule the score is made")
    rankings: tuple[Ranking, ...] = public((), description="one for each date, in any order")
    awards: tuple[Honour, ...] = public(())

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        given = {
            "indicators": self.indicators,
            "ranking": self.rankings,
            "honours": self.awards,
        }
        wrong = [name for name, values in given.items() if values and name != self.type]
        if wrong:
            raise ValueError(f"a dataset of type {self.type} holds no {wrong[0]}: make it another dataset")
        dates = [ranking.as_of for ranking in self.rankings]
        twice = next((day for day in dates if dates.count(day) > 1), None)
        if twice:
            raise ValueError(f"there are two rankings of {twice}: a date has one")
        return self


# --- what any text may hold -----------------------------------------------------------------------


class Chart(Model):
    """Indicators drawn in a text: written there, or those of a dataset, which then has them once."""

    caption: Line = ""
    form: Literal["bars", "lines"] = "bars"
    alt: Line = Field("", description="what the drawing shows; empty: its numbers are read out")
    dataset: UUID | None = Field(None, description="a dataset (record) of type indicators")
    only: tuple[Line, ...] = Field((), description="names of its indicators; empty: all of them")
    items: tuple[Indicator, ...] = ()

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if bool(self.items) == bool(self.dataset):
            raise ValueError("a chart has either items or a dataset")
        return self


class Listing(Model):
    """Several things of which not all may be named: 共10个，文中列出6个. `total` is never guessed."""

    label: Named = Field(description="what they are: 服务板块")
    total: Number | None = Field(None, description="how many there are; empty: not known, or it may grow")
    unit: Line = Field("", description="empty: 个")
    qualifier: Annotated[tuple[Qualifier, ...], BeforeValidator(as_tuple)] = ()
    as_of: PartialDate | None = None
    source: Line = ""
    items: tuple[Step, ...] = Field((), description="those that are named")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if isinstance(self.total, Decimal) and not self.qualifier and len(self.items) > self.total:
            raise ValueError(f"{len(self.items)} named, but total says {self.total}")
        return self
