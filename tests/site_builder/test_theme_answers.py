"""What a guide, a calendar and a counter say first, and say once."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from site_builder.contexts import CalendarPage, Page
from site_builder.render import Bundle
from tests.demo_pages import THEMES, every_kind_of_page
from tests.site_builder import samples


@cache
def bundle() -> Bundle:
    return Bundle.load(THEMES, "base")


def text(page: Page) -> str:
    main = bundle().render(page).decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]+>|\s+", " ", main)


def guide(**said: Any) -> Page:
    page = samples.guide()
    return replace(page, record=page.record | said)


def test_a_guide_answers_who_and_what_before_everything_else() -> None:
    benefit = {**samples.guide().record["benefits"][0], "label": "创建资助", "audience": "工作室", "note": ""}
    said = text(guide(eligibility=["在职职工"], benefits=[benefit]))
    assert said.index("谁可以") < said.index("在职职工") < said.index("能得到什么") < said.index("创建资助")
    assert said.index("创建资助") < said.index("本页内容")
    assert said.count("在职职工") == 1, "what is told above is not told again"
    assert said.count("创建资助") == 1
    assert "工作室" in said


def test_a_guide_with_more_conditions_and_benefits_tells_them_below() -> None:
    benefit = samples.guide().record["benefits"][0]
    several = [{**benefit, "label": f"第{number}档", "note": ""} for number in range(1, 5)]
    said = text(guide(eligibility=["甲条件", "乙条件", "丙条件"], benefits=several))
    assert said.index("本页内容") < said.index("丙条件")
    assert said.index("本页内容") < said.index("第4档")
    assert said.count("甲条件") == said.count("第1档") == 2


def test_a_union_without_a_telephone_says_whom_to_ask_instead() -> None:
    """It is where 请咨询 and 这一页准确吗 lead: a page that says nothing would be a dead end."""
    told = samples.about()
    silent = replace(told, site=replace(told.site, hotline="", contacts=()))
    assert "先问所在单位的工会" in text(silent)
    assert "先问所在单位的工会" not in text(told)


@pytest.mark.parametrize(
    ("region", "owner", "shown"),
    [
        ("山东省", "山东省总", ["山东省总"]),
        ("全国", "全总", ["全总"]),
        ("山东省", "", ["山东省"]),
        ("四川省成都市", "全总", ["四川省成都市", "全总"]),
        ("黑龙江省、吉林省", "吉林省总", ["黑龙江省、吉林省", "吉林省总"]),
    ],
)
def test_a_region_is_not_told_twice(region: str, owner: str, shown: list[str]) -> None:
    card = replace(samples.card(), region=region, owner=owner, at_home=False, genre="news")
    listed = bundle().render(samples.listing(cards=(card,))).decode()
    meta = listed.partition('class="item-meta"')[2].partition("</p>")[0]
    assert re.findall(r"<span>([^<]+)</span>", meta) == shown


def test_an_outcome_leads_to_a_place_once_and_by_its_name() -> None:
    links = [{"href": href, "label": ""} for href in ("/finder/", "/finder/", "/finder/#need-hardship")]
    outcome = {"key": "a", "verdict": "yes", "title": "第一条路", "text": "", "links": links, "contact": None}
    option = {"label": "是", "next": "a"}
    question = {"key": "q", "question": "有没有？", "help": "", "options": [option]}
    decision = {"title": "", "intro": "", "questions": [question], "outcomes": [outcome]}
    html = bundle().render(guide(decision=decision)).decode()
    led = html.partition('class="decision-links"')[2].partition("</ul>")[0]
    assert re.sub(r"<[^>]+>", "", led).split() == [">", "我能用什么", "我能用什么：困难帮扶"]


def test_a_calendar_s_steps_name_their_month() -> None:
    page = every_kind_of_page()["calendar"].page
    assert isinstance(page, CalendarPage)
    steps = bundle().render(page).decode().partition('class="month-steps"')[2].partition("</nav>")[0]
    beside = [one.label for one in page.months if one.href in (page.previous, page.next)]
    assert beside
    assert re.findall(r'datetime="([^"]+)"', steps) == beside


@pytest.mark.parametrize(("label", "tags"), [("全年预计覆盖", 1), ("全年投入（计划）", 0)])
def test_what_is_planned_says_so_once(label: str, tags: int) -> None:
    page = samples.program()
    figure = {**page.record["figures"][0], "label": label, "status": "planned"}
    html = bundle().render(replace(page, record=page.record | {"figures": [figure]})).decode()
    shown = html.partition('class="figure-label')[2].partition(">")[2].partition("</p>")[0]
    assert re.sub("<[^>]+>", "", shown).startswith(label)
    assert shown.count('class="tag"') == tags


def test_a_site_of_the_first_day_says_that_it_is_one_and_whom_to_ask() -> None:
    none: dict[str, Any] = {
        "lead": None,
        "usable": (),
        "news": (),
        "programs": (),
        "guides": (),
        "topics": (),
    }
    for rows in ((), (("unions",),)):
        said = bundle().render(samples.home(rows=rows, **none)).decode()
        assert "这里还没有内容" in said
        assert '<a href="./about/">' in said.partition("<main")[2].partition("</main>")[0]
    assert "这里还没有内容" not in text(samples.home())
    assert "这里还没有内容" in text(samples.site_index(groups=()))
    assert "这里还没有内容" not in text(samples.site_index())


def test_a_list_of_which_all_is_over_does_not_say_that_there_was_never_anything() -> None:
    assert "这里还没有内容" in text(samples.empty_list())
    over = text(samples.empty_list(past="/programs/past/"))
    assert "现在没有正在办的" in over
    assert "这里还没有内容" not in over
