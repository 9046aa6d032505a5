"""Programs and calls: S03, S07, S16, S18, S20, S25, S27, S31, S35, S58, S59, S63, S70, S75."""

from __future__ import annotations

from dataclasses import replace

import pytest

from site_builder.plan import plan
from site_builder.records import Decision, Program
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
