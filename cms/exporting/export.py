"""Wagtail -> `content/`: every approved, public page as one file.

What is exported: the published version of each page that is live, or approved for a moment to come, below a
live union and below no view restriction. Drafts, restricted pages and their media never are. A record that
cannot be written is reported and keeps the file it had; nothing stops the others but a disk that takes no
file. A file is removed when its page is unpublished, restricted or deleted, and only if this CMS wrote or
read it (`models.Exported`).
"""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from wagtail.models import Page

from cms.exporting import adoptions, media, unions
from cms.exporting.links import DatabaseLinks
from cms.exporting.models import SYNONYMS_KEY, Exported, digest
from cms.exporting.problems import not_exported, not_written, page_problems
from cms.exporting.records import record_of
from cms.publishing.clock import Clock
from cms.records.models import PAGE_TYPES, RecordPage
from cms.sharing.models import Adoption
from cms.synonyms import models as synonyms
from cms.unions.models import UnionPage
from site_builder import content_store
from site_builder.errors import BuildError, ContentError
from site_builder.records import BaseRecord, Problem, Union
from site_builder.release import content_lock
from site_builder.release.report import Places

log = logging.getLogger(__name__)

_WHOLE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What no file can be written for: the whole is tried again."""

_MEDIA = re.compile(r"media:([a-z0-9-]+/[^/\s\"'<>()\]\\]+)")


@dataclass
class Report:
    """What one export did. Paths are relative to content/."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    unwritten: dict[str, Problem] = field(default_factory=dict)
    """By their keys (`models.Exported`), what a later export is to try again, though nobody edits it."""

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def to_json(self) -> dict[str, Any]:
        return {
            "written": self.written,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


def export(places: Places, clock: Clock, *, only: Collection[UUID] | None = None) -> Report:
    """Bring `places.content` up to what is published. Holds its lock alone while it writes.

    `only`: these records, with what they show; every union, adoption and other record is left as it is.
    """
    places.content.mkdir(parents=True, exist_ok=True)
    with content_lock.alone(places):
        run = _Export(places.content, clock, only)
        run.records()
        if only is None:
            run.unions()
            run.adoptions()
            run.synonyms()
        run.media()
        run.remove_gone()
        return run.report


# --- which pages ----------------------------------------------------------------------------------


def public_unions() -> dict[str, UnionPage]:
    """The unions that are live and not restricted, by slug."""
    pages = UnionPage.objects.live().public().select_related("parent_union", "industry_line", "logo", "icon")
    return {page.slug: page for page in pages.order_by("slug")}


def public_records(only: Collection[UUID] | None = None) -> Iterator[tuple[str, RecordPage]]:
    """The owner's slug and the published version of every record that may leave the CMS."""
    # Asked for every screen that says where a record is: what the unions themselves say is left where it is.
    owners = dict(UnionPage.objects.live().public().values_list("path", "slug"))
    for model in PAGE_TYPES.values():
        pages = model.objects.public().order_by("path")
        if only is not None:
            pages = pages.filter(uuid__in=only)
        for page in pages.filter(live=True) | pages.filter(expired=True):
            if owner := owner_of(page, owners):
                yield owner, page
        waiting = pages.filter(live=False, expired=False, _revisions__approved_go_live_at__isnull=False)
        for page in waiting.distinct():
            if owner := owner_of(page, owners):
                yield owner, approved_version(page)


def owner_of(page: Page, owners: dict[str, str]) -> str | None:
    """The slug of the union a page lies under, by `owners` (path -> slug); None for one not public."""
    return owners.get(page.path[: Page.steplen * 3])


def approved_version(page: RecordPage) -> RecordPage:
    """The revision of a page that is approved for a moment to come, embargoed until then."""
    revision = page.revisions.exclude(approved_go_live_at=None).latest("created_at")
    approved: RecordPage = revision.as_object()
    go_live = revision.approved_go_live_at
    approved.published = max(filter(None, (approved.published, go_live)))
    return approved


# --- one run --------------------------------------------------------------------------------------


class _Export:
    def __init__(self, root: Path, clock: Clock, only: Collection[UUID] | None) -> None:
        self.root = root
        self.clock = clock
        self.only = only
        self.links = DatabaseLinks()
        self.report = Report()
        self.known = {row.key: row for row in Exported.objects.all()}
        self.kept: set[str] = set()
        """Keys of what is to stay: written now, or not to be judged now."""
        self.refs: set[str] = set()
        """Media that the exported texts refer to."""

    def records(self) -> None:
        for owner, page in public_records(self.only):
            key = f"record:{page.uuid}"
            self.kept.add(key)
            try:
                record = record_of(page, owner, self.links, self.clock)
                text = content_store.record_text(record)
                path = content_store.record_path(record)
            except ValueError as error:
                self.report.problems += page_problems(page, error)
                continue
            except ContentError as error:
                self.report.problems.append(error.problem)
                continue
            self.write(key, path, text, page.latest_revision_id)

    def unions(self) -> None:
        for slug, page in public_unions().items():
            key = f"union:{slug}"
            self.kept.add(key)
            try:
                union = unions.union_of(page, self.links)
                text = content_store.union_text(union)
            except ValueError as error:
                self.report.problems += page_problems(page, error)
                continue
            self.write(key, content_store.union_path(union.slug), text, page.latest_revision_id)

    def adoptions(self) -> None:
        rows = Adoption.objects.filter(union__in=public_unions().values()).select_related("union")
        found: dict[str, list[Adoption]] = {}
        for row in rows.order_by("union__slug", "position", "pk"):
            found.setdefault(row.union.slug, []).append(row)
        for slug, group in found.items():
            key = f"adoptions:{slug}"
            self.kept.add(key)
            said = []
            for row in group:
                try:
                    said.append(adoptions.adoption_of(row, self.links))
                except ValueError as error:
                    self.report.problems.append(not_exported(f"adoptions/{slug}.yaml", str(row), error))
            self.write(key, content_store.adoptions_path(slug), content_store.adoptions_text(said), None)

    def synonyms(self) -> None:
        """A table nobody has filled is not written: a file that others made stays."""
        if text := synonyms.text():
            self.kept.add(SYNONYMS_KEY)
            self.write(SYNONYMS_KEY, PurePosixPath(content_store.SYNONYMS), text, None)

    def media(self) -> None:
        rows = media.public_rows()
        known = {key.removeprefix("media:") for key in self.known if key.startswith("media:")}
        wanted = self.refs if self.only is not None else self.refs | known
        for ref in sorted(wanted & rows.keys()):
            key = f"media:{ref}"
            self.kept.add(key)
            row = rows[ref]
            folder = PurePosixPath("media") / row.union_slug
            try:
                text = content_store.media_text(media.media_of(row))
                files = dict(media.files_of(row))
            except (ValueError, OSError) as error:
                self.report.problems.append(not_exported(f"media/{ref}", row.title, error))
                continue
            if None in [self.written(key, folder / name, data) for name, data in files.items()]:
                continue
            self.write(key, folder / f"{row.media_name}.yaml", text, None)
        for ref in sorted(self.refs - rows.keys()):
            self.report.problems.append(
                Problem(
                    severity="warning",
                    code="media-missing",
                    file=f"media/{ref}",
                    message=f"图片或附件 {ref} 不在媒体库里 (not in the media library)",
                    action="重新上传,或从稿件里去掉 (upload it again, or take it out of the text)",
                )
            )

    def write(self, key: str, path: PurePosixPath, text: str, revision: int | None) -> None:
        self.refs |= set(_MEDIA.findall(text))
        changed = self.written(key, path, text)
        if changed is None:
            return
        if not changed:
            self.report.unchanged += 1
        row = self.known.get(key)
        if row is not None and row.path != str(path) and not self.remove(row):
            return
        said = (str(path), digest(text), revision)
        if row is None or (row.path, row.digest, row.revision) != said:
            Exported.objects.update_or_create(
                key=key, defaults={"path": said[0], "digest": said[1], "revision": said[2]}
            )

    def written(self, key: str, path: PurePosixPath, data: str | bytes) -> bool | None:
        """Whether the file changed; None if it could not be written, which is reported."""
        try:
            if isinstance(data, bytes) and self.is_drawn(path, data):
                return False
            changed = content_store.write(self.root, path, data)
        except BuildError as error:
            self.report.problems.append(not_exported(str(path), key, error))
            return None
        except OSError as error:
            self.not_written(key, str(path), error)
            return None
        if changed:
            self.report.written.append(str(path))
        return changed

    def is_drawn(self, path: PurePosixPath, data: bytes) -> bool:
        target = self.root / path
        return path.suffix == ".svg" and target.is_file() and media.same_drawing(target.read_bytes(), data)

    def not_written(self, key: str, path: str, error: OSError) -> None:
        """Report one file that cannot be written or removed. Raises what the whole disk has to answer for."""
        if error.errno in _WHOLE_DISK:
            raise error
        problem = not_written(path, error)
        self.report.problems.append(problem)
        self.report.unwritten[key] = problem

    def remove_gone(self) -> None:
        """Remove the files of what is no longer there, or no longer public."""
        for key, row in self.known.items():
            if key in self.kept or not self.judged(key):
                continue
            if self.remove(row):
                Exported.objects.filter(key=key).delete()

    def judged(self, key: str) -> bool:
        """Whether this run would have met `key` if it were still public."""
        if self.only is None:
            return True
        kind, _, name = key.partition(":")
        return kind == "record" and UUID(name) in self.only

    def remove(self, row: Exported) -> bool:
        """Remove what was written for `row`; False if it cannot be, which is reported."""
        kind, _, name = row.key.partition(":")
        paths = [row.path]
        if kind == "media":
            picture = row.path.removesuffix(".yaml")
            paths += [picture, str(PurePosixPath(picture).with_suffix(".svg"))]
        for path in paths:
            try:
                if kind == "record" and not self.is_of(path, name):
                    continue  # somebody put another record there
                if content_store.remove(self.root, path):
                    self.report.removed.append(path)
            except OSError as error:
                self.not_written(row.key, path, error)
                return False
        return True

    def is_of(self, path: str, identity: str) -> bool:
        file = self.root / path
        return not file.is_file() or f"\nid: {identity}\n" in file.read_text("utf-8", "replace")


# --- texts ---------------------------------------------------------------------------------------


def record_text(page: RecordPage, owner: str, links: DatabaseLinks, clock: Clock) -> str:
    """The file of a page as an export would write it. Raises ValueError."""
    record: BaseRecord = record_of(page, owner, links, clock)
    return content_store.record_text(record)


def union_text(page: UnionPage, links: DatabaseLinks) -> str:
    """The file of a union as an export would write it. Raises ValueError."""
    union: Union = unions.union_of(page, links)
    return content_store.union_text(union)
