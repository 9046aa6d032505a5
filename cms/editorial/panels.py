"""校对 beside the page that is written: what to look at, with a way to say that it may stay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel

from cms.editorial.gate import owner_of
from cms.editorial.models import Confirmation
from cms.editorial.proofs import Proof, proof
from cms.records.models import RecordPage
from site_builder.proofing import Finding


@dataclass(frozen=True)
class Line:
    finding: Finding
    where: str
    confirmed: Confirmation | None = None


def where(page: RecordPage | type[RecordPage], finding: Finding) -> str:
    """The field as its form calls it: 步骤 2."""
    name, number = re.fullmatch(r"(\w+)(?:\[(\d+)\])?.*", finding.field).groups()  # type: ignore[union-attr]
    try:
        label = str(page._meta.get_field(page.columns.get(name, name)).verbose_name)
    except FieldDoesNotExist:
        label = name
    return f"{label} {int(number) + 1}" if number else label


class ProofPanel(BaseSidePanel):
    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("校对")
        icon_name = "edit"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["count"] = len(self.panel.found.open)
            return context

    name = "proofs"
    title = _("校对")
    template_name = "editorial/_panel.html"
    order = 340

    def __init__(self, page: RecordPage, request: Any, found: Proof) -> None:
        super().__init__(page, request)
        self.found = found

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        page = self.object
        context["open"] = [
            Line(finding, where(page, finding))
            for finding in sorted(
                self.found.open, key=lambda finding: (not finding.certain, not finding.private)
            )
        ]
        context["confirmed"] = [
            Line(finding, where(page, finding), said) for finding, said in self.found.confirmed
        ]
        return context


class WithProofs:
    """Mixed into the screens on which a record is written."""

    partials_template_name = "editorial/edit_partials.html"

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()  # type: ignore[misc]
        page: RecordPage = self.page  # type: ignore[attr-defined]
        found = proof(page, owner_of(self) or page.union)
        return MediaContainer([*panels, ProofPanel(page, self.request, found)])  # type: ignore[attr-defined]
