"""From what scored to a dated ranking: drafted in the city's dataset, public when that is published.

Nothing is computed when a site is built: the ranking of a date is written down once, and stays.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.html import linebreaks
from wagtail.log_actions import log

from cms.blocks.datasets import write_entries
from cms.records.models import DatasetPage
from cms.scoreboards.models import Scoreboard
from cms.scoreboards.scoping import kept_by
from site_builder import records
from site_builder.records import BEIJING


def entries(board: Scoreboard, as_of: date) -> list[records.Ranked]:
    """Every enterprise of the board with the sum of what had scored by the end of `as_of`; 0 for nothing."""
    end = datetime.combine(as_of + timedelta(days=1), time(), BEIJING)
    points: dict[int, list[Decimal]] = {}
    for task in board.tasks.all():
        for submission in task.submissions.scoring().filter(scored_at__lt=end):
            points.setdefault(submission.enterprise_id, []).append(task.points)
    tasks = board.tasks.count()
    return [
        records.Ranked(
            name=enterprise.name,
            score=_plain(sum(points.get(enterprise.pk, ()), Decimal(0))),
            county=enterprise.county.short,
            size=enterprise.size,
            done=len(points.get(enterprise.pk, ())),
            tasks=tasks or None,
        )
        for enterprise in board.enterprises.select_related("county")
    ]


def _plain(value: Decimal) -> Decimal:
    """30, not 30.00; 7.5, not 7.50."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class DraftRanking:
    """Write the ranking of a date into the board's dataset, as a draft. The same date again replaces it."""

    def __init__(self, board: Scoreboard, as_of: date, user: Any = None) -> None:
        self.board = board
        self.as_of = as_of
        self.user = user

    def check(self) -> None:
        """Raises PermissionDenied for another union's, ValueError for a board without enterprises."""
        if self.user is not None:
            mine = kept_by(Scoreboard.objects.filter(pk=self.board.pk), self.user).exists()
            section = self.board.union.section("dataset")
            if not mine or not section.permissions_for_user(self.user).can_add_subpage():
                raise PermissionDenied(f"{self.user} may not rank for {self.board.union.slug}")
        if not self.board.enterprises.exists():
            raise ValueError("积分榜里还没有企业，先录入企业 (the board has no enterprises yet)")

    @transaction.atomic
    def execute(self) -> DatasetPage:
        """The page with the draft; it is public when somebody who may publishes it."""
        self.check()
        page = self._page()
        block = page.rankings.stream_block
        drafted = {"as_of": self.as_of.isoformat(), "entries": write_entries(entries(self.board, self.as_of))}
        kept = [
            part for part in page.rankings.get_prep_value() if part["value"].get("as_of") != drafted["as_of"]
        ]
        page.rankings = block.to_python([{"type": "item", "value": drafted}, *kept])
        revision = page.save_revision(user=self.user)
        log(
            instance=page,
            action="wagtail.edit",
            user=self.user,
            revision=revision,
            content_changed=True,
            data={"scoreboard": self.board.pk, "as_of": drafted["as_of"]},
        )
        return page

    def _page(self) -> DatasetPage:
        page = DatasetPage.objects.filter(uuid=self.board.dataset).first() if self.board.dataset else None
        if page is not None:
            latest: DatasetPage = page.get_latest_revision_as_object()
            return latest
        page = DatasetPage(
            title=self.board.title,
            type="ranking",
            live=False,
            rule=linebreaks(self.board.rule, autoescape=True).replace("<br>", "<br/>"),
            score_name=self.board.score_name,
            score_unit=self.board.score_unit,
        )
        self.board.union.section("dataset").add_child(instance=page)
        Scoreboard.objects.filter(pk=self.board.pk).update(dataset=page.uuid)
        self.board.dataset = page.uuid
        return page
