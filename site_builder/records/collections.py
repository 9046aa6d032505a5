"""Ordered or queried sets of records."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from site_builder.records.base import BaseRecord
from site_builder.records.scalars import Day, Kind, Line, Link, Markdown, Model, PartialDate, public
from site_builder.records.values import Picture, start_of

CollectionType = Literal["topic", "column", "series", "package", "timeline", "digest"]
"""专题, 栏目, 系列报道, 组稿, 时间轴, 文摘."""


class Milestone(Model):
    """One point of a timeline. Its date is as exact as it is known, and no more exact."""

    when: PartialDate
    until: PartialDate | None = Field(None, description="for what lasted: when it ended")
    circa: bool = Field(False, description="the date is a guess: 约")
    when_text: Line = Field("", description="printed instead of the date: 新中国成立初期")
    title: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\r\n]+$")]
    text: Markdown = ""
    source: Line = ""
    picture: Picture | None = None
    link: Link | None = Field(None, description="what tells more")


class Collection(BaseRecord):
    """A set: `items` come first, in their order, then what `query` finds, in `order`."""

    kind: Literal[Kind.COLLECTION] = public(...)
    type: CollectionType = public("topic")
    items: tuple[UUID, ...] = public(())
    query: tuple[Line, ...] = public((), description="every record with one of these topics belongs to it")
    order: Literal["listed", "newest", "oldest"] = public(
        "listed", description="listed: items as they stand here, then the rest, newest first"
    )
    starts: Day | None = public(None, description="of a series: its first day")
    ends: Day | None = public(
        None, description="of a series: its last day; afterwards it is archived, its items keep the label"
    )
    label: Line = public("", description="printed on each item; empty: the title (series and columns)")
    logo: Picture | None = public(None, description="of a series: stands on each item")
    author_role: Line = public("", description="of a column: who writes it (县总工会主席)")
    portrait: Picture | None = public(None, description="of a column: its author or its head")
    desk: Line = public("", description="of a column or digest: the body or role that edits it")
    frequency: Line = public("", description="of a column or digest: how often it comes (每周一次)")
    source_required: bool = public(
        False, description="only items that name their source (a digest always demands it, with its date)"
    )
    milestones: tuple[Milestone, ...] = public((), description="of a timeline")

    @property
    def demands_source(self) -> bool:
        return self.source_required or self.type == "digest"

    @property
    def labels_items(self) -> bool:
        """Whether its label stands on each of its items."""
        return bool(self.label) or self.type in ("series", "column", "digest")

    @property
    def ends_at(self) -> datetime | None:
        """The first moment at which a series is archived."""
        return None if self.ends is None else start_of(self.ends + timedelta(days=1))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("ends must not come before starts")
        if self.milestones and self.type != "timeline":
            raise ValueError("only a timeline has milestones: say type: timeline")
        return self
