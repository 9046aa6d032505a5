"""What of a draft is only half written: a number without its unit, a picture without its description.

A preview leaves such parts out and says what each still needs, instead of showing nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.fields import StreamField

from cms.records.editing import told_of
from cms.records.models import RecordPage


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One item of a field, counted from 0, and what is wrong with it, with the labels on the way to it."""

    field: str
    number: int
    label: str
    message: str


def unfinished(page: RecordPage) -> list[Unfinished]:
    """What its own blocks say of a draft, as they would when it is published."""
    return [
        Unfinished(field.name, number, " › ".join((_called(field, child, number), *path)), message)
        for field in page._meta.get_fields()
        if isinstance(field, StreamField)
        for number, child in enumerate(getattr(page, field.name))
        for path, message in _said(child)
    ]


def take_out(page: RecordPage, found: list[Unfinished]) -> None:
    """Leave the unfinished items out of the page in hand. Nothing is saved."""
    out = {(one.field, one.number) for one in found}
    for name in {one.field for one in found}:
        items = enumerate(getattr(page, name))
        kept = [(child.block_type, child.value) for number, child in items if (name, number) not in out]
        setattr(page, name, kept)


def _said(child: Any) -> list[tuple[tuple[str, ...], str]]:
    try:
        child.block.clean(child.value)
    except ValidationError as error:
        return list(told_of(error, child.block))
    return []


def _called(field: StreamField, child: Any, number: int) -> str:
    """数字 2; of a text, 正文 3 图片."""
    several = field.stream_block.meta.max_num != 1
    kind = str(child.block.label) if len(field.stream_block.child_blocks) > 1 else ""
    return " ".join(filter(None, (str(field.verbose_name), str(number + 1) if several else "", kind)))
