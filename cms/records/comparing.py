"""Two versions of a page side by side, as an editor reads them: what changed, in the words of the screen.

Wagtail's own comparison shows Python's None, lists, codes and times of another zone, calls a field changed
that went from nothing to nothing, marks a whole Chinese sentence for one character (it takes a run of Han
characters for a word), and repeats every block of a text of which one line changed. Its classes are replaced
where it asks for them by a field's type (`register`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as translate
from wagtail.admin import compare
from wagtail.blocks import Block, ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import RichText
from wagtail.utils.text import text_from_html

from cms.blocks.lines import LinesField
from cms.blocks.links import RecordChooserBlock, RecordRefField
from cms.records.fields import ChoicesField

Change = tuple[str, str]
"""("equal" | "deletion" | "addition", text), as Wagtail's TextDiff takes them."""

TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.,:/@%-][A-Za-z0-9]+)*|.", re.DOTALL)
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")
ISLAND = 2
"""Fewer equal characters than these between two changes count as changed, too: or they would be confetti."""
ALIKE = 0.35
"""Below this, two sentences have nothing to do with each other: one goes, the other comes."""

LIKE = 0.6
"""So much of two blocks must be the same for one to be the other, changed."""


# --- text -----------------------------------------------------------------------------------------


def changes(old: str, new: str) -> list[Change]:
    """How `new` came of `old`: sentence by sentence, and by characters and words within a sentence."""
    found: list[Change] = []
    for same, before, after in _steps(SENTENCE.findall(old), SENTENCE.findall(new)):
        if same:
            found.append(("equal", "".join(before)))
        else:
            found += _within("".join(before), "".join(after))
    return _joined(found)


def _within(old: str, new: str) -> list[Change]:
    if not old or not new:
        return [("deletion", old), ("addition", new)]
    first, second = TOKEN.findall(old), TOKEN.findall(new)
    steps = [(same, "".join(a), "".join(b)) for same, a, b in _steps(first, second)]
    kept = sum(len(a) for same, a, _ in steps if same)
    if 2 * kept < ALIKE * (len(old) + len(new)):
        return [("deletion", old), ("addition", new)]
    found: list[Change] = []
    for place, (same, before, after) in enumerate(steps):
        if same and (len(before) >= ISLAND or place in (0, len(steps) - 1)):
            found.append(("equal", before))
        else:
            found += [("deletion", before), ("addition", after)]
    return found


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """(whether they are the same, the part of `old`, the part of `new`)."""
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield step == "equal", old[a:b], new[c:d]


def _joined(found: Iterable[Change]) -> list[Change]:
    """Neighbours of one sort as one; what goes before what comes, between two parts that stay."""
    result: list[Change] = []
    gone = come = ""
    for sort, text in [*found, ("equal", "")]:
        if sort == "deletion":
            gone += text
        elif sort == "addition":
            come += text
        else:
            result += [one for one in (("deletion", gone), ("addition", come)) if one[1]]
            gone = come = ""
            if text:
                result.append(("equal", text))
    return result


def marked(old: str, new: str, silent: str = "") -> SafeString:
    """The difference as HTML. `silent` is said where the words are the same and something else is not."""
    shown = _text(compare.TextDiff(changes(old, new)).to_html())
    if old != new or not silent:
        return shown
    return format_html('{} <span class="comparison__aside">{}</span>', shown, silent)


def _text(html: SafeString) -> SafeString:
    return format_html('<span class="comparison__text">{}</span>', html)


# --- values as text -------------------------------------------------------------------------------


def said(value: Any, words: Iterable[tuple[Any, Any]] = ()) -> str:
    """A value as an editor would say it; `words` are the labels of codes."""
    labels = {str(code): str(label) for code, label in words}
    match value:
        case None | "":
            return ""
        case bool():
            return translate("是") if value else translate("否")
        case datetime():
            return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case list() | tuple():
            return "\n".join(labels.get(str(one), str(one)) for one in value)
        case {"data": [*rows]}:  # a table's grid
            return "\n".join(" | ".join(str(cell or "") for cell in row) for row in rows)
    return labels.get(str(value), str(value))


def _of_block(block: Block, value: Any) -> str:
    """The value of a block that holds no other blocks."""
    if isinstance(value, RichText):
        return _of_html(value.source)
    field = getattr(block, "field", None)
    if isinstance(block, RecordChooserBlock):
        return _title(block.field.widget, value)
    choices = getattr(field, "choices", ())
    return said(value, _flat(choices))


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield code, label


def _title(chooser: Any, value: Any) -> str:
    """A record's title, as whoever looks may know it."""
    if not value:
        return ""
    page = chooser.get_instance(str(value))
    return str(chooser.get_display_title(page)) if page else str(value)


def _of_html(source: str) -> str:
    """The words of rich text, a line a paragraph."""
    return str(text_from_html(re.sub(r"(?i)</(?:p|li|h\d)>|<br\s*/?>", r"\g<0>\n", source or ""))).strip()


def bare(value: Any) -> Any:
    """A stored value without what no reader could tell: blocks' ids, empty things, the editor's own marks."""
    if isinstance(value, dict):
        if value.keys() == {"type", "value", "id"}:
            # What a list holds came from files as it is, and comes from the screen as an item with an id.
            inner = bare(value["value"])
            return inner if value["type"] == "item" else (value["type"], inner)
        parts = {key: bare(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part is not None} or None
    if isinstance(value, list | tuple):
        return [bare(part) for part in value] or None
    if isinstance(value, str) and "<" in value:
        text = re.sub(r' data-block-key="[^"]*"', "", value)
        return text if re.search(r"<(?:embed|hr)\b", text) or _of_html(text) else None
    return str(value) if isinstance(value, UUID) else None if value == "" else value


# --- blocks ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One block in a sequence."""

    block: Block
    id: str
    value: Any
    bare: Any


def alike(block: Block, old: Any, new: Any) -> bool:
    return bool(bare(block.get_prep_value(old)) == bare(block.get_prep_value(new)))


def difference(block: Block, old: Any, new: Any) -> SafeString:
    """What changed between two values of a block, as HTML."""
    if isinstance(block, StructBlock):
        return _fields((child, old.get(name), new.get(name)) for name, child in block.child_blocks.items())
    if isinstance(block, StreamBlock | ListBlock):
        return _sequence(block, old, new)
    if hasattr(block, "get_comparison_class"):
        shown: SafeString = block.get_comparison_class()(block, True, True, old, new).htmldiff()
        return shown
    silent = translate("（文字没有变，变的是链接或格式）") if isinstance(block, RichTextBlock) else ""
    return marked(_of_block(block, old), _of_block(block, new), silent)


def whole(block: Block, value: Any) -> SafeString:
    """A value of a block as HTML, without what is empty."""
    if isinstance(block, StructBlock):
        parts = ((child, value.get(name)) for name, child in block.child_blocks.items())
        return _rows((child, whole(child, part)) for child, part in parts if _says(child, part))
    if isinstance(block, StreamBlock | ListBlock):
        return _list((item, "", whole(item.block, item.value)) for item in _items(block, value))
    if hasattr(block, "get_comparison_class"):
        shown: SafeString = block.get_comparison_class()(block, True, True, value, value).htmlvalue(value)
        return shown
    return _text(escape(_of_block(block, value)))


def _says(block: Block, value: Any) -> bool:
    return bare(block.get_prep_value(value)) not in (None, False)


def _fields(parts: Iterable[tuple[Block, Any, Any]]) -> SafeString:
    """The fields that changed, between the short ones that say what they belong to."""
    rows = []
    for child, old, new in parts:
        if not alike(child, old, new):
            rows.append((child, difference(child, old, new)))
        elif not isinstance(child, StructBlock | StreamBlock | ListBlock) and _says(child, new):
            rows.append((child, whole(child, new)))
    return _rows(rows)


def _rows(rows: Iterable[tuple[Block, SafeString]]) -> SafeString:
    inner = format_html_join("\n", "<dt>{}</dt><dd>{}</dd>", ((child.label, html) for child, html in rows))
    return format_html("<dl>{}</dl>", inner)


def _items(block: StreamBlock | ListBlock, value: Any) -> list[Item]:
    children = (value or []) if isinstance(block, StreamBlock) else getattr(value, "bound_blocks", [])
    return [
        Item(child.block, child.id or "", child.value, bare(child.block.get_prep_value(child.value)))
        for child in children
    ]


def _sequence(block: StreamBlock | ListBlock, old: Any, new: Any) -> SafeString:
    before, after = _items(block, old), _items(block, new)
    pairs = _pairs(before, after)
    stay = _in_order([pairs[place] for place in range(len(after)) if place in pairs])
    gone = {place: item for place, item in enumerate(before) if place not in pairs.values()}
    rows: list[tuple[Item | None, str, SafeString | int]] = []
    for place, item in enumerate(after):
        origin = pairs.get(place)
        if origin is None:
            rows.append((item, "addition", whole(item.block, item.value)))
            continue
        if origin in stay:
            # What stood before this one and is gone is told where it stood.
            for lost in sorted(number for number in gone if number < origin):
                rows.append(_lost(gone.pop(lost)))
        same = before[origin].bare == item.bare
        if same and origin in stay:
            rows.append((None, "", 1))
        elif same:
            rows.append((item, "moved", whole(item.block, item.value)))
        else:
            sort = "" if origin in stay else "moved"
            rows.append((item, sort, difference(item.block, before[origin].value, item.value)))
    rows += [_lost(item) for item in gone.values()]
    return _list(_folded(rows), named=isinstance(block, StreamBlock) and len(block.child_blocks) > 1)


def _lost(item: Item) -> tuple[Item, str, SafeString]:
    return item, "deletion", whole(item.block, item.value)


def _pairs(before: Sequence[Item], after: Sequence[Item]) -> dict[int, int]:
    """place in `after` -> place in `before`: by the block's id, by what it says, else by how like it says it.

    Lists that came from files have no ids.
    """
    pairs: dict[int, int] = {}
    free = dict(enumerate(before))
    for likeness in (_same_block, _same_words, _like_words):
        for place, item in enumerate(after):
            alike_ = {
                number: likeness(item, one)
                for number, one in free.items()
                if one.block.name == item.block.name
            }
            best = max(alike_, key=lambda number: alike_[number], default=None)
            if place not in pairs and best is not None and alike_[best]:
                pairs[place] = best
                del free[best]
    return pairs


def _same_block(one: Item, other: Item) -> float:
    return bool(one.id) and one.id == other.id


def _same_words(one: Item, other: Item) -> float:
    return one.bare == other.bare


def _like_words(one: Item, other: Item) -> float:
    likeness = SequenceMatcher(None, str(one.bare), str(other.bare), autojunk=False).quick_ratio()
    return likeness if likeness >= LIKE else 0


def _in_order(places: Sequence[int]) -> set[int]:
    """The most of `places` that follow each other as before: the others were moved."""
    ordered = sorted(places)
    runs = SequenceMatcher(None, ordered, places, autojunk=False).get_matching_blocks()
    return {place for run in runs for place in ordered[run.a : run.a + run.size]}


def _folded(
    rows: Iterable[tuple[Item | None, str, SafeString | int]],
) -> Iterator[tuple[Item | None, str, SafeString]]:
    """Blocks that stayed as they are, however many, in one line."""
    count = 0
    for item, sort, shown in [*rows, (None, "end", 0)]:
        if isinstance(shown, int) and not sort:
            count += shown
            continue
        if count:
            yield None, "", escape(translate("（%(count)s 项没有变）") % {"count": count})
            count = 0
        if not isinstance(shown, int):
            yield item, sort, shown


def _list(rows: Iterable[tuple[Item | None, str, SafeString]], *, named: bool = False) -> SafeString:
    told = {
        "addition": translate("新增"),
        "deletion": translate("删去"),
        "moved": translate("移到这里"),
    }
    html = []
    for item, sort, shown in rows:
        if item is None:
            html.append(format_html('<p class="comparison__aside">{}</p>', shown))
            continue
        heads = [str(item.block.label)] if named else []
        head = " · ".join([*heads, *([told[sort]] if sort else [])])
        html.append(
            format_html(
                '<div class="comparison__child-object {}">{}{}</div>',
                sort,
                format_html('<p class="comparison__aside">{}</p>', head) if head else "",
                shown,
            )
        )
    return mark_safe("\n".join(html))  # every piece is made by format_html


# --- fields ---------------------------------------------------------------------------------------


class TextComparison(compare.FieldComparison):
    """Words; nothing and an empty text are the same."""

    def text(self, value: Any) -> str:
        return said(value)

    def has_changed(self) -> bool:
        return bool(bare(self.val_a) != bare(self.val_b))

    def htmldiff(self) -> SafeString:
        return marked(self.text(self.val_a), self.text(self.val_b))


class ValueComparison(TextComparison):
    """A date, a number, yes or no: the old one and the new one, not the figures they share."""

    def htmldiff(self) -> SafeString:
        old, new = self.text(self.val_a), self.text(self.val_b)
        return _text(compare.TextDiff(_joined([("deletion", old), ("addition", new)])).to_html())


class LinesComparison(TextComparison):
    """Lines of short texts, or boxes that were ticked: line by line."""

    def text(self, value: Any) -> str:
        return said(value, self.field.allowed if isinstance(self.field, ChoicesField) else ())

    def htmldiff(self) -> SafeString:
        old, new = (self.text(value).splitlines() for value in (self.val_a, self.val_b))
        rows: list[Change] = []
        for same, before, after in _steps(old, new):
            rows += [("equal" if same else "deletion", one) for one in before]
            rows += [] if same else [("addition", one) for one in after]
        return _text(compare.TextDiff(rows, separator="\n").to_html())


class RichTextComparison(TextComparison):
    def text(self, value: Any) -> str:
        return _of_html(value or "")

    def htmldiff(self) -> SafeString:
        silent = translate("（文字没有变，变的是链接或格式）")
        return marked(self.text(self.val_a), self.text(self.val_b), silent)


class RecordComparison(ValueComparison):
    """A reference to another record, by its title."""

    def text(self, value: Any) -> str:
        return _title(self.field.formfield().widget, value)


class StreamComparison(compare.FieldComparison):
    def has_changed(self) -> bool:
        return not alike(self.field.stream_block, self.val_a, self.val_b)

    def htmldiff(self) -> SafeString:
        return _sequence(self.field.stream_block, self.val_a, self.val_b)


def register() -> None:
    """Put these in the place of Wagtail's."""
    for field, comparison in (
        (models.CharField, TextComparison),
        (models.TextField, TextComparison),
        (RichTextField, RichTextComparison),
        (LinesField, LinesComparison),
        (RecordRefField, RecordComparison),
        (StreamField, StreamComparison),
        *(
            (plain, ValueComparison)
            for plain in (
                models.BooleanField,
                models.DateField,
                models.DecimalField,
                models.FloatField,
                models.IntegerField,
                models.TimeField,
                models.UUIDField,
            )
        ),
    ):
        compare.register_comparison_class(field, comparison_class=comparison)
