"""Programs and calls: S03, S07, S16-S18, S20, S23, S25, S31, S35, S42, S49, S58, S70, S81, S108, S114."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

import pytest

from site_builder.contexts import ListPage
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import Decision, Kind, Program
from tests.builders import NOW, Network, to
from tests.systems.conftest import DEMO, Sites


def outcome(decision: Decision, *answers: str) -> str:
    """Where a way through a guide ends: the title of its outcome."""
    questions = {question.key: question for question in decision.questions}
    key = decision.questions[0].key
    for answer in answers:
        options = questions[key].options
        exact = [option.next for option in options if option.label == answer]
        (key,) = exact or [option.next for option in options if answer in option.label]
    (found,) = (each for each in decision.outcomes if each.key == key)
    return f"{found.verdict}: {found.title}"


def test_s03_a_class_whose_season_is_over_says_so(sites: Sites) -> None:
    html = sites.html("S03")
    assert '<span class="state" data-state="ended">' in html
    assert "下一期的消息还没有发布" in html
    assert str(sites.record("S03").id) not in sites.finder("yunmen-keji")


def test_s07_gig_workers_are_among_those_who_can_go(sites: Sites) -> None:
    record = sites.record("S07")
    assert outcome(record.decision, "新就业形态劳动者") == "yes: 在对象之列"
    assert outcome(record.decision, "都不是").startswith("ask:")
    shown = {figure.label: figure for figure in record.figures}
    assert str(shown["组织批次"].value) == "47"
    assert str(shown["已参加人数"].value) == "2690"
    assert str(shown["市镇两级工会投入"].value) == "481.64"
    assert {shown[label].period for label in ("组织批次", "已参加人数", "市镇两级工会投入")} == {
        "2023年初至报道时"
    }
    assert shown["年参加人数（预计）"].status == "planned"
    assert {figure.status for label, figure in shown.items() if "预计" not in label} == {"actual"}


def test_s16_six_actions_of_which_none_is_named_are_a_gap(sites: Sites) -> None:
    (gap,) = (gap for gap in sites.gaps("S16") if gap.code == "listed")
    assert "共6项，只列出0项" in gap.message


def test_s18_a_county_s_edition_inherits_and_shows_its_own_contact(sites: Sites) -> None:
    upper = sites.record("S18")
    county = sites.plan("xuyi")
    (edition,) = (item for item in county.items if item.source.edition_of == upper.id)
    assert edition.record.title == upper.title
    assert edition.record.contact is not None
    assert edition.record.contact.name == "盱眙县总工会"
    # What the upper union changes is changed in the county, at its next build.
    changed = dict(sites.content.records) | {upper.id: upper.model_copy(update={"title": "新的名称"})}
    again = plan(replace(sites.content, records=changed), "xuyi", DEMO)
    assert again.by_id[edition.record.id].record.title == "新的名称"


def test_s20_a_courier_finds_the_contest(sites: Sites) -> None:
    assert str(sites.record("S20").id) in sites.finder("neimenggu", audience="快递员")
    assert "电子商务师" in sites.html("S20")


def test_s25_five_criteria_are_listed(sites: Sites) -> None:
    assert len(sites.record("S25").eligibility) == 5
    html = sites.html("S25")
    for criterion in sites.record("S25").eligibility:
        assert criterion in html


def test_s31_editions_of_two_unions_stand_apart_and_name_no_child(sites: Sites) -> None:
    hechi, shandong = sites.content.records, sites.record("S31")
    found = [
        record for record in hechi.values() if isinstance(record, Program) and "金秋助学" in record.topics
    ]
    assert {record.union for record in found} == {"hechi", "shandong"}
    assert shandong in found
    (year,) = (record for record in found if record.union == "hechi")
    shown = {figure.label: (str(figure.value), figure.unit) for figure in year.figures}
    assert ("108", "人次") in shown.values()


@pytest.mark.parametrize(
    ("answers", "cover"),
    [(("有技能等级", "中级工"), "车险、意外险"), (("有技能等级", "高级工"), "车险、意外险、家财险")],
)
def test_s35_a_grade_leads_to_its_cover(sites: Sites, answers: tuple[str, ...], cover: str) -> None:
    assert outcome(sites.record("S35").decision, *answers) == f"yes: 技能人才普惠保：{cover}"


def test_s35_a_discount_that_is_not_known_is_asked_for(sites: Sites) -> None:
    (matrix,) = sites.record("S35").matrices
    assert [row.cells[-1] for row in matrix.rows] == ["", ""]
    html = sites.html("S35")
    table = html[html.index("data-matrix") : html.index("</table>", html.index("data-matrix"))]
    assert table.count("请咨询") == 2
    shown = {figure.label: (str(figure.value), figure.as_of) for figure in sites.record("S35").figures}
    assert shown["已参保技能型企业"] == ("44", "2024-10")
    assert shown["已参保技能人才"] == ("128", "2024-10")


def test_s58_all_five_and_one_of_four(sites: Sites) -> None:
    record, html = sites.record("S58"), sites.html("S58")
    assert (len(record.eligibility), len(record.eligibility_any)) == (5, 4)
    assert "5 项全部符合，加上 4 类之一" in html
    quotas = {figure.label: str(figure.value) for figure in record.figures}
    assert quotas == {"“齐鲁工匠”名额": "50", "“齐鲁大工匠”名额": "10"}
    assert outcome(record.decision, "是", "五项都符合", "都不具备") == "yes: 可以申报“齐鲁工匠”"
    assert outcome(record.decision, "是", "有一项不符合").startswith("no:")
    assert "call-without-deadline" in {gap.code for gap in sites.gaps("S58")}
    assert 'data-state="open"' not in html


def test_s70_awards_are_counted_and_lead_to_the_roll(sites: Sites) -> None:
    counts = [str(figure.value) for figure in sites.record("S70").figures]
    assert sorted(counts, key=int) == sorted(["1", "1", "12", "60", "140", "1", "4", "26", "35"], key=int)
    assert sites.page("S70").record["honours"]["href"] == "/data/rongyu-2023/"


@pytest.mark.parametrize("code", ["S20", "S25", "S47", "S58", "S70"])
def test_no_call_shows_as_open_with_or_without_a_script(sites: Sites, code: str) -> None:
    page = sites.page(code)
    assert page.state.code not in {"open", "closing", "standing"}
    assert page.state.later == ()
    assert str(sites.record(code).id) not in sites.finder(sites.union(code), time="now")


def test_s17_the_screening_has_its_numbers_and_what_is_not_known_is_asked(sites: Sites) -> None:
    record = sites.record("S17")
    (cover,) = record.figures
    assert (str(cover.value), cover.unit, cover.period) == ("30000", "名", "近年")
    (fund,) = record.benefits
    assert (str(fund.value), fund.unit) == ("378", "万元")
    assert {"place", "window"} <= {gap.field for gap in sites.gaps("S17")}
    assert 'data-t="ask"' in sites.html("S17")
    assert str(record.id) in sites.finder("neimenggu", need="health")
    assert str(record.id) not in sites.finder("neimenggu", time="now")


def test_s23_the_campaign_is_over_its_sum_has_two_decimals_and_no_money_is_taken(sites: Sites) -> None:
    html = sites.html("S23")
    main = html[html.index("<main") : html.index("</main>")]
    assert 'data-state="ended"' in main
    assert '<span class="number">125,460.30</span><span class="unit">元</span>' in main
    assert '<span class="number">7494</span><span class="unit">名</span>' in main
    assert {figure.period for figure in sites.record("S23").figures} == {"2024年99公益日"}
    for entry in ("<form", "<input", 'href="http'):
        assert entry not in main
    assert str(sites.record("S23").id) not in sites.finder("shenzhen", time="now")


def test_s42_the_loop_is_three_steps_of_text_and_the_rise_is_by_month(sites: Sites) -> None:
    html = sites.html("S42")
    steps = [
        html.index(f'<p class="step-title">{step}</p>') for step in ("免费培训", "免费给材料", "回收产品")
    ]
    assert steps == sorted(steps)
    assert {
        figure.label: (str(figure.value), figure.unit, str(figure.as_of))
        for figure in sites.record("S42").figures
    } == {
        "培训基地带动灵活就业": ("175", "名", "2024-10"),
        "培训基地人均月增收": ("1500", "元", "2024-10"),
    }


def test_s49_its_links_lead_somewhere_and_it_names_nobody_who_is_helped(sites: Sites) -> None:
    page, html = sites.page("S49"), sites.html("S49")
    own = set(sites.pages("acftu"))
    main = html[html.index("<main") : html.index("</main>")]
    links = re.findall(r'href="(\.\./[^"#]*/)"', main)
    assert links
    for link in links:
        assert urljoin(page.path, link) in own, link
    assert sites.page("S48").path in {urljoin(page.path, link) for link in links}
    assert sites.record("S49").eligibility == ("建档立卡困难职工",)
    assert sites.record("S49").figures == ()


def test_s81_a_topic_gathers_courses_and_articles_by_their_tag() -> None:
    network = Network()
    tagged = {"topics": ["盱眙龙虾"]}
    topic = network.topic("xuyi", "long-xia", query=["盱眙龙虾"])
    network.record(Kind.EVENT, "xuyi", "peng-ren", type="course", **tagged)
    network.story("xuyi", "xin-wen", **tagged)
    network.story("xuyi", "bie-de", topics=["别的"])
    content = network.content()
    planned = plan(content, "xuyi", NOW)
    page = {page.path: page for page in pages(planned, content)}[planned.by_id[topic.id].path]
    assert isinstance(page, ListPage)
    assert {card.title for card in page.cards} == {"xuyi的peng-ren", "xuyi的xin-wen"}


def test_s81_the_chain_of_the_crayfish_is_told(sites: Sites) -> None:
    html = sites.html("S81")
    for part in ("养殖、烹饪、餐饮、电商", "专家讲师团", "技能人才培训基地", "在全市率先"):
        assert part in html


def test_s108_it_began_in_1994_and_stands_on_the_site_of_every_union_below(sites: Sites) -> None:
    """Its history is the province's; whom to ask is each union's own."""
    record, seen = sites.record("S108"), 0
    assert "1994年4月" in record.summary
    for slug in sites.content.unions:
        if slug == "shandong" or record.id not in sites.plan(slug).by_id:
            continue
        item = sites.plan(slug).by_id[record.id]
        html = sites.render(sites.pages(slug)[item.path])
        assert "1994年4月" in html
        assert "contact" in item.filled or 'data-t="ask"' in html, slug
        seen += 1
    assert seen >= 2


def test_s108_two_winters_of_a_county_stand_apart() -> None:
    """Each winter a program of the county's own; one union has one edition of what comes from above."""
    network = Network()
    for year, state in (("2024", "ended"), ("2025", "")):
        network.program("pingdu", f"song-wen-nuan-{year}", title=f"{year}年送温暖", status=state)
    content = network.content()
    made = {page.path: page for page in pages(plan(content, "pingdu", NOW), content)}
    now, past = made["/programs/"], made["/programs/past/"]
    assert isinstance(now, ListPage)
    assert isinstance(past, ListPage)
    assert [card.title for card in now.cards] == ["2025年送温暖"]
    assert [card.title for card in past.cards] == ["2024年送温暖"]


@pytest.mark.parametrize(("day", "shown"), [("2023-11-30", 2023), ("2024-11-30", 2023), ("2024-12-01", 2024)])
def test_s108_of_two_years_editions_the_one_in_effect_stands(day: str, shown: int) -> None:
    """A county's edition for each winter: the new one takes over when it begins, and nobody is warned."""
    network = Network()
    said = {"published": "2020-01-01T09:00:00+08:00"}
    source = network.program("shandong", "song-wen-nuan", share=to("descendants"), **said)
    made = {
        year: network.edition(
            "pingdu", source, f"song-wen-nuan-{year}", activity={"opens": f"{year}-12-01"}, **said
        )
        for year in (2023, 2024)
    }
    planned = plan(network.content(), "pingdu", datetime.fromisoformat(f"{day}T09:00+08:00"))
    assert [item.record.id for item in planned.items] == [made[shown].id]
    assert not planned.problems
    if day == "2024-11-30":
        assert planned.next_change == datetime.fromisoformat("2024-12-01T00:00+08:00")


def test_s114_six_terms_and_the_fifth_strength_is_not_made_up(sites: Sites) -> None:
    record, html = sites.record("S114"), sites.html("S114")
    assert {
        figure.label: (str(figure.value), figure.unit, figure.qualifier, figure.listed)
        for figure in record.figures
    } == {
        "期数": ("6", "期", (), ()),
        "技能人才": ("600", "名", ("余",), ()),
        "特色举措": ("3", "项", (), ("双链融合", "精准对标", "全程护航")),
    }
    assert "公开资料列出4项：引领力、实践力、攻关力、传承力。另一项没有写明。" in html
    gaps = sites.gaps("S114")
    assert "window" in {gap.field for gap in gaps}
    assert "工匠五力：共5项，只列出4项" in [gap.message for gap in gaps]
