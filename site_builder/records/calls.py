"""What calls and contests have in stages: their course, their results, and the days of public notice."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from site_builder.records.scalars import Line, Link, Markdown, Model
from site_builder.records.values import Contact, Window


class Stage(Model):
    """One stage of a contest or a call. Its times may be known or not."""

    title: Line
    window: Window | None = None
    text: Markdown = ""


class Result(Model):
    """One line of a results list: bodies, teams, works; a person only with consent."""

    rank: Line = Field("", description="一等奖, 第1名")
    name: Line
    unit: Line = Field("", description="the body it comes from")
    note: Line = ""


class Publicity(Model):
    """公示: days on which a list of names is public and anybody may object. Outside them the list is shown
    nowhere: not on a page, not in index.json, not to the search."""

    title: Line = Field("", description="what is made public: 拟推荐名单")
    window: Window = Field(description="both ends; a list without them would stay public for ever")
    entries: tuple[Result, ...] = Field((), description="the list, shown only within the window")
    contact: Contact | None = Field(None, description="whom to tell an objection")
    link: Link | None = Field(None, description="where the notice itself is published")
    note: Line = ""

    @property
    def opens_at(self) -> datetime:
        assert self.window.opens_at is not None
        return self.window.opens_at

    @property
    def closes_at(self) -> datetime:
        assert self.window.closes_at is not None
        return self.window.closes_at

    def is_open(self, as_of: datetime) -> bool:
        return self.opens_at <= as_of < self.closes_at

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.window.opens is None or self.window.closes is None:
            raise ValueError(
                "publicity needs both window.opens and window.closes: the first and the last day"
            )
        return self
