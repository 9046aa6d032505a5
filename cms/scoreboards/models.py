"""积分榜: a task library, what enterprises did of it, two reviews, and points.

A city's union sets tasks with points. For an enterprise its county hands in what was done; the county
reviews it, then the city. Only what both approved scores. The reviews are Wagtail's workflow: one for each
county, with a step of the county's reviewers and a step of the city's.

This is not the system in which enterprises themselves sign in: that runs elsewhere and has a service card.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.forms import Select
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    Workflow,
    WorkflowMixin,
)

from cms.scoreboards.forms import BoardForm, SubmissionForm
from cms.scoreboards.reviews import ReviewStep, workflow_of
from cms.scoreboards.scoping import OfBoardQuerySet, SubmissionQuerySet
from cms.unions.models import UnionPage

__all__ = ["Enterprise", "ReviewStep", "ScoreTask", "Scoreboard", "Submission"]

SIZES = [
    ("", _("未注明")),
    ("large", _("大型")),
    ("medium", _("中型")),
    ("small", _("小型")),
    ("micro", _("微型")),
]


class Scoreboard(models.Model):
    """A city's scoreboard. `dataset` is the record in which its rankings are published."""

    union = models.ForeignKey(
        UnionPage, on_delete=models.CASCADE, related_name="scoreboards", verbose_name=_("市级工会")
    )
    title = models.CharField(_("名称"), max_length=200)
    rule = models.TextField(_("怎么计分"), blank=True, help_text=_("写给读者看；每段空一行"))
    score_name = models.CharField(_("按什么排"), max_length=100, blank=True, default="积分")
    score_unit = models.CharField(_("单位"), max_length=50, blank=True, default="分")
    dataset = models.UUIDField(_("排名发在哪个数据集"), null=True, blank=True, editable=False)

    base_form_class = BoardForm
    panels = [
        FieldPanel("union", widget=Select),
        FieldPanel("title"),
        FieldPanel("rule"),
        FieldPanel("score_name"),
        FieldPanel("score_unit"),
    ]

    class Meta:
        verbose_name = pgettext_lazy("one", "积分榜")
        verbose_name_plural = _("积分榜")
        ordering = ["union", "title"]

    def __str__(self) -> str:
        return self.title


class ScoreTask(models.Model):
    """One task of the library."""

    board = models.ForeignKey(
        Scoreboard, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("积分榜")
    )
    title = models.CharField(_("任务"), max_length=200)
    text = models.TextField(_("要求"), blank=True)
    points = models.DecimalField(
        _("分值"), max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )

    objects = OfBoardQuerySet.as_manager()
    base_form_class = BoardForm
    panels = [FieldPanel("board"), FieldPanel("title"), FieldPanel("points"), FieldPanel("text")]

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务库")
        ordering = ["board", "pk"]

    def __str__(self) -> str:
        return f"{self.title}（{self.points.normalize():f}）"


class Enterprise(models.Model):
    """An enterprise of a board, in the county that looks after it."""

    board = models.ForeignKey(
        Scoreboard, on_delete=models.CASCADE, related_name="enterprises", verbose_name=_("积分榜")
    )
    county = models.ForeignKey(
        UnionPage, on_delete=models.PROTECT, related_name="+", verbose_name=_("县级工会")
    )
    name = models.CharField(_("名称"), max_length=200)
    size = models.CharField(_("规模"), max_length=6, blank=True, choices=SIZES)

    objects = OfBoardQuerySet.as_manager()
    base_form_class = BoardForm
    panels = [
        FieldPanel("board"),
        FieldPanel("county", widget=Select),
        FieldPanel("name"),
        FieldPanel("size"),
    ]

    class Meta:
        verbose_name = pgettext_lazy("one", "企业")
        verbose_name_plural = _("企业")
        ordering = ["board", "county", "name"]
        constraints = [
            models.UniqueConstraint(fields=["board", "county", "name"], name="one_enterprise_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.county.short}）"


class Submission(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """What an enterprise did of a task, with the paper that shows it. It scores when both reviews approved.

    To be published does not score: a reviewer may also publish without the reviews. See `scores`.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.CASCADE, related_name="submissions", verbose_name=_("企业")
    )
    task = models.ForeignKey(
        ScoreTask, on_delete=models.CASCADE, related_name="submissions", verbose_name=_("任务")
    )
    text = models.TextField(_("做了什么"), help_text=_("何时、何地、怎么做的；不写个人姓名"))
    attachment = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("附件"),
    )
    scored_at = models.DateTimeField(_("何时计分"), null=True, blank=True, editable=False)
    scored_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)

    objects = SubmissionQuerySet.as_manager()
    base_form_class = SubmissionForm
    panels = [
        MultiFieldPanel([FieldPanel("enterprise"), FieldPanel("task")], heading=_("谁做了哪一项")),
        FieldPanel("text"),
        FieldPanel("attachment"),
    ]

    class Meta:
        verbose_name = pgettext_lazy("one", "打卡")
        verbose_name_plural = _("打卡")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["enterprise", "task"], name="one_submission_a_task")]

    def __str__(self) -> str:
        return f"{self.enterprise.name}：{self.task.title}"

    @property
    def county(self) -> UnionPage:
        return self.enterprise.county

    def clean(self) -> None:
        super().clean()
        if self.enterprise_id and self.task_id and self.enterprise.board_id != self.task.board_id:
            raise ValidationError({"task": _("这项任务不在这家企业所在的积分榜里。")})

    def get_workflow(self) -> Workflow | None:
        """The county's review, then the city's."""
        return workflow_of(self.task.board.union, self.enterprise.county)

    def with_content_json(self, content: Any) -> Any:
        """A revision as a submission; when it scored is no part of what somebody wrote."""
        submission = super().with_content_json(content)
        submission.scored_at = self.scored_at
        submission.scored_revision = self.scored_revision
        return submission

    @property
    def scores(self) -> bool:
        """Whether it counts: every review approved just the version that is published."""
        return self.live and self.scored_revision == self.live_revision_id is not None
