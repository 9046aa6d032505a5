"""Reports and the log of one's own unions. Wagtail narrows them for pages, and shows all of its snippets.

The reports on reviews name whatever is reviewed to everybody who may edit such a thing at all; the filters
beside them name the reviews and the people of every union; the log tells of every row of a model on which
one holds a permission.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django_filters import ModelChoiceFilter
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import FilteredModelChoiceFilter
from wagtail.admin.views.reports import audit_logging, locked_pages, workflows
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowState
from wagtail.models.audit_log import ModelLogEntryManager
from wagtail.snippets.models import get_snippet_models

from cms.unions import scoping


def foreign_snippets(user: Any, prefix: str = "") -> Q:
    """Which rows, of those with `content_type` and `object_id`, tell of another union's snippet.

    One that was deleted is nobody's any more: only who looks after the whole network is told of it.
    """
    if scoping.sees_all(user):
        return Q(pk__in=[])
    found = Q(pk__in=[])
    for model in get_snippet_models():
        own = scoping.visible(model._default_manager.all(), user)
        found |= Q(**{f"{prefix}content_type": ContentType.objects.get_for_model(model)}) & ~Q(
            **{f"{prefix}object_id__in": own.values_list(Cast("pk", CharField()), flat=True)}
        )
    return found


# --- reviews ----------------------------------------------------------------------------------------


def own_reviews(request: HttpRequest) -> QuerySet[WorkflowState]:
    view = WorkflowView()
    view.setup(request)
    return view.get_queryset()


def own_workflows(request: HttpRequest) -> QuerySet[Workflow]:
    return Workflow.objects.filter(pk__in=own_reviews(request).values("workflow"))


def own_tasks(request: HttpRequest) -> QuerySet[Task]:
    return Task.objects.filter(workflow_tasks__workflow__in=own_workflows(request)).distinct()


def who_asked(request: HttpRequest) -> QuerySet[Any]:
    return get_user_model()._default_manager.filter(pk__in=own_reviews(request).values("requested_by"))


class WorkflowFilters(workflows.WorkflowReportFilterSet):
    workflow = ModelChoiceFilter(queryset=own_workflows, label=_("工作流"))
    requested_by = ModelChoiceFilter(queryset=who_asked, label=_("请求人"))


class WorkflowTasksFilters(workflows.WorkflowTasksReportFilterSet):
    workflow = ModelChoiceFilter(
        field_name="workflow_state__workflow", queryset=own_workflows, label=_("工作流")
    )
    task = FilteredModelChoiceFilter(
        queryset=own_tasks, filter_field="id_workflow", filter_accessor="workflows", label=_("任务")
    )


class WorkflowView(workflows.WorkflowView):
    filterset_class = WorkflowFilters

    def get_queryset(self) -> QuerySet[WorkflowState]:
        rows: QuerySet[WorkflowState] = super().get_queryset()
        return rows.exclude(foreign_snippets(self.request.user))


class WorkflowTasksView(workflows.WorkflowTasksView):
    filterset_class = WorkflowTasksFilters

    def get_queryset(self) -> QuerySet[TaskState]:
        rows: QuerySet[TaskState] = super().get_queryset()
        return rows.exclude(foreign_snippets(self.request.user, "workflow_state__"))


# --- locked pages -----------------------------------------------------------------------------------


def who_locked(request: HttpRequest) -> QuerySet[Any]:
    own = scoping.visible(Page.objects.filter(locked=True), request.user)
    return get_user_model()._default_manager.filter(pk__in=own.values("locked_by"))


class LockedPagesFilters(locked_pages.LockedPagesReportFilterSet):
    locked_by = ModelChoiceFilter(queryset=who_locked, label=_("锁定者"), empty_label=_("任何人"))


class LockedPagesView(locked_pages.LockedPagesView):
    filterset_class = LockedPagesFilters


# --- the log ----------------------------------------------------------------------------------------


class LogFilters(audit_logging.SiteHistoryReportFilterSet):
    def get_users_queryset(self) -> QuerySet[Any]:
        """Wagtail's own are all who ever changed a page."""
        users: QuerySet[Any] = audit_logging.get_users_for_filter(self.request.user)
        return users


class LogEntriesView(audit_logging.LogEntriesView):
    filterset_class = LogFilters


_wagtails_own = ModelLogEntryManager.viewable_by_user


def viewable_by_user(manager: Any, user: Any) -> QuerySet[Any]:
    """The entries that `user` may read. In the place of a method of `manager`."""
    entries: QuerySet[Any] = _wagtails_own(manager, user)
    return entries.exclude(foreign_snippets(user))


def install() -> None:
    """Put it in the place of Wagtail's: the report and its filters ask the manager."""
    ModelLogEntryManager.viewable_by_user = viewable_by_user


urlpatterns: list[URLPattern] = [
    path(f"admin/reports/{place}/{results}", require_admin_access(view.as_view(results_only=bool(results))))
    for place, view in (
        ("workflow", WorkflowView),
        ("workflow_tasks", WorkflowTasksView),
        ("locked", LockedPagesView),
        ("site-history", LogEntriesView),
    )
    for results in ("", "results/")
]
"""In the place of Wagtail's, at its addresses."""
