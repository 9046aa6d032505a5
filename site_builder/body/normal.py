"""One form for every body that means the same: what `read` gives, `write` writes and the editor keeps.

Running text is seen as a row of *runs*: stretches of characters with one set of marks (strong,
emphasis, link). Two trees mean the same when their runs are the same, and the tree built from the runs
is the canonical one. The rules, in the order in which they are applied:

1. Control characters are dropped. Spaces, tabs and line ends in a row become one space; a line end
   between two Chinese characters becomes nothing. Ideographic and other wide spaces inside text stay.
2. Paragraphs, items, cells, headings and captions neither begin nor end with any kind of space or with
   a line break, and line breaks in a row are one.
3. Space between two runs carries only the marks that it had itself and that both neighbours have: so
   bold text never begins or ends with a space.
4. Adjacent runs with the same marks are one; marks nest only once (strong in strong is strong), and a
   link in a link is the inner one. Where marks overlap, the one that reaches furthest is outside;
   of equals the link, then strong, then emphasis.
5. Empty paragraphs, items, lists, quotes, notes, sections, figures, galleries, steps, measures and
   tables are dropped. An item without text gives its sub-items to the list it stands in.
6. Adjacent lists of the same kind are one list, adjacent prose is one block.
7. The rows of a table are of equal length.
8. In links, characters that no URL may hold are percent-encoded; `record:` ids are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple
from urllib.parse import quote
from uuid import UUID

from site_builder.body.tree import (
    Anchor,
    Attachment,
    Block,
    Body,
    Break,
    Emphasis,
    Figures,
    Gallery,
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
)

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACES = re.compile(r"[ \t\n\f\v]+")
_UNTIDY = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]|  ")
"""What rule 1 may change in text that stands alone."""
_CHINESE = re.compile(
    "[\u2018-\u201d\u2014\u2026\u00b7\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_NOT_IN_URL = re.compile(r"""[\x00-\x20<>"\\^`{|}\x7f]""")


class Marks(NamedTuple):
    href: str | None = None
    strong: bool = False
    emphasis: bool = False

    def shared(self, other: Marks) -> Marks:
        return Marks(
            self.href if self.href == other.href else None,
            self.strong and other.strong,
            self.emphasis and other.emphasis,
        )


UNMARKED = Marks()


class Run(NamedTuple):
    """Characters with the same marks; `text` is None for a line break."""

    text: str | None
    marks: Marks


def normalise(body: Iterable[Block]) -> Body:
    """Return the one canonical tree that means the same as `body`. Idempotent; never raises."""
    return joined(map(normalise_block, body))


def joined(body: Iterable[Block | None]) -> Body:
    """What `normalise` makes of blocks that it has seen one by one."""
    blocks: list[Block] = []
    for block in body:
        if block is None:
            continue
        if isinstance(block, Prose) and blocks and isinstance(blocks[-1], Prose):
            blocks[-1] = Prose(_merged_lists((*blocks[-1].blocks, *block.blocks)))
        else:
            blocks.append(block)
    return tuple(blocks)


def normalise_prose(blocks: Iterable[ProseBlock]) -> tuple[ProseBlock, ...]:
    """The rules for running text alone: paragraphs and lists."""
    kept: list[ProseBlock] = []
    for block in blocks:
        if isinstance(block, List):
            items = tuple(_items(block.items))
            if items:
                kept.append(List(block.ordered, items))
        elif spans := normalise_spans(block.spans):
            kept.append(Paragraph(spans))
    return _merged_lists(kept)


def normalise_words(text: str) -> tuple[ProseBlock, ...]:
    """The same of paragraphs of nothing but words, empty lines between them."""
    text = text.strip()
    if _UNTIDY.search(text.replace("\n\n", "")):
        return normalise_prose(Paragraph((Plain(words),)) for words in text.split("\n\n"))
    return tuple(Paragraph((Plain(core),)) for words in text.split("\n\n") if (core := words.strip()))


def normalise_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The rules for one paragraph or item."""
    spans = tuple(spans)
    if len(spans) == 1 and isinstance(spans[0], Plain):  # most paragraphs of a newspaper
        text = spans[0].text
        if core := _tidy(text):
            return spans if core == text else (Plain(core),)
    row = _joined(_spaced(list(runs(spans))))
    while True:
        tree = _tree(row)
        cleaned = _joined(_spaced(list(runs(tree))))
        if cleaned == row:
            return tree
        row = cleaned


def normalise_line(text: str) -> str:
    """The rules for a heading, a caption or a cell: one line of plain text."""
    return _tidy(text) or "".join(run.text or "" for run in _joined(_spaced([Run(_clean(text), UNMARKED)])))


def normalise_link(href: str) -> str:
    """A link as canonical files write it; it may still be one that `records.check_link` refuses."""
    href = _NOT_IN_URL.sub(lambda match: quote(match.group(), safe=""), _CONTROL.sub("", href).strip())
    if href.startswith("record:"):
        try:
            return f"record:{UUID(href.removeprefix('record:'))}"
        except ValueError:
            return href
    return href


def runs(spans: Iterable[Span], marks: Marks = UNMARKED) -> Iterator[Run]:
    """The row of runs that `spans` are, as they stand."""
    for span in spans:
        match span:
            case Plain(text):
                yield Run(_clean(text), marks)
            case Break():
                yield Run(None, marks)
            case Strong(inner):
                yield from runs(inner, marks._replace(strong=True))
            case Emphasis(inner):
                yield from runs(inner, marks._replace(emphasis=True))
            case Anchor(href, inner):
                yield from runs(inner, marks._replace(href=normalise_link(href) or None))


# --- runs -----------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def _tidy(text: str) -> str:
    """The text without space at its ends, if that is all that the rules change of it; else nothing."""
    core = text.strip()
    return "" if _UNTIDY.search(core) else core


def _collapse(text: str, before: str, after: str) -> str:
    """Rule 1 for `text`, which stands between the characters `before` and `after`."""

    def space(match: re.Match[str]) -> str:
        if "\n" not in match.group():
            return " "
        left = text[match.start() - 1] if match.start() else before
        right = text[match.end()] if match.end() < len(text) else after
        return "" if _CHINESE.match(left) and _CHINESE.match(right) else " "

    return _SPACES.sub(space, text)


def _spaced(row: Sequence[Run]) -> Iterator[Run]:
    """Rules 1 to 3: cut the space off both ends of every run, and give it back where it belongs."""
    between: list[Run] = []
    previous: Run | None = None
    for run in row:
        if run.text is None or not (core := run.text.strip()):
            between.append(run)
            continue
        start = run.text.index(core)
        if start:
            between.append(Run(run.text[:start], run.marks))
        current = Run(_collapse(core, "", ""), run.marks)
        if previous is not None and between:
            yield from _gap(previous, between, current)
        yield current
        between, previous = [], current
        if end := run.text[start + len(core) :]:
            between.append(Run(end, run.marks))


def _gap(previous: Run, between: Sequence[Run], following: Run) -> Iterator[Run]:
    marks = previous.marks.shared(following.marks)
    for run in between:
        if run.text != "":
            marks = marks.shared(run.marks)
    if any(run.text is None for run in between):
        yield Run(None, marks)
        return
    assert previous.text
    assert following.text
    text = _collapse("".join(run.text or "" for run in between), previous.text[-1], following.text[0])
    if text:
        yield Run(text, marks)


def _joined(row: Iterable[Run]) -> list[Run]:
    """Rule 4: adjacent runs with the same marks are one."""
    joined: list[Run] = []
    for run in row:
        if joined and joined[-1].marks == run.marks and run.text is not None and joined[-1].text is not None:
            joined[-1] = Run(joined[-1].text + run.text, run.marks)
        else:
            joined.append(run)
    return joined


Mark = Literal["href", "strong", "emphasis"]


def _tree(row: Sequence[Run], within: frozenset[Mark] = frozenset()) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    while at < len(row):
        run = row[at]
        reach: dict[Mark, int] = {}
        for mark in ("href", "strong", "emphasis"):
            value = getattr(run.marks, mark)
            if value and mark not in within:
                end = at + 1
                while end < len(row) and getattr(row[end].marks, mark) == value:
                    end += 1
                reach[mark] = end
        if not reach:
            spans.append(Break() if run.text is None else Plain(run.text))
            at += 1
            continue
        outer = max(reach, key=lambda mark: reach[mark])
        before, inside, after = _trimmed(row[at : reach[outer]])
        spans += before
        inner = _tree(inside, within | {outer})
        match outer:
            case "href":
                spans.append(Anchor(run.marks.href or "", inner))
            case "strong":
                spans.append(Strong(inner))
            case "emphasis":
                spans.append(Emphasis(inner))
        spans += after
        at = reach[outer]
    return tuple(spans)


def _trimmed(row: Sequence[Run]) -> tuple[list[Span], list[Run], list[Span]]:
    """Rule 3 where marks overlap: space at the ends of what one mark encloses stands outside of it."""
    inside = list(row)
    before: list[Span] = []
    after: list[Span] = []
    for end, outside in ((0, before), (-1, after)):
        text = inside[end].text
        if text is None:
            outside.append(Break())
            del inside[end]
        elif len(kept := text.lstrip() if end == 0 else text.rstrip()) < len(text):
            outside.append(Plain(text.replace(kept, "", 1)))
            inside[end] = Run(kept, inside[end].marks)
            if not kept:
                del inside[end]
    return before, inside, after


# --- blocks ---------------------------------------------------------------------------------------


def _items(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        spans = normalise_spans(item.spans)
        lists = tuple(block for block in normalise_prose(item.lists) if isinstance(block, List))
        if spans:
            yield Item(spans, lists)
        else:
            for inner in lists:
                yield from inner.items


def _merged_lists(blocks: Iterable[ProseBlock]) -> tuple[ProseBlock, ...]:
    merged: list[ProseBlock] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if isinstance(block, List) and isinstance(last, List) and last.ordered == block.ordered:
            merged[-1] = List(block.ordered, (*last.items, *block.items))
        else:
            merged.append(block)
    return tuple(merged)


def normalise_block(block: Block) -> Block | None:
    """The rules for one block; None where nothing is left of it."""
    match block:
        case Prose(blocks):
            prose = normalise_prose(blocks)
            return Prose(prose) if prose else None
        case Section(heading, level, anchor):
            heading = normalise_line(heading)
            return Section(heading, level, anchor.strip()) if heading else None
        case Quote(blocks, speaker, source):
            prose = normalise_prose(blocks)
            return Quote(prose, normalise_line(speaker), normalise_line(source)) if prose else None
        case Note(blocks, label):
            prose = normalise_prose(blocks)
            return Note(prose, normalise_line(label)) if prose else None
        case Figures() | Gallery() | Steps():
            return replace(block, caption=normalise_line(block.caption)) if block.items else None
        case Measures(items, caption):
            measures = tuple(_measure(item) for item in items if normalise_line(item.label))
            return Measures(measures, normalise_line(caption)) if measures else None
        case Table(rows, caption, header):
            return _table(rows, caption, header)
        case Attachment(media, title, note, accessible):
            return Attachment(media, normalise_line(title), normalise_line(note), accessible)
        case _:
            return block


def _measure(item: Measure) -> Measure:
    return Measure(
        normalise_line(item.label),
        normalise_line(item.slogan),
        _clean(item.text).strip(),
        (normalise_link(item.link) or None) if item.link else None,
    )


def _table(
    rows: Iterable[Sequence[str]], caption: str, header: Literal["row", "column", "both", "none"]
) -> Table | None:
    cells = [[normalise_line(cell) for cell in row] for row in rows]
    width = max((len(row) for row in cells), default=0)
    if not width:
        return None
    padded = tuple((*row, *[""] * (width - len(row))) for row in cells)
    return Table(padded, normalise_line(caption), header)
