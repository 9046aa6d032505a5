"""What many tests start from: made once by the code under test, afterwards written as it was written then.

    again("unions", make_unions)

The first call in a process runs `make_unions` and keeps the rows that it wrote; each later one finds the
database as that one found it, and writes those rows. Where it finds another, or a server that is not SQLite,
`make_unions` runs again. So a fixture that makes pages costs its work once, and tests stay apart: each has
its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from wagtail.models import Site

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Written:
    """What changed in one table: rows by their rowid."""

    table: str
    gone: list[tuple[int]]
    rows: list[Row]


_KNOWN: dict[Hashable, list[Written]] = {}


def again(name: Hashable, make: Callable[[], object]) -> None:
    """See above. `make` writes to the database alone, and the same for the same `name`."""
    if connection.vendor != "sqlite":
        make()
        return
    key = name, _state()
    if key in _KNOWN:
        _write(_KNOWN[key])
        Site.clear_site_root_paths_cache()
        return
    before = _tables()
    make()
    _KNOWN[key] = [
        Written(
            table,
            [(rowid,) for rowid, row in before[table].items() if rows.get(rowid) != row],
            [(rowid, *row) for rowid, row in rows.items() if before[table].get(rowid) != row],
        )
        for table, rows in _tables().items()
        if rows != before[table]
    ]


def _state() -> Hashable:
    """What was inserted since the migrations, in tests that ended with their rows too."""
    return tuple(_all("SELECT name, seq FROM sqlite_sequence ORDER BY name"))


def _tables() -> dict[str, dict[int, Row]]:
    """Every row by table and rowid, but for what full-text search keeps: its triggers write that."""
    names = [
        name
        for name, sql in _all("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if "_fts" not in name and not name.startswith("sqlite_") and not sql.startswith("CREATE VIRTUAL")
    ]
    return {name: _rows(name) for name in names}


def _rows(table: str) -> dict[int, Row]:
    """Values as SQLite keeps them: `+` hides the type by which the adapter would make objects of them."""
    columns = ", ".join(f'+"{column[1]}"' for column in _all(f'PRAGMA table_info("{table}")'))
    return {row[0]: tuple(row[1:]) for row in _all(f'SELECT rowid, {columns} FROM "{table}"')}


@transaction.atomic
def _write(changes: list[Written]) -> None:
    for change in changes:
        connection.connection.executemany(f'DELETE FROM "{change.table}" WHERE rowid = ?', change.gone)
    for change in changes:
        if change.rows:
            marks = ", ".join("?" for _ in change.rows[0][1:])
            rows = [row[1:] for row in change.rows]
            connection.connection.executemany(f'INSERT INTO "{change.table}" VALUES ({marks})', rows)


def _all(sql: str) -> list[Row]:
    connection.ensure_connection()
    found: list[Row] = connection.connection.execute(sql).fetchall()
    return found
