"""The screens on which records and unions are written, each put together from what belongs beside a form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet

from cms.editorial.gate import ApproveView, HoldsBack
from cms.editorial.panels import WithProofs
from cms.records.editing import AsksBeforeOverwriting, SaysWhatIsWrong
from cms.records.models import RecordPage
from cms.unions.models import UnionPage


class CreateRecordView(HoldsBack, WithProofs, SaysWhatIsWrong, CreateView):
    pass


class EditRecordView(AsksBeforeOverwriting, HoldsBack, WithProofs, SaysWhatIsWrong, EditView):
    def add_save_confirmation_message(self) -> None:
        """Wagtail says that the page was saved, also of one that was approved."""
        if self.action_name != "perform_workflow_action":
            super().add_save_confirmation_message()
            return
        title = {"title": self.page.get_admin_display_title()}
        approved = self.workflow_action == "approve"
        messages.success(
            self.request,
            _("《%(title)s》已批准。") % title if approved else _("《%(title)s》已退回修改。") % title,
        )


class RevertRecordView(AsksBeforeOverwriting, HoldsBack, WithProofs, RevisionsRevertView):
    pass


class CreateUnionView(SaysWhatIsWrong, CreateView):
    pass


class EditUnionView(AsksBeforeOverwriting, SaysWhatIsWrong, EditView):
    pass


class RevertUnionView(AsksBeforeOverwriting, RevisionsRevertView):
    pass


class RecordViews(PageViewSet):
    """The views of all kinds; their lists are of each kind (`wagtail_hooks`)."""

    model = RecordPage
    icon = "doc-full"
    add_view_class = CreateRecordView
    edit_view_class = EditRecordView
    revisions_revert_view_class = RevertRecordView
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
    revisions_revert_view_class = RevertUnionView
