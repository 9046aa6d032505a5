"""What `unionpress import` does, with the names of a command line instead of forms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms.importing import manuscripts
from cms.importing.actions import BringIn, TakeBack, look
from cms.importing.drafts import KINDS, MakeDraft
from cms.importing.layouts import LAYOUTS
from cms.importing.manuscripts import Drawing, ManuscriptError
from cms.importing.models import TableImport
from cms.importing.rows import Preview, page_named
from cms.unions.models import UnionPage
from site_builder import choosing
from site_builder.cli import counted
from site_builder.errors import UsageError
from site_builder.records import Kind, Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    document: dict[str, Any]
    problems: list[Problem]
    summary: str


def bring_in(
    table: Path, slug: str, layout: str, *, into: str | None, sheet: str, apply: bool, publish: bool
) -> Outcome:
    """Preview a table or a manuscript, or bring it in.

    Raises UsageError for a name that is not known, or for what is no table or manuscript.
    """
    union = UnionPage.objects.filter(slug=slug).first()
    if union is None:
        near = choosing.meant(slug, UnionPage.objects.values_list("slug", flat=True))
        raise UsageError(f"there is no union {slug!r}{near}")
    if layout in KINDS:
        if into or sheet or publish:
            raise UsageError(f"a {layout} becomes a draft of its own: without --into, --sheet and --publish")
        return _draft(table, union, Kind(layout), apply=apply)
    if layout not in LAYOUTS:
        raise UsageError(f"--as {layout!r}: give one of {', '.join((*KINDS, *LAYOUTS))}")
    page = page_named(into, union, LAYOUTS[layout].kinds) if into else None
    if into and page is None:
        raise UsageError(f"{union.short} has no record {into!r} that {layout} go into")
    run = TableImport(
        union=union,
        layout=layout,
        into=page.uuid if page else None,
        file_name=table.name[-200:],
        sheet=sheet,
        data=table.read_bytes(),
        publish=publish,
    )
    try:
        found = look(run)
    except ValueError as error:
        raise UsageError(f"{table.name}: {error}") from error
    if apply:
        run.save()
        found = BringIn(run).execute()
    return _outcome(found, run)


def _draft(file: Path, union: UnionPage, kind: Kind, *, apply: bool) -> Outcome:
    try:
        manuscript = manuscripts.read(file.read_bytes(), file.name)
    except ManuscriptError as error:
        raise UsageError(f"{file.name}: {error}") from error
    making = MakeDraft(manuscript, union, kind)
    page = making.execute() if apply else None
    problems = [
        Problem(
            severity="warning",
            code="left-out",
            file=file.name,
            message=sentence,
            action="对照原文 (compare it with the file)",
        )
        for sentence in making.left_out
    ]
    pictures = sum(isinstance(part, Drawing) for part in manuscript.parts)
    document = {
        "page": page.pk if page else None,
        "record": str(page.uuid) if page else None,
        "title": manuscript.title,
        "parts": len(manuscript.parts),
        "pictures": pictures,
        "problems": _told(problems),
    }
    done = f"draft {page.pk}: " if page else "preview (nothing changed; --apply makes a draft): "
    said = f"{manuscript.title}, {counted(len(manuscript.parts), 'part')}, pictures among them: {pictures}"
    return Outcome(document, problems, f"{done}{said}, {len(problems)} left out")


def take_back(number: int) -> Outcome:
    """Undo an import. Raises UsageError if there is none with this number to undo."""
    run = TableImport.objects.filter(pk=number, state=TableImport.State.APPLIED).first()
    if run is None:
        raise UsageError(f"there is no import {number} to undo")
    problems = TakeBack(run).execute()
    document = {"import": run.pk, "state": run.state, "problems": _told(problems)}
    entries = counted(len(run.entries) - len(problems), "entry", "entries")
    return Outcome(document, problems, f"import {run.pk} undone: {entries}")


def _outcome(found: Preview, run: TableImport) -> Outcome:
    counts = {action: found.count(action) for action in ("create", "update", "same")}
    changes = [
        {
            "rows": change.numbers,
            "title": change.title,
            "action": change.action,
            "fields": list(change.changed),
            "record": str(change.record.id),
        }
        for change in found.changes
    ]
    document = {
        "import": run.pk,
        "state": run.state,
        **counts,
        "changes": changes,
        "problems": _told(found.problems),
    }
    done = f"import {run.pk}: " if run.pk else "preview (nothing changed; --apply brings it in): "
    said = f"{counts['create']} new, {counts['update']} changed, {counts['same']} the same"
    return Outcome(document, found.problems, f"{done}{said}, {counted(len(found.problems), 'problem')}")


def _told(problems: list[Problem]) -> list[dict[str, Any]]:
    return [problem.model_dump(mode="json") for problem in problems]
