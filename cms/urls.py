"""Addresses of the editors' Wagtail. The public sites are static and live elsewhere."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from cms.accounts.views import AccountView
from cms.api.delivery import api
from cms.media import tags
from cms.media.views import rendition
from cms.preview import site_file
from cms.records.choosers import BrowseFromOwnUnion, SearchAllUnions
from cms.unions import reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/account/", require_admin_access(AccountView.as_view())),
    path("admin/choose-page/", require_admin_access(BrowseFromOwnUnion.as_view())),
    path("admin/choose-page/search/", require_admin_access(SearchAllUnions.as_view())),
    path("admin/choose-page/<int:parent_page_id>/", require_admin_access(BrowseFromOwnUnion.as_view())),
    path("admin/tag-autocomplete/", require_admin_access(tags.complete)),
    *reports.urlpatterns,
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", api.urls),
    re_path(r"^media/(?P<path>images/.*)$", rendition),
    path("preview/<slug:union>/", site_file, {"path": ""}),
    path("preview/<slug:union>/<path:path>", site_file),
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("", include(wagtail_urls)),
]
