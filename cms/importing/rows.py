"""Rows of a table -> what each would do to the union's records. Changes nothing.

An empty cell says nothing: what the record has there stays. So a table may carry only the columns that
somebody keeps up, and bringing the same table in twice does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ValidationError

from cms.exporting.links import DatabaseLinks
from cms.exporting.records import record_of
from cms.importing import words
from cms.importing.layouts import Column, Layout
from cms.importing.tables import Row, Table
from cms.publishing.clock import Clock
from cms.records.models import PAGE_TYPES, RecordPage
from cms.records.slugs import pinyin_slug
from cms.unions.models import UnionPage
from site_builder.records import RECORD_TYPES, BaseRecord, Kind, Problem

NAMESPACE = UUID("0a7c9c64-27c1-4f2b-9f0a-5f6f1a3c8e52")
"""Ids of records made from tables follow from union, kind and key, so that a row is known again."""

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says, read cell by cell: field -> value, and the column each field came from."""

    row: Row
    fields: Fields
    columns: Mapping[str, str]


@dataclass(slots=True)
class Change:
    """What the rows `numbers` do to one record. `page` None: it is new. `record` is how it would be."""

    numbers: list[int]
    title: str
    page: RecordPage | None
    record: BaseRecord
    changed: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        if self.page is None:
            return "create"
        return "update" if self.changed else "same"

    @property
    def names(self) -> list[str]:
        """What the screens call the fields that it changes."""
        return words.names_of_fields(self.changed, PAGE_TYPES[self.record.kind])


@dataclass(slots=True)
class Preview:
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, action: str) -> int:
        return sum(change.action == action for change in self.changes)


def preview(table: Table, layout: Layout, union: UnionPage, into: RecordPage | None, file: str) -> Preview:
    """What bringing the table in would do. `into`: the record that rows of values go into."""
    found = Preview()
    read = _Reader(table, layout, file, found.problems)
    rows = list(read.rows())
    if layout.within:
        if into is None:
            raise ValueError("请指明导入到哪一篇 (say into which record the rows go)")
        _values(rows, layout, union, into, found, read)
    else:
        _records(rows, layout, union, found, read)
    return found


# --- cells ----------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, table: Table, layout: Layout, file: str, problems: list[Problem]) -> None:
        self.table = table
        self.layout = layout
        self.file = file
        self.problems = problems

    def rows(self) -> Iterator[Said]:
        """The rows without a mistake in any cell; the others are reported cell by cell."""
        columns = [self.layout.column(heading) for heading in self.table.columns]
        known = {column.field for column in columns if column}
        for heading, column in zip(self.table.columns, columns, strict=True):
            if column is None:
                possible = "、".join(self.layout.headings())
                self.report(
                    None, heading, f"不认识这一列；可以有：{possible} (unknown column)", severity="warning"
                )
        missing = [
            column.names[0] for column in self.layout.columns if column.required and column.field not in known
        ]
        if missing:
            self.report(None, "、".join(missing), "缺少这一列 (this column is missing)")
            return
        for row in self.table.rows:
            before = len(self.problems)
            said = self._row(row, columns)
            if len(self.problems) == before:
                yield said

    def _row(self, row: Row, columns: Sequence[Column | None]) -> Said:
        fields: Fields = {}
        came_from: dict[str, str] = {}
        for heading, column, cell in zip(self.table.columns, columns, row.cells, strict=True):
            if column is None:
                continue
            if not cell:
                if column.required:
                    self.report(row.number, heading, "这一格必须填写 (this cell must be filled)")
                continue
            try:
                _put(fields, column.field, column.read(cell))
            except ValueError as error:
                self.report(row.number, heading, f"“{cell}”：{error}")
            came_from[column.field] = heading
        return Said(row, fields, came_from)

    def report(self, number: int | None, heading: str | None, message: str, severity: Any = "error") -> None:
        place = ""
        if number is not None and heading in self.table.columns:
            place = f"{self.table.place(number, heading)}: "
        self.problems.append(
            Problem(
                severity=severity,
                code="table-cell" if number is not None else "table-column",
                file=self.file,
                line=number,
                field=heading,
                message=f"{place}{message}",
                action="在表里改好再导入 (correct the table and bring it in again)",
            )
        )

    def report_invalid(self, said: Said, error: ValidationError, prefix: str = "") -> None:
        """Each mistake on the column that its field came from, as far as there is one."""
        for detail in error.errors():
            parts = [str(part) for part in detail["loc"] if not isinstance(part, int)]
            named = ".".join([prefix, *parts] if prefix else parts)
            near = (name for name in said.columns if name == named or named.startswith(f"{name}."))
            below = (name for name in said.columns if name.split(".")[0] == named.split(".", 1)[0])
            heading = said.columns.get(next(near, next(below, "")))
            self.report(said.row.number, heading, words.invalid(detail, named))


def _put(fields: Fields, name: str, value: Any) -> None:
    head, _, rest = name.partition(".")
    if not rest:
        fields[head] = {**fields.get(head, {}), **value} if isinstance(value, dict) else value
    else:
        _put(fields.setdefault(head, {}), rest, value)


# --- a row is a record ----------------------------------------------------------------------------


def _records(rows: list[Said], layout: Layout, union: UnionPage, found: Preview, read: _Reader) -> None:
    model = PAGE_TYPES[layout.kind]
    pages = {page.uuid: page for page in model.objects.descendant_of(union)}
    slugs = {page.slug: page for page in pages.values()}
    links = DatabaseLinks()
    changes: dict[UUID, Change] = {}
    for said in rows:
        fields = dict(said.fields)
        key = str(fields.pop("key", fields["title"]))
        slug = fields.pop("slug", "")
        made = uuid5(NAMESPACE, f"{union.slug}/{layout.kind}/{key}")
        page = pages.get(made) or slugs.get(slug)
        identity = page.uuid if page else made
        sessions = _session(fields)
        _entry(fields)
        earlier = changes.get(identity)
        if earlier is not None and not sessions:
            heading = said.columns.get("key", said.columns["title"])
            read.report(
                said.row.number, heading, f"与第 {earlier.numbers[0]} 行重复 (the same key as an earlier row)"
            )
            continue
        try:
            if earlier is not None:
                told = [*getattr(earlier.record, "sessions", ()), *sessions]
                earlier.record = _changed(earlier.record, {"sessions": told})
                earlier.numbers.append(said.row.number)
                continue
            if sessions:
                fields["sessions"] = sessions
            before = current(page, union, links) if page else None
            if before is None:
                free = _free(slug or pinyin_slug(fields["title"]) or made.hex[:8], slugs, changes)
                start = {"id": made, "kind": layout.kind, "union": union.slug, "slug": free}
                given = {**(layout.defaults or {}), **fields, **start, "published": datetime.now(UTC)}
                after = RECORD_TYPES[layout.kind].model_validate(given)
            else:
                after = _changed(before, fields)
        except ValidationError as error:
            read.report_invalid(said, error)
            continue
        changes[identity] = Change([said.row.number], after.title, page, after)
    for change in changes.values():
        if change.page is not None:
            change.changed = differing(current(change.page, union, links), change.record)
    found.changes += changes.values()


def _free(slug: str, taken: Mapping[str, Any], changes: Mapping[UUID, Change]) -> str:
    used = {*taken, *(change.record.slug for change in changes.values())}
    free, number = slug, 2
    while free in used:
        free, number = f"{slug[:58]}-{number}", number + 1
    return free


def current(page: RecordPage, union: UnionPage, links: DatabaseLinks) -> BaseRecord:
    """The latest version of a page, draft or not, as a record. Raises ValueError for what makes none."""
    latest: RecordPage = page.get_latest_revision_as_object()
    latest.published = latest.published or datetime.now(UTC)
    return record_of(latest, union.slug, links, Clock())


def _changed(record: BaseRecord, fields: Fields) -> BaseRecord:
    """The record with these fields; a value of parts (contact, seats) keeps the parts not given."""
    values: Fields = {name: getattr(record, name) for name in type(record).model_fields}
    for name, value in fields.items():
        here = values.get(name)
        if isinstance(value, dict) and isinstance(here, BaseModel):
            value = {**here.model_dump(exclude_none=True), **value}
        values[name] = value
    return type(record).model_validate(values)


def differing(before: BaseRecord, after: BaseRecord) -> tuple[str, ...]:
    names = (name for name in type(before).model_fields if name != "published")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _session(fields: Fields) -> list[Fields]:
    """日期, 开始时间, 每周... as one session of an event."""
    said = fields.pop("session", None)
    if not said or "day" not in said:
        return []
    day = said["day"]
    session: Fields = {"starts": _at(day, said.get("starts"))}
    if "ends" in said:
        session["ends"] = _at(day, said["ends"])
    repeats = {name: said[name] for name in ("on", "until", "count") if name in said}
    if repeats:
        session["repeats"] = {"every": "week", **repeats}
    return [session]


def _at(day: str, clock: str | None) -> str:
    return f"{day}T{clock}:00+08:00" if clock else day


def _entry(fields: Fields) -> None:
    """网址 and 入口 as the one way that leads to a service."""
    entry = fields.pop("entry", None)
    if entry:
        way = {"way": "link", "label": "网上办理"} if "link" in entry else {"way": "app", "label": "手机应用"}
        fields["apply"] = [{**way, **entry}]


# --- a row is a value in a record -----------------------------------------------------------------


def _values(
    rows: list[Said], layout: Layout, union: UnionPage, into: RecordPage, found: Preview, read: _Reader
) -> None:
    before = current(into, union, DatabaseLinks())
    items = [item.model_dump(mode="json", exclude_defaults=True) for item in getattr(before, layout.within)]
    seen: dict[tuple[Any, ...], int] = {}
    numbers = []
    for said in rows:
        same = tuple(said.fields.get(name) for name in layout.same)
        if same in seen:
            heading = said.columns.get(layout.same[-1])
            read.report(said.row.number, heading, f"与第 {seen[same]} 行重复 (the same as an earlier row)")
            continue
        seen[same] = said.row.number
        proposed = _with_value([dict(item) for item in items], layout, dict(said.fields))
        try:
            _changed(before, {layout.within: proposed})
        except ValidationError as error:
            read.report_invalid(said, error)
            continue
        items = proposed
        numbers.append(said.row.number)
    after = _changed(before, {layout.within: items})
    found.changes.append(Change(numbers, before.title or into.title, into, after, differing(before, after)))


def _with_value(items: list[Fields], layout: Layout, fields: Fields) -> list[Fields]:
    inner = layout.inner
    if inner is None:
        _merged(items, layout.same, fields)
        return items
    part: Fields = {name: fields.pop(name) for name in inner.fields if name in fields}
    outer = _merged(items, inner.key, {inner.renamed.get(name, name): fields[name] for name in fields})
    parts = [dict(one) for one in outer.get(inner.name, ())]
    _merged(parts, inner.same, part)
    outer[inner.name] = parts
    return items


def _merged(items: list[Fields], same: tuple[str, ...], fields: Fields) -> Fields:
    """The item that `fields` names, changed by them; a new one at the end if there is none."""
    for item in items:
        if all(str(item.get(name) or "") == str(fields.get(name) or "") for name in same):
            item.update(fields)
            return item
    items.append(fields)
    return fields


def page_named(name: str, union: UnionPage, kinds: Sequence[Kind]) -> RecordPage | None:
    """The union's record with this id or slug, among the kinds that a layout can go into."""
    for kind in kinds:
        if kind not in PAGE_TYPES:
            continue
        pages = PAGE_TYPES[kind].objects.descendant_of(union)
        found = pages.filter(slug=name).first()
        if found is None:
            found = next((page for page in pages if str(page.uuid) == name), None)
        if found is not None:
            return found
    return None
