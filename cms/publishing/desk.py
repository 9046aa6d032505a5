"""案头: what waits for somebody, first thing on Wagtail's first page.

For the people of one union. Those who look after several have 发布状态 instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as translate
from wagtail.admin.ui.components import Component

from cms.publishing.views import statuses
from cms.records import gaps
from cms.records.models import PAGE_TYPES, RecordPage
from cms.sharing.reach import shared_with
from cms.unions.models import UnionPage, UnionsRoot
from cms.unions.scoping import unions_of
from site_builder.records import Kind
from site_builder.release.status import SiteStatus

LISTED = 6
QUICK = (Kind.STORY, Kind.PROGRAM, Kind.GUIDE, Kind.EVENT, Kind.PLACE, Kind.SERVICE)
"""What is written most often, in that order."""


@dataclass(frozen=True)
class Waiting:
    """One line: how much of what, and the screen for it."""

    count: int
    label: str
    address: str


@dataclass(frozen=True)
class Unfinished:
    page: RecordPage
    state: str


class FirstUnionPanel(Component):
    """What to do first, for who may make unions, as long as there is none."""

    name = "first_union"
    order = 5
    template_name = "publishing/_home_first.html"

    def __init__(self, user: Any) -> None:
        root = None if UnionPage.objects.exists() else UnionsRoot.objects.first()
        may = root is not None and root.permissions_for_user(user).can_add_subpage()
        self.root: UnionsRoot | None = root if may else None

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        assert self.root is not None, "shown only where a union can be made"
        add = reverse("wagtailadmin_pages:add", args=["unions", "unionpage", self.root.pk])
        return {"add": add, "people": reverse("wagtailusers_users:index")}


class DeskPanel(Component):
    """Nothing at all for who works for no union or for several."""

    name = "publishing_desk"
    order = 5
    template_name = "publishing/_home_desk.html"

    def __init__(self, user: Any) -> None:
        found = list(unions_of(user)[:2])
        self.user = user
        self.union: UnionPage | None = found[0] if len(found) == 1 else None

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        assert self.union is not None, "shown only to the people of one union"
        site = statuses([self.union.slug]).get(self.union.slug)
        return {
            "union": self.union,
            "site": site,
            "waiting": [line for line in self._waiting(self.union, site) if line.count],
            "unfinished": self._unfinished(self.union),
            "coming": self._coming(self.union),
            "quick": self._quick(self.union),
        }

    def _waiting(self, union: UnionPage, site: SiteStatus | None) -> list[Waiting]:
        shared = list(shared_with(union))
        inbox, own_site = reverse("shared-inbox"), reverse("publishing-site", args=[union.slug])
        undecided, unfilled = (
            sum(one.undecided for one in shared),
            sum(bool(one.unfilled) for one in shared),
        )
        open_gaps = len(gaps.found(self.user))
        return [
            Waiting(undecided, translate("篇可选用的内容等本工会决定"), f"{inbox}?show=undecided"),
            Waiting(unfilled, translate("篇转来的内容可填本地联系方式、地点等"), f"{inbox}?show=unfilled"),
            Waiting(open_gaps, translate("处还写着“请咨询”或没有写全"), reverse("record-gaps")),
            Waiting(len(site.problems) if site else 0, translate("个上次构建的问题"), f"{own_site}#problems"),
        ]

    @staticmethod
    def _records(union: UnionPage) -> QuerySet[RecordPage]:
        return RecordPage.objects.descendant_of(union).specific()

    def _unfinished(self, union: UnionPage) -> list[Unfinished]:
        """Drafts and changes that nobody published, the latest first; what waits for its hour is no draft."""
        rows = self._records(union).filter(Q(live=False, withdrawn_at=None) | Q(has_unpublished_changes=True))
        latest = rows.order_by("-latest_revision_created_at")[: 2 * LISTED]
        return [Unfinished(page, self._state(page)) for page in latest if not page.approved_schedule][:LISTED]

    @staticmethod
    def _state(page: RecordPage) -> str:
        review = page.current_workflow_state
        if review is not None and review.status == review.STATUS_NEEDS_CHANGES:
            return translate("已退回，待修改")
        if review is not None:
            return translate("审核中")
        if page.live:
            return translate("有改动还没有发布")
        return translate("草稿") if page.first_published_at is None else translate("已下线")

    def _coming(self, union: UnionPage) -> QuerySet[RecordPage]:
        """What appears by itself: approved, and its hour to come."""
        return (
            self._records(union)
            .filter(live=True, published__gt=timezone.now())
            .order_by("published")[:LISTED]
        )

    def _quick(self, union: UnionPage) -> list[tuple[str, str]]:
        found = []
        for kind in QUICK:
            section, model = union.section(kind), PAGE_TYPES[kind]
            if section.permissions_for_user(self.user).can_add_subpage():
                address = reverse(
                    "wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, section.pk]
                )
                found.append((str(model._meta.verbose_name), address))
        return found
