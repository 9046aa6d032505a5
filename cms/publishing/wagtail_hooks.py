"""发布状态 in Wagtail's menu, receipts beside a record, alerts on the first page, names for the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from cms.places import places
from cms.publishing import alerts, views
from cms.publishing import clock as clocks
from cms.publishing.desk import DeskPanel, FirstUnionPanel
from cms.publishing.templatetags.publishing import leaves_sites
from cms.records.models import RecordPage
from cms.unions.models import UnionPage

RECEIPTS = _("上线情况")


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("publishing/", views.status, name="publishing-status"),
        path("publishing/records/<uuid:record>/", views.receipts, name="publishing-receipts"),
        path("publishing/sites/<slug:slug>/", views.site, name="publishing-site"),
        path("publishing/sites/<slug:slug>/rebuild/", views.rebuild, name="publishing-rebuild"),
        path("publishing/sites/<slug:slug>/rollback/", views.roll_back, name="publishing-rollback"),
        path("publishing/sites/<slug:slug>/lift-hold/", views.lift_hold, name="publishing-lift-hold"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return MenuItem(
        _("发布状态"), reverse("publishing-status"), name="publishing", icon_name="upload", order=160
    )


@hooks.register("insert_global_admin_css")
def publishing_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/publishing.css"))


# --- beside a record's page -----------------------------------------------------------------------


def receipts_address(page: Page) -> str | None:
    """The screen with the receipts of a page; None for one that is no record or was never saved."""
    if isinstance(page, RecordPage):  # as lists have them: no question to the database for each row
        return reverse("publishing-receipts", args=[page.uuid])
    if not issubclass(page.cached_content_type.model_class() or Page, RecordPage):
        return None
    uuid = RecordPage.objects.filter(pk=page.pk).values_list("uuid", flat=True).first()
    return reverse("publishing-receipts", args=[uuid]) if uuid else None


@hooks.register("register_page_header_buttons")
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    address = receipts_address(page)
    if address is not None:
        yield HeaderButton(str(RECEIPTS), address, icon_name="site", priority=5)


@hooks.register("register_page_listing_more_buttons")
def listing_button(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    address = receipts_address(page)
    if address is not None:
        yield Button(str(RECEIPTS), address, icon_name="site", priority=35)


@hooks.register("after_publish_page")
@hooks.register("after_unpublish_page")
def say_where(request: HttpRequest, page: Page) -> None:
    address = receipts_address(page)
    link = translate("看各网站的上线情况")
    if address is None and isinstance(page, UnionPage):
        address, link = reverse("publishing-site", args=[page.slug]), translate("看网站状态")
    if address is not None:
        messages.info(request, _when(page), buttons=[messages.button(address, link)])


def _when(page: Page) -> str:
    record = page.specific
    at = record.published if isinstance(record, RecordPage) and record.live else None
    clock = clocks.read(places().data)
    if at is not None and clock.stamp(at) > clock.now():
        moment = date_format(timezone.localtime(at), "Y-m-d H:i")
        return translate("%(moment)s 才自动上网，此前任何网站都看不到。") % {"moment": moment}
    if at is not None and record.withdrawn_at and clock.passed(record.withdrawn_at):
        return translate("撤回已排队，几秒后各网站只显示撤回原因。")
    return translate("改动已排队，几秒后到各网站。")


@hooks.register("after_bulk_action")
def say_where_several(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    if action.model is not Page or not objects:
        return
    if len(objects) == 1 and action_type in ("publish", "unpublish"):
        say_where(request, objects[0])
    else:
        link = messages.button(reverse("publishing-status"), translate("看发布状态"))
        messages.info(request, translate("改动已排队，几秒后到各网站。"), buttons=[link])


@hooks.register("after_edit_page")
def say_where_approved(request: HttpRequest, page: Page) -> None:
    """The last approval publishes, too; Wagtail then only says that the page was edited."""
    if request.POST.get("action-workflow-action") and request.POST.get("workflow-action-name") == "approve":
        fresh = Page.objects.get(pk=page.pk)
        if fresh.live and not fresh.has_unpublished_changes:
            say_where(request, fresh)


@hooks.register("before_delete_page")
def say_who_shows_it(request: HttpRequest, page: Page) -> None:
    said = leaves_sites(page.specific) if request.method == "GET" else ""
    if said:
        messages.warning(request, said)


@hooks.register("before_edit_page")
@hooks.register("before_edit_snippet")
def say_why_sent_back(request: HttpRequest, instance: Any) -> None:
    """Wagtail keeps a reviewer's reason in the history alone, where nobody who has to mend it looks."""
    review = getattr(instance, "current_workflow_state", None)
    if request.method != "GET" or review is None or review.status != review.STATUS_NEEDS_CHANGES:
        return
    step = review.current_task_state
    who = step.finished_by or translate("审核人")
    said = {"who": who, "why": step.get_comment() or translate("没有写原因，请问审核的人。")}
    messages.warning(request, translate("%(who)s退回了这一篇：%(why)s 改好后重新提交。") % said)


# --- alerts ---------------------------------------------------------------------------------------


class AlertsPanel(Component):
    """On Wagtail's first page, above everything: nothing at all while all is well."""

    name = "publishing_alerts"
    order = 10
    template_name = "publishing/_home_alerts.html"

    def __init__(self, user: Any) -> None:
        self.found = alerts.alerts_for(user)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"alerts": self.found}


@hooks.register("construct_homepage_panels")
def home_desk(request: HttpRequest, panels: list[Component]) -> None:
    panel = DeskPanel(request.user)
    first = FirstUnionPanel(request.user)
    if panel.union is not None:
        panels.append(panel)
    elif first.root is not None:
        panels.append(first)


@hooks.register("construct_homepage_panels")
def home_alerts(request: HttpRequest, panels: list[Component]) -> None:
    panel = AlertsPanel(request.user)
    if panel.found:
        panels.append(panel)


# --- the log --------------------------------------------------------------------------------------


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("unionpress.rebuild", _("重建站点"), _("要求重建站点"))
    actions.register_action("unionpress.rollback", _("回滚站点"), _("把站点退回到较早的一版"))
    actions.register_action("unionpress.lift_hold", _("解除保持"), _("解除了站点回滚后的保持"))
