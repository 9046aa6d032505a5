"""Tokens of the delivery API. Only a hash of the secret is kept: whoever loses one gets a new one."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

PREFIX = "up_"
SHOWN = 10
"""How many characters of a secret stay readable, so that a person can tell tokens apart."""


def digest(secret: str) -> str:
    """A secret is 256 random bits: plain SHA-256 resists guessing, a slow hash would only slow requests."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenManager(models.Manager["ApiToken"]):
    def issue(self, name: str, **fields: Any) -> tuple[ApiToken, str]:
        """Make a token and return it with its secret, which is shown this once."""
        token = ApiToken(name=name, **fields)
        secret = token.renew()
        token.save(using=self._db)
        return token, secret

    def living(self, secret: str) -> ApiToken | None:
        """The token of a secret, if it is known, in force and not expired."""
        return (
            self.filter(digest=digest(secret), active=True)
            .filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
            .first()
        )


class ApiToken(models.Model):
    name = models.CharField("名称 Name", max_length=100, help_text="谁在用, 用来做什么 Who uses it, what for")
    union = models.SlugField(
        "工会 Union",
        max_length=63,
        blank=True,
        help_text="工会的网址标识; 留空可读全网 A union's slug: that union's site only. Empty: all",
    )
    expires_at = models.DateTimeField("到期 Expires", null=True, blank=True)
    active = models.BooleanField("启用 Active", default=True, help_text="取消勾选即停用 Untick to revoke")
    prefix = models.CharField("开头 Begins with", max_length=SHOWN, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField("创建 Created", default=timezone.now, editable=False)
    used_on = models.DateField("最近使用 Last used", null=True, editable=False)

    objects = TokenManager()

    class Meta:
        verbose_name = "接口令牌 API token"
        verbose_name_plural = "接口令牌 API tokens"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def renew(self) -> str:
        """Give this token a new secret and return it; the old one stops working when this is saved."""
        secret = PREFIX + secrets.token_urlsafe(32)
        self.prefix = secret[:SHOWN]
        self.digest = digest(secret)
        return secret

    def used(self) -> None:
        """Note the day of use; at most one write a day, so that reading stays reading."""
        today = timezone.localdate()
        if self.used_on != today:
            ApiToken.objects.filter(pk=self.pk).update(used_on=today)
