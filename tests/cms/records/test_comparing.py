"""Two versions side by side: what an editor reads, and nothing that did not change."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from cms.records.comparing import alike, changes, difference, said
from cms.records.models import GuidePage, StoryPage

BODY = StoryPage._meta.get_field("body").stream_block
BENEFITS = GuidePage._meta.get_field("benefits").stream_block


def marks(html: str) -> list[tuple[str, str]]:
    """(sort, text) of what is marked."""
    return re.findall(r'<span class="(addition|deletion)">([^<]*)</span>', html)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("把县级工会做强", "把县级工会做强做实", [("addition", "做实")]),
        ("补助80元。另行通知。", "补助88元。另行通知。", [("deletion", "80"), ("addition", "88")]),
        # One sentence of many: the others are left alone.
        (
            "甲句不动。乙句要改掉。",
            "甲句不动。丙丁戊己。",
            [("deletion", "乙句要改掉。"), ("addition", "丙丁戊己。")],
        ),
        ("", "新写的", [("addition", "新写的")]),
        ("一样", "一样", []),
    ],
)
def test_of_a_sentence_what_changed_is_marked(old, new, marked):
    found = changes(old, new)
    assert [one for one in found if one[0] != "equal"] == marked
    assert "".join(text for sort, text in found if sort != "addition") == old
    assert "".join(text for sort, text in found if sort != "deletion") == new


def test_values_are_said_in_the_words_of_the_screen():
    assert said(None) == ""
    assert said(True) == "是"
    assert said(datetime(2025, 4, 1, 1, tzinfo=UTC)) == "2025-04-01 09:00"
    assert said(["skill", "else"], [("skill", "学技能")]) == "学技能\nelse"
    assert said({"data": [["事项", None], ["工会", "32家"]]}) == "事项 | \n工会 | 32家"


def stream(block, *rows):
    """Rows of (type, value, id) as a stream's value."""
    return block.to_python([{"type": kind, "value": value, "id": id} for kind, value, id in rows])


def test_nothing_and_an_empty_field_are_the_same():
    loaded = stream(BENEFITS, ("item", {"label": "补助", "value": None}, "a"))
    saved = stream(BENEFITS, ("item", {"label": "补助", "value": "", "note": ""}, "a"))
    assert alike(BENEFITS, loaded, saved)
    written = stream(BODY, ("text", "<p>一段</p>", "a"))
    opened = stream(BODY, ("text", '<p data-block-key="x1">一段</p>', "a"))
    assert alike(BODY, written, opened)


def test_of_a_block_only_what_changed_is_marked_and_codes_are_labels():
    old = stream(BENEFITS, ("item", {"label": "补助", "value": "80", "unit": "元"}, "a"))
    new = stream(BENEFITS, ("item", {"label": "补助", "value": "88", "unit": "元", "qualifier": ["约"]}, "a"))
    html = difference(BENEFITS, old, new)
    assert marks(html) == [("deletion", "80"), ("addition", "88"), ("addition", "约")]
    assert "补助" in strip_tags(html)
    assert "None" not in html
    assert "说明" not in html  # an empty field is not listed


def test_blocks_that_stay_are_counted_not_repeated():
    same = [("text", f"<p>第{n}段不变</p>", f"s{n}") for n in range(3)]
    old = stream(BODY, *same, ("text", "<p>旧的结尾</p>", "z"))
    new = stream(
        BODY, *same, ("text", "<p>新的结尾</p>", "z"), ("section", {"heading": "附记", "level": "2"}, "n")
    )
    html = difference(BODY, old, new)
    assert "不变" not in html
    assert "（3 项没有变）" in html
    assert marks(html) == [("deletion", "旧"), ("addition", "新")]
    assert re.search(r'comparison__child-object addition">.*小标题 · 新增.*附记', html, re.DOTALL)


def test_what_is_gone_and_what_was_moved_are_told():
    blocks = {name: ("text", f"<p>{name}段的话</p>", name) for name in "甲乙丙丁"}
    old = stream(BODY, *blocks.values())
    html = difference(BODY, old, stream(BODY, blocks["丁"], blocks["甲"], blocks["丙"]))
    assert html.index("移到这里") < html.index("丁段") < html.index("删去") < html.index("乙段")
    assert "甲段" not in html
    assert "丙段" not in html
    assert marks(html) == []


def test_a_list_without_ids_is_matched_by_what_it_says():
    """Lists that came from files have ids only once they were saved on the screen."""
    measures = BODY.child_blocks["measures"]

    def of(*items):
        return measures.to_python({"items": [{"label": label, "slogan": slogan} for label, slogan in items]})

    old = of(("品牌引路", ""), ("服务联动", "送岗位"))
    new = of(("品牌引路", "书香润心"), ("服务联动", "送岗位"))
    html = difference(measures, old, new)
    assert marks(html) == [("addition", "书香润心")]
    assert "删去" not in html


def test_a_link_that_alone_changed_is_told():
    old = stream(BODY, ("text", '<p>见<a href="https://a.example">办法</a></p>', "a"))
    new = stream(BODY, ("text", '<p>见<a href="https://b.example">办法</a></p>', "a"))
    html = difference(BODY, old, new)
    assert marks(html) == []
    assert "变的是链接或格式" in html


def test_what_editors_wrote_never_becomes_markup():
    old = stream(BODY, ("section", {"heading": "<b>甲</b>", "level": "2"}, "a"))
    new = stream(BODY, ("section", {"heading": "<script>乙</script>", "level": "2"}, "a"),
                 ("section", {"heading": "<img src=x>", "level": "2"}, "b"))  # fmt: skip
    html = difference(BODY, old, new)
    assert not re.search(r"<(?:b|script|img)\b", html)
    assert "&lt;" in html


def test_the_screen_compares_in_the_editors_words(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "夜校开班", topics=["职工夜校"])
    other = make_story(unions.shandong, "全省夜校")
    story.topics = ["职工夜校", "就业"]
    story.people = ["words"]
    story.edition_of = other.uuid
    story.share_mode = "offer"
    story.share_to = ["descendants"]
    story.save_revision()
    address = reverse("wagtailadmin_pages:revisions_compare", args=[story.pk, "earliest", "latest"])
    page = sign_in(people.qingdao_editor).get(address).content.decode()
    text = strip_tags(page)
    assert ("addition", "就业") in marks(page)
    assert ("addition", "全省夜校") in marks(page)  # a reference, by its title
    assert ("addition", "引用了某人的话") in marks(page)
    assert "None" not in text
    assert "[&#x27;" not in page
    assert sign_in(people.shandong_editor).get(address).status_code in (302, 404)
