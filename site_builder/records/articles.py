"""What a union tells and offers: stories, programs, guides."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from site_builder.records.base import BaseRecord
from site_builder.records.calls import Publicity, Stage
from site_builder.records.decisions import Decision, Matrix
from site_builder.records.scalars import (
    BodyText,
    Kind,
    Line,
    Markdown,
    MediaRef,
    Model,
    Moment,
    PartialDate,
    Slug,
    Text,
    Title,
    public,
)
from site_builder.records.values import (
    Abstract,
    ApplyWay,
    Basis,
    Benefit,
    Byline,
    Contact,
    Cost,
    Disclosure,
    EditorNote,
    ForWechat,
    Paper,
    Parameter,
    PolicyDocument,
    Question,
    Quota,
    SourceCredit,
    Step,
    Window,
)

Genre = Literal["news", "feature", "report", "roundup", "photo", "infographic", "digest", "signed", "notice"]
"""消息, 特写, 通讯, 综述, 图片新闻, 图解, 文摘, 署名文章, 通知."""


POINTS = (2, 5)
"""How many key points a story has, if it has any: fewer are a summary, more are read by nobody."""
POINT = 120
"""Characters of one."""
Point = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\r\n]+$", max_length=POINT)]


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
    key_points: tuple[Point, ...] = public(
        (), description="要点, at the head of the story: two to five, each a sentence of the text's facts"
    )
    editor_note: EditorNote | None = public()
    pinned_until: Moment | None = Field(
        None, description="置顶到: until this moment first on the front page of its owner, and on no other"
    )
    wechat: ForWechat | None = Field(None, description="公众号: what WeChat's edition says otherwise")

    NEVER_INHERITED: ClassVar[frozenset[str]] = BaseRecord.NEVER_INHERITED | {"pinned_until", "wechat"}

    @model_validator(mode="after")
    def _few_points(self) -> Self:
        least, most = POINTS
        if self.key_points and not least <= len(self.key_points) <= most:
            raise ValueError(
                f"key_points has {len(self.key_points)}: give {least} to {most}, or say it in the summary"
            )
        return self


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
    stages: tuple[Stage, ...] = public((), description="of a call, in order: 申报, 初审, 评审, 公示")
    apply: tuple[ApplyWay, ...] = public(())
    forms: tuple[MediaRef, ...] = public(())
    venues: tuple[UUID, ...] = public((), description="places (records) where it is; each leads back here")
    publicity: Publicity | None = public(None, description="公示")
    honours: UUID | None = public(None, description="the honour roll (a dataset) of those chosen")
    previous: tuple[UUID, ...] = public(
        (), description="往年、上一届: the same as it was before, the latest first; each leads back here"
    )
    decision: Decision | None = public(None, description="questions that lead to what one can have")
    matrices: tuple[Matrix, ...] = public((), description="who gets what")
    disclosures: tuple[Disclosure, ...] = public(
        (), description="信息公开: what was given and how it was used"
    )
    basis: tuple[Basis, ...] = public(())
    questions: tuple[Question, ...] = public(())
    privacy: Text = public("")


_SPAN = re.compile("([0-9]+) ?(?:个 ?)?(工作日|自然日|日|天|月)")


def past_legal_limit(promised: str, legal: str) -> bool:
    """Whether a promised time is longer than the legal one: of those that are a number of the same days."""
    ours, theirs = _SPAN.fullmatch(promised), _SPAN.fullmatch(legal)
    return bool(ours and theirs and ours[2] == theirs[2] and int(ours[1]) > int(theirs[1]))


class EarlierText(Model):
    """A text of a guide that held before the one that holds now. It lives and goes with its guide."""

    key: Slug = Field(description="its page is <page of the guide>earlier/<key>/, for as long as it is there")
    since: PartialDate | None = Field(None, description="from when it held; empty: not known")
    until: PartialDate | None = Field(None, description="the last day, month or year; empty: not known")
    title: Title = Field("", description="where it was another one")
    summary: Text = ""
    changes: tuple[Line, ...] = Field((), description="what the text after it changed")
    document: PolicyDocument | None = None
    applies_to: Line = ""
    parameters: tuple[Parameter, ...] = ()
    eligibility: tuple[Line, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    papers: tuple[Paper, ...] = ()
    steps: tuple[Step, ...] = ()
    time_limit: Line = ""
    legal_limit: Line = ""
    withdrawn: Line = Field("", description="why it is not shown any more; then only dates stand beside it")
    text: BodyText = Field("", description="a whole text, like that below the front matter")

    TOLD: ClassVar[tuple[str, ...]] = (
        "title", "summary", "changes", "document", "applies_to", "parameters", "eligibility", "benefits",
        "papers", "steps", "time_limit", "legal_limit", "text",
    )  # fmt: skip
    """What a withdrawn text says no more."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until:
            shared = min(len(self.since), len(self.until))
            if self.since[:shared] > self.until[:shared]:
                raise ValueError("until must not come before since")
        if self.withdrawn and any(getattr(self, name) for name in self.TOLD):
            raise ValueError("a withdrawn text says nothing: keep key, since and until, remove the rest")
        return self


class Guide(BaseRecord):
    kind: Literal[Kind.GUIDE] = public(...)
    document: PolicyDocument | None = public()
    applies_to: Line = public("", description="the region or the people it applies to")
    regions: tuple[Line, ...] = public(
        (), description="适用地区: each of them, where it holds in several or only in parts of `region`"
    )
    parameters: tuple[Parameter, ...] = public(())
    eligibility: tuple[Line, ...] = public((), description="受理范围和条件")
    papers: tuple[Paper, ...] = public(())
    steps: tuple[Step, ...] = public(())
    benefits: tuple[Benefit, ...] = public(())
    window: Window | None = public()
    quota: Quota | None = public()
    apply: tuple[ApplyWay, ...] = public(())
    cost: Cost | None = public()
    agencies: tuple[Line, ...] = public((), description="办理机构: the bodies that handle it")
    time_limit: Line = public("", description="办理时限; beside a legal one, what is promised: 承诺时限")
    legal_limit: Line = public("", description="法定时限: the longest that the law allows")
    refused: Markdown = public("", description="不给办、不服结果怎么办: whom to turn to next, and by when")
    supervision: Contact | None = public(None, description="监督: where to complain of how it was handled")
    publicity: Publicity | None = public(None, description="公示")
    decision: Decision | None = public(None, description="questions that lead to what one can have")
    matrices: tuple[Matrix, ...] = public((), description="who gets what")
    basis: tuple[Basis, ...] = public(())
    explained_by: tuple[UUID, ...] = public(
        (), description="解读: stories, drawings, collections that explain it; each leads back here"
    )
    supersedes: tuple[UUID, ...] = public(())
    questions: tuple[Question, ...] = public(())
    earlier: tuple[EarlierText, ...] = public((), description="the texts that held before, the latest first")

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        keys = [text.key for text in self.earlier]
        if past_legal_limit(self.time_limit, self.legal_limit):
            raise ValueError(
                f"time_limit {self.time_limit!r} is longer than legal_limit {self.legal_limit!r} allows: "
                "correct one of them"
            )
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"two earlier texts have the key {twice!r}: give each one of its own")
        return self
