"""What a story, a guide, a calendar and a counter say first, and say once."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import pytest

from site_builder.contexts import CalendarPage, LabelContext, LinkContext, Page
from site_builder.render import Bundle
from tests.demo_pages import THEMES, every_kind_of_page
from tests.site_builder import samples


@cache
def bundle() -> Bundle:
    return Bundle.load(THEMES, "base")


def text(page: Page) -> str:
    main = bundle().render(page).decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def guide(**said: Any) -> Page:
    page = samples.guide()
    return replace(page, record=page.record | said)


def test_a_story_says_its_key_points_before_its_text() -> None:
    told = samples.story()
    points = ["课由职工选。", "满10人开班。"]
    said = text(replace(told, record=told.record | {"key_points": points}))
    assert said.index("阅读提示") < said.index("要点 课由职工选。 满10人开班。") < said.index("本页内容")
    assert "要点" not in text(replace(told, record=told.record | {"key_points": []}))


def test_a_reprint_says_which_issue_and_page_it_stood_on() -> None:
    told = samples.story()
    assert "2024年10月11日 3版 原题：" in text(told)
    source = told.record["source"] | {"page": ""}
    assert "2024年10月11日 原题：" in text(replace(told, record=told.record | {"source": source}))


def test_a_column_is_named_once_above_a_story() -> None:
    told = replace(samples.story(), labels=(LabelContext("工报速读", "/columns/sudu/", "digest", None),))
    assert text(replace(told, record=told.record | {"column": "一周工报速读"})).count("工报速读") == 1
    assert "他山之石" in text(told)
    series = replace(told, labels=(LabelContext("夜校", "/columns/yexiao/", "series", None),))
    assert "夜校故事" in text(replace(series, record=told.record | {"column": "夜校故事"}))


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


def test_a_guide_says_what_to_do_when_refused_and_where_to_complain() -> None:
    who = {"name": "经审办", "purpose": "", "phone": "", "hours": "", "address": "", "email": "", "url": None,
           "note": ""}  # fmt: skip
    said = text(guide(refused="<p>不服的，可以申请仲裁。</p>", supervision=who))
    assert said.index("不给办、不服结果怎么办") < said.index("可以申请仲裁") < said.index("经审办")
    after = said[said.index("经审办") :]
    assert after.index("请咨询") < 60, "no telephone is known"
    alone = text(guide(refused="", supervision=who | {"phone": "12345"}))
    assert "不给办" not in alone
    assert alone.index("监督") < alone.index("经审办") < alone.index("12345")
    assert "监督" not in text(guide(refused="", supervision=None))


def test_a_guide_says_where_it_applies_who_handles_it_and_how_long_that_may_take() -> None:
    said = text(guide(regions=["平度市", "莱西市"], agencies=["市总工会", "法援中心"], time_limit="5日",
                      legal_limit="20日"))  # fmt: skip
    assert said.index("适用地区") < said.index("平度市、莱西市") < said.index("办理机构")
    assert (
        said.index("市总工会、法援中心") < said.index("办理时限") < said.index("5日") < said.index("法定时限")
    )
    alone = text(guide(time_limit="", legal_limit="20日", agencies=[], regions=[]))
    assert "办理时限" not in alone
    assert alone.index("法定时限") < alone.index("20日")
    assert "适用地区" not in alone
    assert "办理机构" not in alone


def test_a_file_that_cannot_be_read_aloud_has_another_beside_it() -> None:
    block = {"type": "attachment", "href": "/media/a.pdf", "title": "扫描件", "note": "", "accessible": None}
    both = samples.guide(body=(block | {"accessible": "/media/a.docx"},))
    html = bundle().render(both).decode()
    assert html.index("media/a.pdf") < html.index("media/a.docx") < html.index("无障碍版本")
    assert "无障碍版本" not in text(samples.guide(body=(block,)))


def test_a_program_leads_to_the_years_before_and_each_of_those_to_it() -> None:
    now = samples.program()
    assert "往年 2024年学历提升补助" in text(now)
    newer = (LinkContext("2025年学历提升补助", "/programs/qiuxue-2025/"),)
    said = text(replace(now, newer=newer, record=now.record | {"previous": ()}))
    assert said.index("新的一年见： 2025年学历提升补助") < said.index("现在能办吗")
    assert "往年 2024" not in said


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


def test_a_picture_says_when_and_where_it_was_taken_where_that_is_known() -> None:
    image = samples.picture(taken="2024-10", place="平度市工人文化宫")
    page = samples.story()
    said = text(replace(page, record=page.record | {"lead_picture": asdict(image)}))
    assert "拍摄： 2024年10月 平度市工人文化宫" in said.replace(" 年", "年").replace("2024 ", "2024")
    assert "拍摄：" not in text(page)
