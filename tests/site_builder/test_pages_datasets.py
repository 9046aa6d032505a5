"""Datasets on a site: charts in texts, rankings of each date, honours counted, tables to take along."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from site_builder import content_store, records
from site_builder.contexts import ListPage, Page, RankingPage, RecordPage
from site_builder.pages import pages, tables
from site_builder.pages.rankings import ranks, standing
from site_builder.plan import plan
from site_builder.records import BEIJING, Kind
from site_builder.render import Bundle
from site_builder.search.documents import documents
from tests.builders import NOW, Network, days, to
from tests.strategies import rankings

THEMES = Path(__file__).parents[2] / "themes"
CONTENT = Path(__file__).parents[2] / "content"


def made(network: Network, union: str = "pingdu", as_of: datetime = NOW) -> dict[str, Page]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, union, as_of), content)}


def rendered(page: Page) -> str:
    return Bundle.load(THEMES, "base").render(page).decode()


ROWS = [
    {"name": "甲厂", "score": "40", "county": "云龙区", "size": "large", "done": 4, "tasks": 12},
    {"name": "乙厂", "score": "30", "county": "云龙区", "size": "small"},
    {"name": "丙厂", "score": "30.5", "county": "鼓楼区", "size": "small"},
    {"name": "丁厂", "score": "30", "county": "铜山区", "size": "micro"},
    {"name": "戊厂", "score": "0", "size": "large"},
]
SERIES = {"name": "学员", "unit": "人次", "readings": [{"value": "12", "qualifier": ["余"], "as_of": "2024"}]}


def ranking(network: Network, owner: str = "pingdu", **fields: Any) -> Any:
    dates = [{"as_of": "2023-07", "entries": ROWS[:2]}, {"as_of": "2023-08", "entries": ROWS}]
    return network.record(
        Kind.DATASET, owner, "paiming", title="打卡排名", type="ranking", rankings=dates,
        rule="评过才计分。", **fields,
    )  # fmt: skip


def test_the_latest_ranking_stands_on_the_page_and_earlier_ones_by_their_dates() -> None:
    network = Network()
    ranking(network)
    found = made(network)
    page, earlier = found["/data/paiming/"], found["/data/paiming/as-of/2023-07/"]
    assert isinstance(page, RecordPage)
    assert isinstance(earlier, RankingPage)
    assert [entry["rank"] for entry in page.record["standing"]["entries"]] == [1, 2, 3, 3, 5]
    assert [(one["as_of"], one["href"], one["current"]) for one in page.record["dates"]] == [
        ("2023-08", "/data/paiming/", True), ("2023-07", "/data/paiming/as-of/2023-07/", False),
    ]  # fmt: skip
    assert [entry["name"] for entry in earlier.standing["entries"]] == ["甲厂", "乙厂"]
    html, old = rendered(page), rendered(earlier)
    assert 'href="../../data/paiming/as-of/2023-07/"' in html
    assert 'href="../../../../data/paiming/"' in old
    assert "并列" in html
    assert "未注明县区" in html
    assert isinstance(found["/data/"], ListPage)


def test_counties_sum_to_the_city_and_sizes_too() -> None:
    shown = standing(records.Ranking.model_validate({"as_of": "2023-08", "entries": ROWS}))
    assert shown["total"] == "130.5"
    assert [(group["name"], group["total"], group["rank"]) for group in shown["counties"]] == [
        ("云龙区", "70", 1), ("鼓楼区", "30.5", 2), ("铜山区", "30", 3), ("", "0", 0),
    ]  # fmt: skip
    for groups in (shown["counties"], shown["sizes"]):
        assert sum(Decimal(group["total"]) for group in groups) == Decimal(shown["total"])
        assert sum(group["count"] for group in groups) == shown["count"] == 5


@given(rankings)
def test_any_ranking_sums_up_and_ranks_without_gaps(found: records.Ranking) -> None:
    shown = standing(found)
    for groups in (shown["counties"], shown["sizes"]):
        if groups:
            assert sum(Decimal(group["total"]) for group in groups) == Decimal(shown["total"])
    scores = [Decimal(entry["score"]) for entry in shown["entries"]]
    assert scores == sorted(scores, reverse=True)
    for entry in shown["entries"]:
        assert entry["rank"] == 1 + sum(score > Decimal(entry["score"]) for score in scores)
        assert entry["tied"] == (scores.count(Decimal(entry["score"])) > 1)


@given(st.lists(st.integers(0, 5).map(Decimal), max_size=9))
def test_equal_scores_rank_equally(scores: list[Decimal]) -> None:
    for score, rank in zip(scores, ranks(scores), strict=True):
        assert rank == 1 + sum(other > score for other in scores)


def test_the_pages_of_a_ranking_lie_at_their_place_on_others_sites() -> None:
    network = Network()
    ranking(network, "shandong", share=to("descendants"))
    found = made(network)
    assert {"/data/shandong/paiming/", "/data/shandong/paiming/as-of/2023-07/"} <= found.keys()


def test_a_dataset_is_read_as_a_table_by_offices() -> None:
    network = Network()
    ranking(network)
    network.record(Kind.DATASET, "pingdu", "renshu", indicators=[SERIES | {"scope": "=SUM(A1)"}])
    content = network.content()
    files = tables(plan(content, "pingdu", NOW), content)
    assert files.keys() == {"/data/paiming/data.csv", "/data/renshu/data.csv"}
    text = files["/data/paiming/data.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["截至"], row["名次"], row["名称"], row["积分"]) for row in rows[:2]] == [
        ("2023-08", "1", "甲厂", "40"), ("2023-08", "2", "丙厂", "30.5"),
    ]  # fmt: skip
    assert len(rows) == len(ROWS) + 2
    assert "'=SUM(A1)" in files["/data/renshu/data.csv"].decode("utf-8-sig")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"indicators": [{"name": "甲", "unit": "人", "readings": [{"value": 1}]}]}, "needs a date"),
        ({"indicators": [{"name": "甲", "unit": " ", "readings": [{"value": 1, "as_of": "2024"}]}]}, "unit"),
        ({"indicators": [{"name": "甲", "readings": [{"value": 1, "as_of": "2024"}]}]}, "unit"),
        ({"indicators": [{"name": "甲", "unit": "人", "readings": []}]}, "readings"),
        ({"type": "honours", "indicators": [SERIES]}, "holds no indicators"),
        ({"type": "ranking", "rankings": [{"as_of": "2023", "entries": ROWS[:1]}] * 2}, "two rankings"),
        ({"type": "ranking", "rankings": [{"as_of": "2023", "entries": ROWS[:1] * 2}]}, "stands twice"),
    ],
)
def test_a_number_without_unit_or_date_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Network().record(Kind.DATASET, "pingdu", "shu", **fields)


def test_nobody_is_counted_who_is_not_there() -> None:
    common = {"award": "工匠", "level": "county", "year": "2023", "to": "person"}
    assert records.Honour.model_validate(common | {"count": 35}).count == 35
    with pytest.raises(ValidationError, match="counts once"):
        records.Honour.model_validate(common | {"count": 35, "recipient": "某班组"})


# --- charts and listings in texts -----------------------------------------------------------------

CHART = """/// chart
    caption: 人次
    dataset: {}
///
"""


def test_a_text_draws_the_numbers_of_a_dataset_as_they_stand() -> None:
    network = Network()
    data = network.record(Kind.DATASET, "pingdu", "renshu", indicators=[SERIES])
    network.story("pingdu", "yexiao", body=CHART.format(data.id))
    page = next(page for path, page in made(network).items() if path.endswith("/yexiao/"))
    html = rendered(page)
    assert "12余人次" in html
    assert "<svg" in html
    assert "<details" in html
    assert 'href="../../../../data/renshu/"' in html
    assert "style=" not in html
    network.change(data, indicators=[SERIES | {"readings": [{"value": "13", "as_of": "2025"}]}])
    page = next(page for path, page in made(network).items() if path.endswith("/yexiao/"))
    assert "13人次" in rendered(page)


@pytest.mark.parametrize("hidden", ["embargoed", "missing", "withdrawn"])
def test_numbers_that_are_not_public_are_in_no_drawing(hidden: str) -> None:
    network = Network()
    data = network.record(
        Kind.DATASET, "shandong", "renshu", indicators=[SERIES],
        published=NOW + days(2) if hidden == "embargoed" else NOW - days(9),
    )  # fmt: skip
    if hidden == "withdrawn":
        network.change(data, withdrawn={"at": NOW - days(1), "reason": "有误"})
    chosen = uuid4() if hidden == "missing" else data.id
    network.story("pingdu", "yexiao", body=CHART.format(chosen) + "\n正文。\n")
    content = network.content()
    site = plan(content, "pingdu", NOW)
    page = next(page for page in pages(site, content) if page.path.endswith("/yexiao/"))
    assert "12余" not in rendered(page)
    assert "<svg" not in rendered(page)
    if hidden == "embargoed":
        assert site.next_change == NOW + days(2)


def test_what_is_listed_is_told_apart_from_all_there_is() -> None:
    network = Network()
    items = "".join(f"      - title: 板块{number}\n" for number in range(6))
    network.guide(
        "pingdu", "a", body=f"/// listing\n    label: 板块\n    total: 10\n    items:\n{items}///\n"
    )
    network.program("pingdu", "b", body=f"/// listing\n    label: 板块\n    items:\n{items}///\n")
    found = made(network)
    assert "共10个，文中列出6个" in rendered(found["/guides/a/"])
    assert "总数不定，文中列出6个" in rendered(found["/programs/b/"])
    with pytest.raises(ValidationError, match="6 named"):
        records.Listing.model_validate(
            {"label": "板块", "total": 5, "items": [{"title": str(number)} for number in range(6)]}
        )


# --- the demo's ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> content_store.Content:
    return content_store.read(CONTENT)


def demo_page(demo: content_store.Content, union: str, path: str) -> RecordPage:
    site = plan(demo, union, datetime(2025, 4, 8, 9, tzinfo=BEIJING))
    page = next(page for page in pages(site, demo) if page.path == path)
    assert isinstance(page, RecordPage)
    return page


def test_honours_are_counted_by_award_and_level(demo: content_store.Content) -> None:
    """facts.yaml 003-01: 1/1/12/60/140/1/4/26/35."""
    page = demo_page(demo, "xuyi", "/data/rongyu-2023/")
    counted = {(one["level"], one["award"], one["category"]): one["count"] for one in page.record["tallies"]}
    assert counted == {
        ("province", "五一劳动奖章", ""): 1, ("province", "工人先锋号", ""): 1,
        ("city", "工人先锋号", ""): 12,
        ("county", "五一最美慈爱劳动者", "镇街"): 60, ("county", "五一最美慈爱劳动者", "企业"): 140,
        ("city", "五一巾帼标兵岗", ""): 1, ("city", "五一巾帼标兵", ""): 4,
        ("county", "五一巾帼标兵岗", ""): 26, ("county", "五一巾帼标兵", ""): 35,
    }  # fmt: skip
    assert not any(one["recipients"] for one in page.record["tallies"])
    assert (page.record["persons"], page.record["units"]) == (240, 40)


def test_the_drop_is_what_the_two_counts_give_and_is_marked(demo: content_store.Content) -> None:
    page = demo_page(demo, "acftu", "/data/shushuo-chengjidan/")
    values = {
        one["name"]: [reading["value"] for reading in one["readings"]] for one in page.record["indicators"]
    }
    assert values["建档立卡困难职工"] == ["345.58", "93.27"]
    assert values["人均纯收入低于低保线"] == ["125.2", "35.96"]
    for name in ("建档立卡困难职工", "人均纯收入低于低保线"):
        before, after = (Decimal(value) for value in values[name])
        assert [round((1 - after / before) * 100, 1)] == [Decimal(value) for value in values[f"{name}降幅"]]
    html = rendered(page)
    assert html.count("推算") >= 2
    assert "345.58万户" in html
    assert "万人" not in html


def test_every_share_says_of_what_it_is_a_share(demo: content_store.Content) -> None:
    page = demo_page(demo, "binhai", "/data/shuwu-shuju/")
    shares = {one["name"]: one["readings"][0]["value"] for one in page.record["indicators"]}
    assert sorted(map(int, shares.values())) == [20, 23, 26, 37, 40, 50]
    assert all(one["base"] for one in page.record["indicators"])
    assert "27%" in page.record["method"]


def test_a_dataset_is_found_by_its_indicators(demo: content_store.Content) -> None:
    site = plan(demo, "acftu", datetime(2025, 4, 8, 9, tzinfo=BEIJING))
    found = next(document for document in documents(site) if document.path == "/data/shushuo-chengjidan/")
    assert "建档立卡困难职工" in found.text
    assert "345.58" in found.text
