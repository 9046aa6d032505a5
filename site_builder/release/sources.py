"""Of which files of a content each site is made; what they say is for those to hash who ask.

Beside them counts for every site what `Content.network` stands for: what other unions are called and where
their sites are, and the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from site_builder.content_store import Content, adoptions_path, union_path


class Sources:
    """More than a site shows, never less: the files of the union itself, its records and adoptions; every
    record that any union shares; what of others decides about it beside that (`release.inputs.foreign`); and
    the media that one of these names."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._files: dict[UUID, str] = {}
        self._own: dict[str, list[str]] = {}
        shared = []
        for id, record in content.records.items():
            file = self._files[id] = content.file_of(record)
            self._own.setdefault(record.union, []).append(file)
            if record.share.mode != "none":
                shared.append(file)
        self.common = (*self._with_media(sorted(shared)),)
        """Those of all sites."""

    def of(self, union: str, foreign: Iterable[str]) -> Iterator[str]:
        """Those of one site beside the common ones. Of `foreign` records one that is not there is told by its
        id, which is no file."""
        itself = (path.as_posix() for path in (union_path(union), adoptions_path(union)))
        named = (self._files.get(UUID(id), id) for id in sorted(foreign))
        return self._with_media((*itself, *sorted(self._own.get(union, ())), *named))

    def _with_media(self, files: Iterable[str]) -> Iterator[str]:
        for file in files:
            yield file
            yield from self._content.media_files(file)
