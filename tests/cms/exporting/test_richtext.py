"""Rich text and prose say the same, in both directions."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.exporting.richtext import from_html, to_html
from site_builder.body import (
    Anchor,
    Break,
    Emphasis,
    Item,
    List,
    Paragraph,
    Plain,
    Strong,
    normalise_prose,
    parse_prose,
    write_prose,
)

STORY = UUID("0b5e2f3a-1c2d-4e5f-8a9b-0c1d2e3f4a5b")
OTHER = UUID("1b5e2f3a-1c2d-4e5f-8a9b-0c1d2e3f4a5b")


class Known:
    """A database that holds one record (page 7) and one file (document 3)."""

    def page_of(self, record: UUID) -> int | None:
        return 7 if record == STORY else None

    def record_of(self, page: int) -> UUID | None:
        return STORY if page == 7 else None

    def document_of(self, ref: str) -> int | None:
        return 3 if ref == "shandong/form.pdf" else None

    def media_of(self, document: int) -> str | None:
        return "shandong/form.pdf" if document == 3 else None


LINKS = Known()

words = st.text(st.characters(codec="utf-8"), max_size=12)
hrefs = st.sampled_from(
    [
        f"record:{STORY}",
        f"record:{OTHER}",
        "media:shandong/form.pdf",
        "media:shandong/absent.pdf",
        'https://example.org/?a=1&b="2"',
        "tel:12351",
        "/programs/",
        "#jiaoxue",
    ]
)
spans = st.recursive(
    st.one_of(words.map(Plain), st.just(Break())),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda found: Strong(tuple(found))),
        st.lists(inner, max_size=3).map(lambda found: Emphasis(tuple(found))),
        st.builds(lambda href, found: Anchor(href, tuple(found)), hrefs, st.lists(inner, max_size=3)),
    ),
    max_leaves=8,
)
lines = st.lists(spans, max_size=4).map(tuple)
lists = st.recursive(
    st.builds(
        lambda ordered, found: List(ordered, tuple(Item(line) for line in found)),
        st.booleans(),
        st.lists(lines, max_size=3),
    ),
    lambda inner: st.builds(
        lambda ordered, line, below: List(ordered, (Item(line, tuple(below)),)),
        st.booleans(),
        lines,
        st.lists(inner, max_size=2),
    ),
    max_leaves=4,
)
prose = st.lists(st.one_of(lines.map(Paragraph), lists), max_size=4).map(normalise_prose)


@given(prose)
def test_prose_survives_wagtail(blocks: tuple[Paragraph | List, ...]) -> None:
    assert from_html(to_html(blocks, LINKS), LINKS) == blocks


@given(prose)
def test_markdown_survives_wagtail(blocks: tuple[Paragraph | List, ...]) -> None:
    text = write_prose(blocks)
    assert write_prose(from_html(to_html(parse_prose(text), LINKS), LINKS)) == text


@given(st.text(alphabet="<>/abipulo hrefx='\"&;\n", max_size=60))
def test_any_html_gives_prose_that_markdown_can_write(html: str) -> None:
    blocks = from_html(html, LINKS)
    assert parse_prose(write_prose(blocks)) == blocks


def test_links_have_the_names_wagtail_knows() -> None:
    html = to_html(parse_prose(f"[夜校](record:{STORY})、[表格](media:shandong/form.pdf)"), LINKS)
    assert html == ('<p><a linktype="page" id="7">夜校</a>、<a linktype="document" id="3">表格</a></p>')


def test_a_link_to_what_is_not_here_keeps_its_address() -> None:
    html = to_html(parse_prose(f"[别处](record:{OTHER})"), LINKS)
    assert html == f'<p><a href="record:{OTHER}">别处</a></p>'
    assert write_prose(from_html(html, LINKS)).strip() == f"[别处](record:{OTHER})"


@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="javascript:alert(1)">看</a></p>',
        '<p><a linktype="page" id="99">看</a></p>',
        '<p><a linktype="page" id="7 or 1">看</a></p>',
        "<p><script>alert(1)</script><u>看</u></p>",
    ],
)
def test_what_content_may_not_say_leaves_its_text(html: str) -> None:
    assert from_html(html, LINKS) == (Paragraph((Plain("看"),)),)


def test_as_draft_js_writes_it() -> None:
    html = (
        '<p data-block-key="a1"><b>每晚</b><b><i>七点</i></b>开课&nbsp;<br/>地点:<b> 工人文化宫 </b></p>'
        '<p data-block-key="a2"></p>'
        '<ul><li data-block-key="a3">书法<ol><li data-block-key="a4">楷书</li></ol></li></ul>'
    )
    assert write_prose(from_html(html, LINKS)) == (
        "**每晚*七点***开课\\\n地点: **工人文化宫**\n\n- 书法\n    1. 楷书"
    )
