"""The page 发布状态 in Wagtail's menu, and names for the log."""

from __future__ import annotations

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from cms.publishing import views


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("publishing/", views.status, name="publishing-status"),
        path("publishing/<slug:slug>/rebuild/", views.rebuild, name="publishing-rebuild"),
        path("publishing/<slug:slug>/rollback/", views.roll_back, name="publishing-rollback"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return MenuItem(
        _("发布状态"), reverse("publishing-status"), name="publishing", icon_name="upload", order=160
    )


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("unionpress.rebuild", _("重建站点"), _("要求重建站点"))
    actions.register_action("unionpress.rollback", _("回滚站点"), _("把站点退回到较早的一版"))
