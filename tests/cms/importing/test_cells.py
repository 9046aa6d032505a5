"""Cells as people write them."""

from __future__ import annotations

import pytest

from cms.importing import cells


@pytest.mark.parametrize(
    ("reader", "cell", "said"),
    [
        (cells.day, "2025年4月1日", "2025-04-01"),
        (cells.day, "2025/4/1", "2025-04-01"),
        (cells.partial_date, "2024", "2024"),
        (cells.partial_date, "2024年10月", "2024-10"),
        (cells.partial_date, "2024.10.11", "2024-10-11"),
        (cells.day_or_moment, "2025-04-01 19:30", "2025-04-01T19:30:00+08:00"),
        (cells.day_or_moment, "2025-04-01", "2025-04-01"),
        (cells.clock, "8:30", "08:30"),
        (cells.clock, "19点", "19:00"),
        (cells.number, "125,460.30", "125460.30"),
        (cells.whole, "350", 350),
        (cells.yes_no, "√", True),
        (cells.yes_no, "否", False),
        (cells.lines, "饮水、热餐；充电\n 如厕", ["饮水", "热餐", "充电", "如厕"]),
        (cells.free_or_price, "免费", {"free": True}),
        (cells.free_or_price, "88.00元", {"free": False, "value": "88.00"}),
        (cells.weekdays, "周二、四、六", ["tue", "thu", "sat"]),
        (cells.weekdays, "周五至周一", ["mon", "fri", "sat", "sun"]),
        (cells.weekdays, "工作日和星期日", ["mon", "tue", "wed", "thu", "fri", "sun"]),
    ],
)
def test_a_cell_is_read(reader, cell, said):
    assert reader(cell) == said


@pytest.mark.parametrize(
    ("cell", "spans"),
    [
        ("08:30-17:00", [(7, "08:30", "17:00")]),
        ("周二、周四、周六 8:00-11:00，14:00-18:00", [(3, "08:00", "11:00"), (3, "14:00", "18:00")]),
        ("周一至周五：9点至17点30；周末 9:00—24:00", [(5, "09:00", "17:30"), (2, "09:00", "24:00")]),
    ],
)
def test_opening_hours_are_read(cell, spans):
    assert [(len(entry["days"]), entry["opens"], entry["closes"]) for entry in cells.hours(cell)] == spans


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (cells.day, "2025-02-30"),
        (cells.day, "4月1日"),
        (cells.partial_date, "2024-13"),
        (cells.clock, "25:00"),
        (cells.clock, "24:30"),
        (cells.clock, "晚上"),
        (cells.number, "近500"),
        (cells.whole, "3.5"),
        (cells.yes_no, "也许"),
        (cells.weekdays, "周八"),
        (cells.weekdays, "有时"),
        (cells.hours, "白天"),
        (cells.hours, "周一 8:00-11:00 周二 9:00-12:00"),
        (cells.hours, "周一 8:00-11:00 (夏季)"),
        (cells.one_of([("present", ["已有"])]), "大概"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(reader, cell):
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        reader(cell)
