"""Choosers of pictures and files. A number sent by hand is no way to another union's: it is taken for none.

Wagtail's choosers list one's own (`cms.unions.wagtail_hooks`), but take any number that a form sends, show
its title when the form comes back, and would publish the file on one's own site.
"""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from wagtail.documents import blocks as documents
from wagtail.images import blocks as images
from wagtail.images.widgets import AdminImageChooser

from cms import asking


def usable(file: Any) -> bool:
    """Whether the person who asks may use a picture or document: their own, or what readers see already."""
    person = asking.person()
    return person is None or bool(import_string("cms.unions.scoping.may_use_file")(file, person))


class _Usable:
    def value_from_form(self, value: Any) -> Any:
        file = super().value_from_form(value)  # type: ignore[misc]
        return file if file is None or usable(file) else None


class OwnImageChooser(AdminImageChooser):
    """The same for a field of a form."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        number = super().value_from_datadict(data, files, name)
        file = self.model_class.objects.filter(pk=number).first() if str(number or "").isdigit() else None
        return number if file is not None and usable(file) else None


class ImageChooserBlock(_Usable, images.ImageChooserBlock):
    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        _, args, options = super().deconstruct()
        return "wagtail.images.blocks.ImageChooserBlock", args, options


class DocumentChooserBlock(_Usable, documents.DocumentChooserBlock):
    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        _, args, options = super().deconstruct()
        return "wagtail.documents.blocks.DocumentChooserBlock", args, options
