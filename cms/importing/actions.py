"""Bringing a table in, and taking it back: for screens and the command line alike."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from cms.exporting import records
from cms.exporting.links import DatabaseLinks
from cms.exporting.problems import edit_address
from cms.importing import tables
from cms.importing.layouts import LAYOUTS
from cms.importing.models import TableImport
from cms.importing.rows import Change, Preview, preview
from cms.importing.words import both, refused
from cms.publishing.actions import may_publish
from cms.records.models import PAGE_TYPES, RecordPage
from site_builder.records import Problem


class TableAction:
    """Base of the actions. `user` None stands for the command line, which may do everything."""

    def __init__(self, run: TableImport, user: Any = None) -> None:
        self.run = run
        self.user = user
        self.layout = LAYOUTS[run.layout]

    def check(self) -> None:
        """Raises PermissionDenied."""
        if self.user is None:
            return
        for kind in self.layout.kinds:
            if kind in PAGE_TYPES:
                section = self.run.union.section(kind)
                if not section.permissions_for_user(self.user).can_add_subpage():
                    raise PermissionDenied(f"{self.user} may not write for {self.run.union.slug}")
        if self.run.publish and not may_publish(self.user, self.run.union):
            raise PermissionDenied(f"{self.user} may not publish for {self.run.union.slug}")

    def note(self, action: str) -> None:
        data = {"file": self.run.file_name, "pages": len(self.run.entries)}
        log(instance=self.run.union, action=action, user=self.user, data=data)


def look(run: TableImport) -> Preview:
    """What the table would do now. Raises TableError for no table, ValueError where a target is missing."""
    table = tables.read(bytes(run.data), run.file_name, run.sheet)
    pages = RecordPage.objects.descendant_of(run.union)
    into = pages.filter(uuid=run.into).first() if run.into else None
    return preview(table, LAYOUTS[run.layout], run.union, into and into.specific, run.file_name)


class BringIn(TableAction):
    """Make and change records as the table says, each in a transaction of its own."""

    def execute(self) -> Preview:
        """What was done, and what could not be: a bad row stops no other. Raises PermissionDenied."""
        self.check()
        found = look(self.run)
        for change in found.changes:
            if change.action == "same":
                continue
            try:
                with transaction.atomic():
                    self.run.entries.append(self._carry_out(change))
            except (ValidationError, ValueError, PermissionDenied) as error:
                found.problems.append(_failed(self.run, change, error))
        self.run.state = TableImport.State.APPLIED
        self.run.data = b""
        self.run.user = self.user
        self.run.save()
        self.note("unionpress.import")
        return found

    def _carry_out(self, change: Change) -> dict[str, Any]:
        links = DatabaseLinks()
        if change.page is None:
            page = PAGE_TYPES[change.record.kind](slug=change.record.slug, live=False)
            records.fill(page, change.record, links)
            page.published = None
            self.run.union.section(change.record.kind).add_child(instance=page)
            before, live = None, False
        else:
            stored = change.page
            if self.user is not None and not stored.permissions_for_user(self.user).can_edit():
                raise PermissionDenied("你不能改这一页 (you may not change this page)")
            if stored.locked:
                raise ValueError("这一页被锁定了 (the page is locked)")
            before, live = stored.latest_revision_id, stored.live_revision_id == stored.latest_revision_id
            page = stored.get_latest_revision_as_object()
            published = page.published
            records.fill(page, change.record, links)
            page.published = published
        revision = page.save_revision(user=self.user, log_action=True)
        if self.run.publish:
            revision.publish(user=self.user)
        return {"page": page.pk, "before": before, "after": revision.pk, "live": live}


class TakeBack(TableAction):
    """Undo an import: delete what it made, restore what it changed; what somebody edited since stays."""

    def execute(self) -> list[Problem]:
        """What was left as it is, and why. Raises PermissionDenied."""
        self.check()
        problems = []
        for entry in reversed(self.run.entries):
            page = Page.objects.filter(pk=entry["page"]).first()
            if page is None:
                continue
            if page.latest_revision_id != entry["after"]:
                problems.append(_edited_since(self.run, page))
                continue
            with transaction.atomic():
                self._restore(page.specific, entry)
        self.run.state = TableImport.State.UNDONE
        self.run.save()
        self.note("unionpress.import_undo")
        return problems

    def _restore(self, page: Page, entry: dict[str, Any]) -> None:
        if entry["before"] is None:
            page.delete(user=self.user)
            return
        earlier = Revision.objects.get(pk=entry["before"]).as_object()
        revision = earlier.save_revision(user=self.user, log_action=True)
        if entry["live"]:
            revision.publish(user=self.user)


def _failed(run: TableImport, change: Change, error: Exception) -> Problem:
    chinese, english = refused(error, PAGE_TYPES[change.record.kind])
    return Problem(
        code="row-not-imported",
        file=run.file_name,
        line=change.numbers[0],
        record=str(change.record.id),
        message=both(f"《{change.title}》没有导入：{chinese}", f"not brought in: {english}"),
        action="改好再导入 (correct it and bring it in again)",
    )


def _edited_since(run: TableImport, page: Page) -> Problem:
    address = edit_address(page)
    return Problem(
        severity="warning",
        code="edited-since-import",
        file=run.file_name,
        message=f"《{page.title}》导入后又改过，没有撤销 (edited since: left as it is)",
        action=f"需要时打开 {address} 恢复旧版 (to restore an earlier version, open {address})",
    )
