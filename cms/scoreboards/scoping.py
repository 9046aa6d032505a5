"""Who sees which submissions, boards and enterprises: the city all of its board, a county its own."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet

from cms.unions import scoping

_BOARDS = {"Scoreboard": "", "ScoreTask": "board__", "Enterprise": "board__"}


class SubmissionQuerySet(models.QuerySet):
    def seen_by(self, user: Any) -> Self:
        """What somebody may see and change: of their own county, or of a board of their own city."""
        if scoping.sees_all(user):
            return self
        unions = scoping.unions_of(user)
        return self.filter(Q(enterprise__county__in=unions) | Q(enterprise__board__union__in=unions))

    def scoring(self) -> Self:
        """Those that count: every review approved just the version that is published."""
        return self.filter(live=True, scored_revision=F("live_revision"))


class OfBoardQuerySet(models.QuerySet):
    def seen_by(self, user: Any) -> Self:
        """Tasks and enterprises of the boards of one's own city."""
        return self.filter(board__union__in=scoping.unions_of(user))


def kept_by(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Boards, tasks and enterprises that somebody looks after: those of their own city."""
    if scoping.sees_all(user):
        return rows
    return rows.filter(**{f"{_BOARDS[rows.model.__name__]}union__in": scoping.unions_of(user)})


def enterprises_of(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Enterprises for which somebody may hand something in."""
    if scoping.sees_all(user):
        return rows
    unions = scoping.unions_of(user)
    return rows.filter(Q(county__in=unions) | Q(board__union__in=unions))
