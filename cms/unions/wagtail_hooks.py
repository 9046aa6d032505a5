"""The list of unions, and files: each union's people choose and open their own only."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.documents.models import AbstractDocument

from cms.unions import reports, reviewing, scoping
from cms.unions.models import UnionPage

reviewing.install()
reports.install()


class UnionListing(PageListingViewSet):
    model = UnionPage
    icon = "site"
    name = "unions"
    menu_label = _("工会")
    menu_order = 150
    add_to_admin_menu = True
    list_filter = ["level"]


@hooks.register("register_admin_viewset")
def union_listing() -> UnionListing:
    return UnionListing()


@hooks.register("construct_image_chooser_queryset")
def choose_images(images: QuerySet, request: HttpRequest) -> QuerySet:
    return scoping.visible(images, request.user)


@hooks.register("construct_document_chooser_queryset")
def choose_documents(documents: QuerySet, request: HttpRequest) -> QuerySet:
    return scoping.visible(documents, request.user)


@hooks.register("insert_global_admin_css")
def editors_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("cms/editors.css"))


@hooks.register("insert_global_admin_js")
def keyboard_js() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', versioned_static("cms/focus.js"))


@hooks.register("construct_reports_menu")
def hide_network_reports(request: HttpRequest, items: list[MenuItem]) -> None:
    if not scoping.sees_all(request.user):
        items[:] = [item for item in items if item.name != "page-types-usage"]


@hooks.register("before_serve_document")
def serve_own_documents(document: AbstractDocument, request: HttpRequest) -> None:
    """Readers get files from the public sites; here they are work in progress of one union."""
    if not scoping.may_see_file(document, request.user):
        raise Http404


@hooks.register("construct_help_menu")
def hide_wagtails_own_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Pages of another host, in English, of releases that editors did not choose."""
    items[:] = [item for item in items if not item.name.startswith(("whats-new", "editor-guide"))]
