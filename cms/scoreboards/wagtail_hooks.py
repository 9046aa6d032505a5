"""积分榜 in the menu: boards, task library, enterprises, submissions; and the ranking of a day as a draft.

Snippet views neither filter by union nor check permissions on one object: every list comes through
`scoping`, and every address that names an object passes `_Scoped` first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSet, SnippetViewSetGroup

from cms.scoreboards.filters import EnterpriseFilters, SubmissionFilters, TaskFilters
from cms.scoreboards.models import Enterprise, Scoreboard, ScoreTask, Submission
from cms.scoreboards.ranking import DraftRanking, entries
from cms.scoreboards.scoping import kept_by
from cms.unions import scoping


class Titled:
    """Mixed into Wagtail's forms of snippets, which have no first heading."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"title": context["header_title"], **context}


class AddView(Titled, CreateView):
    pass


class ChangeView(Titled, EditView):
    pass


class ScopedViewSet(SnippetViewSet):
    """A viewset whose every view of one object answers 404 for another union's."""

    add_view_class = AddView
    edit_view_class = ChangeView
    copy_view_enabled = False

    def register_chooser_viewset(self) -> None:
        """None: a chooser shows all unions' rows. Forms offer lists of what may be chosen instead."""

    def rows(self, user: Any) -> QuerySet[Any]:
        return scoping.visible(self.model._default_manager.all(), user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.rows(request.user)

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[URLPattern] = super().get_urlpatterns()
        return [
            URLPattern(pattern.pattern, self._scoped(pattern.callback), pattern.default_args, pattern.name)
            for pattern in patterns
        ]

    @property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Wagtail's own are made once, in the language in which the process began."""
        home, *rest = super().breadcrumbs_items
        return [{**home, "label": _("Home")}, *rest]

    def _scoped(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def scoped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            number = str(kwargs.get("pk", ""))
            if "pk" in kwargs and not (
                number.isdigit() and self.rows(request.user).filter(pk=number).exists()
            ):
                raise Http404
            return view(request, *args, **kwargs)

        return scoped


class RankColumn(Column):
    """A link to draft the ranking of a day."""

    cell_template_name = "scoreboards/rank_cell.html"

    def get_value(self, instance: Scoreboard) -> str:
        return reverse("scoreboards_rank", args=[instance.pk])


class ReviewColumn(Column):
    """Where a submission stands: with whom, sent back, approved; not handed in yet."""

    def get_value(self, instance: Submission) -> Any:
        review = instance.current_workflow_state
        if review is None:
            return _("已通过") if instance.scores else _("还没有提交")
        if review.status == review.STATUS_NEEDS_CHANGES:
            return _("已退回，待修改")
        return review.current_task_state.task.name if review.current_task_state else "—"


class ScoreboardViewSet(ScopedViewSet):
    model = Scoreboard
    icon = "list-ol"
    menu_label = _("积分榜")

    @cached_property
    def list_display(self) -> list[Any]:
        return ["title", "union", RankColumn("rank", label=_("排名"))]


class ScoreTaskViewSet(ScopedViewSet):
    model = ScoreTask
    icon = "tasks"
    menu_label = _("任务库")
    list_display = ["title", "points", "board"]
    filterset_class = TaskFilters


class EnterpriseViewSet(ScopedViewSet):
    model = Enterprise
    icon = "group"
    menu_label = _("企业")
    list_display = ["name", "county", "size", "board"]
    filterset_class = EnterpriseFilters


class SubmissionViewSet(ScopedViewSet):
    model = Submission
    icon = "upload"
    menu_label = _("打卡")
    filterset_class = SubmissionFilters

    @cached_property
    def list_display(self) -> list[Any]:
        return [
            "enterprise",
            "task",
            ReviewColumn("review", label=_("审到哪里")),
            BooleanColumn("scores", label=_("已计分")),
            # Its own label is that of whoever opens the list first.
            UpdatedAtColumn(label=_("更新时间")),
        ]


class ScoreboardGroup(SnippetViewSetGroup):
    items = (SubmissionViewSet, ScoreboardViewSet, ScoreTaskViewSet, EnterpriseViewSet)
    menu_label = _("积分榜")
    menu_icon = "list-ol"
    menu_name = "scoreboards"
    menu_order = 142


register_snippet(ScoreboardGroup)


@hooks.register("construct_snippet_action_menu")
def only_reviews_publish(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """What the reviews approve is published by them; published by hand it would not score."""
    if context["model"] is Submission:
        items[:] = [item for item in items if item.name not in ("action-publish", "action-unpublish")]


class RankForm(forms.Form):
    as_of = forms.DateField(
        label=_("截至哪一天"),
        help_text=_("到这一天为止计了分的才算；同一天再生成一次就换掉那一期，别的日期不动"),
        # What a browser reads in a date field, whatever the language of the screen.
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def rank(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the ranking of a day, then write it into the dataset as a draft."""
    board = get_object_or_404(kept_by(Scoreboard.objects.all(), request.user), pk=pk)
    form = RankForm(request.POST or None, initial={"as_of": date.today()})
    if request.method == "POST" and form.is_valid():
        try:
            page = DraftRanking(board, form.cleaned_data["as_of"], request.user).execute()
        except PermissionDenied:
            raise
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _now("排名写进了草稿。核对之后发布，网站上才有。"))
            return redirect("wagtailadmin_pages:edit", page.pk)
    rows = sorted(entries(board, date.today()), key=lambda entry: -entry.score)
    return render(request, "scoreboards/rank.html", {"board": board, "form": form, "rows": rows[:50]})


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [path("scoreboards/<int:pk>/rank/", rank, name="scoreboards_rank")]
