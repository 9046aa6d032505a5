"""What of a text from Word, or a pasted one, becomes title, headings, tables, pictures."""

from __future__ import annotations

import pytest

from cms.importing import manuscripts
from cms.importing.manuscripts import Drawing, Manuscript, ManuscriptError
from site_builder import body
from tests.cms.importing.docx import cell, docx, drawn, item, p, picture, table


def read(*parts: str, **more: dict[str, bytes]) -> Manuscript:
    return manuscripts.read(docx(*parts, **more), "夜校通知.docx")


def words(part: object) -> str:
    return body.plain_text((part,)) if not isinstance(part, Drawing) else "图"  # type: ignore[arg-type]


def headings(manuscript: Manuscript) -> list[tuple[int, str]]:
    return [(part.level, part.heading) for part in manuscript.parts if isinstance(part, body.Section)]


# --- title ----------------------------------------------------------------------------------------


def test_the_title_is_what_its_style_says_in_one_line_or_two():
    found = read(
        p("前面的话。"),
        p("关于举办夜校", "Title"),
        p("的通知", "Title"),
        p("秋季班", "Subtitle"),
        p("正文。"),
    )
    assert (found.title, found.subtitle) == ("关于举办夜校的通知", "秋季班")
    assert [words(part) for part in found.parts] == ["前面的话。", "正文。"]


@pytest.mark.parametrize("style", ["", "1"])
def test_without_a_title_style_a_short_first_line_is_the_title(style):
    found = read(p("夜校开课了", style), p("正文。"))
    assert found.title == "夜校开课了"
    assert headings(found) == []


@pytest.mark.parametrize("first", ["各位职工：", "这是一句完整的话。", "长" * 61])
def test_a_first_line_that_is_no_title_stays_in_the_text(first):
    found = read(p(first), p("正文。"))
    assert found.title == "夜校通知", "as the file is called"
    assert words(found.parts[0]).startswith(first)


def test_the_first_of_several_headings_is_no_title():
    found = read(p("报名", "1"), p("正文。"), p("上课", "1"))
    assert found.title == "夜校通知"
    assert headings(found) == [(2, "报名"), (2, "上课")]


# --- headings -------------------------------------------------------------------------------------


def test_headings_have_two_levels_whatever_the_file_begins_with():
    found = read(p("题", "Title"), p("甲", "2"), p("正文。"), p("乙", "1"), p("丙", "2"))
    assert headings(found) == [(3, "甲"), (2, "乙"), (3, "丙")]
    assert headings(read(p("题", "Title"), p("甲", "2"), p("乙", "2"))) == [(2, "甲"), (2, "乙")]


def test_numbered_lines_are_headings_where_nobody_set_styles():
    lines = ["一、提高认识", "要高度重视。", "（一）落实责任", "二、要抓紧落实，不得拖延。", "十二、工作要求"]
    found = read(p("通知"), *map(p, lines))
    assert headings(found) == [(2, "一、提高认识"), (3, "（一）落实责任"), (2, "十二、工作要求")]
    styled = read(p("通知", "Title"), p("要求", "1"), *map(p, lines))
    assert headings(styled) == [(2, "要求")]
    assert headings(manuscripts.read_text("\n".join(["通知", *lines]))) == headings(found)


def test_what_word_numbers_by_itself_is_a_heading_where_text_follows_and_a_list_where_not():
    found = read(
        p("通知"), item("目标", ordered=True), p("多读书。"), item("办法", ordered=True), p("多开班。")
    )
    assert headings(found) == [(2, "目标"), (2, "办法")]
    found = read(p("通知"), item("登录", ordered=True), item("选课", ordered=True), item("下层", level=1))
    assert headings(found) == []
    [prose] = found.parts
    assert isinstance(prose, body.Prose)
    [listed] = prose.blocks
    assert isinstance(listed, body.List)
    assert [words(body.Prose((body.Paragraph(one.spans),))) for one in listed.items] == ["登录", "选课"]
    assert listed.items[1].lists


# --- tables and pictures --------------------------------------------------------------------------


def test_a_table_keeps_its_shape_where_cells_are_merged():
    rows = (
        (cell("课程"), cell("时间和地点", 2)),
        (cell("书法", merged="restart"), cell("周一"), cell("甲校")),
        (cell("", merged="continue"), cell("周二"), cell("")),
    )
    found = read(p("题"), p("表一 课程", "Caption"), table(*rows), p("完。"))
    assert found.parts[0] == body.Table(
        (("课程", "时间和地点", ""), ("书法", "周一", "甲校"), ("", "周二", "")), "表一 课程"
    )


def test_a_frame_around_text_is_no_table():
    found = read(p("题"), table((cell("框里的话。"),)))
    assert [type(part) for part in found.parts] == [body.Prose]


def test_pictures_come_where_they_stand_with_what_was_said_of_them():
    media = {"a.png": drawn("red"), "b.png": drawn("blue")}
    found = read(
        p("题"), p("看图。", inner=picture("a.png", "夜校的教室")), p("图为教室", "Caption"),
        p(inner=picture("b.png", "图片包含 人\n\n描述已自动生成")), media=media,
    )  # fmt: skip
    prose, first, second = found.parts
    assert words(prose) == "看图。"
    assert first == Drawing(media["a.png"], "夜校的教室", "图为教室")
    assert second == Drawing(media["b.png"]), "what a program guessed is no description"
    assert found.left_out == ()


def test_what_does_not_come_along_is_said():
    formula = "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"
    found = read(
        p("题"), p("正文。", inner=formula + picture("far", link="link")),
        extra={"word/charts/chart1.xml": b"<c/>", "word/diagrams/data1.xml": b"<d/>"},
    )  # fmt: skip
    assert [sentence[:4] for sentence in found.left_out] == ["图表没有", "Smar", "公式没有", "有一张图"]
    assert [type(part) for part in found.parts] == [body.Prose]


def test_notes_at_the_foot_lead_nowhere():
    link = '<w:hyperlink w:anchor="x"><w:r><w:t>见下</w:t></w:r></w:hyperlink>'
    found = read(p("题"), p("正文", inner=link))
    assert found.parts == (body.Prose((body.Paragraph((body.Plain("正文见下"),)),)),)


# --- what is none ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0old", "另存为 .docx"),
        (b"%PDF-1.7", "这不是 .docx"),
        (b"", "这不是 .docx"),
        (docx(p("x"))[:300], "这不是 .docx"),
        (docx("<w:p>"), "可能坏了"),
        (docx(), "没有文字和图片"),
    ],
)
def test_what_is_no_manuscript_is_said_with_what_to_do(data, said):
    with pytest.raises(ManuscriptError, match=said):
        manuscripts.read(data, "文稿.docx")


def test_a_small_file_that_unpacks_to_a_large_one_is_not_read(monkeypatch):
    monkeypatch.setattr(manuscripts, "MAX_UNPACKED", 100_000)
    with pytest.raises(ManuscriptError, match="文件太大"):
        read(p("x"), extra={"word/media/x": bytes(200_000)})


def test_pasted_text_is_a_paragraph_a_line():
    found = manuscripts.read_text("  夜校开课\r\n\r\n　　第一段<b>。\n第二段。\n")
    assert found.title == "夜校开课"
    assert [words(part) for part in found.parts] == ["第一段<b>。", "第二段。"]
    with pytest.raises(ManuscriptError, match="没有文字"):
        manuscripts.read_text(" \n　\n")
    with pytest.raises(ManuscriptError, match="太长"):
        manuscripts.read_text("长" * (manuscripts.MAX_LETTERS + 1))
