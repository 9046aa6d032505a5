"""How a field of `site_builder.records` becomes a field of a page.

a value (contact, window...)        one(Block)      a StreamField with at most one block
a list of values (figures, steps)   many(Block)     a StreamField of blocks of one type, `item`
a list of lines (topics)            LinesField      a text area
some of a few words (modes)         ChoicesField    boxes
a list of references (related)      references()    a StreamField of record choosers
a reference (edition_of)            RecordRefField  a record chooser, stored as a UUID
Markdown (intro, note)              RichTextField   with the features the dialect knows
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import Block
from wagtail.fields import RichTextField, StreamField

from cms.blocks.files import DocumentChooserBlock
from cms.blocks.lines import LinesField
from cms.blocks.links import RecordChooserBlock
from cms.blocks.values import RICH_TEXT


def many(block: Block, label: Any, help_text: Any = "") -> StreamField:
    return StreamField([("item", block)], blank=True, verbose_name=label, help_text=help_text)


def one(block: Block, label: Any, help_text: Any = "") -> StreamField:
    return StreamField([("item", block)], blank=True, max_num=1, verbose_name=label, help_text=help_text)


def references(label: Any, help_text: Any = "") -> StreamField:
    return many(RecordChooserBlock(), label, help_text)


def documents(label: Any, help_text: Any = "") -> StreamField:
    return many(DocumentChooserBlock(), label, help_text)


def prose(label: Any, help_text: Any = "") -> RichTextField:
    return RichTextField(features=RICH_TEXT, blank=True, verbose_name=label, help_text=help_text)


class ChoicesField(LinesField):
    """Several of some words (`allowed`: value and label), `[]` when none; the screen shows boxes."""

    def __init__(self, *args: Any, allowed: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        self.allowed = tuple(allowed)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=self.allowed,
            widget=forms.CheckboxSelectMultiple,
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
        )

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        unknown = [choice for choice in value if choice not in dict(self.allowed)]
        if unknown:
            raise ValidationError(_("不认识的选项：%(choices)s") % {"choices": "、".join(unknown)})
