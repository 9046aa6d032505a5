"""Places: S04, S19, S41, S79, S96, S101, S110."""

from __future__ import annotations

from site_builder.records import Place
from tests.systems.conftest import Sites


def facilities(sites: Sites, union: str) -> dict[str, set[str]]:
    """Facility -> the places that the list of a site names under it."""
    page = sites.pages(union)["/places/"]
    return {name: {link.href for link in links} for name, links in page.facilities}  # type: ignore[attr-defined]


def test_s04_who_looks_for_computers_finds_the_room(sites: Sites) -> None:
    assert "/places/zhigong-shuwu/" in facilities(sites, "yunmen-keji")["电脑"]
    room = sites.record("S04")
    shown = {
        figure.label: f"{''.join(figure.qualifier)}{figure.value}{figure.unit}" for figure in room.figures
    }
    assert shown["书屋面积"] == "54平方米"
    assert shown["藏书"] == "超3000册"


def test_s19_water_and_power(sites: Sites) -> None:
    found = facilities(sites, "neimenggu")
    assert "/places/siji-zhijia/" in found["饮水"] & found["充电"]
    assert str(sites.record("S19").id) in sites.finder("neimenggu", need="rest", life="on_the_road")


def test_s41_two_small_factories(sites: Sites) -> None:
    listed = [card.title for card in sites.pages("lezhi")["/places/"].cards]  # type: ignore[attr-defined]
    assert sum("移动微型工厂" in title for title in listed) == 2


def test_s79_kinds_of_places_are_told_apart_and_filtered(sites: Sites) -> None:
    page = sites.pages("xuyi")["/places/"]
    types = {item["type"] for item in page.nearby_items}  # type: ignore[attr-defined]
    assert {"culture_palace", "service_centre", "station"} <= types
    assert set(page.nearby["types"]) == types  # type: ignore[attr-defined]
    assert {item["href"] for item in page.nearby_items} == {card.href for card in page.cards}  # type: ignore[attr-defined]


def test_s96_few_rooms_are_open_at_weekends_and_none_after_work(sites: Sites) -> None:
    id = str(sites.record("S96").id)
    assert id in sites.finder("binhai", time="weekend")
    assert id not in sites.finder("binhai", time="evening")
    shares = {figure.label: f"{figure.value}{figure.unit}" for figure in sites.record("S96").figures}
    assert shares["配电脑书屋占比"] == "40%"
    assert shares["通网络占比"] == "26%"


def test_s101_staff_only_aed_and_what_is_planned(sites: Sites) -> None:
    html = sites.html("S101")
    assert "仅限本单位职工" in html
    assert any("AED" in name for name in facilities(sites, "kundulun"))
    planned = [each.name for each in sites.record("S101").equipment if each.status == "planned"]
    assert len(planned) == 2
    assert html.count("计划配置") == 2


def test_s110_six_counters_each_with_whom_to_ask(sites: Sites) -> None:
    record, html = sites.record("S110"), sites.html("S110")
    assert isinstance(record, Place)
    section = html[html.index('id="counters"') : html.index("</section>", html.index('id="counters"'))]
    assert len(record.counters) == 6
    assert section.count('class="contact"') == 6 or section.count("请咨询") == 1, "once for all, or for each"


def test_no_place_is_put_on_a_map_by_guessing(sites: Sites) -> None:
    """No source gives coordinates: no site of the demo draws a map, and each place says what it lacks."""
    for union in sites.content.unions:
        page = sites.pages(union).get("/places/")
        assert page is None or page.sketch is None  # type: ignore[attr-defined]
    assert "position" in {gap.field for gap in sites.gaps("S19")}
