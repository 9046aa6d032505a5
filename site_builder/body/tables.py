"""Pipe tables, as Python-Markdown's `tables` extension reads them; cells are plain text."""

from __future__ import annotations

import re
from typing import Literal

from site_builder.body.normal import normalise_line
from site_builder.body.problems import problem
from site_builder.body.prose import read_line
from site_builder.body.tree import Table

_SEPARATOR = re.compile(r"^ {0,3}\|?(?: *:?-+:? *\|)* *:?-+:? *\|? *$")
_CELL_END = re.compile(r"(?<!\\)((?:\\\\)*)\|")

Header = Literal["row", "column", "both", "none"]


def is_table(lines: list[str]) -> bool:
    """Whether a block of lines without an empty one is a table: a row of cells, then a row of dashes."""
    if len(lines) < 2 or "|" not in lines[1] or not _SEPARATOR.match(lines[1]):
        return False
    return "|" in lines[0] and len(_split(lines[0])) == len(_split(lines[1]))


def is_separator(line: str) -> bool:
    return "|" in line and _SEPARATOR.match(line) is not None


def read_table(lines: list[str], first: int, caption: str = "", header: Header = "row") -> Table:
    """Read the lines of one table. Raises BodyError."""
    if not is_table(lines):
        raise problem(
            "table-shape",
            first,
            "This is not a table",
            "Write a row of cells (| a | b |), a row of dashes (| --- | --- |), then the other rows.",
        )
    width = len(_split(lines[0]))
    rows = []
    for at, line in enumerate(lines):
        if at == 1:
            continue
        cells = _split(line)
        if len(cells) > width:
            raise problem(
                "table-row",
                first + at,
                f"This row has {len(cells)} cells, the first row has {width}",
                "Remove a cell, or write \\| for a bar that is meant as such.",
            )
        texts = [normalise_line(read_line(cell.strip(), first + at, "A table's cell")) for cell in cells]
        rows.append((*texts, *[""] * (width - len(texts))))
    return Table(tuple(rows), caption, header)


def _split(line: str) -> list[str]:
    row = line.strip()
    row = row.removeprefix("|")
    cells: list[str] = []
    at = 0
    for match in _CELL_END.finditer(row):
        cells.append(row[at : match.end() - 1])
        at = match.end()
    if row[at:].strip() or not cells:
        cells.append(row[at:])
    return cells
