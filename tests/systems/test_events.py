"""Events: S02, S05, S06, S17, S38, S44, S53, S72, S94, S102, S112, S113."""

from __future__ import annotations

from typing import Any

import pytest

from site_builder import geo
from site_builder.contexts import ListPage, RecordPage
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import Kind
from site_builder.render import Bundle
from tests.builders import NOW, Network, to
from tests.distances import metres
from tests.systems.conftest import ROOT, Sites


def test_s02_the_itinerary_stands_in_order(sites: Sites) -> None:
    html = sites.html("S02")
    places = [html.index(item.title) for item in sites.record("S02").agenda]
    assert len(places) == 5
    assert places == sorted(places)


def test_s05_who_organises_and_who_executes_are_told_apart(sites: Sites) -> None:
    html = sites.html("S05")
    assert "主办：" in html
    assert "承办：" in html


@pytest.mark.parametrize("code", ["S06", "S72", "S112"])
def test_a_fair_that_is_over_is_among_the_past_ones(sites: Sites, code: str) -> None:
    union, id = sites.union(code), str(sites.record(code).id)
    upcoming, past = (sites.pages(union)[path] for path in ("/events/", "/events/past/"))
    assert id not in {card.id for card in upcoming.cards}  # type: ignore[attr-defined]
    assert id in {card.id for card in past.cards}  # type: ignore[attr-defined]
    assert id not in sites.finder(union)


def test_s06_figures_keep_what_they_count(sites: Sites) -> None:
    html = sites.html("S06")
    assert '<span class="number">350</span><span class="unit">余个</span>' in html
    assert '<span class="number">20</span><span class="unit">家</span>' in html


def test_s38_thirteen_teams(sites: Sites) -> None:
    shown = {figure.label: str(figure.value) for figure in sites.record("S38").figures}
    assert shown["代表队"] == "13"


@pytest.mark.parametrize(
    ("left", "said"),
    [(21, "已报 9 人，未满 10 人"), (20, "已报 10 人，可以开班"), (0, "已报 30 人，可以开班")],
)
def test_s44_a_class_opens_at_ten(left: int, said: str) -> None:
    network = Network()
    network.record(
        Kind.EVENT, "pingdu", "you-hua", sessions=[{"starts": "2025-04-18T19:00:00+08:00"}],
        window={"closes": "2025-04-16"},
        seats={"total": 30, "left": left, "counted": "2025-04-08T08:00:00+08:00", "minimum": 10,
               "waiting_list": True},
    )  # fmt: skip
    content = network.content()
    (page,) = (page for page in pages(plan(content, "pingdu", NOW), content) if isinstance(page, RecordPage))
    html = Bundle.load(ROOT / "themes", "base").render(page).decode()
    assert said in html
    assert "满员后可以候补" in html
    assert page.state is not None
    assert page.state.code == ("full" if left == 0 else "open")


def test_s72_what_came_of_it_stands_only_where_it_is_over(sites: Sites) -> None:
    record = sites.record("S72")
    assert [str(figure.value) for figure in record.outcome] == ["2", "2000", "230"]
    assert len(sites.page("S72").record["outcome"]) == 3
    assert 'class="outcome"' in sites.html("S72")


def test_s94_ten_boards_of_which_six_are_named(sites: Sites) -> None:
    (gap,) = (gap for gap in sites.gaps("S94") if gap.code == "listed")
    assert "共10个，只列出6个" in gap.message
    assert "共10个，文中列出6个" in sites.html("S94").replace("<!-- -->", "").replace(" ", "")


def test_s102_what_is_expected_is_told_apart_from_what_was_held(sites: Sites) -> None:
    status = {figure.label: figure.status for figure in sites.record("S102").figures}
    assert status == {
        "单场原定规模": "planned",
        "单场实际规模": "actual",
        "全年预计场次": "planned",
        "全年预计覆盖": "planned",
    }


def test_s112_posts_and_places_are_counted_apart(sites: Sites) -> None:
    record, html = sites.record("S112"), sites.html("S112")
    assert (len(record.zones), len(record.organisers)) == (5, 5)
    for label in ("提供岗位（种类口径）", "就业岗位（人数口径）"):
        assert label in html


def test_s06_fairs_have_a_point_and_are_found_by_how_far_they_are() -> None:
    """The data of the events to come: where each is, and until when; what is over is not among them."""
    network = Network()
    for slug, latitude in (("jin", 36.02), ("yuan", 36.10)):
        place = network.record(
            Kind.PLACE, "pingdu", slug, title=f"{slug}广场",
            position={"latitude": latitude, "longitude": 120.0, "datum": "wgs84"},
        )  # fmt: skip
        network.record(
            Kind.EVENT, "pingdu", f"hui-{slug}", venue=place.id,
            type="jobfair" if slug == "jin" else "lecture",
            sessions=[{"starts": "2025-04-20T09:00:00+08:00", "ends": "2025-04-20T12:00:00+08:00"}],
        )  # fmt: skip
        network.record(
            Kind.EVENT, "pingdu", f"guo-{slug}", type="jobfair", venue=place.id,
            sessions=[{"starts": "2025-04-07T09:00:00+08:00", "ends": "2025-04-07T12:00:00+08:00"}],
        )  # fmt: skip
    content = network.content()
    made = {page.path: page for page in pages(plan(content, "pingdu", NOW), content)}
    listed = made["/events/"]
    assert isinstance(listed, ListPage)
    here = geo.Point(36.0, 120.0)
    far = {
        item["href"]: metres(here, geo.Point(*item["position"])) for item in listed.nearby_items
    }  # fmt: skip
    assert {href for href, away in far.items() if away <= 3000} == {"/events/hui-jin/"}
    assert set(far) == {"/events/hui-jin/", "/events/hui-yuan/"}
    assert {item["until"] for item in listed.nearby_items} == {"2025-04-20T12:00:00+08:00"}
    html = Bundle.load(ROOT / "themes", "base").render(listed).decode()
    assert 'events/nearby.json"' in html
    assert '<option value="3000">' in html
    assert '<option value="jobfair" data-t=' in html, "its name changes with the language"


def test_without_coordinates_nothing_is_offered_by_distance(sites: Sites) -> None:
    listed = sites.pages("huainan-gaoxin")["/events/"]
    assert isinstance(listed, ListPage)
    assert listed.nearby is None


def test_s17_of_a_screening_s_sessions_only_the_coming_can_be_booked() -> None:
    network = Network()
    for slug, day in (("guo-qu", "2025-04-07"), ("jiang-lai", "2025-04-20")):
        network.record(
            Kind.EVENT, "pingdu", slug, title=f"两癌筛查{slug}", type="clinic", needs=["health"],
            sessions=[{"starts": f"{day}T09:00:00+08:00", "ends": f"{day}T12:00:00+08:00"}],
            apply=[{"way": "union", "label": "向工会预约"}],
        )  # fmt: skip
    content = network.content()
    made = {page.path: page for page in pages(plan(content, "pingdu", NOW), content)}
    finder: Any = made["/finder/"]
    assert [item["href"] for item in finder.items] == ["/events/jiang-lai/"]
    upcoming, past = made["/events/"], made["/events/past/"]
    assert isinstance(upcoming, ListPage)
    assert isinstance(past, ListPage)
    assert [card.title for card in upcoming.cards] == ["两癌筛查jiang-lai"]
    assert [card.title for card in past.cards] == ["两癌筛查guo-qu"]


def test_s53_experts_are_told_by_role_and_what_they_taught_in_order(sites: Sites) -> None:
    record, html = sites.record("S53"), sites.html("S53")
    assert record.teachers == ("高校机械动力专业专家",)
    (heard,) = record.figures
    assert (str(heard.value), heard.unit, heard.qualifier, str(heard.as_of)) == (
        "300", "名", ("余",), "2019-07",
    )  # fmt: skip
    topics = [html.index(title) for title in ("全省工业经济现状与展望", "数控加工", "先进刀具")]
    assert topics == sorted(topics)
    assert record.region == "黑龙江省齐齐哈尔市"
    past = sites.pages("heilongjiang")["/events/past/"]
    assert str(record.id) in {card.id for card in past.cards}  # type: ignore[attr-defined]


def test_s53_a_training_is_listed_by_the_province_and_by_the_city_it_was_given_to() -> None:
    network = Network()
    training = network.record(
        Kind.EVENT, "shandong", "pei-xun", type="training", region="青岛市", share=to("union:qingdao"),
        sessions=[{"starts": "2025-04-20T09:00:00+08:00"}],
    )  # fmt: skip
    content = network.content()
    for union, there in (("shandong", True), ("qingdao", True), ("pingdu", False)):
        made = {page.path: page for page in pages(plan(content, union, NOW), content)}
        listed = made.get("/events/")
        cards = listed.cards if isinstance(listed, ListPage) else ()
        assert (str(training.id) in {card.id for card in cards}) is there, union
