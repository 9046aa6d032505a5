"""The screens on which records are written: when a draft cannot be saved by itself, they say what is wrong.

Wagtail answers such a draft with "there are validation errors" and shows nothing. Here the answer names each
field and what to do; `static/cms/autosave.js` shows it beside the field and on the label of its tab.

Nor is what somebody else saved meanwhile overwritten by a button: Wagtail asks only those whose window has
heard of it, and it hears every ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.blocks import StreamBlock, StructBlock
from wagtail.blocks.list_block import ListBlock
from wagtail.models import Page
from wagtail.utils.timestamps import render_timestamp


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


class AsksBeforeOverwriting:
    """Mixed into the screens on which a page is changed; a form sends the version it goes on from.

    What was written stays on the screen and unsaved: the form still goes on from the old version, so that it
    does not save itself, and the next press is asked about. `static/cms/session.js` sends the answer as
    `overwrite`, the number of the version that may be overwritten.
    """

    request: HttpRequest

    def dispatch(self, request: HttpRequest, page_id: int, **named: Any) -> HttpResponse:
        if request.method != "POST":
            shown: HttpResponse = super().dispatch(request, page_id, **named)  # type: ignore[misc]
            return shown
        # Of two forms sent at the same instant the second waits here, and meets what the first one saved.
        with transaction.atomic():
            Page.objects.select_for_update().filter(pk=page_id).values_list("pk").first()
            answer: HttpResponse = super().dispatch(request, page_id, **named)  # type: ignore[misc]
            return answer

    @property
    def overtaken(self) -> bool:
        sent = self.request.POST
        agreed = sent.get("overwrite") == str(self.latest_revision and self.latest_revision.pk)  # type: ignore[attr-defined]
        return bool(self.is_out_of_date and not agreed)  # type: ignore[attr-defined]

    def form_valid(self, form: BaseForm) -> HttpResponse:
        if not self.overtaken:
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            return answer
        newest = self.latest_revision  # type: ignore[attr-defined]
        told = _(
            "没有保存：%(who)s在 %(when)s 保存了新版本。您写的还在这一页；再按一次，会问您是否覆盖新版本。"
        ) % {
            "who": get_user_display_name(newest.user) or _("System"),
            "when": render_timestamp(newest.created_at),
        }
        address = self.get_edit_url()  # type: ignore[attr-defined]
        messages.error(self.request, told, buttons=[messages.button(address, _("看新版本"), new_window=True)])
        self.has_unsaved_changes = True
        shown: HttpResponse = self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        if self.request.method == "POST" and self.overtaken:
            known = self.request.POST.get("loaded_revision_created_at", "")
            context["loaded_revision_created_at"] = known
            context["editing_sessions"].revision_created_at = known
        return context
