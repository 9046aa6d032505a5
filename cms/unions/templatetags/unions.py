"""What every screen may need: whose work it is, and one language at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import PROTECT
from django.utils.translation import gettext as translate
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Page, ReferenceIndex

from cms.accounts.language import screen_language
from cms.unions.models import UnionPage
from cms.unions.scoping import sees_all, unions_of

register = template.Library()

IN_BOTH = re.compile(
    r"^(?P<place>[A-Z]{1,3}\d+: )?(?P<zh>.*?[\u3000-\u9fff\uff00-\uffef].*?)\s*"
    r"\((?P<en>(?=[^()]*[A-Za-z]{2})[^()\u4e00-\u9fff][^()]*)\)(?P<rest>.?)$",
    re.S,
)
"""没有写地点 (not given: place): how the problems and gaps of `site_builder` are written. The English may
name something in Chinese, but begins in English; the place in a table (D3: ) is said in both."""


@register.simple_tag
def own_union(user: Any) -> str:
    """The name of the one union somebody works for; nothing for who works for several."""
    if sees_all(user):
        return ""
    found = list(unions_of(user)[:2])
    return found[0].title if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Something that keeps another from being deleted: its name, the field in which it names it, and where
    that is changed, for who may."""

    name: str
    field: str
    address: str


@register.simple_tag(takes_context=True)
def in_the_way(context: Mapping[str, Any]) -> list[InTheWay]:
    """What keeps the page, picture or file of a delete screen from being deleted."""
    called = next(name for name in ("page", "image", "document", "snippet", "object") if context.get(name))
    thing = context[called]
    thing = thing["item"] if isinstance(thing, Mapping) else thing
    addresses = AdminURLFinder(context["request"].user)
    found = []
    for source, references in ReferenceIndex.get_references_to(thing).group_by_source_object():
        fields = [one.describe_source_field() for one in references if one.on_delete == PROTECT]
        if fields:
            address = addresses.get_edit_url(source) or ""
            found.append(InTheWay(str(source) if address else _whose(source), fields[0], address))
    return found


def _whose(source: Any) -> str:
    """What somebody is told of another union's: whom to ask."""
    union = UnionPage.objects.ancestor_of(source).first() if isinstance(source, Page) else None
    if union is None:
        return translate("别人管理的一项：请找全网管理员")
    return translate("%(union)s的一页：请联系他们") % {"union": union.title}


@register.filter
def one_language(text: Any) -> str:
    """Of a sentence said in both languages, the one of the screen; any other is left as it is."""
    said = IN_BOTH.match(str(text or ""))
    if said is None:
        return str(text or "")
    place = said["place"] or ""
    if screen_language() == "zh-Hans":
        return f"{place}{said['zh']}{said['rest']}"
    return f"{place}{said['en'][0].upper()}{said['en'][1:]}{said['rest']}"


@register.filter
def in_language(pair: tuple[str, str] | list[str]) -> str:
    """Of a word in Chinese and in English, the one of the screen."""
    chinese, english = pair
    return chinese if screen_language() == "zh-Hans" else english
