"""共享内容: what one's own union takes, hides and pins. Every view goes through the scoping door."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Select
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry

from cms.records.models import RecordPage
from cms.sharing.models import Adoption, AdoptionLogEntry
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


class IndexView(OwnRows, generic.IndexView):
    pass


class EditView(OwnRow, generic.EditView):
    pass


class DeleteView(OwnRow, generic.DeleteView):
    pass


class CopyView(OwnRow, generic.CopyView):
    pass


class UsageView(OwnRow, usage.UsageView):
    pass


class HistoryView(OwnRow, history.HistoryView):
    pass


class RecordColumn(Column):
    def get_value(self, instance: Adoption) -> str:
        page = RecordPage.objects.filter(uuid=instance.record).only("title").first()
        return page.title if page else str(instance.record)


class AdoptionViewSet(ModelViewSet):
    model = Adoption
    name = "adoptions"
    icon = "download"
    menu_label = _("共享内容")
    menu_order = 145
    add_to_admin_menu = True
    index_view_class = IndexView
    edit_view_class = EditView
    delete_view_class = DeleteView
    copy_view_class = CopyView
    usage_view_class = UsageView
    history_view_class = HistoryView
    inspect_view_enabled = False
    copy_view_enabled = False
    list_filter = ["action"]
    list_per_page = 50

    @cached_property
    def list_display(self) -> list[Any]:
        return [RecordColumn("record", label=_("共享的内容")), "union", "action"]

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [FieldPanel("union", widget=Select), FieldPanel("record"), FieldPanel("action")],
            heading=_("用不用"),
        ),
        MultiFieldPanel([FieldPanel("slots")], heading=_("本地填写")),
    ]


@hooks.register("register_log_actions")
def log_adoptions(actions: LogActionRegistry) -> None:
    actions.register_model(Adoption, AdoptionLogEntry)


@hooks.register("register_admin_viewset")
def adoptions() -> AdoptionViewSet:
    return AdoptionViewSet()
