"""共享内容: what upper unions and others share with one's own union, and what it does with each.

A decision is one click; slots are filled on the adoption's own screen.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from cms.places import clock, places
from cms.publishing.receipts import on_site, under_way
from cms.publishing.views import asked_again
from cms.records.models import RecordPage
from cms.records.paths import site_path
from cms.sharing.models import Adoption
from cms.sharing.reach import Shared, shared_with
from cms.unions import scoping
from cms.unions.models import UnionPage
from site_builder.release.receipts import STATES

A_PAGE = 50
COUNTED = 500
"""In a network of more unions it takes long to say where records stand: there the list has links alone."""
TABS = ("", "required", "undecided", "unfilled", "hidden")
DECISIONS = (Adoption.Action.TAKE, Adoption.Action.PIN, Adoption.Action.HIDE)


def inbox(request: HttpRequest) -> HttpResponse:
    """What is shared with one union; those who work for several choose which."""
    unions = scoping.unions_of(request.user).order_by("path")
    asked = request.GET.get("union", "")
    union = unions.filter(slug=asked).first() if asked else unions.first()
    if union is None and asked:
        raise Http404
    if union is None:
        messages.info(request, translate("还没有您负责的工会：有了工会，别的工会转来的内容在“共享内容”里。"))
        return redirect("wagtailadmin_home")
    show, words = request.GET.get("show", ""), request.GET.get("q", "").strip()
    everything = [one for one in shared_with(union) if words.lower() in one.page.title.lower()]
    listed = [one for one in everything if _in_tab(one, show)]
    rows = Paginator(listed, A_PAGE).get_page(request.GET.get("p"))
    named = {one.owner for one in rows} | {one.instead.owner for one in rows if one.instead}
    owners = {page.slug: page for page in UnionPage.objects.filter(slug__in=named)}
    numbers = [one.page.pk for one in rows]
    pages = {page.pk: page for page in RecordPage.objects.filter(pk__in=numbers).specific()}
    decided = [one.page.uuid for one in rows if one.adoption and one.shown]
    told = UnionPage.objects.count() <= COUNTED
    stands = on_site(places(), clock(), union.slug, decided) if told and decided else {}
    context = {
        "page_title": translate("共享内容"),
        "header_icon": "download",
        "union": union,
        "unions": unions if unions.count() > 1 else [],
        "rows": [
            (
                one,
                owners[one.owner],
                page,
                f"{owners[one.owner].base_url}{site_path(page)}",
                STATES[stands[one.page.uuid].state] if one.page.uuid in stands else None,
                owners[one.instead.owner] if one.instead else None,
            )
            for one in rows
            if (page := pages.get(one.page.pk)) is not None
        ],
        "sites": rows,
        "tabs": [(name, _label(name), sum(_in_tab(one, name) for one in everything)) for name in TABS],
        "show": show,
        "words": words,
        "may_decide": request.user.has_perm("sharing.add_adoption"),
        "under_way": under_way(stands.values()),
    }
    return render(request, f"sharing/{'_shared' if asked_again(request) else 'inbox'}.html", context)


def _in_tab(one: Shared, tab: str) -> bool:
    match tab:
        case "required":
            return one.mode == "required"
        case "undecided":
            return one.undecided
        case "unfilled":
            return bool(one.unfilled)
        case "hidden":
            return not one.shown and one.adoption is not None
    return True


def _label(tab: str) -> str:
    return {
        "": translate("全部"),
        "required": translate("必转"),
        "undecided": translate("等本工会决定"),
        "unfilled": translate("可填本地内容"),
        "hidden": translate("不采用"),
    }[tab]


@require_POST
def decide(request: HttpRequest, slug: str, record: UUID) -> HttpResponse:
    """Take, pin or hide a record, or take the decision back."""
    union = get_object_or_404(scoping.unions_of(request.user), slug=slug)
    if not request.user.has_perm("sharing.add_adoption"):
        raise PermissionDenied
    one = next((one for one in shared_with(union) if one.page.uuid == record), None)
    if one is None:
        messages.error(request, translate("这一篇现在没有转给本工会：可能刚被撤回或取消共享。"))
    else:
        _carry_out(request, union, one)
    # The same list, at the same row: whoever goes through it with the keyboard is not sent to its beginning.
    asked = {"union": slug} | {name: request.POST.get(name, "") for name in ("q", "show", "p")}
    return redirect(f"{reverse('shared-inbox')}?{urlencode(asked)}#record-{record}")


def _carry_out(request: HttpRequest, union: UnionPage, one: Shared) -> None:
    action, title = request.POST.get("action", ""), one.page.title
    if action == Adoption.Action.HIDE and one.mode == "required":
        messages.error(
            request, translate("《%(title)s》是必转的，不能不采用；可以写本地版。") % {"title": title}
        )
    elif action == "undo":
        _undo(request, one)
    elif action in DECISIONS:
        with transaction.atomic():
            adoption, new = Adoption.objects.update_or_create(
                union=union, record=one.page.uuid, defaults={"action": action, "until": None}
            )
            log(instance=adoption, action="wagtail.create" if new else "wagtail.edit", user=request.user)
        said: dict[str, Any] = {"title": title, "action": adoption.get_action_display()}
        messages.success(
            request,
            translate("《%(title)s》：%(action)s。几秒后到本工会的网站。") % said,
            buttons=[where_it_stands(adoption)],
        )


def where_it_stands(adoption: Adoption) -> Any:
    """For a message: whether the decision has reached the site."""
    return messages.button(reverse("publishing-receipts", args=[adoption.record]), translate("看上线情况"))


def _undo(request: HttpRequest, one: Shared) -> None:
    if one.adoption is None:
        return
    if len(one.adoption.slots):
        messages.error(request, translate("已经填了本地内容，请打开“本地填写”，先删去再收回。"))
        return
    log(instance=one.adoption, action="wagtail.delete", user=request.user)
    one.adoption.delete()
    messages.success(request, translate("《%(title)s》：已收回决定。") % {"title": one.page.title})
