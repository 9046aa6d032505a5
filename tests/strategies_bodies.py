"""Hypothesis strategies for texts, bodies, and the values that stand in them.

Text is nasty on purpose: markup, HTML, entities, YAML's special words, Chinese punctuation, emoji.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from site_builder import records
from site_builder.body import (
    Anchor,
    Attachment,
    Block,
    Body,
    Break,
    Chart,
    ContactCard,
    Emphasis,
    Figures,
    Gallery,
    Image,
    Item,
    List,
    Listing,
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
    "<script>alert(1)</script>", "&amp;", "&#60;", "<b>", "*", "**", "***", "_", "__", "\\", "\\\\", "`",
    "``", "[", "]", "](", "[a](b)", "![", "!", "(", ")", "///", "/// quote", "#", "##", "# ", ">", "> ",
    "- ", "+ ", "* ", "1. ", "2.", "10. ", "---", "===", "- - -", "|", "| --- |", "||", "{", "}", "<", ">",
    "<http://a.b>", "http://a.b/_c_", "[x]: y", "~", ":", ": ", " #", "'", '"', "%", "@", "?", "yes", "null",
    "2024-10-11", "12:30", "0x1f", "1e3", "=", "<<", "--- ", "...", "　", " ", "  ", "\n", "\t", "\x02",
    "\x0337\x02", "\x00", "klzzwxh:0000", "\u2028", "\xa0", "\u200b", "\ufeff", "😀", "👩‍🏭", "𠮷", "é",
    "夜校", "职工", "“", "”", "，", "。", "《工人日报》", "（", "）", "——", "5号", "近500万元", "a", "b c",
    "１", "*甲*", "_b_", "snake_case_word", "3 * 4 = 12",
)  # fmt: skip

nasty_text = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=4), st.sampled_from("甲乙丙 ,.ab")), max_size=5
).map("".join)
"""Anything an editor could paste, several lines included."""


def _one_line(text: str) -> str:
    return " ".join("".join(char for char in text if char.isprintable() or char == " ").split())


line = nasty_text.map(_one_line)
"""One line without spaces at its ends: what `records.Line` and `records.Title` keep unchanged."""
some_line = line.filter(bool)
short_markdown = st.sampled_from(
    (
        "",
        "请到窗口办理。",
        "第一段。\n\n第二段，见[网站](https://example.org/)。",
        "- 身份证\n- 会员证",
        "**注意**\\\n带原件",
    )
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
qualifiers = st.lists(
    st.sampled_from(("近", "超", "余", "多", "约", "以上", "预计", "仅")), max_size=2, unique=True
).map(tuple)
media_refs = st.builds("media:{}/{}.png".format, slugs, st.sampled_from(("a", "图1", "x_y-z", "b.c")))
links = st.one_of(
    st.uuids().map(lambda identity: f"record:{identity}"),
    media_refs,
    st.sampled_from(
        (
            "https://example.org/", "http://example.org/a_b_(c)?q=1&r=[2]#x'y\"", "mailto:a@example.org",
            "tel:12351",
            "/programs/", "#section", "https://example.org/路径", "https://example.org/a*b*c", "/a\\b",
        )
    ),
)  # fmt: skip
safe_links = links.filter(lambda link: not set(link) & set("\\\"'"))

# --- bodies ---------------------------------------------------------------------------------------


def _marked(inner: st.SearchStrategy[Span]) -> st.SearchStrategy[Span]:
    row = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        inner, row.map(Strong), row.map(Emphasis), st.builds(Anchor, href=links, spans=row), st.just(Break())
    )


_plain: st.SearchStrategy[Span] = nasty_text.map(Plain)
spans: st.SearchStrategy[tuple[Span, ...]] = st.lists(_marked(_marked(_plain)), max_size=4).map(tuple)
_few_spans: st.SearchStrategy[tuple[Span, ...]] = st.lists(_marked(_plain), max_size=2).map(tuple)


def _lists(items: st.SearchStrategy[Item], size: int) -> st.SearchStrategy[List]:
    row = st.lists(items, min_size=1, max_size=size).map(tuple)
    return st.builds(List, ordered=st.booleans(), items=row)


def _nested(items: st.SearchStrategy[Item]) -> st.SearchStrategy[Item]:
    below = st.lists(_lists(items, 2), max_size=2).map(tuple)
    return st.builds(Item, spans=_few_spans, lists=below)


_item: st.SearchStrategy[Item] = st.builds(Item, spans=_few_spans)
items: st.SearchStrategy[Item] = st.one_of(_item, _nested(st.one_of(_item, _nested(_item))))
lists: st.SearchStrategy[List] = _lists(items, 3)
prose: st.SearchStrategy[tuple[ProseBlock, ...]] = st.lists(
    st.one_of(st.builds(Paragraph, spans=spans), lists), max_size=3
).map(tuple)

_words_of_items = st.sampled_from(
    ((Plain("甲"),), (Plain("乙"), Break(), Plain("- 丙")), (Plain("1. 丁"),), (Strong((Plain("戊"),)),), ())
)


def _deep(items: st.SearchStrategy[Item]) -> st.SearchStrategy[Item]:
    below = st.lists(_lists(items, 3), max_size=3).map(tuple)
    return items | st.builds(Item, spans=_words_of_items, lists=below)


deep_lists: st.SearchStrategy[List] = _lists(_deep(_deep(_deep(st.builds(Item, spans=_words_of_items)))), 3)
"""Few words, many levels: every way in which lists can stand in lists."""

figures = st.builds(
    records.Figure, label=some_line, value=st.one_of(numbers, some_line), unit=line, qualifier=qualifiers,
    as_of=partial_dates, period=line, scope=line, attribution=line, source=line, derivation=line,
    span=st.sampled_from(("", "moment", "period", "cumulative")),
    status=st.sampled_from(("actual", "planned")), derived=st.booleans(),
    listed=st.lists(some_line, max_size=2).map(tuple),
)  # fmt: skip
pictures = st.builds(records.Picture, media=media_refs, alt=some_line, caption=line)
contacts = st.builds(
    records.Contact, name=line, purpose=line, phone=line, hours=line, address=line, email=line,
    url=st.none() | safe_links, note=line,
)  # fmt: skip
steps = st.builds(records.Step, title=some_line, text=short_markdown, link=st.none() | safe_links)
readings = st.builds(
    records.Reading, value=numbers, qualifier=qualifiers, as_of=partial_dates, period=line,
    status=st.sampled_from(("actual", "planned")), derivation=line, source=line, note=line,
)  # fmt: skip
indicators = st.builds(
    records.Indicator, name=some_line, unit=some_line, scope=line, base=line, attribution=line, source=line,
    span=st.sampled_from(("", "moment", "period", "cumulative")),
    readings=st.lists(readings, min_size=1, max_size=3).map(tuple),
)  # fmt: skip
charts = st.one_of(
    st.builds(
        records.Chart, caption=line, alt=line, form=st.sampled_from(("bars", "lines")),
        items=st.lists(indicators, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        records.Chart, dataset=st.uuids(), only=st.lists(some_line, max_size=2, unique=True).map(tuple)
    ),
)  # fmt: skip
listings = st.builds(
    records.Listing, label=some_line, total=st.none() | st.integers(2, 99).map(Decimal), unit=line,
    qualifier=qualifiers, as_of=st.none() | partial_dates, source=line,
    items=st.lists(steps, max_size=2).map(tuple),
)  # fmt: skip
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
    st.builds(
        Attachment, media=media_refs, title=some_line, note=nasty_text, accessible=st.just("") | media_refs
    ),
    st.builds(Note, blocks=prose, label=nasty_text),
    st.builds(Chart, chart=charts),
    st.builds(Listing, listing=listings),
)
raw_bodies: st.SearchStrategy[tuple[Block, ...]] = st.lists(blocks, max_size=5).map(tuple)
"""Trees as a careless program could build them."""
bodies: st.SearchStrategy[Body] = raw_bodies.map(normalise)
"""Canonical trees."""
