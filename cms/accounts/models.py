"""Who signs in. Accounts are of people at work: a body's name and a role do, a personal name is not asked."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """An editor's account. Its own model from the first day, because it cannot be changed later."""

    def get_full_name(self) -> str:
        # 姓 before 名, and no space between them.
        return f"{self.last_name}{self.first_name}".strip() or self.username

    def __str__(self) -> str:
        return self.get_full_name()
