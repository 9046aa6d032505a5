"""What the database knows of publishing: who asked for what, which workers live, which sites wait.

What is live is not kept here: releases and builds lie under DATA and are read from there (see
`site_builder.network.status`), so that the page in Wagtail and `unionpress status` cannot disagree.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublishRequest(models.Model):
    """One reason to look at the sites again: a row in the queue, later a line of its history.

    Rows are only added, inside the transaction of the change they speak of: so a request is there exactly
    when the change is, and neither a crash nor a worker that is just reading can lose one. Rows that mean
    the same are made one when a worker takes them (`queue.claim`), not when they are written.
    """

    class Action(models.TextChoices):
        RECORD = "record", _("稿件变动")
        UNION = "union", _("工会资料变动")
        ADOPTION = "adoption", _("采用变动")
        MEDIA = "media", _("图片附件变动")
        REBUILD = "rebuild", _("立即重建")

    class Outcome(models.TextChoices):
        WAITING = "", _("等待")
        DONE = "done", _("完成")
        PROBLEMS = "problems", _("有问题")

    action = models.CharField(_("事由"), max_length=16, choices=Action.choices)
    subject = models.CharField(
        _("对象"), max_length=200, blank=True, help_text="a record's id, or a union's slug; empty: all"
    )
    title = models.CharField(_("标题"), max_length=255, blank=True)
    union = models.SlugField(
        _("工会"), max_length=63, blank=True, help_text="whose request it is; empty: the network"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("发起人"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("提出"), default=timezone.now)
    not_before = models.DateTimeField(_("不早于"), default=timezone.now, db_index=True)
    claim = models.CharField(max_length=64, blank=True, db_index=True)
    claimed_at = models.DateTimeField(_("开始"), null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(_("结束"), null=True, blank=True, db_index=True)
    outcome = models.CharField(_("结果"), max_length=16, blank=True, choices=Outcome.choices)
    sites = models.JSONField(_("站点"), default=list, blank=True, help_text="slugs, as built")
    problems = models.JSONField(_("问题"), default=list, blank=True, help_text="records.Problem")

    class Meta:
        verbose_name = _("发布请求")
        verbose_name_plural = _("发布请求")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.title or self.subject or _('全部')}"


class Worker(models.Model):
    """A worker that lives: it says so every few seconds. `name` is unique to the process."""

    name = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(_("开始"), default=timezone.now)
    beat_at = models.DateTimeField(_("心跳"), default=timezone.now)
    doing = models.CharField(_("正在"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("发布进程")
        verbose_name_plural = _("发布进程")

    def __str__(self) -> str:
        return self.name


class SiteRetry(models.Model):
    """A site whose last build failed, and when to try again. Gone as soon as a build of it succeeds."""

    union = models.SlugField(_("工会"), max_length=63, primary_key=True)
    failures = models.PositiveIntegerField(_("连续失败"), default=1)
    retry_at = models.DateTimeField(_("下次重试"), db_index=True)
    problem = models.TextField(_("原因"), blank=True)
    first_failed_at = models.DateTimeField(_("首次失败"), default=timezone.now)
    mailed_at = models.DateTimeField(_("已邮件通知"), null=True, blank=True)

    class Meta:
        verbose_name = _("待重试站点")
        verbose_name_plural = _("待重试站点")

    def __str__(self) -> str:
        return self.union


class ScheduleRetry(models.Model):
    """A scheduled publication that failed, and when to try it again: it holds up no other."""

    revision = models.BigIntegerField(primary_key=True, help_text="the revision's id, or minus the page's id")
    failures = models.PositiveIntegerField(default=1)
    retry_at = models.DateTimeField()
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.revision}: {self.problem}"
