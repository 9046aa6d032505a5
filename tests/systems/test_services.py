"""Services: S11-S14, S24, S29, S46, S47, S55, S78, S88, S91, S103; "how to get it" on what can be used."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from site_builder import gaps
from site_builder.contexts import RecordPage
from site_builder.records import Kind
from site_builder.search.documents import documents
from tests.systems.conftest import DEMO, Sites


@pytest.mark.parametrize(("code", "total", "named"), [("S12", 20, 1), ("S13", 25, 2)])
def test_what_is_named_in_part_is_a_gap(sites: Sites, code: str, total: int, named: int) -> None:
    said = [gap.message for gap in sites.gaps(code) if gap.code == "listed"]
    assert any(re.search(f"共{total}.，只列出{named}.$", message) for message in said)


def test_s13_nearly_sixty_stays_nearly_sixty(sites: Sites) -> None:
    assert re.search(r'"qualifier">近</span><span class="number">60</span>', sites.html("S13"))


def test_a_service_without_an_entry_is_flagged(sites: Sites) -> None:
    flagged = {
        gap.record
        for gap in gaps.of_content(sites.content, DEMO)
        if gap.kind == "service" and gap.field == "apply"
    }
    without = {
        str(record.id)
        for record in sites.content.records.values()
        if record.kind is Kind.SERVICE
        and record.status != "closed"  # type: ignore[attr-defined]
        and not any(way.value or way.link for way in record.apply)  # type: ignore[attr-defined]
    }
    assert flagged == without
    assert without


def test_s29_a_planned_service_is_labelled_and_cannot_be_used_now(sites: Sites) -> None:
    id = str(sites.record("S29").id)
    assert 'data-state="planned"' in sites.html("S29")
    assert id in sites.finder("jixie-yejin-jiancai")
    assert id not in sites.finder("jixie-yejin-jiancai", time="now")


def test_s88_five_entries_and_whom_to_call_if_they_fail(sites: Sites) -> None:
    record, html = sites.record("S88"), sites.html("S88")
    assert [step.title for step in record.functions][:5] == ["普法", "监督", "调解", "援助", "信访"]
    assert record.fallback is not None
    assert 'id="fallback"' in html
    assert str(record.id) in sites.finder("jiangyin", need="rights", life="dispute")


def test_s91_what_it_does_is_text_and_its_steps_are_a_gap_until_they_are_known(sites: Sites) -> None:
    html = sites.html("S91")
    for what in ("掌上投保", "掌上报结"):
        assert what in html
    assert "steps" in {gap.field for gap in sites.gaps("S91")}


ASKED = '<span data-t="ask">请咨询</span>'
ROWS = {
    Kind.PROGRAM: (
        "program.who", "access.papers", "access.steps", "access.place", "program.how", "program.when",
    ),
    Kind.EVENT: ("event.who", "event.cost", "access.papers", "event.where", "event.how", "event.when"),
    Kind.SERVICE: (
        "service.who", "service.cost", "access.papers", "access.steps", "access.place", "service.how",
    ),
    Kind.PLACE: ("place.who", "place.cost", "place.where", "place.hours", "place.how"),
}  # fmt: skip
"""The rows that "how to get it" has on each kind of page, whatever is known."""


def test_every_page_of_what_can_be_used_answers_or_asks(sites: Sites) -> None:
    seen = 0
    for union in ("xuyi", "neimenggu", "shandong", "lezhi", "foshan"):
        for item in sites.plan(union).items:
            rows = ROWS.get(item.record.kind)
            over = item.state is not None and item.state.code in gaps.OVER
            if rows is None or (over and item.record.kind is Kind.EVENT):
                continue
            page = sites.pages(union)[item.path]
            assert isinstance(page, RecordPage)
            html = sites.render(page)
            missing = [row for row in rows if f'data-t="{row}"' not in html]
            assert missing == [], item.path
            if not page.known.get("cost", True):
                assert ASKED in html, item.path
            seen += 1
    assert seen > 40


def test_s24_the_funds_are_named_and_a_case_names_nobody(sites: Sites) -> None:
    html = sites.html("S24")
    for fund in ("暖工基金", "职工光明基金", "湾区智造工匠基金"):
        assert fund in html
    shown = {figure.label: figure for figure in sites.record("S24").figures}
    assert (shown["累计帮扶职工"].qualifier, str(shown["累计帮扶职工"].value)) == (("超",), "587000")
    assert shown["个案慰问金"].scope == "龙华区暖工基金，一个个案"


def test_s103_experts_are_no_service_to_be_used_before_they_are_there(sites: Sites) -> None:
    id = str(sites.record("S103").id)
    assert 'data-state="planned"' in sites.html("S103")
    assert id not in sites.finder("foshan", time="now")


@pytest.mark.parametrize("code", ["S46", "S47"])
def test_what_comes_of_the_night_school_leads_back_to_its_courses(sites: Sites, code: str) -> None:
    school = sites.page("S44").path.rstrip("/").rsplit("/", 1)[-1]
    assert re.search(rf'href="[^"]*{school}/"', sites.html(code))


def test_s11_one_centre_and_two_nets_and_every_service_is_found(sites: Sites) -> None:
    html = sites.html("S11")
    places = [html.index(f">{part}<") for part in ("一个中心", "工会工作网", "服务职工网")]
    assert places == sorted(places)
    assert [part.title for part in sites.record("S11").functions] == ["一个中心", "工会工作网", "服务职工网"]
    site = sites.plan("neimenggu")
    services = {str(item.record.id) for item in site.items if item.record.kind is Kind.SERVICE}
    assert str(sites.record("S13").id) in services
    assert services <= {document.id for document in documents(site)}


def test_s14_what_was_planned_is_told_apart_and_a_missing_entry_has_no_link(sites: Sites) -> None:
    record, html = sites.record("S14"), sites.html("S14")
    assert str(record.since) == "2023-06-02"
    assert {
        figure.label: (str(figure.value), figure.unit, figure.qualifier, figure.status)
        for figure in record.figures
    } == {
        "加油满减券": ("50000", "份", (), "actual"),
        "全年普惠投入（计划）": ("6500", "万元", ("计划",), "planned"),
        "普惠活动": ("50", "项", ("多",), "actual"),
    }
    assert [way.link for way in record.apply] == [None]
    assert 'id="fallback"' in html


@pytest.mark.parametrize("code", ["S55", "S78"])
def test_what_runs_elsewhere_leads_nowhere_and_takes_nothing_in(sites: Sites, code: str) -> None:
    """S55's reports and votes, S78's comments: the page says where they are, and has no entry to them."""
    html = sites.html(code)
    main = html[html.index("<main") : html.index("</main>")]
    assert 'data-t="service.elsewhere"' in main
    assert not re.search(r'href="(?:https?:)?//|<(?:form|input|textarea)\b', main)
    assert not re.search(r'\.(?:pdf|docx?|xlsx?|zip)"', main)
    assert 'id="fallback"' in main


def test_s55_the_stages_and_the_way_of_a_question_are_told(sites: Sites) -> None:
    html = sites.html("S55")
    assert "启动、预备会议、开幕、主席团会议、小组讨论、闭幕" in html
    steps = [html.index(f'<p class="step-title">{step}</p>') for step in ("代表提问", "组长汇总", "线上答复")]
    assert steps == sorted(steps)


def test_s78_the_number_has_its_year_and_no_rate_is_made_of_it(sites: Sites) -> None:
    (figure,) = sites.record("S78").figures
    assert (str(figure.value), figure.qualifier, str(figure.as_of)) == ("60000", ("近",), "2023")
    html = sites.html("S78")
    main = html[html.index("<main") : html.index("</main>")]
    assert re.search(r'"qualifier">近</span><span class="number">6</span><span class="unit">万名', main)
    assert "%" not in main


def test_s11_the_centre_and_the_two_nets_are_drawn_and_read(sites: Sites) -> None:
    record, html = sites.record("S11"), sites.html("S11")
    drawn = html.partition('<ul class="around">')[2].partition("</ul>")[0]
    assert drawn.count("<li") == 3
    assert drawn.count('class="centre"') == 1
    places = [drawn.index(part) for part in ("一个中心", "工会工作网", "服务职工网")]
    assert places == sorted(places)
    with pytest.raises(ValidationError, match="none of the functions"):
        type(record).model_validate(dict(record) | {"centre": "三张网"})


def test_s24_a_fund_that_published_no_report_is_asked_for_one(sites: Sites) -> None:
    assert "disclosure-missing" in {gap.code for gap in sites.gaps("S24")}
    section = sites.html("S24").partition('id="disclosures"')[2].partition("</section>")[0]
    assert 'data-t="ask"' in section
