from __future__ import annotations

import contextlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from site_builder.body import (
    Anchor,
    Attachment,
    Body,
    Break,
    ContactCard,
    Emphasis,
    Figures,
    Gallery,
    Image,
    Item,
    List,
    Measure,
    Measures,
    Note,
    Paragraph,
    Plain,
    Prose,
    ProseBlock,
    Quote,
    Section,
    Span,
    Steps,
    Strong,
    Table,
    links,
    normalise,
    normalise_prose,
    parse,
    parse_prose,
    plain_text,
    prose_html,
    write,
    write_prose,
)
from site_builder.errors import BodyError
from site_builder.records import Contact, Figure, Picture, Step
from tests.strategies_bodies import NASTY, bodies, deep_lists, prose, raw_bodies

RECORD = "record:0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d01"
FIGURE = "/// figures\n    items:\n      - label: 甲\n        value: 1\n"
STEP = "/// steps\n    items:\n      - title: 甲\n"
slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


# --- round trips ----------------------------------------------------------------------------------


@slow
@given(raw_bodies)
def test_what_is_written_reads_as_what_was_meant(body: Body) -> None:
    text = write(body)
    assert parse(text) == normalise(body)
    assert write(parse(text)) == text


@slow
@given(prose)
def test_short_fields_survive_too(blocks: tuple[ProseBlock, ...]) -> None:
    text = write_prose(blocks)
    assert parse_prose(text) == normalise_prose(blocks)
    assert write_prose(parse_prose(text)) == text


@settings(slow, max_examples=150)
@given(st.lists(deep_lists | st.just(Paragraph((Plain("段"),))), max_size=3).map(tuple))
def test_lists_in_lists_survive(blocks: tuple[ProseBlock, ...]) -> None:
    text = write_prose(blocks)
    assert parse_prose(text) == normalise_prose(blocks)
    assert write_prose(parse_prose(text)) == text


@slow
@given(raw_bodies)
def test_normalising_twice_changes_nothing(body: Body) -> None:
    once = normalise(body)
    assert normalise(once) == once


@slow
@given(st.lists(st.sampled_from(NASTY) | st.text(max_size=5) | st.just("\n\n"), max_size=12).map("".join))
def test_any_text_is_read_or_refused_and_what_is_read_has_one_form(text: str) -> None:
    try:
        body = parse(text)
    except BodyError as error:
        problem = error.problem
        assert problem.code
        assert problem.message
        assert problem.action
        assert problem.line is not None
        assert 1 <= problem.line <= len(re.split("\r\n|[\r\n]", text))
        return
    canonical = write(body)
    assert parse(canonical) == body
    assert write(parse(canonical)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "到2025年底，建成100家以上（含）职工夜校——“下班后的好去处”。",
        "他说：“*”是星号；3 * 4 = 12，snake_case，[图片]、<b>、&amp;、#话题# 都照样写。",
        "1.坚持需求导向；2.坚持公益普惠。",
        "价格88元/人·次，近500万元，95%以上！",
        "见《工人日报》2019-08-01第3版：http://www.workercn.cn/",
        "-5℃ +1 >3 的数 #不是标题",
    ],
)
def test_chinese_text_is_written_without_a_single_escape(text: str) -> None:
    sentence = f"文{text}"
    assert write((Prose((Paragraph((Plain(sentence),)),)),)) == f"{sentence}\n".replace("“*”", "“\\*”")


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        ((Strong((Plain("“好”"),)), Plain("了")), "**“好”**了"),
        ((Strong((Plain(" 好 "),)), Plain("了")), "**好** 了"),
        ((Strong((Strong((Plain("好"),)), Plain("了"))),), "**好了**"),
        ((Emphasis((Strong((Plain("甲"),)), Plain("乙"))),), "***甲**乙*"),
        ((Strong((Plain("甲"), Emphasis((Plain("乙"),)))), Emphasis((Plain("丙"),))), "**甲*乙****丙*"),
        ((Plain("甲!"), Anchor("/a/", (Plain("乙"),))), "甲\\![乙](/a/)"),
        ((Plain("[甲]"), Anchor("/a/", (Plain("[乙]"),))), "\\[甲][\\[乙\\]](/a/)"),
        ((Anchor("https://x.example/(a) b", (Plain("甲"),)),), "[甲](<https://x.example/(a)%20b>)"),
        ((Plain("甲"), Break(), Break(), Plain("1. 乙")), "甲\\\n1\\. 乙"),
        ((Plain("甲\n乙 a\nb"),), "甲乙 a b"),
        ((Plain("　　首行缩进"),), "首行缩进"),
        ((Plain("- 甲"),), "\\- 甲"),
        ((Plain("/// quote"),), "\\/// quote"),
        ((Plain("#话题"),), "\\#话题"),
        ((Plain("> 甲"),), "\\> 甲"),
        ((Plain("C:\\目录"),), "C:\\\\目录"),
        ((Plain("\x02甲\x00"),), "甲"),
    ],
)
def test_how_spans_are_written(spans: tuple[Span, ...], text: str) -> None:
    assert write_prose((Paragraph(spans),)) == text
    assert parse_prose(text) == normalise_prose((Paragraph(spans),))


# --- reading --------------------------------------------------------------------------------------


def test_lists_nest_by_four_spaces() -> None:
    text = "1. 一\n    - 甲\n        1. 深\n    - 乙\n2. 二\\\n    续行\n"
    deep = List(True, (Item((Plain("深"),)),))
    inner = List(False, (Item((Plain("甲"),), (deep,)), Item((Plain("乙"),))))
    second = Item((Plain("二"), Break(), Plain("续行")))
    assert parse(text) == (Prose((List(True, (Item((Plain("一"),), (inner,)), second)),)),)
    assert write(parse(text)) == text


def test_a_list_of_the_other_kind_begins_after_an_empty_line() -> None:
    body = parse("- 甲\n\n1. 乙\n")
    assert body == (Prose((List(False, (Item((Plain("甲"),)),)), List(True, (Item((Plain("乙"),)),)))),)


def test_every_kind_of_block() -> None:
    picture = Picture(media="media:pingdu/a.png", alt="一堂课", caption="夜校")
    body = (
        Section("小标题"),
        Section("下一级", 3),
        Section("有锚点", 2, "jiaoxue"),
        Quote((Paragraph((Plain("引文"),)),)),
        Quote((Paragraph((Plain("第二段引文"),)),)),
        Quote((Paragraph((Plain("好"),)), List(False, (Item((Plain("甲"),)),))), "夜校学员", "座谈会"),
        Figures((Figure(label="人数", value="350", unit="人", qualifier="余", as_of="2024"),), "规模"),
        Image(picture),
        Gallery((picture, picture), "两张"),
        Table((("课程", "时间"), ("书|法", "周\\二"))),
        Table((("课程",), ("",)), "课表", "none"),
        Steps((Step(title="报名", text="线上。\n\n或到场。", link="https://example.org/"),), "三步"),
        Measures((Measure("品牌引路", "一县一品", "见[项目](/programs/)。", RECORD),)),
        ContactCard(Contact(name="市总工会", phone="12351")),
        Attachment("media:pingdu/b.pdf", "申请表", "双面打印", "media:pingdu/b.docx"),
        Note((Paragraph((Plain("本报说明"),)),), "小编说"),
    )
    assert normalise(body) == body
    text = write(body)
    assert parse(text) == body
    assert "> 引文\n\n/// quote\n第二段引文\n///\n" in text
    assert 'phone: "12351"' in text
    assert 'text: "线上。\\n\\n或到场。"' in text


def test_a_picture_alone_in_a_paragraph_becomes_a_block() -> None:
    body = parse('前文\n\n![一\\*课](media:pingdu/a.png "夜校 (春)")\n\n后文')
    assert body[1] == Image(Picture(media="media:pingdu/a.png", alt="一*课", caption="夜校 (春)"))
    assert write(body).split("\n\n")[1].startswith("/// image\n    media: media:pingdu/a.png\n")


def test_soft_line_ends_join_chinese_without_a_space() -> None:
    assert plain_text(parse("职工夜校\n开课了\nin April\n2025")) == "职工夜校开课了 in April 2025"


def test_two_spaces_at_the_end_of_a_line_break_it_too() -> None:
    assert write(parse("甲  \n乙")) == "甲\\\n乙\n"


def test_windows_line_ends_and_tabs_are_read() -> None:
    assert parse("- 甲\r\n\t- 乙\r\n") == parse("- 甲\n    - 乙\n")


def test_what_the_dialect_does_not_have_is_text() -> None:
    written = "<b>甲</b> &amp; &#60; `码` <http://a.example> [x][y] [z]: w\n\n    缩进的文字\n\n[x]: https://b.example"
    body = parse(written)
    assert body == (
        Prose(
            (
                Paragraph((Plain("<b>甲</b> &amp; &#60; `码` <http://a.example> [x][y] [z]: w"),)),
                Paragraph((Plain("缩进的文字"),)),
                Paragraph((Plain("[x]: https://b.example"),)),
            )
        ),
    )


@pytest.mark.parametrize(
    ("text", "code", "line", "field"),
    [
        ("甲\n\n/// video\n///", "fence-kind", 3, "body"),
        ("甲\n\n/// quote\n    speaker: 甲\n    colour: red\n\n文\n///", "fence-option", 5, "colour"),
        ("/// quote\n    speaker: [甲\n\n文\n///", "fence-yaml", 3, "body"),
        (f"{FIGURE}        unit: 人\n///", "fence-option", 3, "items[0]"),
        (f"{FIGURE}///", "fence-option", 3, "items[0].unit"),
        ("/// figures\n    items: 甲\n///", "fence-option", 2, "items"),
        ("/// image\n    media: ../../etc/passwd\n    alt: 甲\n///", "fence-option", 2, "media"),
        (f"{STEP}        link: javascript:x\n///", "fence-option", 4, "items[0].link"),
        (f"{STEP}        text: '[x](javascript:y)'\n///", "body-link", 4, "items[0].text"),
        ("/// contact\n    name: 甲\n\n文字\n///", "fence-content", 4, "body"),
        ("/// contact | 甲\n///", "fence-argument", 1, "body"),
        ("/// quote\n///", "fence-empty", 1, "body"),
        ("文\n\n/// quote\n没有结束", "fence-open", 3, "body"),
        ("文\n\n///", "fence-start", 3, "body"),
        ("/// 一 句 话", "fence-start", 1, "body"),
        ("/// section | 标题\n    anchor: 锚 点\n///", "section-anchor", 1, "anchor"),
        ("/// section\n    anchor: a\n///", "heading-empty", 1, "body"),
        ("/// section | 标题\n    level: 5\n///", "fence-option", 2, "level"),
        ("/// quote\n    a: &x 1\n    b: *x\n\n文\n///", "fence-yaml", 3, "b"),
        ("/// quote\n    speaker: 甲\n    speaker: 乙\n\n文\n///", "fence-yaml", 3, "speaker"),
        ("/// quote\n## 标题\n///", "body-nested-block", 2, "body"),
        ("/// editor_note\n文\n\n> 引文\n///", "body-nested-block", 4, "body"),
        ("> 引文\n>\n> ## 标题", "body-nested-block", 3, "body"),
        ("# 一级标题", "heading-level", 1, "body"),
        ("文\n\n#### 四级", "heading-level", 3, "body"),
        ("## ", "heading-empty", 1, "body"),
        ("## [链接](/a/)", "body-link-in-line", 1, "body"),
        ("文\n\n标题\n----", "heading-underlined", 4, "body"),
        ("文\n\n* * *\n", "dividing-line", 3, "body"),
        ("文\n\n见[这里](javascript:alert(1))。", "body-link", 3, "body"),
        ("文\n\n另一段\n见[这里](data:text/html,x)。", "body-link", 4, "body"),
        ("见[这里](record:1234)。", "body-link", 1, "body"),
        ("见[这里]()。", "body-link", 1, "body"),
        ('见[这里](/a/ "标题")。', "body-link-title", 1, "body"),
        ("文\n\n看![图](media:a/b.png)这里", "body-image-in-text", 3, "body"),
        ("![图](https://example.org/a.png)", "image-media", 1, "media"),
        ("- 甲\n  - 乙", "body-list-nesting", 2, "body"),
        ("文\n\n- 甲\n   1. 乙", "body-list-nesting", 4, "body"),
        ("- 甲\n        - 乙", "body-list-nesting", 2, "body"),
        ("- 甲\n1. 乙", "body-list-kind", 2, "body"),
        ("- 甲\n    - 乙\n\n    1. 丙\n- 丁", "body-list-kind", 5, "body"),
        ("- 甲\n\n    第二段", "body-list-item", 1, "body"),
        ("| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 | 3 |", "table-row", 3, "body"),
        ("| 甲 | 乙 |\n| --- | --- |\n| [1](/a/) | 2 |", "body-link-in-line", 3, "body"),
        ("文\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |", "table-place", 3, "body"),
        ("/// table | 题\n不是表\n///", "table-shape", 2, "body"),
        ("[" * 3000, "body-brackets", 1, "body"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, code: str, line: int, field: str) -> None:
    with pytest.raises(BodyError) as caught:
        parse(text)
    problem = caught.value.problem
    assert (problem.code, problem.line, problem.field) == (code, line, field)
    assert problem.message
    assert problem.action


@pytest.mark.parametrize(
    "text", ["- " * 3000 + "甲", "*" * 20_000, "**a*" * 3000, "> " * 5000 + "甲", "[a](" * 900]
)
def test_hostile_text_is_read_or_refused_in_time(text: str) -> None:
    with contextlib.suppress(BodyError):
        assert plain_text(parse(text))
    assert plain_text(parse("**后**来")) == "后来", "what was refused must leave nothing behind"


def test_a_short_field_holds_no_blocks() -> None:
    with pytest.raises(BodyError) as caught:
        parse_prose("文\n\n## 标题")
    assert caught.value.problem.line == 3


# --- HTML, text, links ----------------------------------------------------------------------------

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br"}


@slow
@given(prose)
def test_html_has_no_other_tags_and_attributes_than_those_of_the_dialect(
    blocks: tuple[ProseBlock, ...],
) -> None:
    class Check(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in _TAGS
            assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])

        def handle_comment(self, data: str) -> None:
            raise AssertionError(data)

        handle_decl = handle_pi = unknown_decl = handle_comment

    Check().feed(prose_html(blocks, lambda href: href if href.startswith("http") else None))


def test_html_of_prose() -> None:
    blocks = parse_prose(
        f"**甲**<script>*乙*\\\n见[这里]({RECORD})、[那里](media:a/b.png)\n\n1. 一\n    - 二"
    )
    html = prose_html(blocks, {RECORD: '/a/?x=1&y="2"'}.get)
    assert html == (
        "<p><strong>甲</strong>&lt;script&gt;<em>乙</em><br>"
        '见<a href="/a/?x=1&amp;y=&quot;2&quot;">这里</a>、那里</p>\n'
        "<ol><li>一<ul><li>二</li></ul></li></ol>"
    )


@pytest.mark.parametrize("href", ["javascript:alert(1)", " JaVaScRiPt:x", "data:text/html,x", "vbscript:x"])
def test_html_never_carries_a_scheme_that_runs(href: str) -> None:
    hostile = (Paragraph((Anchor(href, (Plain("甲"),)),)),)
    assert prose_html(hostile, lambda link: link) == "<p>甲</p>"
    harmless = (Paragraph((Anchor("/a/", (Plain("甲"),)),)),)
    assert prose_html(harmless, lambda link: href) == "<p>甲</p>"


@slow
@given(bodies)
def test_links_are_those_of_the_text(body: Body) -> None:
    text = write(body)
    for link in links(body):
        told = link.removeprefix("record:")  # a chart names its dataset by the id alone
        assert told in text or told in text.replace("\\", "")


def test_plain_text_and_links_of_every_block() -> None:
    picture = Picture(media="media:pingdu/a.png", alt="看不见的字", caption="夜校")
    body = (
        Section("小标题"),
        Quote((Paragraph((Strong((Plain("引"),)), Anchor("/q/", (Plain("文"),)))),), "学员"),
        Figures(
            (Figure(label="人数", value="350", unit="人", qualifier=("超", "余"), as_of="2024"),), "规模"
        ),
        Figures((Figure(label="占比", value="95", unit="%", qualifier="以上", as_of="2024"),)),
        Image(picture),
        Gallery((picture,), "图集"),
        Table((("课程", "时间"), ("书法", "周二")), "课表"),
        Steps((Step(title="报名", text="[线上](/s/)", link="/t/"),), "步骤"),
        Measures((Measure("引路", "一县一品", "[办法](/m/)", "/n/"),)),
        ContactCard(Contact(name="市总工会", phone="12351", url="https://example.org/")),
        Attachment("media:pingdu/b.pdf", "申请表", "双面"),
        Note((Paragraph((Plain("说明"), Break(), Plain("二"))),), "小编说"),
        Prose((List(False, (Item((Plain("甲"),), (List(True, (Item((Plain("乙"),)),)),)),)),)),
    )
    assert plain_text(body).split("\n") == [
        "小标题", "引文", "学员", "规模", "人数 超350余人", "占比 95%以上", "夜校", "图集", "夜校", "课表",
        "课程 时间", "书法 周二", "步骤", "报名", "线上", "引路 一县一品", "办法", "市总工会 12351",
        "申请表 双面", "小编说", "说明", "二", "甲", "乙",
    ]  # fmt: skip
    assert list(links(body)) == [
        "/q/", "media:pingdu/a.png", "media:pingdu/a.png", "/t/", "/s/", "/n/", "/m/", "https://example.org/",
        "media:pingdu/b.pdf",
    ]  # fmt: skip
