"""The screens on which records and unions are written, each put together from what belongs beside a form."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from cms.editorial.gate import ApproveView, HoldsBack
from cms.editorial.panels import WithProofs
from cms.records.editing import SaysWhatIsWrong
from cms.records.models import RecordPage
from cms.unions.models import UnionPage


class CreateRecordView(HoldsBack, WithProofs, SaysWhatIsWrong, CreateView):
    pass


class EditRecordView(HoldsBack, WithProofs, SaysWhatIsWrong, EditView):
    pass


class CreateUnionView(SaysWhatIsWrong, CreateView):
    pass


class EditUnionView(SaysWhatIsWrong, EditView):
    pass


class RecordViews(PageViewSet):
    """The views of all kinds; their lists are of each kind (`wagtail_hooks`)."""

    model = RecordPage
    icon = "doc-full"
    add_view_class = CreateRecordView
    edit_view_class = EditRecordView
    workflow_action_view_class = ApproveView

    @property
    def parent_models(self) -> list[Any]:
        """None: sections are explored as Wagtail does it."""
        return []


class UnionViews(RecordViews):
    """The screen of a union has seven tabs: what is wrong on another one must be said, too."""

    model = UnionPage
    icon = "site"
    add_view_class = CreateUnionView
    edit_view_class = EditUnionView
