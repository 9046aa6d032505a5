"""共享内容: what is shared with one's own union, what that takes, hides and pins: by the scoping door."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import Select
from django.http import Http404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry

from cms.blocks.links import SharedRecordChooser
from cms.records.models import RecordPage
from cms.sharing import inbox
from cms.sharing.models import Adoption, AdoptionLogEntry
from cms.sharing.tree import targets_below
from cms.unions import scoping


class OwnRows:
    """Mixed into list views: one's own unions' rows."""

    request: Any

    def get_base_queryset(self) -> QuerySet:
        return scoping.visible(super().get_base_queryset(), self.request.user)  # type: ignore[misc]


class OwnRow:
    """Mixed into views of one row: another union's is not found."""

    request: Any

    def get_object(self, *args: Any, **kwargs: Any) -> Adoption:
        adoption = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if not scoping.visible(Adoption.objects.filter(pk=adoption.pk), self.request.user).exists():
            raise Http404
        return adoption


class RecordColumn(TitleColumn):
    """The record's title, leading to what was decided on it."""

    def get_value(self, instance: Adoption) -> str:
        title, live = instance.record_title, instance.record_live  # type: ignore[attr-defined]
        if title is None:
            return str(instance.record)
        # What its owner writes on after taking it down is a draft.
        return str(title) if live else translate("现在没有公开的一篇")


class ActionColumn(Column):
    def get_value(self, instance: Adoption) -> str:
        return str(instance.get_action_display())


class IndexView(OwnRows, generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        records = RecordPage.objects.filter(uuid=OuterRef("record"))
        return (
            super()
            .get_base_queryset()
            .select_related("union")
            .annotate(
                record_title=Subquery(records.values("title")[:1]),
                record_live=Subquery(records.values("live")[:1]),
            )
        )

    @cached_property
    def columns(self) -> list[Column]:
        return [self._get_title_column("record", RecordColumn), *super().columns]


class CreateView(generic.CreateView):
    def get_initial_form_instance(self) -> Adoption:
        """For the record and the union that the list of shared records names, where it led here."""
        adoption = Adoption()
        union = scoping.unions_of(self.request.user).filter(slug=self.request.GET.get("union", "")).first()
        page = RecordPage.objects.filter(uuid=_uuid(self.request.GET.get("record", ""))).first()
        if union is not None and page is not None:
            adoption.union, adoption.record = union, page.uuid
        return adoption

    def get_success_buttons(self) -> list[Any]:
        return [*super().get_success_buttons(), inbox.where_it_stands(self.object)]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class EditView(OwnRow, generic.EditView):
    def get_success_buttons(self) -> list[Any]:
        return [inbox.where_it_stands(self.object)]


class DeleteView(OwnRow, generic.DeleteView):
    pass


class CopyView(OwnRow, generic.CopyView):
    pass


class UsageView(OwnRow, usage.UsageView):
    pass


class HistoryView(OwnRow, history.HistoryView):
    pass


class AdoptionViewSet(ModelViewSet):
    model = Adoption
    name = "adoptions"
    icon = "download"
    menu_label = _("共享内容的采用")
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    copy_view_class = CopyView
    usage_view_class = UsageView
    history_view_class = HistoryView
    inspect_view_enabled = False
    copy_view_enabled = False
    list_filter = ["action"]
    list_per_page = 50

    list_display: ClassVar[list[Any]] = [
        Column("union", label=_("工会")),
        ActionColumn("action", label=_("怎么办")),
    ]

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("union", widget=Select),
                FieldPanel("record", widget=SharedRecordChooser),
                FieldPanel("action"),
                FieldPanel("until"),
            ],
            heading=_("用不用"),
        ),
        MultiFieldPanel([FieldPanel("slots")], heading=_("本地填写")),
    ]


hooks.register("record_share_targets", targets_below)


@hooks.register("register_log_actions")
def log_adoptions(actions: LogActionRegistry) -> None:
    actions.register_model(Adoption, AdoptionLogEntry)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("shared/", inbox.inbox, name="shared-inbox"),
        path("shared/<slug:slug>/<uuid:record>/", inbox.decide, name="shared-decide"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return MenuItem(_("共享内容"), reverse("shared-inbox"), name="shared", icon_name="download", order=145)


@hooks.register("register_admin_viewset")
def adoptions() -> AdoptionViewSet:
    return AdoptionViewSet()
