"""Stands before Wagtail's own screens: some show, to anybody who may sign in, what is another union's.

Found by asking every admin address as an editor of another union (tests/cms/unions/test_isolation.py):
the page chooser and the move screen name any page whose number is in the address; the internal API lists
all pictures and documents; the report on page types names the page changed last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms import asking
from cms.unions import scoping

PAGE_ARGUMENTS = frozenset({"page_id", "parent_page_id", "page_to_move_id", "destination_id"})
NETWORK_ONLY = frozenset(
    {
        "wagtailadmin_api:images:listing",
        "wagtailadmin_api:images:detail",
        "wagtailadmin_api:images:find",
        "wagtailadmin_api:documents:listing",
        "wagtailadmin_api:documents:detail",
        "wagtailadmin_api:documents:find",
        "wagtailadmin_reports:page_types_usage",
        "wagtailadmin_reports:page_types_usage_results",
    }
)
"""Views that cannot be narrowed to one union; the editors' screens do without them."""
CHOOSERS = {
    "wagtailimages_chooser": get_image_model,
    "wagtaildocs_chooser": get_document_model,
}


class BranchGuard:
    """Middleware, after authentication: another union's records and files are not found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asking.by(getattr(request, "user", None)):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        match = request.resolver_match
        user: Any = getattr(request, "user", None)
        if match is None or not match.route.startswith("admin/") or user is None or not user.is_authenticated:
            return
        if match.view_name in NETWORK_ONLY and not scoping.sees_all(user):
            raise Http404
        for name in PAGE_ARGUMENTS & kwargs.keys():
            if str(kwargs[name]).isdigit() and not scoping.may_see_page(int(kwargs[name]), user):
                raise Http404
        self._check_chosen_files(match, kwargs, request, user)

    @staticmethod
    def _check_chosen_files(match: Any, kwargs: dict[str, Any], request: HttpRequest, user: Any) -> None:
        for prefix, get_model in CHOOSERS.items():
            if not match.view_name.startswith((f"{prefix}:chosen", f"{prefix}:select_format")):
                continue
            names = ("pk", "image_id", "document_id")
            in_address = {str(kwargs[name]) for name in names if name in kwargs}
            asked = in_address or set(request.GET.getlist("id"))
            numbers = {number for number in asked if number.isdigit()}
            model = get_model()
            if scoping.visible(model._default_manager.filter(pk__in=numbers), user).count() < len(numbers):
                raise Http404
