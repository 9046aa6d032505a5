"""校对 among the reports, the screen on which a finding is confirmed, its name in the log."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter

from cms.editorial import views


@hooks.register("register_admin_urls")
def proof_urls() -> list[URLPattern]:
    return [
        path("reports/proofs/", views.report, name="record-proofs"),
        path("proofs/<int:page_id>/<slug:fingerprint>/", views.confirm, name="confirm-proof"),
    ]


@hooks.register("register_reports_menu_item")
def proof_menu() -> MenuItem:
    return MenuItem(_("校对"), reverse("record-proofs"), name="proofs", icon_name="edit", order=60)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action(views.ACTION)
    class Confirmed(LogFormatter):
        label = _("确认可以保留")

        def format_message(self, entry: Any) -> str:
            said = {
                "what": entry.data.get("message", ""),
                "why": entry.data.get("reason") or translate("没有写"),
            }
            return translate("确认可以保留：%(what)s。理由：%(why)s") % said
