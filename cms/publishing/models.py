"""What the database knows of publishing: who asked for what, which workers live, which sites wait.

What is live is not kept here: releases and builds lie under DATA and are read from there (see
`site_builder.network.status`), so that the page in Wagtail and `unionpress status` cannot disagree.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class PublishRequest(models.Model):
    """One reason to look at the sites again: a row in the queue, later a line of its history.

    Rows are only added, inside the transaction of the change they speak of: so a request is there exactly
    when the change is, and neither a crash nor a worker that is just reading can lose one. Rows that mean
    the same are made one when a worker takes them (`queue.claim`), not when they are written.
    """

    class Action(models.TextChoices):
        RECORD = "record", "稿件变动 Record changed"
        UNION = "union", "工会资料变动 Union changed"
        ADOPTION = "adoption", "采用变动 Adoption changed"
        MEDIA = "media", "图片附件变动 Media changed"
        REBUILD = "rebuild", "立即重建 Rebuild"

    class Outcome(models.TextChoices):
        WAITING = "", "等待 Waiting"
        DONE = "done", "完成 Done"
        PROBLEMS = "problems", "有问题 Done with problems"

    action = models.CharField("事由 Reason", max_length=16, choices=Action.choices)
    subject = models.CharField(
        "对象 Subject", max_length=200, blank=True, help_text="a record's id, or a union's slug; empty: all"
    )
    title = models.CharField("标题 Title", max_length=255, blank=True)
    union = models.SlugField(
        "工会 Union", max_length=63, blank=True, help_text="whose request it is; empty: the network"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发起人 Requested by",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField("提出 Requested", default=timezone.now)
    not_before = models.DateTimeField("不早于 Not before", default=timezone.now, db_index=True)
    claim = models.CharField(max_length=64, blank=True, db_index=True)
    claimed_at = models.DateTimeField("开始 Taken", null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField("结束 Finished", null=True, blank=True, db_index=True)
    outcome = models.CharField("结果 Outcome", max_length=16, blank=True, choices=Outcome.choices)
    sites = models.JSONField("站点 Sites built", default=list, blank=True, help_text="slugs, as built")
    problems = models.JSONField("问题 Problems", default=list, blank=True, help_text="records.Problem")

    class Meta:
        verbose_name = "发布请求 Publish request"
        verbose_name_plural = "发布请求 Publish requests"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.title or self.subject or '全部 all'}"


class Worker(models.Model):
    """A worker that lives: it says so every few seconds. `name` is unique to the process."""

    name = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField("开始 Started", default=timezone.now)
    beat_at = models.DateTimeField("心跳 Last beat", default=timezone.now)
    doing = models.CharField("正在 Doing", max_length=200, blank=True)

    class Meta:
        verbose_name = "发布进程 Worker"
        verbose_name_plural = "发布进程 Workers"

    def __str__(self) -> str:
        return self.name


class SiteRetry(models.Model):
    """A site whose last build failed, and when to try again. Gone as soon as a build of it succeeds."""

    union = models.SlugField("工会 Union", max_length=63, primary_key=True)
    failures = models.PositiveIntegerField("连续失败 Failures in a row", default=1)
    retry_at = models.DateTimeField("下次重试 Next try", db_index=True)
    problem = models.TextField("原因 Reason", blank=True)
    first_failed_at = models.DateTimeField("首次失败 Failing since", default=timezone.now)
    mailed_at = models.DateTimeField("已邮件通知 Mailed", null=True, blank=True)

    class Meta:
        verbose_name = "待重试站点 Site to retry"
        verbose_name_plural = "待重试站点 Sites to retry"

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
