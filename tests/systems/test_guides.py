"""Guides: S15, S32, S48, S59, S64, S71, S74, S76."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from site_builder.contexts import RecordPage
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import BEIJING
from tests.systems.conftest import Sites
from tests.systems.test_programs import outcome


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
