"""The finder, what is near, decision guides, values on a day, public notice: with scripts, and without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from site_builder.records import Kind
from tests.browser.finding import ORIGIN, files, serve
from tests.builders import NOW, Network, days

pytestmark = pytest.mark.browser

WEEK = ["mon", "tue", "wed", "thu", "fri"]
DECISION: dict[str, Any] = {
    "title": "先走哪条路",
    "questions": [
        {"key": "nanchu", "question": "难处从哪里来？",
         "options": [{"label": "没有活干", "next": "jiuye"}, {"label": "收入太低", "next": "dibao"}]},
        {"key": "dibao", "question": "合乎低保条件吗？",
         "options": [{"label": "合乎", "next": "jiuzhu"}, {"label": "不合乎", "next": "zixun"}]},
    ],
    "outcomes": [
        {"key": "jiuye", "title": "就业创业", "text": "找工作。"}, {"key": "jiuzhu", "title": "社会救助"},
        {"key": "zixun", "title": "请工会看一看", "verdict": "ask"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def network() -> Network:
    network = Network()
    network.program("pingdu", "ye-xiao", title="职工夜校", needs=["skill"], audiences=["职工"], standing=True)
    network.program(
        "pingdu", "ju-shuo", title="举说大赛", needs=["skill"],
        window={"opens": "2025-04-01", "closes": "2025-04-30"},
    )  # fmt: skip
    network.program("pingdu", "xia-qi", title="下一期", needs=["skill"], window={"opens": "2025-05-10"})
    network.program("pingdu", "jiu", title="去年的", needs=["skill"], window={"closes": "2024-05-10"})
    network.program("pingdu", "bang-fu", title="困难帮扶", needs=["hardship"], life_events=["illness"])
    network.record(Kind.SERVICE, "pingdu", "ji-hua", title="计划中的平台", needs=["skill"], status="planned")
    for number in range(14):
        # East of the first, each a kilometre from the other.
        position = {"latitude": "36.78", "longitude": f"{119.95 + number * 0.01124:.5f}", "datum": "wgs84"}
        network.record(
            Kind.PLACE, "pingdu", f"yi-zhan-{number}", title=f"驿站{number}号", type="station",
            position=position, region="东区" if number % 2 else "西区", needs=["rest"],
            facilities=["饮水", "充电"] if number == 13 else ["饮水"],
            hours=[{"days": WEEK, "opens": "08:30", "closes": "17:30"}],
            holiday_hours=[{"first": "2025-05-01", "last": "2025-05-05", "name": "劳动节", "closed": True}],
        )  # fmt: skip
    network.guide(
        "pingdu", "lu", title="四条路", decision=DECISION,
        matrices=[{"title": "按等级看", "corner": "等级", "columns": ["车险", "几折"],
                   "rows": [{"label": grade, "cells": ["有", ""]} for grade in ("中级工", "高级工")]}],
        parameters=[{"name": "上限", "value": 25, "unit": "万元", "valid_to": "2023-05-31"},
                    {"name": "上限", "value": 50, "unit": "万元", "valid_from": "2023-06-01"}],
    )  # fmt: skip
    network.program(
        "pingdu", "ping-xuan", title="评选", type="call",
        publicity={"title": "拟表彰名单", "window": {"opens": "2025-04-07", "closes": "2025-04-11"},
                   "entries": [{"name": "先进班组甲"}]},
    )  # fmt: skip
    return network


@pytest.fixture(scope="module")
def site(network: Network) -> dict[str, bytes]:
    return files(network, "pingdu", NOW)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, service_workers="block")
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, site: dict[str, bytes]) -> Callable[..., Page]:
    missing = serve(context, site)

    def go(path: str, now: datetime = NOW) -> Page:
        page = context.new_page()
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.clock.set_fixed_time(now)
        page.goto(ORIGIN + path)
        page.wait_for_load_state("networkidle")
        assert said == []
        assert missing == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        return page

    return go


# --- the finder ------------------------------------------------------------------------------------------


def results(page: Page) -> list[str]:
    return page.locator("[data-results] a").all_inner_texts()


def test_the_finder_filters_and_keeps_what_was_chosen_in_the_address(visit: Callable[..., Page]) -> None:
    page = visit("/finder/")
    expect(page.locator(".finder-group")).not_to_have_count(0)
    page.get_by_label("要什么").select_option("skill")
    expect(page.locator("[data-count][role=status]")).to_have_text("找到 4 项")
    assert set(results(page)) == {"职工夜校", "举说大赛", "下一期", "计划中的平台"}
    expect(page.locator("[data-groups]")).to_be_hidden()
    page.get_by_label("什么时候").select_option("now")
    expect(page.locator("[data-count][role=status]")).to_have_text("找到 2 项")
    assert set(results(page)) == {"职工夜校", "举说大赛"}, "what is planned or to come cannot be used now"
    assert page.url.endswith("/finder/?need=skill&time=now")
    page.go_back()
    expect(page.locator("[data-count][role=status]")).to_have_text("找到 4 项")
    page.reload()
    expect(page.locator("[data-count][role=status]")).to_have_text("找到 4 项")
    page.get_by_role("button", name="清除条件").click()
    expect(page.locator("[data-groups]")).to_be_visible()
    assert page.url.endswith("/finder/")


def test_the_finder_goes_by_the_reader_s_clock(visit: Callable[..., Page]) -> None:
    page = visit("/finder/?need=skill&time=now", datetime.fromisoformat("2025-05-11T09:00:00+08:00"))
    expect(page.locator("[data-count][role=status]")).to_have_text("找到 2 项")
    assert set(results(page)) == {"职工夜校", "下一期"}


def test_the_finder_is_used_by_keyboard_and_leads_to_pages(visit: Callable[..., Page]) -> None:
    page = visit("/finder/")
    page.get_by_label("遇到了什么事").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-count][role=status]")).to_have_text("找到 1 项")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    link = page.locator("[data-results] a")
    assert link.get_attribute("href") == "../programs/bang-fu/"
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("困难帮扶")


def test_the_finder_is_lists_with_anchors_without_scripts(chromium: Browser, site: dict[str, bytes]) -> None:
    context = chromium.new_context(java_script_enabled=False, service_workers="block")
    try:
        serve(context, site)
        page = context.new_page()
        page.goto(f"{ORIGIN}/finder/")
        expect(page.locator(".finder-form")).to_be_hidden()
        page.get_by_role("link", name="困难帮扶").first.click()
        assert page.url.endswith("#need-hardship")
        expect(page.locator("#need-hardship li")).to_have_text("困难帮扶")
        page.get_by_role("link", name="按时间").click()
        expect(page.locator("#time-now")).to_contain_text("职工夜校")
        expect(page.locator("#time-soon")).to_contain_text("下一期")
        expect(page.locator("main")).not_to_contain_text("去年的")
    finally:
        context.close()


# --- what is near ----------------------------------------------------------------------------------------


def test_the_nearest_ten_to_a_point_without_any_map_service(visit: Callable[..., Page]) -> None:
    page = visit("/places/")
    page.get_by_label("或写坐标").fill("36.78, 119.95")
    page.get_by_label("或写坐标").press("Tab")
    expect(page.locator("[data-count][role=status]")).to_have_text("最近的 10 处")
    assert results(page) == [f"驿站{number}号" for number in range(10)]
    expect(page.locator("[data-results] li").nth(3)).to_contain_text("3.0 公里")
    page.get_by_label("哪里").select_option("东区")
    assert results(page) == [f"驿站{number}号" for number in range(1, 14, 2)]
    assert "119" not in page.url, "where somebody is stays out of the address"


def test_a_point_is_chosen_on_the_sketch(visit: Callable[..., Page]) -> None:
    page = visit("/places/")
    page.locator(".sketch").scroll_into_view_if_needed()
    last = page.locator('.sketch a[aria-label$="驿站13号"] circle').bounding_box()
    assert last is not None
    page.mouse.click(last["x"] + last["width"] / 2, last["y"] + last["height"] + 6)
    expect(page.locator("[data-count][role=status]")).to_have_text("最近的 10 处")
    assert results(page)[0] == "驿站13号"
    expect(page.locator("[data-chosen]")).to_be_visible()


def test_the_device_is_asked_on_a_click_only(chromium: Browser, site: dict[str, bytes]) -> None:
    context = chromium.new_context(
        geolocation={"latitude": 36.78, "longitude": 119.95 + 5 * 0.01124},
        permissions=["geolocation"],
        service_workers="block",
    )
    try:
        asked = serve(context, site)
        page = context.new_page()
        page.add_init_script(
            "window.asked = 0; const device = navigator.geolocation;"
            "const real = device.getCurrentPosition.bind(device);"
            "device.getCurrentPosition = (...all) => { window.asked += 1; real(...all); };"
        )
        page.goto(f"{ORIGIN}/places/")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.asked") == 0
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.get_by_role("button", name="用我现在的位置").click()
        expect(page.locator("[data-count][role=status]")).to_have_text("最近的 10 处")
        assert page.evaluate("window.asked") == 1
        assert results(page)[0] == "驿站5号"
        assert [url for url in requests if "119" in url or "36.7" in url] == []
        assert asked == []
    finally:
        context.close()


@pytest.mark.parametrize(
    ("now", "count"),
    [
        ("2025-04-08T09:00:00+08:00", "找到 14 项"),
        ("2025-04-08T17:30:00+08:00", "没有找到，换个条件试试"),
        ("2025-04-12T09:00:00+08:00", "没有找到，换个条件试试"),
        ("2025-05-01T09:00:00+08:00", "没有找到，换个条件试试"),
        ("2025-05-06T09:00:00+08:00", "找到 14 项"),
    ],
)
def test_open_now_knows_weekdays_and_holidays(visit: Callable[..., Page], now: str, count: str) -> None:
    page = visit("/places/", datetime.fromisoformat(now))
    page.get_by_label("只看现在开门的").check()
    expect(page.locator("[data-count][role=status]")).to_have_text(count)


def test_places_by_facility_need_no_script(chromium: Browser, site: dict[str, bytes]) -> None:
    context = chromium.new_context(java_script_enabled=False, service_workers="block")
    try:
        serve(context, site)
        page = context.new_page()
        page.goto(f"{ORIGIN}/places/")
        page.get_by_text("充电 1").click()
        page.get_by_role("link", name="驿站13号").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("驿站13号")
        amap = page.get_by_role("link", name="高德地图")
        expect(amap).to_have_attribute("href", re.compile(r"^https://uri\.amap\.com/marker\?position=120\."))
    finally:
        context.close()


# --- hours on a place's page -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2025-04-08T08:29:59+08:00", "现在关门"),
        ("2025-04-08T08:30:00+08:00", "现在开门"),
        ("2025-04-08T17:29:59+08:00", "现在开门"),
        ("2025-04-08T17:30:00+08:00", "现在关门"),
        ("2025-04-13T10:00:00+08:00", "现在关门"),
        ("2025-05-01T10:00:00+08:00", "现在关门 今天：劳动节 不开门"),
        ("2025-05-06T10:00:00+08:00", "现在开门"),
        ("2025-04-08T02:00:00+00:00", "现在开门"),
    ],
)
def test_a_place_is_open_by_beijing_s_clock(visit: Callable[..., Page], now: str, shown: str) -> None:
    page = visit("/places/yi-zhan-0/", datetime.fromisoformat(now))
    text = page.locator(".open-now").inner_text()
    assert " ".join(text.split()) == shown


# --- decision guides ---------------------------------------------------------------------------------------


def test_one_question_at_a_time_and_back(visit: Callable[..., Page]) -> None:
    page = visit("/guides/lu/")
    shown = page.locator(".decision-step:visible")
    expect(shown).to_have_count(1)
    page.get_by_role("link", name="收入太低").press("Enter")
    expect(shown.get_by_role("heading")).to_have_text("合乎低保条件吗？")
    assert page.evaluate("document.activeElement.id") == "q-dibao"
    page.get_by_role("link", name="不合乎").click()
    expect(shown).to_contain_text("请工会看一看")
    expect(shown).to_contain_text("请咨询")
    expect(page.locator("[data-way]")).to_have_text("收入太低 → 不合乎")
    page.go_back()
    expect(shown.get_by_role("heading")).to_have_text("合乎低保条件吗？")
    page.get_by_role("button", name="重新开始").click()
    expect(shown.get_by_role("heading")).to_have_text("难处从哪里来？")
    expect(page.locator("[data-way]")).to_be_hidden()


def test_a_link_to_an_outcome_leads_there(visit: Callable[..., Page]) -> None:
    page = visit("/guides/lu/#o-jiuye")
    expect(page.locator(".decision-step:visible")).to_contain_text("就业创业")


def test_every_question_and_outcome_is_there_without_scripts(
    chromium: Browser, site: dict[str, bytes]
) -> None:
    context = chromium.new_context(java_script_enabled=False, service_workers="block")
    try:
        serve(context, site)
        page = context.new_page()
        page.goto(f"{ORIGIN}/guides/lu/")
        expect(page.locator(".decision-step:visible")).to_have_count(5)
        page.get_by_role("link", name="收入太低").click()
        assert page.url.endswith("#q-dibao")
        expect(page.locator(".matrix td").nth(1)).to_contain_text("请咨询")
    finally:
        context.close()


def test_on_paper_each_answer_says_where_it_leads(visit: Callable[..., Page]) -> None:
    page = visit("/guides/lu/")
    expect(page.locator(".decision-next:visible")).to_have_count(0)
    page.emulate_media(media="print")
    said = page.locator(".decision-options li").all_inner_texts()
    assert any("收入太低" in one and "合乎低保条件吗？" in one for one in said)
    assert any("不合乎" in one and "请工会看一看" in one for one in said)


def test_a_row_s_button_stands_in_line_with_its_cells(visit: Callable[..., Page]) -> None:
    page = visit("/guides/lu/")
    lines = """() => [...document.querySelectorAll(".matrix tbody tr:first-child > *")].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell.querySelector("button") ?? cell);
      return Math.round(range.getClientRects()[0].bottom);
    })"""
    ends = page.evaluate(lines)
    assert max(ends) - min(ends) <= 1


def test_a_row_of_a_table_is_marked(visit: Callable[..., Page]) -> None:
    page = visit("/guides/lu/")
    page.get_by_role("button", name="高级工").click()
    expect(page.locator("tr[data-chosen] th")).to_have_text("高级工")
    expect(page.get_by_role("button", name="高级工")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("day", "values"), [("2023-05-31", ["25万元"]), ("2023-06-01", ["50万元"]), ("", ["25万元", "50万元"])]
)
def test_the_value_that_held_on_a_day(visit: Callable[..., Page], day: str, values: list[str]) -> None:
    page = visit("/guides/lu/")
    page.get_by_label("看某一天的标准").fill(day)
    assert page.locator(".parameters tbody tr:visible td.numeric").all_inner_texts() == values


# --- public notice ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state", "names"),
    [
        ("2025-04-08T09:00:00+08:00", "公示中，可以提异议", 1),
        ("2025-04-11T23:59:59+08:00", "公示中，可以提异议", 1),
        ("2025-04-12T00:00:00+08:00", "公示已结束", 0),
    ],
)
def test_a_list_read_after_its_days_is_gone(
    visit: Callable[..., Page], now: str, state: str, names: int
) -> None:
    page = visit("/programs/ping-xuan/", datetime.fromisoformat(now))
    expect(page.locator("[data-publicity]")).to_have_text(state)
    expect(page.get_by_text("先进班组甲")).to_have_count(names)


def test_no_file_names_anybody_outside_the_days_of_public_notice(network: Network) -> None:
    name = "先进班组甲".encode()
    for moment, told in ((NOW - days(2), False), (NOW, True), (NOW + days(4), False)):
        found = files(network, "pingdu", moment)
        assert any(name in data for data in found.values()) is told, moment


# --- states -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "word"),
    [
        ("2025-04-08T09:00:00+08:00", "报名中"),
        ("2025-04-24T00:00:00+08:00", "即将截止 还有 6 天"),
        ("2025-04-30T23:59:59+08:00", "即将截止 今天截止"),
        ("2025-05-01T00:00:00+08:00", "已结束"),
    ],
)
def test_a_call_read_late_is_never_open(visit: Callable[..., Page], now: str, word: str) -> None:
    page = visit("/programs/ju-shuo/", datetime.fromisoformat(now))
    expect(page.locator(".answer-state dd")).to_have_text(word)
