"""导入文稿 and 导入表格 in Wagtail's menu, and names for the log."""

from __future__ import annotations

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from cms.importing import manuscript_views, views


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("manuscript/", manuscript_views.start, name="manuscript"),
        path("import/", views.start, name="table-import"),
        path("import/template/<slug:layout>.csv", views.template, name="table-import-template"),
        path("import/<int:number>/", views.confirm, name="table-import-preview"),
        path("import/<int:number>/apply/", views.apply, name="table-import-apply"),
        path("import/<int:number>/undo/", views.undo, name="table-import-undo"),
    ]


@hooks.register("register_admin_menu_item")
def manuscripts() -> MenuItem:
    return MenuItem(
        _("导入文稿"), reverse("manuscript"), name="manuscript", icon_name="doc-full-inverse", order=146
    )


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return MenuItem(_("导入表格"), reverse("table-import"), name="table-import", icon_name="table", order=145)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("unionpress.import", _("导入表格"), _("导入了表格"))
    actions.register_action("unionpress.import_undo", _("撤销导入"), _("撤销了一次导入"))
