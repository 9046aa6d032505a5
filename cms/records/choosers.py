"""Where a chooser of records opens: at one's own union, or at what others share with it.

Wagtail opens at the list of all unions, which is thousands of rows away from the page that is meant. All that
can be reached from there can be reached still: by the breadcrumbs and by searching.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.chooser import BrowseView, SearchView, page_models_from_string
from wagtail.models import Page

from cms.records.owners import owner_column
from cms.sharing.reach import shared_with
from cms.unions import scoping
from cms.unions.models import SectionPage, UnionPage, UnionsRoot

PAGE_IN_ADDRESS = re.compile(r"/pages/(?:add/\w+/\w+/)?(\d+)/")
SHARED = "shared"
"""Names, in an address, the union for which the records are listed that others share with it."""


def union_at_hand(request: HttpRequest) -> UnionPage | None:
    """The union whose page is being written, else the only one that somebody works for."""
    own = scoping.unions_of(request.user)
    screen = urlsplit(request.headers.get("Referer", ""))
    if found := PAGE_IN_ADDRESS.search(screen.path):
        path = Page.objects.filter(pk=found[1]).values_list("path", flat=True).first() or ""
        if union := own.filter(path=path[: scoping.UNION_PATH]).first():
            return union
    if union := own.filter(slug=parse_qs(screen.query).get("union", [""])[0]).first():
        return union
    few = list(own[:2])
    return few[0] if len(few) == 1 else None


def section_of(union: UnionPage, page_type: str) -> Page:
    """The union's section of the kind that is asked for; the union itself, where that may be any kind."""
    try:
        models = page_models_from_string(page_type)
    except (ValueError, LookupError):
        return union
    kinds = {model.kind.value for model in models if hasattr(model, "kind")}
    sections = SectionPage.objects.child_of(union).filter(kind__in=kinds)
    return sections.get() if len(kinds) == len(models) == 1 else union


class BrowseFromOwnUnion(BrowseView):
    """Wagtail's chooser of pages; with `SHARED`, the records that other unions share with that one."""

    @cached_property
    def union(self) -> UnionPage | None:
        """For whom what is shared is listed; None for all else."""
        own = scoping.unions_of(self.request.user)
        return own.filter(slug=self.request.GET.get(SHARED, "")).first()

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponse:
        if parent_page_id is None and (union := union_at_hand(request)):
            parent_page_id = section_of(union, request.GET.get("page_type", "")).pk
        return super().get(request, parent_page_id)

    @property
    def columns(self) -> list[Column]:
        columns = super().columns
        if not self.lists_shared:
            return columns
        return [*columns[:-1], owner_column(_("来自"))]

    @property
    def lists_shared(self) -> bool:
        return self.union is not None and isinstance(self.parent_page, UnionsRoot)

    def get_object_list(self) -> Any:
        if not self.lists_shared:
            return super().get_object_list()
        assert self.union is not None
        shared = [one.page.pk for one in shared_with(self.union)]
        return Page.objects.filter(pk__in=shared).order_by("-first_published_at").specific()


class SearchAllUnions(SearchView):
    """Wagtail's search for a page, with its union: the section above it is called the same in all."""

    @property
    def columns(self) -> list[Column]:
        here = [column.name for column in super().columns].index("parent")
        return [*super().columns[:here], owner_column(_("来自")), *super().columns[here + 1 :]]


def choose_shared(request: HttpRequest) -> HttpResponse:
    """Opens the chooser at what others share with one's union: what an edition or a decision is about."""
    union, root = union_at_hand(request), UnionsRoot.objects.first()
    asked = request.GET.copy()
    if union is None or root is None:
        address = reverse("wagtailadmin_choose_page")
    else:
        address = reverse("wagtailadmin_choose_page_child", args=[root.pk])
        asked[SHARED] = union.slug
    return HttpResponseRedirect(f"{address}?{asked.urlencode()}")
