"""The screens on which records are written: when a draft cannot be saved by itself, they say what is wrong.

Wagtail answers such a draft with "there are validation errors" and shows nothing. Here the answer names each
field and what to do; `static/cms/autosave.js` shows it beside the field and on the label of its tab.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import JsonResponse
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlock, StructBlock
from wagtail.blocks.list_block import ListBlock


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that keeps a form from being saved. `field` is its name, or "" for the form as a whole."""

    field: str
    label: str
    message: str


def wrong(form: BaseForm) -> list[Wrong]:
    """What is wrong with a form, field by field, down to the innermost block."""
    found = []
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        label = str(field.label or name) if field is not None else ""
        block = getattr(field, "block", None)
        for error in errors:
            for path, message in told_of(error, block):
                found.append(Wrong(name if field else "", " › ".join((label, *path)).strip(" ›"), message))
    for name, formset in getattr(form, "formsets", {}).items():
        if not formset.is_valid():
            found.append(Wrong(name, name, "；".join(map(str, formset.non_form_errors()))))
    return found


def told_of(error: ValidationError, block: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """The messages inside an error of a block, each with the labels on the way to it."""
    inside = getattr(error, "block_errors", None)
    if isinstance(inside, Mapping):
        for key, part in inside.items():
            child = _child(block, key)
            label = _label(child) if isinstance(block, StructBlock) else ()
            for path, message in _inside_of(part, child):
                yield (*label, *path), message
    elif isinstance(inside, Sequence):
        for part in inside:
            if part is not None:
                yield from _inside_of(part, _child(block, 0))
    own = getattr(error, "non_block_errors", None)
    if own is not None:
        yield from (((), str(message)) for message in own)
    elif inside is None:
        yield from (((), str(message)) for message in error.messages)


def _inside_of(part: Any, block: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    # An ErrorList of a field inside a block, or one error.
    for error in part.as_data() if hasattr(part, "as_data") else (part,):
        yield from told_of(error, block)


def _child(block: Any, key: object) -> Any:
    if isinstance(block, ListBlock):
        return block.child_block
    if isinstance(block, StreamBlock):
        return next(iter(block.child_blocks.values())) if len(block.child_blocks) == 1 else None
    return block.child_blocks.get(key) if isinstance(block, StructBlock) else None


def _label(block: Any) -> tuple[str, ...]:
    return (str(block.label),) if block is not None and block.label else ()


class SaysWhatIsWrong:
    """The answer to a draft that saves itself."""

    form: BaseForm

    def json_error_response(self, error_code: str, error_message: str) -> JsonResponse:
        if error_code != "validation_error":
            return super().json_error_response(error_code, error_message)  # type: ignore[misc]
        found = wrong(self.form)
        said = " ".join(f"{one.label}：{one.message}" if one.label else one.message for one in found)
        return JsonResponse(
            {
                "success": False,
                "error_code": error_code,
                "error_message": _("没有自动保存。%(said)s 改好后会接着自动保存。") % {"said": said},
                "errors": [asdict(one) for one in found],
            },
            status=400,
        )
