"""Menu entries and lists of records: 稿件, 项目, 指南, 活动... They show what somebody may explore."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.choose_parent import ChooseParentView
from wagtail.admin.views.pages.listing import IndexView as PageIndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.accounts.views import session
from cms.records import bulk, comparing, gaps
from cms.records.choosers import BrowseFromOwnUnion, choose_shared
from cms.records.choosing import choosable
from cms.records.models import (
    CollectionPage,
    DatasetPage,
    EventPage,
    GuidePage,
    PlacePage,
    ProgramPage,
    ServicePage,
    StoryPage,
)
from cms.records.owners import owner_column, with_owner, with_parent
from cms.records.screens import RecordViews, UnionViews

comparing.register()


class RecordList(PageIndexView):
    def annotate_queryset(self, pages: QuerySet) -> QuerySet:
        return with_owner(super().annotate_queryset(pages))


class ChooseSectionView(ChooseParentView):
    """Where to add a record: the sections of its kind. With one, Wagtail goes straight on."""

    def get_valid_parent_pages(self, user: Any) -> QuerySet:
        kind = self.model.kind.value
        return super().get_valid_parent_pages(user).filter(sectionpage__kind=kind)


class RecordListing(PageListingViewSet):
    add_to_admin_menu = True
    choose_parent_view_class = ChooseSectionView
    index_view_class = RecordList

    @cached_property
    def columns(self) -> list[Column]:
        base = [column for column in self.index_view_class.base_columns if column.name != "parent"]
        return [*base[:2], owner_column(_("工会")), *base[2:]]


class StoryListing(RecordListing):
    model = StoryPage
    icon = "doc-full"
    menu_label = _("稿件")
    menu_order = 110
    name = "stories"
    list_filter = ["genre", "share_mode", "live"]


class ProgramListing(RecordListing):
    model = ProgramPage
    icon = "form"
    menu_label = _("项目")
    menu_order = 120
    name = "programs"
    list_filter = ["type", "share_mode", "live"]


class GuideListing(RecordListing):
    model = GuidePage
    icon = "help"
    menu_label = _("指南")
    menu_order = 130
    name = "guides"
    list_filter = ["share_mode", "live"]


class EventListing(RecordListing):
    model = EventPage
    icon = "date"
    menu_label = _("活动")
    menu_order = 132
    name = "events"
    list_filter = ["type", "status", "share_mode", "live"]


class PlaceListing(RecordListing):
    model = PlacePage
    icon = "home"
    menu_label = _("阵地")
    menu_order = 134
    name = "places"
    list_filter = ["type", "status", "share_mode", "live"]


class ServiceListing(RecordListing):
    model = ServicePage
    icon = "mobile-alt"
    menu_label = _("服务")
    menu_order = 136
    name = "services"
    list_filter = ["type", "status", "health", "live"]


class CollectionListing(RecordListing):
    model = CollectionPage
    icon = "folder-open-1"
    menu_label = _("专题、栏目")
    menu_order = 140
    name = "topics"
    list_filter = ["type", "live"]


class DatasetListing(RecordListing):
    model = DatasetPage
    icon = "table"
    menu_label = _("数据")
    menu_order = 138
    name = "datasets"
    list_filter = ["type", "share_mode", "live"]


@hooks.register("register_admin_viewset")
def record_listings() -> list[PageListingViewSet]:
    return [
        StoryListing(),
        ProgramListing(),
        GuideListing(),
        EventListing(),
        PlaceListing(),
        ServiceListing(),
        DatasetListing(),
        CollectionListing(),
        RecordViews("records"),
        UnionViews("union-screens"),
    ]


@hooks.register("insert_editor_js")
def say_what_keeps_a_draft_from_saving_itself() -> str:
    return format_html(
        '<script type="module" src="{}"></script>'
        '<script type="module" src="{}"></script>'
        '<script type="module" src="{}" data-session="{}" data-signed-out="{}" data-signed-in="{}"'
        ' data-unanswered="{}"></script>',
        static("cms/autosave.js"),
        static("cms/grid.js"),
        static("cms/session.js"),
        reverse("session"),
        _("登录已过期，刚写的还没有保存。不要关闭本页：在新标签页重新登录，再回到这里，会接着自动保存。"),
        _("已重新登录，接着自动保存。"),
        _("网络不通或服务器没有应答，没有保存。写好的文字还在这一页：不要关闭，稍后再按一次。"),
    )


@hooks.register("register_admin_urls")
def urls_of_the_form() -> list[URLPattern]:
    chosen = BrowseFromOwnUnion.as_view()
    return [
        path("session/", session, name="session"),
        path("choose-shared/", choose_shared, name="choose-shared-record"),
        path("choose-shared/<int:parent_page_id>/", chosen, name="choose-shared-record-child"),
    ]


@hooks.register("construct_page_chooser_queryset")
def choose_pages(pages: QuerySet, request: HttpRequest) -> QuerySet:
    # A row says where it lies, and whether it waits for its hour or for a review: asked for all rows at once.
    rows: Any = with_parent(with_owner(choosable(pages, request.user)))
    return rows.annotate_approved_schedule().prefetch_workflow_states()


for _action in bulk.ACTIONS:
    # After Wagtail's own of the same name, whose place it takes.
    hooks.register("register_bulk_action", _action, order=10)


# --- what is missing ------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def gap_urls() -> list[URLPattern]:
    return [path("reports/gaps/", gaps.report, name="record-gaps")]


@hooks.register("register_reports_menu_item")
def gap_menu() -> MenuItem:
    return MenuItem(_("待补内容"), reverse("record-gaps"), name="gaps", icon_name="warning", order=50)


@hooks.register("construct_homepage_panels")
def reviews_due(request: HttpRequest, panels: list[Component]) -> None:
    panel = gaps.ReviewPanel(request.user)
    if panel.groups:
        panels.append(panel)
