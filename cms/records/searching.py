"""Every word of a record that its editors may type to find it again, for the editors' search.

All of what was typed into its fields, of whatever kind, the numbers with their units, and of what was
chosen the words that the screen shows (招聘会, 驿站). So a field that is added to a kind is found without
being named here. Its address is found too, as it stands in a browser's line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import CharField, TextField
from django.utils import translation
from django.utils.encoding import force_str
from wagtail.blocks import Block, FieldBlock, ListBlock, StreamBlock, StructBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from cms.blocks.lines import LinesField
from cms.records.fields import ChoicesField

SHOWN_IN = "zh-hans"
"""The language in which the words of choices are kept."""


def words(page: Page) -> list[str]:
    """The words of a record's page, one string for what stands together. Its title is not among them."""
    with translation.override(SHOWN_IN):
        return [page.slug, *filter(None, map(str.strip, _of_fields(page)))]


def _of_fields(page: Page) -> Iterator[str]:
    for field in page._meta.concrete_fields:
        if field.model is Page:
            continue
        value = field.value_from_object(page)
        if isinstance(field, StreamField):
            yield from _of_block(value.stream_block, value)
        elif isinstance(field, RichTextField):
            yield get_text_for_indexing(value)
        elif isinstance(field, ChoicesField):
            yield from (force_str(label) for name, label in field.allowed if name in value)
        elif isinstance(field, LinesField):
            yield from value
        elif field.choices:
            # What stands there if nobody chose (只在本工会网站) would find everything.
            if value and value != field.get_default():
                yield force_str(dict(field.flatchoices).get(value, ""))
        elif isinstance(field, CharField | TextField):
            yield value or ""


def _of_block(block: Block, value: Any, unit: str = "") -> Iterator[str]:
    """`unit`: of the values in it that have none of their own."""
    if value is None or isinstance(value, bool | UUID):
        return
    if isinstance(block, StreamBlock):
        for child in value:
            yield from _of_block(child.block, child.value)
    elif isinstance(block, ListBlock):
        for each in value:
            yield from _of_block(block.child_block, each, unit)
    elif isinstance(block, StructBlock):
        unit = value.get("unit") or unit
        for name, child in block.child_blocks.items():
            if name == "value" and unit and value.get(name):
                yield f"{value[name]}{unit}"  # As it is printed and asked for: 500元.
            else:
                yield from _of_block(child, value.get(name), unit)
    elif isinstance(value, int | Decimal | date | time):
        yield str(value)
    elif isinstance(block, FieldBlock):
        yield from map(force_str, block.get_searchable_content(value))
