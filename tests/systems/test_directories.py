"""Lists of what many unions run: S10, S26, S28, S33, S39, S68, S80, S85, S87, S92, S100, S109; S65.

The source names no studio, no mediation point and no club of its own: where the demo has none, what the list
of one is checked on a network made here.
"""

from __future__ import annotations

from typing import Any

import pytest

from site_builder.contexts import ListPage, Page
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import SAFETY, Kind
from site_builder.render import Bundle
from tests.builders import NOW, Network, to
from tests.systems.conftest import ROOT, Sites
from tests.systems.test_stories import measures


def made(network: Network, union: str) -> dict[str, Page]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, union, NOW), content)}


def places(network: Network, union: str) -> ListPage:
    page = made(network, union)["/places/"]
    assert isinstance(page, ListPage)
    return page


@pytest.fixture
def studios() -> tuple[Network, list[Any]]:
    """Three studios of two counties, offered to the province above them."""
    network = Network()
    offered = to("union:shandong", mode="offer")
    found = [
        network.record(Kind.PLACE, owner, slug, type="studio", region=region, share=offered)
        for owner, slug, region in (
            ("pingdu", "han-jie", "平度市"), ("pingdu", "qian-gong", "平度市"),
            ("qingdao", "dian-gong", "青岛市"),
        )
    ]  # fmt: skip
    network.record(Kind.PLACE, "shandong", "zhong-xin", type="service_centre", region="济南市")
    return network, found


def test_s10_a_studio_is_in_the_directory_above_once_it_was_taken(
    studios: tuple[Network, list[Any]],
) -> None:
    network, (first, second, third) = studios
    assert [card.title for card in places(network, "shandong").cards] == ["shandong的zhong-xin"]
    for studio in (first, third):
        network.adopt("shandong", studio)
    page = places(network, "shandong")
    listed = [item for item in page.nearby_items if item["type"] == "studio"]
    assert {item["id"] for item in listed} == {str(first.id), str(third.id)}
    assert str(second.id) not in {card.id for card in page.cards}
    assert page.total == len(page.cards) == len(page.nearby_items) == 3
    # Each stands under its district, once, and the filter offers just what is there.
    grouped = {group.label: {card.id for card in group.cards} for group in page.groups}
    assert grouped["平度市"] == {str(first.id)}
    assert sum(len(ids) for ids in grouped.values()) == page.total
    assert page.nearby is not None
    assert set(page.nearby["types"]) == {"studio", "service_centre"}
    assert set(page.nearby["regions"]) == set(grouped)


def test_s10_who_may_not_give_upwards_is_not_listed_above(studios: tuple[Network, list[Any]]) -> None:
    network, _ = studios
    other = network.record(Kind.PLACE, "pingdu", "zi-yong", type="studio")
    network.adopt("shandong", other)
    assert str(other.id) not in {card.id for card in places(network, "shandong").cards}


def test_s26_five_ways_to_work_together_and_no_partner_made_up(sites: Sites) -> None:
    assert [item["label"] for item in measures(sites, "S26")] == [
        "条块联动", "阵地联建", "品牌联名", "资源联用", "服务联做",
    ]  # fmt: skip
    assert "合作伙伴名单没有公布" in sites.html("S26")


def test_s33_three_levels_and_the_nearest_point() -> None:
    network = Network()
    network.union("zhen", "pingdu", "town")
    network.union("chang", "zhen", "enterprise")
    levels = {
        "chang": (36.000, 120.000, to("descendants")), "zhen": (36.010, 120.000, to("descendants")),
        "pingdu": (36.300, 120.000, to("descendants")),
    }  # fmt: skip
    for owner, (latitude, longitude, share) in levels.items():
        network.record(
            Kind.PLACE, owner, "tiao-jie", type="mediation", share=share, services=["劳动争议调解"],
            position={"latitude": latitude, "longitude": longitude, "datum": "wgs84"},
        )  # fmt: skip
    page = places(network, "chang")
    assert {item["href"].split("/")[2] for item in page.nearby_items} == {"tiao-jie", "zhen", "pingdu"}
    assert [item["position"] for item in page.nearby_items if item["href"] == "/places/tiao-jie/"] == [
        [36.0, 120.0]
    ]
    assert page.sketch is not None
    assert len(page.sketch.points) == 3


def test_s33_three_levels_stand_in_order(sites: Sites) -> None:
    html = sites.html("S33")
    found = [html.index(f'<p class="step-title">{level}</p>') for level in ("企业", "村（社区）", "镇")]
    assert found == sorted(found)


def test_s39_a_club_is_listed_with_its_union_and_drawn_on_the_map() -> None:
    network = Network()
    network.record(
        Kind.PLACE, "pingdu", "yue-dui", title="乐队工作室", type="other", operators=["平度市总工会"],
        position={"latitude": 36.78, "longitude": 119.96},
    )  # fmt: skip
    page = places(network, "pingdu")
    assert page.sketch is not None
    assert [(point.label, point.href) for point in page.sketch.points] == [("乐队工作室", "/places/yue-dui/")]
    html = Bundle.load(ROOT / "themes", "base").render(made(network, "pingdu")["/places/yue-dui/"]).decode()
    assert "平度市总工会" in html


@pytest.mark.parametrize("missing", [None, *SAFETY])
def test_s65_a_class_has_its_badge_only_when_all_was_checked(missing: str | None) -> None:
    network = Network()
    network.record(
        Kind.PLACE, "pingdu", "ban", type="childcare", safety=[one for one in SAFETY if one != missing]
    )
    html = Bundle.load(ROOT / "themes", "base").render(made(network, "pingdu")["/places/ban/"]).decode()
    assert ('class="tag safe"' in html) == (missing is None)
    if missing is not None:
        assert f'data-t="safety.{missing}"' in html


def test_s92_talks_are_found_by_place() -> None:
    network = Network()
    for slug, region in (("yi", "城区"), ("er", "乡镇")):
        network.record(
            Kind.EVENT, "pingdu", slug, type="lecture", region=region, audiences=["职工"],
            sessions=[{"starts": "2025-04-20T19:00:00+08:00"}],
        )  # fmt: skip
    finder: Any = made(network, "pingdu")["/finder/"]
    by_place = {tuple(item["place"]): item["href"] for item in finder.items}
    assert by_place == {("城区",): "/events/yi/", ("乡镇",): "/events/er/"}


@pytest.mark.parametrize(
    ("code", "label", "value", "unit"),
    [
        ("S68", "“书香三八”全国优秀组织奖连续年数", "4", "年"),
        ("S80", "省模范职工之家", "3", "家企业"),
        ("S80", "省模范职工小家", "1", "个"),
        ("S85", "人才资源总量", "520000", "人"),
        ("S86", "常态化竞赛行业或工种", "10", "个"),
        ("S87", "推广专项集体合同与能级工资协商", "53", "家"),
    ],
)
def test_what_is_only_counted_is_counted_and_dated(
    sites: Sites, code: str, label: str, value: str, unit: str
) -> None:
    (figure,) = (figure for figure in sites.record(code).figures if figure.label == label)
    assert (str(figure.value), figure.unit, str(figure.as_of)) == (value, unit, "2023")
    assert label in sites.html(code)


def test_s99_the_card_says_who_calls_and_that_it_is_free(sites: Sites) -> None:
    record, html = sites.record("S99"), sites.html("S99")
    assert [step.title for step in record.steps] == ["工会联系", "建档", "发放", "回访"]
    assert record.cost.free is True
    assert record.contact.name in html


def test_s109_every_county_has_its_office_or_says_whom_to_ask(sites: Sites) -> None:
    """In Shandong; a county that has filled nothing in is not left without an answer."""
    guide, seen = sites.record("S109"), 0
    for slug, union in sites.content.unions.items():
        if union.level != "county" or guide.id not in sites.plan(slug).by_id:
            continue
        item = sites.plan(slug).by_id[guide.id]
        html = sites.render(sites.pages(slug)[item.path])
        assert ("contact" in item.filled) or "请咨询" in html, slug
        seen += 1
    assert seen >= 2


def test_s28_an_enterprise_has_the_notices_of_its_region_and_of_its_line_each_once() -> None:
    network = Network()
    network.union("chang", "xuyi", "enterprise", industry_line="jiaoyu")
    network.story("jiangsu", "di-qu", title="地区通知", share=to("descendants"))
    network.story("jiaoyu", "hang-ye", title="行业通知", share=to("line:jiaoyu"))
    both = network.story("acftu", "dou-you", title="都有的通知", share=to("descendants", "line:jiaoyu"))
    network.adopt("chang", both, "pin")
    news = [page for path, page in made(network, "chang").items() if path == "/news/"]
    (page,) = news
    assert isinstance(page, ListPage)
    assert sorted(card.title for card in page.cards) == sorted(["地区通知", "行业通知", "都有的通知"])
    elsewhere = made(network, "pingdu")["/news/"]
    assert isinstance(elsewhere, ListPage)
    assert [card.title for card in elsewhere.cards] == ["都有的通知"], "another region, and of no line"


def test_s28_the_action_has_its_two_years_and_is_over(sites: Sites) -> None:
    shown = {figure.label: str(figure.value) for figure in sites.record("S28").figures}
    assert shown == {"三年行动起始年": "2022", "三年行动收官年": "2024"}
    assert 'data-state="ended"' in sites.html("S28")
    for group in ("转岗分流职工", "派遣工", "外包工"):
        assert group in sites.html("S28")
