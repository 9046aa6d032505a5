"""Reads tables as offices keep them: CSV in either encoding Excel writes, XLSX with its number formats.

A cell is text, exactly as the person sees it where that can be known: 125460.30 keeps its zero, a date is
2025-04-01, a long number is no 1.2E+11. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
"""An XLSX is a ZIP file: a small one may unpack to more than a machine has."""
MAX_ROWS = 20_000
MAX_COLUMNS = 200

DELIMITERS = ",\t;，"


class TableError(ValueError):
    """A file that is no table this program reads; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is what the person's own program calls it: the line of the file, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first sheet, or the one asked for. `columns` are the headings; every row has as many cells."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""

    def place(self, row: int, column: str) -> str:
        """Where a cell is, as Excel names it: C12."""
        return f"{get_column_letter(self.columns.index(column) + 1)}{row}"


def read(data: bytes, name: str, sheet: str = "") -> Table:
    """A table from the bytes of a file. `name` decides the format by its ending: .csv, .txt, .tsv or .xlsx.

    Headings stand in the first row that has any text. Rows without text are left out. Raises TableError.
    """
    if len(data) > MAX_BYTES:
        raise TableError(
            f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个 (the file is too large: split it)"
        )
    ending = name.rpartition(".")[2].lower()
    if ending == "xlsx":
        title, lines = _xlsx(data, sheet)
        return _table(lines, title)
    if ending in ("csv", "txt", "tsv"):
        return _table(_csv(data), "")
    raise TableError(f"{name}: 请存为 .xlsx 或 .csv (save it as .xlsx or .csv)")


def _table(lines: Iterable[tuple[int, Sequence[str]]], sheet: str) -> Table:
    heading: tuple[str, ...] | None = None
    rows: list[Row] = []
    for number, values in lines:
        cells = tuple(_clean(value) for value in values)
        if not any(cells):
            continue
        if heading is None:
            heading = _heading(cells)
            continue
        if any(cells[len(heading) :]):
            raise TableError(
                f"第 {number} 行的格子比表头多 (row {number} has more cells than there are headings)"
            )
        if len(rows) >= MAX_ROWS:
            raise TableError(f"超过 {MAX_ROWS} 行，请分成几个表 (more than {MAX_ROWS} rows: split it)")
        padded = (*cells[: len(heading)], *[""] * (len(heading) - len(cells)))
        rows.append(Row(number, padded))
    if heading is None:
        raise TableError("表是空的：第一行应是表头 (the table is empty: headings belong in the first row)")
    return Table(heading, tuple(rows), sheet)


def _heading(cells: tuple[str, ...]) -> tuple[str, ...]:
    columns = list(cells)
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MAX_COLUMNS:
        raise TableError(f"超过 {MAX_COLUMNS} 列 (more than {MAX_COLUMNS} columns)")
    for place, column in enumerate(columns, 1):
        if not column:
            letter = get_column_letter(place)
            raise TableError(f"{letter} 列没有表头 (column {letter} has no heading)")
        if columns.index(column) != place - 1:
            raise TableError(f"有两列都叫“{column}” (two columns are called {column!r})")
    return tuple(columns)


def _clean(value: str) -> str:
    """Without the spaces around it, with one kind of line break, without characters no file may hold."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u3000", " ").replace("\ufeff", "")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text).strip()


# --- CSV ------------------------------------------------------------------------------------------


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    began = 1
    try:
        for values in reader:
            yield began, values
            began = reader.line_num + 1
    except csv.Error as error:
        raise TableError(f"第 {began} 行读不懂：引号没有配对？ (row {began}: {error})") from error


def _decoded(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError("文字编码读不懂：请在 Excel 里另存为“CSV UTF-8” (unknown encoding: save as CSV UTF-8)")


# --- XLSX -----------------------------------------------------------------------------------------


def _xlsx(data: bytes, wanted: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise TableError("文件解开后太大 (the file is too large when unpacked)")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise TableError("不是完整的 .xlsx 文件 (not a complete .xlsx file)") from error
    if wanted and wanted not in book.sheetnames:
        raise TableError(
            f"没有“{wanted}”这张表，有 {'、'.join(book.sheetnames)} (there is no sheet {wanted!r})"
        )
    sheet = book[wanted] if wanted else book.worksheets[0]
    return sheet.title, _sheet(sheet)


def _sheet(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [_shown(cell.value, getattr(cell, "number_format", "")) for cell in cells]


def _shown(value: object, number_format: str) -> str:
    """A cell's value as its number format shows it, as far as digits go."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            if value.time() == time():
                return value.date().isoformat()
            return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
        case int() | float():
            return _number(value, number_format)
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    # The first section of a format is for positive numbers: 0.00;[Red]-0.00
    shape = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", number_format.partition(";")[0])
    percent = "%" in shape
    exact = Decimal(repr(value)) * (100 if percent else 1)
    decimals = re.search(r"\.(0+)", shape)
    text = f"{exact:.{len(decimals[1])}f}" if decimals else f"{exact.normalize():f}"
    return f"{text}%" if percent else text
