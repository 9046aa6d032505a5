"""What somebody looked at and found right: who, when, why. Of what it was only the fingerprint is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Confirmation(models.Model):
    """One finding of one record that may stay. Elsewhere the same, and here another, is told of again."""

    record = models.UUIDField(db_index=True)
    fingerprint = models.CharField(max_length=24)
    code = models.CharField(max_length=40)
    reason = models.CharField(_("为什么可以保留"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "fingerprint"], name="one_confirmation")]

    def __str__(self) -> str:
        return f"{self.record} {self.code}"
