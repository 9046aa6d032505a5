"""Columns, series, timelines, digests: where they lie, what stands on their items, what is archived."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from site_builder.contexts import HomePage, ListPage, Page, RecordPage
from site_builder.pages import pages
from site_builder.pages.collections import in_order
from site_builder.plan import plan
from site_builder.records import Collection, Milestone
from tests.builders import NOW, Network, days, to
from tests.site_builder.test_pages_datasets import rendered

SOURCE = {"relation": "excerpt", "publication": "工人日报", "issue_date": "2019-07-29"}


def made(network: Network, as_of: datetime = NOW) -> dict[str, Page]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, "pingdu", as_of), content)}


def story_of(found: dict[str, Page], slug: str) -> RecordPage:
    page = next(page for path, page in found.items() if path.endswith(f"/{slug}/") and "/news/" in path)
    assert isinstance(page, RecordPage)
    return page


def titles(page: Page) -> list[str]:
    assert isinstance(page, ListPage)
    return [card.title for card in page.cards]


def collected(kind: str, **fields: Any) -> tuple[Network, Any]:
    """A collection of two stories, the older listed first; both 2025."""
    network = Network()
    old = network.story("pingdu", "jiu", title="旧的", published=NOW - days(9))
    new = network.story("pingdu", "xin", title="新的", published=NOW - days(2))
    return network, network.topic("pingdu", "ji", title="集子", type=kind, items=[old.id, new.id], **fields)


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("topic", "topics"), ("package", "topics"), ("column", "columns"), ("series", "series")],
)
def test_each_type_has_its_folder_and_list(kind: str, folder: str) -> None:
    network, _ = collected(kind)
    found = made(network)
    assert f"/{folder}/ji/" in found
    assert titles(found["/topics/"]) == ["集子"], "the list of all has every one of them"
    assert ("/columns/" in found, "/series/" in found) == (folder == "columns", folder == "series")


@pytest.mark.parametrize(
    ("order", "expected"),
    [("listed", ["旧的", "新的"]), ("newest", ["新的", "旧的"]), ("oldest", ["旧的", "新的"])],
)
def test_items_stand_in_the_order_that_was_asked(order: str, expected: list[str]) -> None:
    network, _ = collected("column", order=order)
    assert titles(made(network)["/columns/ji/"]) == expected


def test_a_series_labels_its_items_and_is_archived_after_its_end() -> None:
    end = NOW.date() + timedelta(days=1)
    network, series = collected("series", label="巡礼", starts="2025-01-01", ends=end.isoformat())
    before = made(network)
    assert [label.label for label in story_of(before, "jiu").labels] == ["巡礼"]
    home = before["/"]
    assert isinstance(home, HomePage)
    assert [link.href for link in home.topics] == ["/series/ji/"]
    content = network.content()
    moment = datetime.combine(end + timedelta(days=1), datetime.min.time(), NOW.tzinfo)
    assert plan(content, "pingdu", NOW).next_change == moment
    after = made(network, moment)
    assert [label.label for label in story_of(after, "jiu").labels] == ["巡礼"], "the label stays"
    assert '<a class="label label-series"' in rendered(story_of(after, "jiu"))
    home = after["/"]
    assert isinstance(home, HomePage)
    assert home.topics == (), "it has left the navigation"
    listed = after["/series/"]
    assert isinstance(listed, ListPage)
    assert listed.archived == (str(series.id),)
    assert titles(after["/series/ji/"]) == ["旧的", "新的"]


def test_a_column_says_who_edits_it_and_how_often_it_comes() -> None:
    network, _ = collected("column", desk="省总宣教部", frequency="每周一次")
    html = rendered(made(network)["/columns/ji/"])
    head = html[html.index('<header class="page-head">') : html.index("</header>", html.index("page-head"))]
    said = " ".join(re.sub("<[^>]+>", "", head).split())
    assert "编辑：省总宣教部 刊出：每周一次" in said
    assert "作者：" not in said
    network, _ = collected("column")
    assert "column-author" not in rendered(made(network)["/columns/ji/"])


def test_a_columns_author_and_the_editors_note_stand_apart() -> None:
    network, _ = collected("column", author_role="县总工会主席")
    story = network.story(
        "pingdu", "sheng", body="作者的话。", editor_note={"text": "编者的话。", "label": "小编说"}
    )
    network.topic("pingdu", "zhi", title="主席之声", type="column", items=[story.id])
    found = made(network)
    assert "县总工会主席" in rendered(found["/columns/ji/"])
    html = rendered(story_of(found, "sheng"))
    body = html[html.index('<div class="body">') : html.index('<aside class="editor-note">')]
    assert "作者的话" in body
    assert "编者的话" not in body
    assert "小编说" in html


def test_no_item_goes_into_a_digest_without_its_source() -> None:
    network = Network()
    dated = network.story("pingdu", "a", title="有出处", source=SOURCE)
    undated = network.story("pingdu", "b", title="没有日期", source=SOURCE | {"issue_date": None})
    without = network.story("pingdu", "c", title="没有出处")
    items = [dated.id, undated.id, without.id]
    network.topic("pingdu", "zhai", title="速读", type="digest", items=items)
    network.topic("pingdu", "shi", title="他山之石", type="column", items=items, source_required=True)
    found = made(network)
    assert titles(found["/columns/zhai/"]) == ["有出处"]
    assert titles(found["/columns/shi/"]) == ["有出处", "没有日期"]
    html = rendered(found["/columns/zhai/"])
    assert "摘自：" in html
    assert "《工人日报》" in html
    assert "2019年7月29日" in html
    assert story_of(found, "c").labels == ()
    assert story_of(found, "a").labels, "each item is found alone too"
    problems = plan(network.content(), "pingdu", NOW).problems
    told = [problem for problem in problems if problem.code == "source-missing"]
    assert {problem.field for problem in told} == {"items"}
    assert len(told) == 3


def test_who_owns_a_collection_without_items_learns_why_it_has_no_page() -> None:
    network = Network()
    network.story("pingdu", "a", topics=["职工夜校"])
    later = network.story("pingdu", "spaeter", published=NOW + days(1))
    sourceless = network.story("pingdu", "b")
    network.topic("pingdu", "voll", query=["职工夜校"])
    network.topic("pingdu", "nichts")
    network.topic("pingdu", "tippfehler", query=["职工夜较"])
    network.topic("pingdu", "morgen", items=[later.id])
    network.topic("pingdu", "zhai", type="digest", items=[sourceless.id])
    network.topic("qingdao", "unten", query=["职工夜校"], share=to("descendants"))
    network.topic("qingdao", "nirgends", query=["职工夜较"], share=to("descendants"))

    def told(union: str) -> dict[str, str]:
        problems = plan(network.content(), union, NOW).problems
        return {
            (problem.file or "").rpartition("/")[2].removesuffix(".md"): problem.message.partition(": ")[2]
            for problem in problems
            if problem.code == "collection-empty"
        }

    assert {name: why[:20] for name, why in told("pingdu").items()} == {
        "nichts": "it names no records ", "tippfehler": "nothing that it name",
        "morgen": "nothing that it name", "zhai": "nothing that it list",
    }  # fmt: skip
    assert told("qingdao").keys() == {"nirgends"}, "the other has a page at the unions below"
    assert told("acftu") == {}


def test_a_timeline_keeps_dates_as_exactly_as_they_are_known() -> None:
    points = [
        {"when": "1996-10-14", "title": "丁"}, {"when": "1994", "title": "甲"},
        {"when": "1994-04", "title": "乙"}, {"when": "1994-04-02", "title": "丙"},
        {"when": "1949", "when_text": "新中国成立初期", "circa": True, "title": "首"},
    ]  # fmt: skip
    network = Network()
    network.topic("pingdu", "shi", title="工运史", type="timeline", milestones=points)
    page = made(network)["/topics/shi/"]
    assert isinstance(page, ListPage)
    assert page.collection is not None
    assert [one["title"] for one in page.collection["milestones"]] == ["首", "甲", "乙", "丙", "丁"]
    html = rendered(page)
    for told in ("新中国成立初期", "1994年<", "1994年4月<", "1994年4月2日<", "1996年10月14日<"):
        assert told in html
    assert "1949年" not in html


def test_milestones_of_one_year_stand_from_the_least_to_the_most_exact() -> None:
    days_ = [Milestone(when=when, title="x") for when in ("2019-05-02", "2019-05", "2018-12-25", "2019")]
    assert [one.when for one in in_order(days_)] == ["2018-12-25", "2019", "2019-05", "2019-05-02"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"type": "series", "starts": "2025-02-01", "ends": "2025-01-01"}, "must not come before"),
        ({"type": "topic", "milestones": [{"when": "1921", "title": "x"}]}, "only a timeline"),
    ],
)
def test_what_makes_no_collection(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Network().topic("pingdu", "x", **fields)


def test_a_collection_says_its_whole_text() -> None:
    network, _ = collected(
        "topic", body="开头。\n\n## 节\n\n后面。\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n"
    )
    html = rendered(made(network)["/topics/ji/"])
    assert html.index("开头") < html.index("后面") < html.index("<td>2</td>")


def test_a_type_is_one_of_six() -> None:
    kinds = Collection.model_json_schema()["properties"]["type"]["enum"]
    assert kinds == ["topic", "column", "series", "package", "timeline", "digest"]
