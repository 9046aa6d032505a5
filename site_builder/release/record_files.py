"""What a release says of its records, by the files beside their pages: without planning the site.

The network's search index asks which of a site's records differ from what it knows. The manifest tells by
the hashes of their `index.json`; what such a file says apart from its site's own address is the same on many
sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson

from site_builder import paths
from site_builder.errors import BuildError
from site_builder.release import manifest as manifests
from site_builder.release.manifest import digest
from site_builder.release.report import Places
from site_builder.release.workspace import release_folder

_NAME = "/index.json"
_IS_RECORD = frozenset({"id", "kind", "union", "published"})


@dataclass(frozen=True)
class RecordFiles:
    """The records of one release of a union's site."""

    places: Places
    union: str
    version: str
    """The release's id."""

    def rows(self) -> Mapping[str, str]:
        """Path of each page that has data beside it -> the row of these. Raises BuildError if the manifest
        cannot be read."""
        return self._rows

    @cached_property
    def _rows(self) -> Mapping[str, str]:
        rows = manifests.read(self.places.output, self.union, self.version).rows
        return {
            f"/{path.removesuffix('index.json')}": row for path, row in rows.items() if path.endswith(_NAME)
        }

    def wording(self, path: str) -> str:
        """Stands for what the data beside a page say; empty if they are no record's. Raises BuildError if
        they cannot be read."""
        file = release_folder(self.places.output, self.union, self.version) / paths.json_path(path)[1:]
        try:
            fields = orjson.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            raise BuildError(
                f"{file.name} of {path} cannot be read: {error}", union=self.union, code="release-damaged"
            ) from error
        if not isinstance(fields, dict) or not fields.keys() >= _IS_RECORD:
            return ""
        fields.pop("url", None)
        return digest(orjson.dumps(fields))
