"""The two names of everything a text can refer to: numbers in this database, references in `content/`."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from cms.media.models import MediaDocument, MediaImage
from cms.records.models import RecordPage
from cms.unions.models import UnionPage


class DatabaseLinks:
    """Reads each table once, when it is first asked for; make a new one after changing what it read."""

    def page_of(self, record: UUID) -> int | None:
        return self._pages.get(record)

    def record_of(self, page: int) -> UUID | None:
        return self._records.get(page)

    def document_of(self, ref: str) -> int | None:
        return self._document_numbers.get(ref)

    def media_of(self, document: int) -> str | None:
        return self._document_refs.get(document)

    def image_of(self, ref: str) -> int | None:
        return self._image_numbers.get(ref)

    @cached_property
    def unions(self) -> dict[str, int]:
        """Slug -> number of the union's page."""
        return dict(UnionPage.objects.values_list("slug", "pk"))

    @cached_property
    def _records(self) -> dict[int, UUID]:
        return dict(RecordPage.objects.values_list("pk", "uuid"))

    @cached_property
    def _pages(self) -> dict[UUID, int]:
        return {record: page for page, record in self._records.items()}

    @cached_property
    def _document_refs(self) -> dict[int, str]:
        rows = MediaDocument.objects.values_list("pk", "collection__union__slug", "media_name")
        return {number: f"{union}/{name}" for number, union, name in rows if union}

    @cached_property
    def _document_numbers(self) -> dict[str, int]:
        return {ref: number for number, ref in self._document_refs.items()}

    @cached_property
    def _image_numbers(self) -> dict[str, int]:
        rows = MediaImage.objects.values_list("pk", "collection__union__slug", "media_name")
        return {f"{union}/{name}": number for number, union, name in rows if union}
