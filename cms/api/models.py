"""Tokens of the delivery API. Only a hash of the secret is kept: whoever loses one gets a new one."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    name = models.CharField(_("名称"), max_length=100, help_text=_("谁在用，用来做什么"))
    union = models.SlugField(
        _("工会"),
        max_length=63,
        blank=True,
        help_text=_("只能读这个工会的网站；不填：全网"),
    )
    expires_at = models.DateTimeField(_("到期"), null=True, blank=True)
    active = models.BooleanField(_("启用"), default=True, help_text=_("取消勾选即停用"))
    prefix = models.CharField(_("开头"), max_length=SHOWN, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("创建"), default=timezone.now, editable=False)
    used_on = models.DateField(_("最近使用"), null=True, editable=False)

    objects = TokenManager()

    class Meta:
        verbose_name = pgettext_lazy("one", "接口令牌")
        verbose_name_plural = _("接口令牌")
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
