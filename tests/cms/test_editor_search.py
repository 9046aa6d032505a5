"""夜校 finds 职工夜校走红 in the editors' search, on the database the tests run on."""

from __future__ import annotations

import pytest
from modelsearch.query import And, Phrase, PlainText

from cms.media.models import MediaDocument
from cms.records.models import StoryPage
from cms.search.backend import rewritten, spaced


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
