"""What is wrong with a table is told in the language of the screen, whole: never half in the other one."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from pydantic import ValidationError as RecordError

from cms.importing import tables, words
from cms.importing.layouts import LAYOUTS
from cms.importing.rows import _Reader
from cms.records.models import PlacePage
from cms.unions.templatetags.unions import one_language
from site_builder.records import RECORD_TYPES, Kind

ENGLISH_WORD = re.compile(r"[A-Za-z]{3,}")


def both_languages(text: str) -> tuple[str, str]:
    with override("zh-hans"):
        chinese = one_language(text)
    with override("en"):
        return chinese, one_language(text)


@pytest.mark.parametrize(
    ("kind", "fields", "chinese"),
    [
        (Kind.PLACE, {"hours": [{"days": ["mon"], "opens": "08:00", "closes": "08:00"}]}, "全天请写"),
        (Kind.EVENT, {"window": {"opens": "2025-04-02", "closes": "2025-04-01"}}, "截止时间须在开始时间之后"),
        (Kind.EVENT, {"seats": {"total": 3, "left": 2}}, "还要写统计时间"),
        (Kind.EVENT, {"seats": {"total": -3}}, "不能小于"),
        (Kind.EVENT, {"status": "postponed"}, "状态说明"),
        (Kind.EVENT, {"type": "party"}, "照空表里的写法"),
        (Kind.EVENT, {"figures": [{"label": "人数", "value": "5", "unit": "人"}]}, "截至"),
        (Kind.SERVICE, {"apply": [{"way": "link", "label": "入口", "link": "javascript:x"}]}, "链接不能用"),
    ],
)
def test_a_mistake_the_records_find_is_said_in_chinese_and_in_english(kind, fields, chinese):
    start = {
        "id": "00000000-0000-0000-0000-000000000001", "kind": kind, "union": "qingdao", "slug": "a",
        "title": "甲", "published": "2025-04-01T09:00:00+08:00",
    }  # fmt: skip
    with pytest.raises(RecordError) as refused:
        RECORD_TYPES[kind].model_validate({**start, **fields})
    for detail in refused.value.errors():
        told, english = both_languages(words.invalid(detail, "field"))
        assert chinese in told
        assert not ENGLISH_WORD.search(told.replace("https", "")), told
        assert not re.search("[\u4e00-\u9fff]", english)


@pytest.mark.parametrize(
    "text",
    ["甲,甲\n1,2\n", "甲,,乙\n1,2,3\n", "甲\n1,2\n", '甲\n"1\n', ""],
)
def test_what_is_no_table_is_said_in_one_language(text):
    with pytest.raises(tables.TableError) as refused:
        tables.read(text.encode(), "表.csv")
    chinese, english = both_languages(str(refused.value))
    assert not ENGLISH_WORD.search(chinese)
    assert ENGLISH_WORD.search(english)
    assert "列" not in english


def test_a_cell_is_quoted_as_people_quote():
    problems: list = []
    table = tables.read("名称,类型\n书屋,大概\n".encode(), "表.csv")
    assert list(_Reader(table, LAYOUTS["places"], "表.csv", problems).rows()) == []
    chinese, _ = both_languages(problems[0].message)
    assert chinese.startswith("B2: “大概”：请写其中之一")


def test_what_keeps_a_page_from_being_saved_names_the_field():
    with override("zh-hans"):
        said = words.refused(ValidationError({"title": ["不能为空。"]}), PlacePage)
        whole = words.refused(ValidationError("写得不对。"), PlacePage)
    assert said[0].endswith("：不能为空。")
    assert whole == ("写得不对。", "写得不对。")
    halves = words.refused(ValueError("这一页被锁定了 (the page is [locked])"), PlacePage)
    assert halves == ("这一页被锁定了", "the page is [locked]")
    assert both_languages(words.both(f"《甲》没有导入：{halves[0]}", f"not brought in: {halves[1]}")) == (
        "《甲》没有导入：这一页被锁定了",
        "Not brought in: the page is [locked]",
    )


def test_fields_are_called_as_on_the_screens():
    with override("zh-hans"):
        assert words.names_of_fields(("hours", "no_such"), PlacePage) == ["开放时间", "no_such"]
