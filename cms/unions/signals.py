"""A saved union gets its library, sections and groups; a new version of the program may add sections."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver

from cms.unions.models import UnionPage, UnionRole
from cms.unions.setup import complete_sections, prepare_union, retire_union


@receiver(post_save, sender=UnionPage)
def union_saved(sender: type[UnionPage], instance: UnionPage, raw: bool, **kwargs: Any) -> None:
    # A save of single columns (a revision was noted) leaves the name and what hangs on it alone.
    if not raw and not kwargs.get("update_fields"):
        prepare_union(instance)


@receiver(post_delete, sender=UnionPage)
def union_deleted(sender: type[UnionPage], instance: UnionPage, **kwargs: Any) -> None:
    retire_union(instance)


@receiver(post_delete, sender=UnionRole)
def role_deleted(sender: type[UnionRole], instance: UnionRole, **kwargs: Any) -> None:
    """The group goes with its role, or it would linger with no branch to work on."""
    instance.group.delete()


@receiver(post_migrate, sender=apps.get_app_config("unions"))
def tables_changed(sender: AppConfig, using: str, plan: Any = (), **kwargs: Any) -> None:
    """A version that knows more kinds finds unions without a section for them."""
    executor = MigrationExecutor(connections[using])
    if plan and not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        complete_sections()
