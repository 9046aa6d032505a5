"""Whose each record of a list is: asked for with the rows, whatever became of the unions since."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Length, NullIf, Substr
from wagtail.admin.ui.tables import Column
from wagtail.models import Page

from cms.unions.models import UnionPage
from cms.unions.scoping import UNION_PATH


def with_owner(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Each page with `owner_name`, its union's short name; None for what lies above unions."""
    owner = UnionPage.objects.filter(path=Substr(OuterRef("path"), 1, UNION_PATH))
    short = Coalesce(NullIf(F("short_name"), Value("")), F("title"))
    return pages.annotate(owner_name=Subquery(owner.values_list(short)[:1]))


def with_parent(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Each page with `parent_pk`, the number of the page above it."""
    length = Length(OuterRef("path")) - Page.steplen
    above = Page.objects.filter(path=Substr(OuterRef("path"), 1, length))
    return pages.annotate(parent_pk=Subquery(above.values("pk")[:1]))


def owner_column(label: Any) -> Column:
    """For rows `with_owner`."""
    return Column("owner", label=label, width="14%", accessor="owner_name")
