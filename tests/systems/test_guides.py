"""Guides: S09, S15, S32, S48, S56, S57, S59, S64, S71, S74, S76, S97, S98, S104."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from site_builder.contexts import RecordPage
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import BEIJING
from tests.systems.conftest import Sites
from tests.systems.test_programs import outcome
from tests.systems.test_stories import measures


def test_s15_the_raise_of_the_cap_is_in_the_history_and_undated_until_somebody_knows(sites: Sites) -> None:
    record = sites.record("S15")
    caps = [each for each in record.parameters if "最高补助" in each.name]
    assert [str(cap.value) for cap in caps] == ["25", "50"]
    assert all(cap.valid_from is None and cap.valid_to is None for cap in caps)
    undated = [gap for gap in sites.gaps("S15") if gap.code == "parameter-undated"]
    assert sum("最高补助" in gap.message for gap in undated) == 2
    assert "推算" in sites.html("S15"), "the average is marked as computed"


@pytest.mark.parametrize(("day", "value"), [("2023-05-31", "25"), ("2023-06-01", "50"), ("2024-01-01", "50")])
def test_s15_a_page_as_of_a_day_shows_the_cap_of_that_day(sites: Sites, day: str, value: str) -> None:
    """As it will be once the editor fills in the date: the record with dates given to its two caps."""
    record = sites.record("S15")
    old, new, *rest = record.parameters
    dated = record.model_copy(
        update={
            "published": datetime(2023, 1, 1, tzinfo=BEIJING),
            "parameters": (
                old.model_copy(update={"valid_to": date(2023, 5, 31)}),
                new.model_copy(update={"valid_from": date(2023, 6, 1)}),
                *rest,
            ),
        }
    )
    content = replace(sites.content, records=dict(sites.content.records) | {record.id: dated})
    now = datetime.fromisoformat(f"{day}T12:00:00+08:00")
    (page,) = (
        page
        for page in pages(plan(content, record.union, now), content)
        if isinstance(page, RecordPage) and page.record["id"] == str(record.id)
    )
    assert [each["value"] for each in page.record["parameters"] if each.get("valid")] == [value]


def test_s32_the_seven_steps_stand_in_order(sites: Sites) -> None:
    guide = next(
        record for record in sites.content.records.values() if record.slug == "laodong-zhengyi"
    )  # fmt: skip
    assert "".join(step.title for step in guide.steps) == "询商调裁诉援执"  # type: ignore[attr-defined]
    page = sites.pages("huangqiao")["/guides/laodong-zhengyi/"]
    html = sites.render(page)
    places = [html.index(f'<p class="step-title">{step}</p>') for step in "询商调裁诉援执"]
    assert places == sorted(places)
    for figure in guide.figures:
        assert figure.period.endswith("2024-10"), "figures say until when they were counted"


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        (("没有活干",), "就业创业"), (("保险断了",), "社保覆盖"), (("大病",), "大病与医疗互助保险"),
        (("收入太低", "合乎，或者不知道"), "社会救助兜底"),
    ],
)  # fmt: skip
def test_s48_each_of_four_troubles_has_its_way(sites: Sites, answers: tuple[str, ...], title: str) -> None:
    assert title in outcome(sites.record("S48").decision, *answers)


def test_s48_each_way_leads_to_local_services(sites: Sites) -> None:
    """On the site of a county that carries the guide, an outcome leads to what that county has."""
    path = sites.plan("xuyi").by_id[sites.record("S48").id].path
    page = sites.pages("xuyi")[path]
    for found in page.record["decision"]["outcomes"]:  # type: ignore[attr-defined]
        for link in found["links"]:
            assert link["href"].startswith("/finder/")
        assert found["links"]
    groups = {group.anchor for group in sites.pages("xuyi")["/finder/"].groups}  # type: ignore[attr-defined]
    assert {"need-job", "need-rights", "need-hardship"} <= groups


def test_s59_the_cells_and_who_gets_the_most(sites: Sites) -> None:
    benefits = sites.record("S59").benefits
    assert [(str(each.value), each.audience) for each in benefits] == [
        ("5", "工作室"), ("25", "工作室"), ("1", "个人"), ("5", "个人"),
    ]  # fmt: skip
    assert {each.audience for each in benefits if str(each.value) == "25"} == {"工作室"}


def test_s64_a_rule_on_trial_is_labelled(sites: Sites) -> None:
    assert "试行" in sites.html("S64")


def test_s71_the_amount_is_dated(sites: Sites) -> None:
    (figure,) = sites.record("S71").figures
    assert (figure.qualifier, str(figure.value), figure.unit, figure.period) == (
        ("近",), "40", "万元", "2023上半年",
    )  # fmt: skip


def test_s74_five_groups_of_eight_are_named_and_three_are_a_gap(sites: Sites) -> None:
    (gap,) = (gap for gap in sites.gaps("S74") if gap.code == "listed")
    assert "共8个，只列出5个" in gap.message
    html = sites.html("S74")
    for group in ("保安员", "快递员", "房产中介", "货车司机", "外卖送餐员"):
        assert group in html


def test_s76_no_recipient_is_named_outside_a_public_notice(sites: Sites) -> None:
    record = sites.record("S76")
    assert record.publicity is None
    assert [(str(each.value), each.unit) for each in record.benefits] == [("400", "元/人/月")]
    assert "publicity-list" not in sites.html("S76")


def in_order(html: str, *words: str) -> bool:
    """Whether the steps stand on a page, in this order."""
    places = [html.find(f'<p class="step-title">{word}</p>') for word in words]
    return -1 not in places and places == sorted(places)


def test_s09_the_procedure_is_told_and_the_subsidy_has_no_amount(sites: Sites) -> None:
    html = sites.html("S09")
    assert in_order(html, "方案报备", "上级审核", "过程管理", "审计监督")
    assert "组织、运行、服务、管理、制度" in html
    assert sites.record("S09").figures == ()
    (subsidy,) = sites.record("S09").benefits
    assert subsidy.value is None


def test_s56_three_nets_and_nothing_of_the_column_itself(sites: Sites) -> None:
    (nets,) = sites.record("S56").figures
    assert (str(nets.value), nets.unit, nets.listed) == ("3", "网", ("信息", "办公", "廉洁"))
    html = sites.html("S56")
    assert in_order(html, "决策", "自动公开", "查看")
    main = html[html.index("<main") : html.index("</main>")]
    assert not re.search(r'href="https?:|\.(?:pdf|docx?|xlsx?)"', main)


def test_s57_four_kinds_and_no_name_of_a_doctor_or_a_supplier(sites: Sites) -> None:
    """What is public is how it is done: no table of indicators, no list."""
    four = ["职务权力", "职业权力", "患者满意度", "供应商诚信度"]
    assert [item["label"] for item in measures(sites, "S57")] == four
    assert {str(figure.value) for figure in sites.record("S57").figures} == {"4"}
    kinds = {
        item.record.kind.value for item in sites.plan("sh-feike").items if item.record.union == "sh-feike"
    }
    assert "dataset" not in kinds
    assert "<table" not in sites.html("S57")


def test_s97_four_sources_and_no_amount(sites: Sites) -> None:
    html = sites.html("S97")
    four = ("工会经费拿一点。", "财政投入一点。", "企业出资一点。", "社会赞助一点。")
    assert f"<ol>{''.join(f'<li>{one}</li>' for one in four)}</ol>" in html
    assert sites.record("S97").figures == ()
    assert 'class="amount"' not in html


def test_s98_found_and_paid_are_two_numbers_and_no_case_is_told(sites: Sites) -> None:
    shown = {figure.label: figure for figure in sites.record("S98").figures}
    assert {label: (str(figure.value), figure.unit, figure.period) for label, figure in shown.items()} == {
        "筛出送温暖对象": ("668", "名", "2025-01—2025-03"),
        "已发放对象": ("445", "人", "2025-01—2025-03"),
        "发放帮扶资金": ("31.86", "万元", "2025-01—2025-03"),
    }
    html = sites.html("S98")
    assert in_order(html, "部门推送", "工会筛查", "主动联系", "建档发放", "电话回访")
    assert in_order(html, "自上而下", "自下而上"), "the two directions are text"
    # The one case of the source: its bills, its aid and its insurance.
    for of_a_case in ("医疗总费用", "自付", "理赔"):
        assert of_a_case not in html
    assert not re.search(r'"number">(?:44|15|2\.7|1\.5)</span>', html)


def test_s104_nothing_is_in_force_before_the_review(sites: Sites) -> None:
    record, html = sites.record("S104"), sites.html("S104")
    assert in_order(html, "总：谈草案", "分：各校审议", "总：汇总签字")
    assert {figure.label: (str(figure.value), figure.unit, figure.period) for figure in record.figures} == {
        "连续年数": ("10", "年", "至2025"),
        "集体合同签订率": ("100", "%", "至2025"),
    }
    assert "人社部门审核之前，不要宣布生效。" in html
    assert record.document.effective is None
