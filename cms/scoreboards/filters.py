"""What the lists can be narrowed to: one's own boards and tasks. Wagtail's own filters name all unions'."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from cms.scoreboards.models import Enterprise, Scoreboard, ScoreTask, Submission
from cms.scoreboards.scoping import enterprises_of, kept_by


def own_boards(request: HttpRequest) -> QuerySet[Any]:
    return kept_by(Scoreboard.objects.all(), request.user)


def tasks_of_own_boards(request: HttpRequest) -> QuerySet[Any]:
    """A county looks after no board, and hands in for its city's."""
    boards = enterprises_of(Enterprise.objects.all(), request.user).values("board")
    return ScoreTask.objects.filter(Q(board__in=boards) | Q(board__in=own_boards(request)))


class SubmissionFilters(WagtailFilterSet):
    task = ModelChoiceFilter(queryset=tasks_of_own_boards, label=_("任务"))

    class Meta:
        model = Submission
        fields = ["task"]


class TaskFilters(WagtailFilterSet):
    board = ModelChoiceFilter(queryset=own_boards, label=_("积分榜"))

    class Meta:
        model = ScoreTask
        fields = ["board"]


class EnterpriseFilters(WagtailFilterSet):
    board = ModelChoiceFilter(queryset=own_boards, label=_("积分榜"))

    class Meta:
        model = Enterprise
        fields = ["board", "size"]
