"""Of which files of a content each site is made; what they say is for those to hash who ask."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from site_builder.content_store import Content


class Sources:
    """More than a site shows, never less: the union's own records and adoptions; every record that any union
    shares; unions, since names and the tree are shown on others' sites; media; words that search takes for
    the same; and what of others decides about it beside that (`release.inputs.foreign`)."""

    def __init__(self, content: Content) -> None:
        self._files: dict[UUID, str] = {}
        self._own: dict[str, list[str]] = {}
        shared = []
        for id, record in content.records.items():
            file = self._files[id] = content.file_of(record)
            self._own.setdefault(record.union, []).append(file)
            if record.share.mode != "none":
                shared.append(file)
        self.common = (*content.common_files, *sorted(shared))
        """Those of all sites."""

    def of(self, union: str, foreign: Iterable[str]) -> list[str]:
        """Those of one site beside the common ones. Of `foreign` records one that is not there is told by its
        id, which is no file."""
        named = (self._files.get(UUID(id), id) for id in sorted(foreign))
        return [f"adoptions/{union}.yaml", *sorted(self._own.get(union, ())), *named]
