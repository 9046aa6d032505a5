"""Where Wagtail shows every group there is, those are shown that somebody types for."""

from __future__ import annotations

from wagtail import hooks
from wagtail.models import AbstractGroupApprovalTask
from wagtail.users.views.bulk_actions import AssignRoleBulkAction

from cms.accounts.forms import RoleForm
from cms.accounts.widgets import GroupBoxes

# Of every kind of step that groups decide.
AbstractGroupApprovalTask.admin_form_widgets["groups"] = GroupBoxes


# After Wagtail's own of the same name, whose place it takes.
@hooks.register("register_bulk_action", order=10)
class AssignRole(AssignRoleBulkAction):
    form_class = RoleForm
