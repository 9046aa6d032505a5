"""`content/` -> Wagtail: as often as one likes, and only what differs.

In passes, because everything may refer to everything: unions with their place in the tree, then media, then
records, then what links to records. Each item has a transaction of its own, so that a bad one stops no
other. What somebody edited in Wagtail since both sides last agreed (`models.Exported`) is left alone and
reported, unless `force`; pages and media whose file is gone are deleted only with `prune`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from cms.exporting import adoptions, media, records, unions
from cms.exporting.export import record_text, union_text
from cms.exporting.links import DatabaseLinks
from cms.exporting.media import MediaRow
from cms.exporting.models import SYNONYMS_KEY, Exported, digest
from cms.exporting.problems import edited, not_loaded
from cms.media.models import MediaDocument
from cms.publishing import queue
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest
from cms.publishing.signals import muted
from cms.records.models import PAGE_TYPES, RecordPage
from cms.records.updates import as_given
from cms.sharing.models import Adoption as AdoptionRow
from cms.synonyms import models as synonyms
from cms.unions.models import SectionPage, UnionPage, UnionsRoot
from cms.unions.setup import ensure_root
from site_builder import content_store
from site_builder.choosing import read_content
from site_builder.content_store import Content
from site_builder.errors import ContentError
from site_builder.records import BaseRecord, Media, Problem, Union
from site_builder.release import content_lock
from site_builder.release.report import Places

log = logging.getLogger(__name__)

_LINES_LOST = frozenset({"adoption-record", "adoption-twice", "synonyms"})

Progress = Callable[[int, int, str], None]
"""Called with how many items are done, how many there are, and the file of the last one."""


@dataclass
class Report:
    """What one load did, as paths relative to content/."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.deleted)

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def to_json(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "updated": self.updated,
            "deleted": self.deleted,
            "unchanged": self.unchanged,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


def load(
    places: Places,
    clock: Clock,
    *,
    force: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Make Wagtail say what `places.content` says; if that changed anything, ask for a build.

    Raises UsageError if the folder holds no content.
    """
    with content_lock.shared(places):
        content = read_content(places)
        with muted():
            run = _Load(content, clock, force, progress)
            run.unions()
            run.media()
            run.records()
            run.union_texts()
            run.adoptions()
            run.synonyms()
            if prune:
                run.prune()
    if run.report.changed:
        queue.ask(PublishRequest.Action.REBUILD, title="unionpress load")
    return run.report


class _Load:
    def __init__(self, content: Content, clock: Clock, force: bool, progress: Progress | None) -> None:
        self.content = content
        self.root = content.root
        self.clock = clock
        self.force = force
        self.report = Report(problems=list(content.problems))
        self.known = {row.key: row for row in Exported.objects.all()}
        self.union_pages = {page.slug: page for page in _all_unions()}
        self.links = DatabaseLinks()
        self.new_unions: set[str] = set()
        self._progress = progress
        self._done = 0
        self._total = sum(
            len(part) for part in (content.unions, content.media, content.records, content.adoptions)
        )

    # --- unions ---

    def unions(self) -> None:
        """Make the unions that are not there yet, upper ones first; their texts come later."""
        root = ensure_root()
        for union in _upper_first(self.content):
            if union.slug in self.union_pages:
                continue
            with self.item(content_store.union_path(union.slug)):
                page = UnionPage()
                unions.fill(page, union)
                page.parent_union = self.union_pages[union.parent] if union.parent else None
                _first_published(page)
                root.add_child(instance=page)
                self.union_pages[union.slug] = page
                self.new_unions.add(union.slug)

    def union_texts(self) -> None:
        """What a union says beside its place in the tree: it may refer to media, records and other unions."""
        for union in self.content.unions.values():
            path = content_store.union_path(union.slug)
            page = self.union_pages.get(union.slug)
            if page is None:
                continue  # reported when it could not be made
            with self.item(path):
                new = union.slug in self.new_unions
                text = content_store.union_text(union)
                if not new and not self.to_load(f"union:{union.slug}", path, page, text):
                    continue
                unions.fill(page, union)
                unions.fill_texts(page, union, self.links)
                page.parent_union = self.union_pages[union.parent] if union.parent else None
                line = union.industry_line
                page.industry_line = self.union_pages.get(line) if line else None
                more = line or union.body or unions.has_texts(union)
                self.publish(page, new, save=bool(more))
                self.agreed(f"union:{union.slug}", path, text, page, new)

    # --- media ---

    def media(self) -> None:
        rows = {(media.ref_of(row), isinstance(row, MediaDocument)): row for row in media.all_rows()}
        files = media.offered_as_files(self.content.records.values())
        for ref, described in self.content.media.items():
            owner, _, name = ref.partition("/")
            path = PurePosixPath("media") / owner / f"{name}.yaml"
            union = self.union_pages.get(owner)
            picture = media.is_picture(ref)
            with self.item(path):
                if union is None:
                    raise ValueError(f"there is no union {owner!r}")
                main = rows.get((ref, not picture))
                self.medium(main or media.new_row(ref, union, as_file=not picture), described, path)
                if picture and ref in files:
                    copy = rows.get((ref, True)) or media.new_row(ref, union, as_file=True)
                    plain = described.model_copy(update={"vector": "", "focal_point": None})
                    if copy.pk is None or not self.same_media(copy, plain, path.parent):
                        media.fill(copy, plain, self.root / path.parent)
        self.links = DatabaseLinks()

    def medium(self, row: MediaRow, described: Media, path: PurePosixPath) -> None:
        new, key = row.pk is None, f"media:{described.ref}"
        text = content_store.media_text(described)
        if not new and self.same_media(row, described, path.parent):
            self.report.unchanged += 1
            self.agreed(key, path, text, None, None)
        elif new or self.mine(key, path, content_store.media_text(media.media_of(row)), text, None):
            media.fill(row, described, self.root / path.parent)
            self.agreed(key, path, text, None, new)

    def same_media(self, row: MediaRow, described: Media, folder: PurePosixPath) -> bool:
        if media.media_of(row) != described:
            return False
        for name, data in media.files_of(row):
            there = (self.root / folder / name).read_bytes()
            if there != data and not (name.endswith(".svg") and media.same_drawing(there, data)):
                return False
        return True

    # --- records ---

    def records(self) -> None:
        pages: dict[UUID, RecordPage] = {}
        for model in PAGE_TYPES.values():
            pages |= {page.uuid: page for page in model.objects.all()}
        sections = _sections(self.union_pages)
        new = [record for record in self.content.records.values() if record.id not in pages]
        # First the pages, then what they say: a link needs the number of its target's page.
        for record in new:
            with self.item(PurePosixPath(self.content.file_of(record))):
                page = PAGE_TYPES[record.kind](slug=record.slug)
                _first_published(page)
                records.fill(page, record, self.links)
                self.inherit_title(page, record)
                sections[record.union, record.kind.value].add_child(instance=page)
                pages[record.id] = page
        self.links = DatabaseLinks()
        created = {record.id for record in new}
        for record in self.content.records.values():
            path = PurePosixPath(self.content.file_of(record))
            if record.id not in pages:
                continue  # reported when it could not be made
            page = pages[record.id]
            with self.item(path, count=record.id not in created):
                text = content_store.record_text(record)
                section = sections[record.union, record.kind.value]
                if record.id in created:
                    linked = "(record:" in text
                    if linked:
                        records.fill(page, record, self.links)
                    self.publish(page, True, save=linked)
                elif self.to_load(f"record:{record.id}", path, page, text):
                    self.move(page, section, record)
                    records.fill(page, record, self.links)
                    self.inherit_title(page, record)
                    page.slug = record.slug
                    self.publish(page, False)
                else:
                    continue
                self.agreed(f"record:{record.id}", path, text, page, record.id in created)

    def inherit_title(self, page: RecordPage, record: BaseRecord) -> None:
        source = self.content.records.get(record.edition_of) if record.edition_of else None
        records.edited_title(page, source.title if source else "")

    def move(self, page: RecordPage, section: SectionPage, record: BaseRecord) -> None:
        if page.kind != record.kind:
            raise ValueError(
                f"it is a {page.kind} in Wagtail: a record cannot change its kind; give it a new id"
            )
        if page.get_parent().pk != section.pk:
            page.move(section, pos="last-child")
            page.refresh_from_db()

    # --- adoptions ---

    def adoptions(self) -> None:
        """Take over what each union says as a whole: of a table with a faulty line an export would lose
        the line."""
        for slug, said in self.content.adoptions.items():
            union = self.union_pages.get(slug)
            path = content_store.adoptions_path(slug)
            if union is None or self.faulty(path):
                continue
            with self.item(path):
                rows = {
                    row.record: row for row in AdoptionRow.objects.filter(union=union).order_by("position")
                }
                text = content_store.adoptions_text(said)
                here = content_store.adoptions_text(
                    [adoptions.adoption_of(row, self.links) for row in rows.values()]
                )
                if here == text:
                    self.report.unchanged += 1
                    self.agreed(f"adoptions:{slug}", path, text, None, None)
                    continue
                if rows and not self.mine(f"adoptions:{slug}", path, here, text, None):
                    continue
                for position, adoption in enumerate(said):
                    row = rows.pop(adoption.record, None) or AdoptionRow(union=union)
                    adoptions.fill(row, adoption, position, self.links)
                    row.save()
                for row in rows.values():
                    row.delete()
                self.agreed(f"adoptions:{slug}", path, text, None, not here.strip())

    # --- synonyms ---

    def synonyms(self) -> None:
        """Take the table over as a whole. Of one with a faulty group nothing is taken: an export would lose
        the group."""
        path = PurePosixPath(content_store.SYNONYMS)
        said = self.content.synonyms
        if not said or self.faulty(path):
            return
        with self.item(path, count=False):
            text, here = content_store.synonyms_text(said), synonyms.text()
            if here == text:
                self.report.unchanged += 1
                self.agreed(SYNONYMS_KEY, path, text, None, None)
            elif not here or self.mine(SYNONYMS_KEY, path, here, text, None):
                synonyms.replace(said)
                self.agreed(SYNONYMS_KEY, path, text, None, not here)

    # --- what is gone ---

    def prune(self) -> None:
        """Delete what this CMS exported or loaded once and whose file is gone; drafts were never there."""
        gone = [row for row in self.known.values() if not (self.root / row.path).exists()]
        order = {SYNONYMS_KEY: 0, "adoptions": 0, "record": 1, "media": 2, "union": 3}
        gone.sort(key=lambda row: (order[row.key.partition(":")[0]], -len(row.key)))
        for row in gone:
            kind, _, name = row.key.partition(":")
            with self.item(PurePosixPath(row.path), count=False):
                if getattr(self, f"_prune_{kind}")(name, row):
                    Exported.objects.filter(key=row.key).delete()
                    self.report.deleted.append(row.path)

    def _prune_record(self, name: str, row: Exported) -> bool:
        return self._prune_page(RecordPage.objects.filter(uuid=name).first(), row)

    def _prune_union(self, name: str, row: Exported) -> bool:
        page = UnionPage.objects.filter(slug=name).first()
        if page is not None and RecordPage.objects.descendant_of(page).exists():
            raise ValueError("the union still has records: remove their files too")
        return self._prune_page(page, row)

    def _prune_page(self, page: Page | None, row: Exported) -> bool:
        if page is not None and page.latest_revision_id != row.revision and not self.force:
            self.report.problems.append(edited(row.path, page, "its file is gone"))
            return False
        if page is not None:
            page.specific.delete()
        return True

    def _prune_adoptions(self, name: str, row: Exported) -> bool:
        AdoptionRow.objects.filter(union__slug=name).delete()
        return True

    def _prune_synonyms(self, name: str, row: Exported) -> bool:
        synonyms.replace(())
        return True

    def _prune_media(self, name: str, row: Exported) -> bool:
        for found in media.all_rows():
            if media.ref_of(found) == name:
                found.delete()
        return True

    # --- one item ---

    def faulty(self, path: PurePosixPath) -> bool:
        """Whether lines of a table were left out when it was read."""
        return any(
            problem.file == str(path) and problem.code in _LINES_LOST for problem in self.content.problems
        )

    @contextmanager
    def item(self, path: PurePosixPath, *, count: bool = True) -> Iterator[None]:
        """A transaction for one file; what goes wrong in it becomes problems of that file."""
        try:
            with transaction.atomic():
                yield
        except ValidationError as error:
            self.report.problems += not_loaded(self.root, path, error)
        except ContentError as error:
            self.report.problems.append(error.problem.model_copy(update={"file": str(path)}))
        except (ValueError, OSError, ProtectedError) as error:
            self.report.problems.append(
                Problem(
                    code="not-loaded",
                    file=str(path),
                    message=f"没有载入 (not loaded): {error}",
                    action="更正文件后重新运行 unionpress load (correct the file and load again)",
                )
            )
        if count:
            self._done = min(self._done + 1, self._total)
            if self._progress:
                self._progress(self._done, self._total, str(path))

    def to_load(self, key: str, path: PurePosixPath, page: Page, text: str) -> bool:
        """Whether the file says something new that Wagtail may take over."""
        try:
            if isinstance(page, RecordPage):
                here = record_text(page, key_owner(page, self.union_pages), self.links, self.clock)
            else:
                here = union_text(page, self.links)
        except ValueError:
            here = ""  # a page that cannot be exported was edited
        public = page.live or getattr(page, "expired", False)
        if here == text and public:
            self.report.unchanged += 1
            if page.latest_revision_id == page.live_revision_id:
                self.agreed(key, path, text, page, None)
            return False
        return self.mine(key, path, here if public else "", text, page)

    def mine(self, key: str, path: PurePosixPath, here: str, text: str, page: Page | None) -> bool:
        """Whether nobody edited `key` in Wagtail since both sides agreed; reports it if somebody did."""
        if self.force:
            return True
        row = self.known.get(key)
        revision = page.latest_revision_id if page is not None else None
        if row is not None and row.digest == digest(here) and row.revision == revision:
            return True
        file_is_new = row is None or row.digest != digest(text)
        self.report.problems.append(edited(str(path), page, "" if file_is_new else "the file was not"))
        return False

    def publish(self, page: Page, new: bool, *, save: bool = True) -> None:
        """Save the page as its published version, with one revision, to which its history leads back."""
        if new:
            if save:
                page.save()
            revision = page.save_revision(clean=False, changed=False)
            type(page).objects.filter(pk=page.pk).update(
                live_revision=revision, has_unpublished_changes=False
            )
            page.live_revision = revision
            PageLogEntry.objects.filter(page=page.pk, action="wagtail.create").update(revision=revision)
            return
        revision = page.save_revision(log_action=True)
        with as_given():
            revision.publish()
        page.refresh_from_db()

    def agreed(self, key: str, path: PurePosixPath, text: str, page: Page | None, new: bool | None) -> None:
        """Note that both sides say the same now. `new`: made, changed, or None if nothing was done."""
        if new is not None:
            (self.report.created if new else self.report.updated).append(str(path))
        said = (str(path), digest(text), page.latest_revision_id if page is not None else None)
        row = self.known.get(key)
        if row is None or (row.path, row.digest, row.revision) != said:
            self.known[key] = Exported.objects.update_or_create(
                key=key, defaults={"path": said[0], "digest": said[1], "revision": said[2]}
            )[0]


# --- helpers --------------------------------------------------------------------------------------


def _all_unions() -> list[UnionPage]:
    return list(
        UnionPage.objects.select_related("parent_union", "industry_line", "logo", "icon", "collection")
    )


def key_owner(page: RecordPage, pages: dict[str, UnionPage]) -> str:
    """The slug of the union that a page lies under."""
    path = page.path[: Page.steplen * 3]
    return next(slug for slug, union in pages.items() if union.path == path)


def _upper_first(content: Content) -> Iterator[Union]:
    """Unions such that each comes after its parent (a Content has no cycles and no missing parents)."""
    done: set[str] = set()
    pending = list(content.unions.values())
    while pending:
        ready = [union for union in pending if union.parent is None or union.parent in done]
        yield from ready
        done |= {union.slug for union in ready}
        pending = [union for union in pending if union.slug not in done]


def _sections(pages: dict[str, UnionPage]) -> dict[tuple[str, str], SectionPage]:
    owners = {page.path: slug for slug, page in pages.items()}
    root = UnionsRoot.objects.get()
    return {
        (owners[section.path[: -Page.steplen]], section.kind): section
        for section in SectionPage.objects.descendant_of(root)
        if section.path[: -Page.steplen] in owners
    }


def _first_published(page: Page) -> None:
    page.live = True
    page.first_published_at = page.last_published_at = timezone.now()
