"""夜校 finds 职工夜校走红 in the editors' search, on the database the tests run on."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override
from modelsearch.query import And, Phrase, PlainText

from cms.media.models import MediaDocument
from cms.records.models import (
    CollectionPage,
    DatasetPage,
    EventPage,
    GuidePage,
    PlacePage,
    ProgramPage,
    RecordPage,
    ServicePage,
    StoryPage,
)
from cms.search.backend import rewritten, spaced
from cms.synonyms.models import WordGroup


@pytest.fixture
def stories(unions, make_story):
    return {
        "title": make_story(unions.shandong, "职工夜校走红"),
        "body": make_story(
            unions.qingdao, "下班以后", body=[("text", "<p>琴岛<b>夜校</b>开课,每人88元</p>")]
        ),
        "other": make_story(unions.qingdao, "校夜巡逻", topics=["职工疗休养"], live=False),
    }


def found(query: str, **options) -> set[int]:
    return {page.pk for page in StoryPage.objects.search(query, **options)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("夜校", {"title", "body"}),
        ("夜校走红", {"title"}),
        ("走红 夜校", {"title"}),
        ("職工夜校", {"title"}),
        ("88元", {"body"}),
        ("疗休养", {"other"}),
        ("工夜", {"title"}),
        ("校夜", {"other"}),
        ("红走", set()),
        ("夜校 疗休养", set()),
    ],
)
def test_words_inside_words_are_found(stories, query, expected):
    assert found(query) == {stories[name].pk for name in expected}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("琴岛夜校", {"body"}),
        ("走红夜校", {"title"}),
        ("怎么夜校走红", {"title"}),
        ("夜校怎么走红", {"title"}),
        ("夜校怎么开", {"body"}),
        ("夜校 -走红", {"body"}),
        ('"夜校走红"', {"title"}),
        ('"走红夜校"', set()),
        ("夜大", {"title", "body"}),
    ],
)
def test_words_that_stand_apart_phrases_exclusions_and_synonyms(stories, query, expected):
    WordGroup.objects.create(words="夜校\n夜大")
    assert found(query) == {stories[name].pk for name in expected}


def test_or_finds_either(stories):
    assert found("走红 疗休养", operator="or") == {stories["title"].pk, stories["other"].pk}


def test_choosers_find_while_somebody_types(stories):
    assert stories["title"].pk in {page.pk for page in StoryPage.objects.autocomplete("工夜")}


@pytest.mark.parametrize("query", ['"', "夜校'\"*", "%", "()", "AND", "-", "《夜校》"])
def test_no_input_breaks_it(stories, query):
    found(query)


def test_a_changed_title_is_found_at_once(stories):
    story = stories["title"]
    story.title = "工友课堂走红"
    story.save_revision().publish()
    assert found("课堂") == {story.pk}
    assert story.pk not in found("职工夜校")


def test_the_list_of_stories_searches_within_ones_own_union(stories, people, sign_in):
    response = sign_in(people.qingdao_editor).get("/admin/stories/", {"q": "夜校"})
    assert "下班以后" in response.content.decode()
    assert "职工夜校走红" not in response.content.decode()


def test_documents_are_found_too(unions):
    MediaDocument.objects.create(title="夜校报名表", file="a.pdf", collection=unions.qingdao.collection)
    assert MediaDocument.objects.search("报名").count() == 1


def test_text_is_cut_as_readers_search_cuts_it():
    assert spaced("职工夜校88元,App下载") == "职 工 夜 校 88 元 app 下 载"


def test_a_query_becomes_phrases():
    query = rewritten(PlainText("夜校 qing", operator="and"))
    assert isinstance(query, And)
    assert [type(part) for part in query.subqueries] == [Phrase, PlainText]


# --- what somebody in a union's office types, and the kind of the one record that has it ----------------

RECORDS = {
    "story": (StoryPage, {
        "kicker": "下班以后", "subject_line": "平度的夜校", "column": "主席之声",
        "bylines": [("item", {"role": "correspondent", "name": "平度市总工会"})],
        "source": [("item", {"relation": "reprint", "publication": "工人日报", "title": "夜色里的灯"})],
        "editor_note": [("item", {"text": "<p>各地<b>可以</b>照办</p>", "position": "before"})],
        "change_notes": [("item", {"date": date(2025, 4, 2), "note": "更正了人数", "major": True})],
        "figures": [("item", {"label": "培训", "value": "2000", "unit": "人", "qualifier": ["超"]})],
    }),
    "program": (ProgramPage, {
        "type": "call", "slug": "gongjiang-pingxuan", "organisers": ["市人社局"],
        "eligibility": ["在本单位工作满三年"],
        "benefits": [("item", {"label": "学费补助", "value": "500", "unit": "元"})],
        "papers": [("item", {"name": "身份证复印件", "form": "copy"})],
        "stages": [("item", {"title": "资格初审", "text": "<p>由县总工会核对</p>"})],
        "publicity": [("item", {"title": "拟推荐名单", "entries": [{"name": "港务局装卸班"}]})],
        "questions": [("item", {"question": "退休了能报吗", "answer": "<p>不能</p>"})],
        "contact": [("item", {"name": "经济技术部", "phone": "0532-8590"})],
    }),
    "guide": (GuidePage, {
        "document": [("item", {"number": "鲁工发〔2024〕6号", "issuer": "省总办公室"})],
        "parameters": [("item", {"name": "每人每年上限", "value": "3000", "unit": "元"})],
        "decision": [("item", {
            "questions": [
                {"key": "a", "question": "签了劳动合同吗", "options": [{"label": "没有签", "next": "b"}]},
            ],
            "outcomes": [{"key": "b", "title": "先确认劳动关系", "text": "<p>带上考勤记录</p>", "links": []}],
        })],
        "matrices": [("item", {
            "title": "按等级看", "columns": ["车险"], "rows": [{"label": "高级技师", "cells": ["九五折"]}],
        })],
        "earlier": [("item", {"key": "jiu", "title": "老办法", "eligibility": ["月收入低于低保线"]})],
    }),
    "event": (EventPage, {
        "type": "jobfair", "edition": "第七届", "trades": ["焊工"], "child_care": "可带一名儿童",
        "sessions": [("item", {"starts": date(2025, 5, 6), "title": "专精特新专场", "room": "三楼多功能厅"})],
        "employers": [("item", {
            "name": "港口物流公司", "stand": "A12",
            "posts": [{"title": "叉车司机", "headcount": 12, "pay": "月薪面议"}],
        })],
        "desks": [("item", {"name": "欠薪咨询台"})],
        "results": [("item", {"rank": "一等奖", "name": "炼钢二队"})],
    }),
    "place": (PlacePage, {
        "type": "driver_home", "place": "港口路8号", "host": "北方货运站", "facilities": ["热饭", "AED"],
        "operators": ["镇总工会"], "directions": "乘36路到货场北门",
        "equipment": [("item", {"name": "按摩椅", "count": 4, "unit": "把"})],
        "counters": [("item", {"name": "工伤窗口", "text": "代写申请书"})],
        "holiday_hours": [("item", {"name": "春节", "first": date(2025, 1, 28), "last": date(2025, 2, 4)})],
    }),
    "service": (ServicePage, {
        "type": "hotline", "operator": "省总网络中心", "platform": "齐鲁惠",
        "functions": [("item", {"title": "云听课"})], "collects": ["身份证号"],
        "fallback": [("item", {"name": "值班室", "phone": "12351"})],
        "apply": [("item", {"way": "phone", "label": "人工接听", "value": "4001-2351"})],
    }),
    "collection": (CollectionPage, {
        "type": "timeline", "label": "百年工运", "author_role": "县总工会主席", "query": ["劳模精神"],
        "milestones": [("item", {"when": "1925-05", "title": "铁路工人罢工", "text": "<p>胶济线停运</p>"})],
    }),
    "dataset": (DatasetPage, {
        "type": "indicators", "source": "统计年报", "method": "<p>不含离退休人员</p>",
        "indicators": [("item", {
            "name": "建档困难职工", "unit": "万户", "readings": [{"value": "345.58", "as_of": "2024"}],
        })],
    }),
    "ranking": (DatasetPage, {
        "type": "ranking", "score_name": "学习积分",
        "rankings": [("item", {"as_of": "2025-03", "entries": "1 即墨区总工会 98"})],
    }),
    "honours": (DatasetPage, {
        "type": "honours",
        "awards": [
            ("item", {"award": "五一劳动奖状", "year": "2024", "recipient": "地铁运营三公司", "to": "unit"}),
        ],
    }),
}  # fmt: skip
TYPED = {
    "story": ["下班以后", "平度的夜校", "主席之声", "工人日报", "夜色里的灯", "可以照办", "更正了人数",
              "2000人", "通讯员", "平度市总工会"],
    "program": ["人社局", "满三年", "500元", "身份证复印件", "资格初审", "县总工会核对", "装卸班",
                "退休了能报", "0532-8590", "gongjiang-pingxuan", "评选", "拟推荐名单",
                "https://sites.example/qingdao/programs/gongjiang-pingxuan/"],
    "guide": ["鲁工发〔2024〕6号", "魯工發", "每人每年上限", "3000元", "劳动合同", "没有签", "考勤记录",
              "高级技师", "九五折", "老办法", "低保线"],
    "event": ["招聘会", "第七届", "焊工", "专精特新", "多功能厅", "港口物流", "叉车司机", "A12", "欠薪咨询",
              "炼钢二队", "带一名儿童", "2025-05-06"],
    "place": ["司机之家", "港口路8号", "货运站", "热饭", "AED", "aed", "ＡＥＤ", "36路", "按摩椅", "工伤窗口",
              "申请书", "春节", "镇总"],
    "service": ["热线", "网络中心", "齐鲁惠", "云听课", "身份证号", "12351", "人工接听", "4001-2351"],
    "collection": ["百年工运", "铁路工人", "胶济线", "劳模精神", "时间轴", "1925"],
    "dataset": ["困难职工", "345.58万户", "统计年报", "离退休"],
    "ranking": ["学习积分", "即墨区"],
    "honours": ["劳动奖状", "地铁运营"],
}  # fmt: skip


def test_a_record_is_found_by_whatever_was_typed_into_it(unions):
    """Of all kinds, each word by the one record that has it, in lists and in choosers alike."""
    made = {}
    for name, (model, fields) in RECORDS.items():
        page = model(title=f"第{len(made) + 1}份", live=False, **fields)
        unions.qingdao.section(model.kind.value).add_child(instance=page)
        made[page.pk] = name
    for name, queries in TYPED.items():
        for query in queries:
            for found in (RecordPage.objects.search(query), RecordPage.objects.autocomplete(query)):
                assert [made[page.pk] for page in found] == [name], query


def test_choices_are_found_by_their_chinese_words_whoever_saves(unions):
    with override("en"):
        page = PlacePage(title="休息点", type="driver_home", live=False)
        unions.qingdao.section("place").add_child(instance=page)
    assert [found.pk for found in PlacePage.objects.search("司机之家")] == [page.pk]
