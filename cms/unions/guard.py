"""Stands before Wagtail's own screens: some show, to anybody who may sign in, what is another union's.

Found by asking every admin address as an editor of another union (tests/cms/unions/test_isolation.py):
the page chooser and the move screen name any page whose number is in the address or is sent; the internal API
lists all pictures and documents; the report on page types names the page changed last; what is done to
several rows at once names every row whose number is in the address, and asks of scoreboards the model's
permission alone, as does the list of who else is editing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms import asking
from cms.unions import scoping

PAGE_ARGUMENTS = frozenset({"page_id", "parent_page_id", "page_to_move_id", "destination_id"})
PAGE_FIELDS = frozenset({"parent_page", "new_parent_page"})
"""Where a form of Wagtail's names a page: it shows the name of what was sent when it comes back."""
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
        "wagtailadmin_tag_model_autocomplete",
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
        pages = [str(kwargs[name]) for name in PAGE_ARGUMENTS & kwargs.keys()]
        pages += [request.POST[name] for name in PAGE_FIELDS & request.POST.keys()]
        if match.view_name == "wagtailadmin_choose_page_chosen_multiple":
            pages += request.GET.getlist("id")
        if any(number.isdigit() and not scoping.may_see_page(int(number), user) for number in pages):
            raise Http404
        self._check_chosen_files(match, kwargs, request, user)
        if match.view_name == "wagtailadmin_editing_sessions:ping":
            self._check_several(kwargs, {kwargs["object_id"]}, user)
        if match.view_name == "wagtail_bulk_action":
            self._check_several(kwargs, set(request.GET.getlist("id")), user)

    @staticmethod
    def _check_several(kwargs: dict[str, Any], asked: set[str], user: Any) -> None:
        """Rows are one's own, each named: by "all" Wagtail means those of every union."""
        try:
            model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
        except LookupError as error:
            raise Http404 from error
        if not all(number.isdigit() for number in asked):
            raise Http404
        if scoping.sees_all(user):
            return
        try:
            rows = scoping.visible(model._default_manager.all(), user)
        except TypeError as error:
            raise Http404 from error
        # What a colleague deleted meanwhile is nobody's: the others of the list are still done.
        if model._default_manager.filter(pk__in=asked).exclude(pk__in=rows.values("pk")).exists():
            raise Http404

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
