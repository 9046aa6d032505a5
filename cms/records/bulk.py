"""What is done to several pages of a list at once: published, taken offline, deleted.

Wagtail's own actions ask the general page, which does not know what a record or a section allows, and publish
a draft as it is, half written or not. Whose rows they are is looked after by `cms.unions.guard`.
"""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_list_or_404
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.pages.bulk_actions import (
    DeleteBulkAction,
    MoveBulkAction,
    PublishBulkAction,
    UnpublishBulkAction,
)
from wagtail.models import Page

from cms.editorial.gate import held_back, refused
from cms.records.models import RecordPage
from cms.records.unfinished import unfinished


def lacking(page: Page) -> list[str]:
    """What keeps the newest draft of a record from being published, in the words of its form."""
    if not isinstance(page, RecordPage):
        return []
    draft = page.get_latest_revision_as_object()
    said = [f"{one.label}：{one.message}" for one in unfinished(draft)]
    return said + refused(draft) + held_back(draft)


class AsTheyAre:
    """Mixed into Wagtail's actions: each page is asked as what it is."""

    def get_queryset(self, model: Any, object_ids: Any) -> list[Page]:
        return get_list_or_404(model._default_manager.filter(pk__in=object_ids).specific())


class Publish(AsTheyAre, PublishBulkAction):
    """Leaves out what is not finished, and says of each what it lacks."""

    def get_actionable_objects(self) -> tuple[list[Page], dict[str, Any]]:
        pages, others = super().get_actionable_objects()
        found = {page.pk: lacking(page) for page in pages}
        others["unfinished"] = [{"item": page, "lacks": found[page.pk]} for page in pages if found[page.pk]]
        return [page for page in pages if not found[page.pk]], others


class Unpublish(AsTheyAre, UnpublishBulkAction):
    pass


class Delete(AsTheyAre, DeleteBulkAction):
    pass


class Move(AsTheyAre, MoveBulkAction):
    """Not offered (`templatetags.records`), since there is nowhere to; here for who types its address."""


ACTIONS: tuple[type[BulkAction], ...] = (Publish, Unpublish, Delete, Move)
