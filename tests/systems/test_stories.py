"""Stories and what several unions agreed on: S08, S22, S34, S36, S54, S60, S61, S62, S67, S83, S117."""

from __future__ import annotations

import re

import pytest

from site_builder import gaps
from tests.systems.conftest import DEMO, Sites


def measures(sites: Sites, code: str) -> list[dict[str, object]]:
    """The measures of a story, as its page has them."""
    (block,) = (block for block in sites.page(code).body if block["type"] == "measures")
    return list(block["items"])


def listed(sites: Sites, union: str, path: str) -> set[str]:
    """The ids of the cards on all pages of a list."""
    return {
        card.id
        for page in sites.pages(union).values()
        if page.template in ("list.html", "events.html") and page.path.startswith(path)
        for card in page.cards  # type: ignore[attr-defined]
    }


@pytest.mark.parametrize(
    ("code", "path", "unions"),
    [
        ("S08", "/programs/", ("zhongshan", "shenzhen", "zhuhai", "jiangmen")),
        ("S36", "/news/", ("jilin", "liaoning", "heilongjiang", "neimenggu")),
        ("S54", "/events/", ("chengdu", "aba", "ganzi", "liangshan")),
    ],
)
def test_what_several_unions_agreed_on_is_on_the_site_of_each(
    sites: Sites, code: str, path: str, unions: tuple[str, ...]
) -> None:
    """One text for all; a partner's site says whose it is, and adds whom to ask there."""
    record, owner = sites.record(code), sites.content.unions[unions[0]]
    for union in unions:
        assert str(record.id) in listed(sites, union, path), union
        item = sites.plan(union).by_id[record.id]
        html = sites.render(sites.pages(union)[item.path])
        assert record.title in html
        if union != owner.slug:
            assert f'href="{owner.site.base_url}/' in html, "leads back to the owner's site"
        if "contact" in item.filled:
            assert sites.content.unions[union].name in html


def test_s08_four_parties_sign(sites: Sites) -> None:
    html = sites.html("S08")
    parties = sites.record("S08").organisers
    assert len(parties) == 4
    for party in parties:
        assert party in html


def test_s36_four_parties_are_listed_and_the_five_cities_are_not_guessed(sites: Sites) -> None:
    html = sites.html("S36")
    for party in ("黑龙江", "吉林", "辽宁", "内蒙古"):
        assert party in html
    (gap,) = (gap for gap in sites.gaps("S36") if gap.code == "listed")
    assert "共5个，只列出0个" in gap.message
    assert "签署战略合作协议的五市" in html


@pytest.mark.parametrize("code", ["S60", "S61", "S62"])
def test_what_is_done_for_the_assisted_villages_hangs_together(sites: Sites, code: str) -> None:
    """From each of the three pages a reader reaches another, and every number says of when it is."""
    page = sites.page(code)
    others = {sites.page(other).path for other in ("S60", "S61", "S62") if other != code}
    html = sites.html(code)
    linked = {path for path in others if f"..{path}".rsplit("/", 2)[-2] in html}
    assert linked, page.path
    for figure in sites.record(code).figures:
        assert figure.as_of or figure.period


def test_s60_the_milestones_stand_in_the_order_of_time(sites: Sites) -> None:
    html = sites.html("S60")
    places = [html.index(day) for day in ("2018年12月25日", "2019年1月9日", "5月定购")]
    assert places == sorted(places)


def test_s61_what_is_planned_is_marked(sites: Sites) -> None:
    figures = {figure.label: figure for figure in sites.record("S61").figures}
    assert figures["预计出售收入"].status == "planned"
    assert set(figures["预计出售收入"].qualifier) == {"预计", "余"}
    assert {figure.status for label, figure in figures.items() if "预计" not in label} == {"actual"}
    assert 'data-status="planned"' in sites.html("S61")


def test_s67_six_measures_each_have_an_anchor_and_lead_to_what_they_offer(sites: Sites) -> None:
    items, html = measures(sites, "S67"), sites.html("S67")
    assert [item["label"] for item in items] == [
        "品牌引路", "先锋领航", "服务联动", "组织聚力", "阵地夯基", "特色带动",
    ]  # fmt: skip
    anchors = [str(item["anchor"]) for item in items]
    assert len(set(anchors)) == 6
    own = {item.path for item in sites.plan("xuyi").items}
    for item, anchor in zip(items, anchors, strict=True):
        assert html.count(f'id="{anchor}"') == 1
        links = re.findall(r'href="([^"]+)"', str(item["text"]))
        leads = {"/" + link.lstrip("./") for link in links}
        assert leads, item["label"]
        assert leads <= own, item["label"]


def test_s83_two_of_four_heads_are_known_and_the_others_are_a_gap(sites: Sites) -> None:
    assert [item["label"] for item in measures(sites, "S83")] == ["政治领航强引力", "彰显地位强内力"]
    (gap,) = (gap for gap in sites.gaps("S83") if gap.code == "listed")
    assert "共4项，只列出2项" in gap.message
    assert gap in list(gaps.of_content(sites.content, DEMO, ["jiangyin"], "zh-Hans"))


def test_s117_both_photographers_are_credited(sites: Sites) -> None:
    """Of both the paper alone is known, so they are named together."""
    both = ("photographer", "原报记者（两名）")
    assert [(one.role, one.name) for one in sites.record("S117").bylines].count(both) == 1
    shown = sites.page("S117").record["bylines"]
    assert [(one["role"], one["name"]) for one in shown].count(both) == 1


def test_s117_six_and_six_that_nobody_listed_are_gaps(sites: Sites) -> None:
    said = [gap.message for gap in sites.gaps("S117") if gap.code == "listed"]
    assert said == ["六比：共6项，只列出0项", "六创：共6项，只列出0项"]


def test_s22_the_five_boards_are_named(sites: Sites) -> None:
    html = sites.html("S22")
    for board in ("困难帮扶", "身心健康", "素养提升", "职业发展", "社群发展"):
        assert board in html


def test_s34_a_park_without_a_union_is_told_of_and_no_union_is_named_as_its_own(sites: Sites) -> None:
    record, html = sites.record("S34"), sites.html("S34")
    assert str(record.event_date) == "2024-10-12"
    assert record.lead_picture is None, "the newspaper's picture was not taken over"
    assert [(byline.role, byline.name) for byline in record.bylines] == [("photographer", "原报记者")]
    assert "原报没有提到工会组织" in html
    assert "龙江森工集团桦南林业局有限公司" in html
    assert str(record.id) in listed(sites, "heilongjiang", "/news/")
    topic = [item.record.id for item in sites.plan("heilongjiang").items if "工业旅游" in item.record.topics]
    assert topic == [record.id], "what search offers as a filter"
