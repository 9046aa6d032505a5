"""Other readers of the dialect take it alike: Python-Markdown and the fences of pymdownx."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import markdown
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block as PymdownBlock

from site_builder.body import (
    Attachment,
    ContactCard,
    Figures,
    Gallery,
    Image,
    List,
    Measure,
    Measures,
    Note,
    Paragraph,
    Plain,
    ProseBlock,
    Quote,
    Section,
    Steps,
    Table,
    normalise_prose,
    prose_html,
    write,
    write_prose,
)
from site_builder.body.prose import read_marked, read_prose
from site_builder.errors import BodyError
from site_builder.records import Contact, Figure, Picture, Step
from tests.site_builder.test_body import slow
from tests.strategies_bodies import prose

# --- other readers --------------------------------------------------------------------------------


def _fences() -> dict[str, str]:
    """Each kind of fence as it is written."""
    picture = Picture(media="media:pingdu/a.png", alt="一堂课")
    body = (
        Section("有锚点", 3, "jiaoxue"),
        Quote((Paragraph((Plain("引文"),)),), "夜校学员"),
        Figures((Figure(label="人数", value="350", unit="人", as_of="2024"),), "规模：一览"),
        Image(picture),
        Gallery((picture,), "图集"),
        Table((("课程", "时间"), ("书法", "周二"))  , "课表", "both"),
        Steps((Step(title="报名", text="线上。\n\n或到场。"),)),
        Measures((Measure("品牌引路", "一县一品", "- 甲\n- 乙"),)),
        ContactCard(Contact(name="市总工会", note="a: b # c")),
        Attachment("media:pingdu/b.pdf", "申请表"),
        Note((Paragraph((Plain("说明"),)),), "小编说"),
    )  # fmt: skip
    return {re.split(r"[ \n]", text)[1]: text for text in (write((block,)) for block in body)}


class _Recogniser(BlocksExtension):
    """Defines blocks of the dialect's kinds with pymdownx.blocks itself and notes what it recognises."""

    def __init__(self, seen: list[tuple[str, str | None, dict[str, Any]]]) -> None:
        super().__init__()
        self.seen = seen

    def extendMarkdownBlocks(self, md: markdown.Markdown, block_mgr: BlocksProcessor) -> None:
        seen = self.seen

        def block(kind: str) -> type[PymdownBlock]:
            class Known(PymdownBlock):
                NAME = kind
                ARGUMENT = None

                def _validate(self, parent: Any, arg: str, **options: Any) -> bool:
                    seen.append((kind, arg, options))
                    self.argument = arg
                    self.options = {"attrs": {}}
                    return True

                def on_create(self, parent: Element) -> Element:
                    return SubElement(parent, "div", {"class": kind})

            return Known

        for kind in _fences():
            block_mgr.register(block(kind), {})


@pytest.mark.parametrize("kind", sorted(_fences()))
def test_pymdownx_recognises_every_fence(kind: str) -> None:
    seen: list[tuple[str, str | None, dict[str, Any]]] = []
    md = markdown.Markdown(extensions=["tables", _Recogniser(seen)])
    html = md.convert(f"前文\n\n{_fences()[kind]}\n后文\n")
    assert [name for name, _, _ in seen] == [kind]
    assert "///" not in html
    assert html.startswith("<p>前文</p>")
    assert html.endswith("<p>后文</p>")
    options = seen[0][2]
    if kind == "figures":
        assert options["items"][0]["label"] == "人数"
        assert options["caption"] == "规模：一览"
    if kind == "steps":
        assert options["items"][0]["text"] == "线上。\n\n或到场。"
    if kind == "table":
        assert "<table>" in html


_STOCK = markdown.Markdown(
    extensions=["tables", "pymdownx.escapeall"], extension_configs={"pymdownx.escapeall": {"hardbreak": True}}
)


def _rows(blocks: tuple[ProseBlock, ...]) -> Iterator[tuple[ProseBlock, ...]]:
    yield blocks
    for block in blocks:
        if isinstance(block, List):
            for item in block.items:
                yield from _rows(item.lists)


def _has_lists_in_a_row(blocks: tuple[ProseBlock, ...]) -> bool:
    """Python-Markdown without `sane_lists` makes one list of two kinds in a row."""
    return any(isinstance(one, List) and isinstance(two, List) for one, two in pairwise(blocks))


@slow
@given(
    st.lists(
        st.sampled_from(
            (
                "夜校",
                "a",
                "1.",
                "-",
                "+ ",
                ":",
                "(",
                ")",
                '"',
                "'",
                "#",
                "=",
                " ",
                "\n",
                "\n\n",
                "\u3000",
                "\x0b",
                "|",
                "~",
                "{",
            )
        )
        | st.characters(codec="utf-8"),
        max_size=14,
    ).map("".join)
)
def test_words_alone_are_read_as_python_markdown_reads_them(text: str) -> None:
    lines = text.split("\n")
    with contextlib.suppress(BodyError):
        assert read_prose(lines, 1) == read_marked(lines, 1)


@given(prose)
def test_python_markdown_itself_reads_the_same(blocks: tuple[ProseBlock, ...]) -> None:
    """Its stock parser, raw HTML aside, shows a reader the same words with the same marks."""
    text = write_prose(blocks)
    assume(not re.search("[<>&]", text))
    canonical = normalise_prose(blocks)
    assume(not any(_has_lists_in_a_row(blocks) for blocks in _rows(canonical)))
    stock = _Words()
    stock.feed(_STOCK.reset().convert(text))
    ours = _Words()
    ours.feed(prose_html(canonical, lambda _: "/"))
    assert stock.words() == ours.words()


class _Words(HTMLParser):
    """What a page shows: its words, each with the marks that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.shown: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.shown.append(("br", ()))
        else:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            self.stack.remove(tag)

    def handle_data(self, data: str) -> None:
        marks = tuple(sorted({tag for tag in self.stack if tag in ("strong", "em", "a", "ul", "ol")}))
        for char in data:
            if not char.isspace():
                self.shown.append((char, marks))

    def words(self) -> list[tuple[str, tuple[str, ...]]]:
        return self.shown
