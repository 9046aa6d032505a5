"""Numbers on the editors' screens: none without unit and date, and what is wrong is said in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks import StructBlockValidationError

from cms.blocks.datasets import (
    ChartBlock,
    HonourBlock,
    IndicatorBlock,
    ListingBlock,
    RankingBlock,
    ReadingBlock,
    read_entries,
    write_entries,
)
from cms.records.models import CollectionPage, DatasetPage
from site_builder import records

pytestmark = pytest.mark.django_db


def refused(block: Any, value: dict[str, Any]) -> dict[str, str]:
    """The fields that a block refuses, each with what it says."""
    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.to_python(value))
    return {
        name: " ".join(getattr(error, "messages", [str(error)]))
        for name, error in caught.value.block_errors.items()
    }


def test_a_number_without_a_date_or_unit_is_refused_in_words() -> None:
    assert "请写明数据的时间" in refused(ReadingBlock(), {"value": "5000"})["as_of"]
    assert "只写数字" in refused(ReadingBlock(), {"value": "近五千", "as_of": "2024"})["value"]
    reading = {"value": "5000", "as_of": "2024"}
    assert "unit" in refused(IndicatorBlock(), {"name": "人数", "readings": [reading]})
    assert ReadingBlock().clean(ReadingBlock().to_python(reading))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("甲厂,许多", "第1行的积分“许多”不是数字"),
        ("甲厂,10\n乙厂,5,云龙区,巨型", "第2行的规模“巨型”"),
        ("甲厂,10,云龙区,大型,一,2", "第1行的任务数“一”"),
        ("甲厂,10,,,,,,,多", "第1行多了一格"),
    ],
)
def test_a_line_of_a_ranking_that_cannot_be_read_is_named(text: str, said: str) -> None:
    assert said in refused(RankingBlock(), {"as_of": "2023-08", "entries": text})["entries"]


@pytest.mark.parametrize(
    "text",
    [
        "甲厂,10,云龙区,大型,1,2,优",
        "甲厂\t10\t云龙区\t大型\t1\t2\t优",
        "甲厂，10，云龙区，大型，1，2，优\r\n",
    ],
)
def test_a_ranking_may_be_typed_or_pasted_from_excel(text: str) -> None:
    (entry,) = read_entries(text)
    assert write_entries([entry]) == "甲厂,10,云龙区,大型,1,2,优"
    ranked = records.Ranked.model_validate(entry)
    assert (ranked.size, ranked.done, ranked.tasks) == ("large", 1, 2)


def test_honours_charts_and_listings_say_what_is_wrong() -> None:
    honour = {
        "award": "奖",
        "level": "county",
        "year": "2023",
        "to": "person",
        "recipient": "某班组",
        "count": 3,
    }
    assert "写了获得者就是一个" in refused(HonourBlock(), honour)["count"]
    assert "请选一个数据集" in refused(ChartBlock(), {"form": "bars"})["items"]
    listing = {"label": "板块", "total": "1", "items": [{"title": "甲"}, {"title": "乙"}]}
    assert "列出的比总数还多" in refused(ListingBlock(), listing)["total"]


def test_a_dataset_holds_values_of_its_type_only(unions: Any) -> None:
    page = DatasetPage(title="数据", type="ranking")
    page.indicators = [("item", {"name": "甲", "unit": "人", "readings": [{"value": "1", "as_of": "2024"}]})]
    assert "不属于所选的类型" in str(page.mistakes()["indicators"])
    page = DatasetPage(title="数据", type="ranking")
    page.rankings = [("item", {"as_of": "2023", "entries": "甲,1"})] * 2
    assert "一个日期只有一期" in str(page.mistakes()["rankings"])


def test_only_a_timeline_has_milestones_and_a_series_ends_after_it_begins(unions: Any) -> None:
    page = CollectionPage(title="集子", type="topic", starts="2025-02-01", ends="2025-01-01")
    page.milestones = [("item", {"when": "1921", "title": "首个工会"})]
    with pytest.raises(ValidationError) as caught:
        page.clean()
    assert {"milestones", "ends"} <= caught.value.message_dict.keys()
