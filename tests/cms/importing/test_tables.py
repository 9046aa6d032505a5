"""Tables as offices keep them, read without losing a digit."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from cms.importing import tables
from cms.importing.tables import TableError


def workbook(*rows: list[object], formats: dict[str, str] | None = None, title: str = "阵地") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, shape in (formats or {}).items():
        sheet[cell].number_format = shape
    book.create_sheet("说明").append(["不要读这里"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_whatever_program_wrote_it(encoding, delimiter):
    text = f"名称{delimiter}地址\r\n职工书屋{delimiter}解放路1号\r\n\r\n驿站{delimiter}\r\n"
    table = tables.read(text.encode(encoding), "a.csv")
    assert table.columns == ("名称", "地址")
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("职工书屋", "解放路1号")),
        (4, ("驿站", "")),
    ]


def test_rows_are_numbered_as_lines_of_the_file_even_with_breaks_in_cells():
    data = '名称,说明\n书屋,"一层\n二层"\n驿站,x\n'.encode()
    table = tables.read(data, "a.csv")
    assert [row.number for row in table.rows] == [2, 4]
    assert table.rows[0].cells[1] == "一层\n二层"


def test_an_xlsx_keeps_what_the_person_sees():
    data = workbook(
        ["名称", "补助", "比例", "编号", "日期", "时刻", "开讲", "开放"],
        [
            "书屋",
            125460.3,
            0.951,
            37028300001,
            date(2025, 4, 1),
            time(18, 30),
            datetime(2025, 4, 1, 19),
            True,
        ],
        formats={"B2": "#,##0.00", "C2": "0.0%"},
    )
    table = tables.read(data, "a.xlsx")
    assert table.sheet == "阵地"
    assert table.rows[0].cells == (
        "书屋", "125460.30", "95.1%", "37028300001", "2025-04-01", "18:30", "2025-04-01 19:00", "是",
    )  # fmt: skip
    assert table.place(2, "补助") == "B2"


def test_another_sheet_can_be_asked_for():
    data = workbook(["名称"], ["书屋"])
    assert tables.read(data, "a.xlsx", "说明").columns == ("不要读这里",)
    with pytest.raises(TableError, match="阵地、说明"):
        tables.read(data, "a.xlsx", "没有的")


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.csv", "表是空的"),
        ("名称,名称\nx,y\n".encode(), "a.csv", "两列都叫"),
        ("名称,,地址\nx,y,z\n".encode(), "a.csv", "B 列没有表头"),
        ("名称\nx,y\n".encode(), "a.csv", "第 2 行的格子比表头多"),
        ('名称\n"没有关上'.encode(), "a.csv", "第 2 行读不懂"),
        (b"\x81", "a.csv", "文字编码"),
        (b"\xff\xfe\x00", "a.csv", "文字编码"),
        (b"PK\x03\x04 broken", "a.xlsx", "不是完整的"),
        (b"<html>", "a.xls", "请存为"),
        (b"x" * (tables.MAX_BYTES + 1), "a.csv", "超过 10 MB"),
    ],
)
def test_what_is_no_table_is_named(data, name, says):
    with pytest.raises(TableError, match=says):
        tables.read(data, name)


def test_a_table_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    with pytest.raises(TableError, match="超过 2 行"):
        tables.read(b"a\n1\n2\n3\n", "a.csv")
