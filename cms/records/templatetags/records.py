"""What the lists of records offer to do with several rows at once."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from wagtail.admin.templatetags.wagtailadmin_tags import bulk_action_choices

register = template.Library()

NOT_OFFERED = ("move",)
"""A union has one section for each kind, and lies beside the others: no page has anywhere to go."""


@register.inclusion_tag("wagtailadmin/shared/buttons.html", takes_context=True)
def several_choices(context: Any, app_label: str, model_name: str) -> dict[str, Any]:
    """Wagtail's buttons, but for those that no page allows."""
    without = {reverse("wagtail_bulk_action", args=[app_label, model_name, name]) for name in NOT_OFFERED}
    found: dict[str, Any] = bulk_action_choices(context, app_label, model_name)
    return {"buttons": [button for button in found["buttons"] if button.url not in without]}
