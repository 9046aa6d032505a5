"""What waits for somebody's review, asked for at once.

Wagtail asks each workflow step in turn whether the person is in its groups. Here every union has a step of
its own, so that everybody's first page would cost a query a union.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from wagtail.models import AbstractGroupApprovalTask, TaskState
from wagtail.models.workflows import BaseTaskStateManager


def reviewable_by(manager: Any, user: Any) -> QuerySet[TaskState]:
    """The steps in progress that `user` may decide. In the place of a method of `manager`."""
    waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task__active=True)
    if user.is_superuser:
        return waiting
    theirs = Q(pk__in=[])
    groups = user.groups.values("pk")
    for model in apps.get_models():
        if issubclass(model, AbstractGroupApprovalTask):
            theirs |= Q(task__in=model._default_manager.filter(groups__in=groups).values("pk"))
    return waiting.filter(theirs)


def install() -> None:
    """Put it in the place of Wagtail's: its first page and its reports ask the manager."""
    BaseTaskStateManager.reviewable_by = reviewable_by
