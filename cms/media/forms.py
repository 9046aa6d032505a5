"""Uploading pictures and documents: into the one library of who uploads, or into one that they choose."""

from __future__ import annotations

from typing import Any

from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm


class OwnLibrary:
    """Mixed into Wagtail's forms, which leave a single library out of the form and set it only when saving.

    By then the file has been checked as one of no library: its own rules (a library is a union's, names are
    unique in it) must know where it goes.
    """

    collections: Any
    fields: dict[str, Any]
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "collection" not in self.fields:
            self.instance.collection = self.collections[0]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"collection"}  # type: ignore[misc]


class ImageForm(OwnLibrary, BaseImageForm):
    pass


class DocumentForm(OwnLibrary, BaseDocumentForm):
    pass
