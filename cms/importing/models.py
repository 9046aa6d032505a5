"""What was brought in, by whom, and how to take it back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.unions.models import UnionPage


class TableImport(models.Model):
    """One table brought in. `data` is the file until it is brought in; afterwards nothing of it is kept.

    `entries` holds one object a page: {"page", "before", "after", "live"}: its number, its latest revision
    before (null: the import made the page) and after, and whether `before` was the published version.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("待确认")
        APPLIED = "applied", _("已导入")
        UNDONE = "undone", _("已撤销")

    union = models.ForeignKey(UnionPage, on_delete=models.CASCADE, related_name="table_imports")
    layout = models.CharField(max_length=20)
    into = models.UUIDField(null=True, blank=True)
    file_name = models.CharField(max_length=200)
    sheet = models.CharField(max_length=100, blank=True)
    data = models.BinaryField(default=bytes)
    publish = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREVIEW)
    entries = models.JSONField(default=list)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("导入表格")
        verbose_name_plural = _("导入表格")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.union.short}"
