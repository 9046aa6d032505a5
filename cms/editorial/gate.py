"""Nobody publishes the number of an identity card or of a bank card without having said that it may stand.

Asked wherever a person publishes, hands in or approves: on the edit screen, on the first page, for several
rows at once. The text is kept as a draft; what `unionpress load` reads, `unionpress check --texts` tells of.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.workflow import WorkflowActionView

from cms.editorial.proofs import proof
from cms.records.models import RecordPage
from cms.unions.models import UnionPage


def held_back(page: Any, union: UnionPage | None = None) -> list[str]:
    """What of a draft must be confirmed or removed first, a line each; nothing of what is no record."""
    if not isinstance(page, RecordPage):
        return []
    said = proof(page, union or page.union).certain
    return [f"{finding.message}{_('，')}{finding.action}" for finding in said]


def refused(page: RecordPage) -> list[str]:
    """What the record itself says of a draft that is published now, a line each: a moment may have passed."""
    said: dict[str, list[str]] = {name: [str(told)] for name, told in page.gone_by().items()}
    try:
        page.full_clean()
    except ValidationError as error:
        said |= error.message_dict
    labels = {field.name: getattr(field, "verbose_name", "") for field in page._meta.get_fields()}
    return [
        f"{labels[name]}：{message}" if labels.get(name) else message
        for name, messages in said.items()
        for message in messages
    ]


def say_so(request: HttpRequest, page: RecordPage, lines: list[str], *, certain: bool = True) -> None:
    sure = _("还没有发布：%(what)s。确实可以公开的，在“校对”里说明理由后再发布。")
    told = (sure if certain else _("还没有发布：%(what)s")) % {"what": _("；").join(lines)}
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    messages.error(request, told, buttons=[messages.button(address, _("去处理"))])


class HoldsBack:
    """Mixed into the screens on which a record is written: what is held back is saved as a draft."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        decides = self.action_name in ("publish", "submit", "restart_workflow") or (  # type: ignore[attr-defined]
            self.action_name == "perform_workflow_action"  # type: ignore[attr-defined]
            and getattr(self, "workflow_action", "") == "approve"
        )
        lines = held_back(form.instance, owner_of(self)) if decides else []
        if not lines:
            return super().form_valid(form)  # type: ignore[misc]
        self.has_content_changes = form.has_changed()
        saved: HttpResponse = self.save_action()  # type: ignore[attr-defined]
        say_so(self.request, self.page, lines)  # type: ignore[attr-defined]
        return saved


def owner_of(view: Any) -> UnionPage | None:
    """The union of the page of a view; a page that is being made lies nowhere yet."""
    section = getattr(view, "parent_page", None)
    return section.specific.union if section is not None else None


class ApproveView(WorkflowActionView):
    """Approving from a list, without looking at the text."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = self.object.get_latest_revision_as_object()
        approves = self.action_name == "approve" and isinstance(draft, RecordPage)
        wrong = refused(draft) if approves else []
        lines = wrong or (held_back(draft) if approves else [])
        if not lines:
            answer: HttpResponse = super().post(request, *args, **kwargs)
            return answer
        say_so(request, draft, lines, certain=not wrong)
        address = reverse("wagtailadmin_pages:edit", args=[draft.pk])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            step = {"step": "success", "redirect": address}
            modal: HttpResponse = self.render_modal_json(request, step)
            return modal
        return redirect(address)
