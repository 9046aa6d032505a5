"""Hypothesis strategies for everything that `content/` may hold. Any room may use them.

Text is nasty on purpose: markup, HTML, entities, YAML's special words, Chinese punctuation, emoji.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from site_builder import records
from site_builder.body import (
    Anchor,
    Attachment,
    Block,
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
    normalise,
)
from site_builder.records import BEIJING

# --- text -----------------------------------------------------------------------------------------

NASTY = (
    "<script>alert(1)</script>", "&amp;", "&#60;", "<b>", "*", "**", "***", "_", "__", "\\", "\\\\", "`", "``",
    "[", "]", "](", "[a](b)", "![", "!", "(", ")", "///", "/// quote", "#", "##", "# ", ">", "> ", "- ", "+ ",
    "* ", "1. ", "2.", "10. ", "---", "===", "- - -", "|", "| --- |", "||", "{", "}", "<", ">", "<http://a.b>",
    "http://a.b/_c_", "[x]: y", "~", ":", ": ", " #", "'", '"', "%", "@", "?", "yes", "null", "~", "2024-10-11",
    "12:30", "0x1f", "1e3", "=", "<<", "--- ", "...", "　", " ", "  ", "\n", "\t", "\x02", "\x0337\x02", "\x00",
    "klzzwxh:0000", "\u2028", "\xa0", "\u200b", "\ufeff", "😀", "👩‍🏭", "𠮷", "é", "夜校", "职工", "“", "”", "，", "。",
    "《工人日报》", "（", "）", "——", "5号", "近500万元", "a", "b c", "１", "*甲*", "_b_", "snake_case_word", "3 * 4 = 12",
)  # fmt: skip

nasty_text = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=4), st.sampled_from("甲乙丙 ,.ab")), max_size=6
).map("".join)
"""Anything an editor could paste, several lines included."""


def _one_line(text: str) -> str:
    return " ".join("".join(char for char in text if char.isprintable() or char == " ").split())


line = nasty_text.map(_one_line)
"""One line without spaces at its ends: what `records.Line` and `records.Title` keep unchanged."""
some_line = line.filter(bool)
short_markdown = st.sampled_from(
    ("", "请到窗口办理。", "第一段。\n\n第二段，见[网站](https://example.org/)。", "- 身份证\n- 会员证", "**注意**\\\n带原件")
)

slugs = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
partial_dates = st.one_of(
    st.dates(date(1949, 1, 1), date(2030, 1, 1)).map(str), st.sampled_from(("2024", "2024-10", "1999"))
)
dates = st.dates(date(1949, 1, 1), date(2040, 1, 1))
moments = st.datetimes(
    datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(BEIJING), allow_imaginary=False
).map(lambda moment: moment.replace(microsecond=0, fold=0))
numbers = st.from_regex(r"-?(0|[1-9]\d{0,8})(\.\d{1,6})?", fullmatch=True).map(Decimal)
qualifiers = st.lists(st.sampled_from(("近", "超", "余", "多", "约", "以上", "预计", "仅")), max_size=2, unique=True).map(
    tuple
)
media_refs = st.builds("media:{}/{}.png".format, slugs, st.sampled_from(("a", "图1", "x_y-z", "b.c")))
links = st.one_of(
    st.uuids().map(lambda identity: f"record:{identity}"),
    media_refs,
    st.sampled_from(
        (
            "https://example.org/", "http://example.org/a_b_(c)?q=1&r=[2]#x'y\"", "mailto:a@example.org", "tel:12351",
            "/programs/", "#section", "https://example.org/路径", "https://example.org/a*b*c", "/a\\b",
        )
    ),
)  # fmt: skip
safe_links = links.filter(lambda link: not set(link) & set("\\\"'"))

# --- bodies ---------------------------------------------------------------------------------------


def _spans(inner: st.SearchStrategy[Span]) -> st.SearchStrategy[Span]:
    row = st.lists(inner, max_size=4).map(tuple)
    return st.one_of(
        row.map(Strong), row.map(Emphasis), st.builds(Anchor, href=links, spans=row), st.just(Break())
    )


spans: st.SearchStrategy[tuple[Span, ...]] = st.lists(
    st.recursive(nasty_text.map(Plain), _spans, max_leaves=8), max_size=5
).map(tuple)


def _lists(items: st.SearchStrategy[Item]) -> st.SearchStrategy[List]:
    return st.builds(List, ordered=st.booleans(), items=st.lists(items, min_size=1, max_size=4).map(tuple))


items: st.SearchStrategy[Item] = st.recursive(
    st.builds(Item, spans=spans),
    lambda inner: st.builds(Item, spans=spans, lists=st.lists(_lists(inner), max_size=3).map(tuple)),
    max_leaves=6,
)
lists: st.SearchStrategy[List] = _lists(items)
prose: st.SearchStrategy[tuple[ProseBlock, ...]] = st.lists(
    st.one_of(st.builds(Paragraph, spans=spans), lists), max_size=4
).map(tuple)

figures = st.builds(
    records.Figure, label=some_line, value=st.one_of(numbers, some_line), unit=line, qualifier=qualifiers,
    as_of=partial_dates, period=line, scope=line, attribution=line, source=line,
    status=st.sampled_from(("actual", "planned")), derived=st.booleans(),
    listed=st.lists(some_line, max_size=2).map(tuple),
)  # fmt: skip
pictures = st.builds(records.Picture, media=media_refs, alt=some_line, caption=line)
contacts = st.builds(
    records.Contact, name=line, purpose=line, phone=line, hours=line, address=line, email=line,
    url=st.none() | safe_links, note=line,
)  # fmt: skip
steps = st.builds(records.Step, title=some_line, text=short_markdown, link=st.none() | safe_links)
measures = st.builds(
    Measure, label=nasty_text, slogan=nasty_text, text=short_markdown, link=st.none() | links
)
_cells = st.lists(nasty_text, min_size=1, max_size=3).map(tuple)

blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Prose, blocks=prose),
    st.builds(Section, heading=nasty_text, level=st.sampled_from((2, 3)), anchor=st.just("") | slugs),
    st.builds(Quote, blocks=prose, speaker=st.just("") | nasty_text, source=st.just("") | nasty_text),
    st.builds(Figures, items=st.lists(figures, max_size=2).map(tuple), caption=nasty_text),
    st.builds(Image, picture=pictures),
    st.builds(Gallery, items=st.lists(pictures, max_size=2).map(tuple), caption=nasty_text),
    st.builds(
        Table,
        rows=st.lists(_cells, max_size=3).map(tuple),
        caption=st.just("") | nasty_text,
        header=st.sampled_from(("row", "column", "both", "none")),
    ),
    st.builds(Steps, items=st.lists(steps, max_size=2).map(tuple), caption=nasty_text),
    st.builds(Measures, items=st.lists(measures, max_size=2).map(tuple), caption=nasty_text),
    st.builds(ContactCard, contact=contacts),
    st.builds(Attachment, media=media_refs, title=some_line, note=nasty_text),
    st.builds(Note, blocks=prose, label=nasty_text),
)
raw_bodies: st.SearchStrategy[tuple[Block, ...]] = st.lists(blocks, max_size=5).map(tuple)
"""Trees as a careless program could build them."""
bodies: st.SearchStrategy[Body] = raw_bodies.map(normalise)
"""Canonical trees."""
