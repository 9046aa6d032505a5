"""What a page refers to is its writers' own, or in the open: also where a form was put together by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, ReferenceIndex

from cms.records.choosing import choosable, public_records
from cms.unions import scoping


def borrowed(page: Any, user: Any) -> bool:
    """Whether the page, as a form has filled it, newly refers to what `user` may not use.

    Looks at pictures, documents and pages, in choosers and links of running text; a reference that stood
    there before stays.
    """
    new = set(_references(page))
    if page.pk and new:
        new -= set(_references(type(page)._default_manager.get(pk=page.pk)))
        if page.latest_revision:
            new -= set(_references(page.latest_revision.as_object()))
    return any(not _may_use(kind, pk, user) for kind, pk in new)


def _references(page: Any) -> Iterator[tuple[Any, str]]:
    for content_type, pk, *_ in ReferenceIndex._extract_references_from_object(page):
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is not None and issubclass(model, Page | AbstractImage | AbstractDocument):
            yield model, pk


def _may_use(model: Any, pk: str, user: Any) -> bool:
    found = model._default_manager.filter(pk=pk)
    if issubclass(model, Page):
        pages = Page.objects.filter(pk=pk)
        # A link to what everybody can read gives nothing away, shared or not.
        return (
            not found.exists() or choosable(pages, user).exists() or public_records().filter(pk=pk).exists()
        )
    file = found.first()
    return file is None or scoping.may_use_file(file, user)
