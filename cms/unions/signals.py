"""A saved union gets its library, sections and groups."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from cms.unions.models import UnionPage, UnionRole
from cms.unions.setup import prepare_union


@receiver(post_save, sender=UnionPage)
def union_saved(sender: type[UnionPage], instance: UnionPage, raw: bool, **kwargs: Any) -> None:
    # A save of single columns (a revision was noted) leaves the name and what hangs on it alone.
    if not raw and not kwargs.get("update_fields"):
        prepare_union(instance)


@receiver(post_delete, sender=UnionRole)
def role_deleted(sender: type[UnionRole], instance: UnionRole, **kwargs: Any) -> None:
    """The group goes with its role, or it would linger with no branch to work on."""
    instance.group.delete()
