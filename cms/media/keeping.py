"""Pictures and files that a page shows are kept until none does.

Wagtail deletes them all the same, as what stands in a block is no foreign key: the page can then neither be
published again nor exported, and nobody is told.
"""

from __future__ import annotations

from typing import Any

from django.db.models import PROTECT
from django.utils.functional import cached_property
from wagtail.documents.models import AbstractDocument
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import AbstractImage
from wagtail.models import ReferenceIndex

_wagtails_own = ReferenceIndex.on_delete


def on_delete(reference: ReferenceIndex) -> Any:
    """What becomes of what refers, as Django's `on_delete`. In the place of a property of the index."""
    model = reference.to_content_type.model_class()
    is_file = model is not None and issubclass(model, AbstractImage | AbstractDocument)
    if is_file and isinstance(reference.source_field, StreamField | RichTextField):
        return PROTECT
    return _wagtails_own.func(reference)


def install() -> None:
    """The delete screens ask the index, and say what is in the way (`templatetags.unions.in_the_way`)."""
    asked = cached_property(on_delete)
    asked.__set_name__(ReferenceIndex, "on_delete")
    ReferenceIndex.on_delete = asked
