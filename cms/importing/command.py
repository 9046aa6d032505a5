"""What `unionpress import` does, with the names of a command line instead of forms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms.importing.actions import BringIn, TakeBack, look
from cms.importing.layouts import LAYOUTS
from cms.importing.models import TableImport
from cms.importing.rows import Preview, page_named
from cms.unions.models import UnionPage
from site_builder.errors import UsageError
from site_builder.records import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    document: dict[str, Any]
    problems: list[Problem]
    summary: str


def bring_in(
    table: Path, slug: str, layout: str, *, into: str | None, sheet: str, apply: bool, publish: bool
) -> Outcome:
    """Preview a table, or bring it in. Raises UsageError for a name that is not known, or for no table."""
    union = UnionPage.objects.filter(slug=slug).first()
    if union is None:
        raise UsageError(f"there is no union {slug!r}")
    if layout not in LAYOUTS:
        raise UsageError(f"--as {layout!r}: give one of {', '.join(LAYOUTS)}")
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


def take_back(number: int) -> Outcome:
    """Undo an import. Raises UsageError if there is none with this number to undo."""
    run = TableImport.objects.filter(pk=number, state=TableImport.State.APPLIED).first()
    if run is None:
        raise UsageError(f"there is no import {number} to undo")
    problems = TakeBack(run).execute()
    document = {"import": run.pk, "state": run.state, "problems": _told(problems)}
    return Outcome(document, problems, f"import {run.pk} undone: {len(run.entries) - len(problems)} entries")


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
    return Outcome(document, found.problems, f"{done}{said}, {len(found.problems)} problems")


def _told(problems: list[Problem]) -> list[dict[str, Any]]:
    return [problem.model_dump(mode="json") for problem in problems]
