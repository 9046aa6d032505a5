"""A network on disk and in Wagtail at once: what tests of loading, exporting and publishing start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from cms.exporting import export as exporting
from cms.exporting import load as loading
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest
from cms.records.models import RecordPage
from site_builder.network import THEMES
from site_builder.release.manifest import files_in
from site_builder.release.report import Places
from tests.cms.again import again


@dataclass
class Bridge:
    """One installation under a folder of its own."""

    places: Places
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def under(cls, root: Path) -> Bridge:
        return cls(Places(root / "content", root / "data", root / "data/output", THEMES))

    @property
    def content(self) -> Path:
        return self.places.content

    def load(self, **options: bool) -> loading.Report:
        return loading.load(self.places, self.clock, **options)

    def begin(self) -> None:
        """Load what the folder holds into an empty database; of the same files, that is work once."""

        def load() -> None:
            assert not self.load().problems

        again(("load", tuple(sorted(self.files().items()))), load)

    def export(self, only: set[UUID] | None = None) -> exporting.Report:
        return exporting.export(self.places, self.clock, only=only)

    def files(self) -> dict[str, bytes]:
        """Every file of content/ by its path."""
        return {
            str(path.relative_to(self.content)): path.read_bytes()
            for path in self.content.rglob("*")
            if path.is_file()
        }

    def live(self, union: str) -> Iterator[tuple[str, bytes]]:
        """Every file of a live site, with its path from the site's root."""
        site = self.places.output / "sites" / union
        for path, _ in files_in(site) if site.is_dir() else ():  # also in folders that are links
            yield path, (site / path).read_bytes()

    def mentions(self, union: str, words: str) -> list[str]:
        """The files of a live site in which words stand."""
        return [path for path, data in self.live(union) if words.encode() in data]


def page_of(record: UUID) -> RecordPage:
    """The published version of a record's page."""
    return RecordPage.objects.get(uuid=record).specific


def edit(record: UUID, **fields: object) -> RecordPage:
    """What an editor does on the screen: change fields, publish."""
    page = page_of(record).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page_of(record)


def draft(record: UUID, **fields: object) -> RecordPage:
    """Change fields without publishing."""
    page = page_of(record).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision()
    return page_of(record)


def requests() -> list[tuple[str, str]]:
    return list(PublishRequest.objects.order_by("pk").values_list("action", "subject"))


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)
