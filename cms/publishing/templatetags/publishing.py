"""How many sites show a record, for the screen on which it is edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as translate

from cms.places import places
from cms.publishing import clock as clocks
from cms.publishing import words
from cms.publishing.receipts import report
from cms.records.models import RecordPage
from cms.unions.models import UnionPage
from site_builder.deploy.addresses import shown

register = template.Library()

COUNTED_AT_ONCE = 50
"""Of more pages, the first are counted: more than a list shows at once."""
COUNTED = 500
"""In a network of more unions the counts take seconds: there the screen has the link alone."""


@register.simple_tag
def live_counts(page: Any) -> dict[str, Any] | None:
    """`release.receipts.counts` of a saved record, and `until` when it waits; None where there is nothing to
    count, or too much.
    """
    if not isinstance(page, RecordPage) or page.pk is None or UnionPage.objects.count() > COUNTED:
        return None
    here = places()
    found = report(here, clocks.read(here.data), page.uuid)
    until = next((row.moment for row in found.rows if row.reason == "embargoed"), None)
    return {**found.counts, "until": until}


@register.filter
def shown_target(url: str) -> str:
    """A deploy target without the options that only this machine needs."""
    return shown(url)


@register.simple_tag
def problem_words(problem: Any) -> words.Words:
    """A problem in the language of the screen."""
    return words.problem_words(problem)


@register.filter
def doing_words(doing: str) -> str:
    """What a worker is doing, in the language of the screen."""
    return words.doing_words(doing)


@register.simple_tag
def leave_sites(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same for several pages at once (`items` of Wagtail's bulk actions): a line each, and what to do."""
    said = []
    for item in items[:COUNTED_AT_ONCE]:
        page = item["item"].specific
        counts = live_counts(page)
        if counts and (sites := counts["current"] + counts["outdated"]):
            told = {"title": page.title, "sites": sites}
            said.append(translate("《%(title)s》现在在 %(sites)s 个网站上，会从这些网站上撤下。") % told)
    if said:
        said.append(
            translate("要让读者看到撤下的原因，请不要在这里操作，改用各篇编辑页“何时、谁能看到”里的“撤回”。")
        )
    return said


@register.simple_tag
def leaves_sites(page: Any) -> str:
    """Before a record goes: on how many sites it stands, and how readers are told why. Nothing for others."""
    counts = live_counts(page)
    sites = counts["current"] + counts["outdated"] if counts else 0
    if not sites:
        return ""
    return translate(
        "这一篇现在在 %(sites)s 个网站上，会从这些网站上撤下；采用它的工会填写的本地内容也不再显示。"
        "要让读者看到撤下的原因，请不要在这里操作，改用编辑页“何时、谁能看到”里的“撤回”。"
    ) % {"sites": sites}
